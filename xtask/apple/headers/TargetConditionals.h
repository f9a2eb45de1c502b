/* What the C of our dependencies asks about the target when it is compiled without Apple's SDK. */
#ifndef QUICKACCESS_TARGET_CONDITIONALS_H
#define QUICKACCESS_TARGET_CONDITIONALS_H

#include <stdint.h>

#define TARGET_OS_MAC 1
#if defined(__ENVIRONMENT_MAC_OS_X_VERSION_MIN_REQUIRED__)
#define TARGET_OS_OSX 1
#define TARGET_OS_IPHONE 0
#define TARGET_OS_IOS 0
#else
#define TARGET_OS_OSX 0
#define TARGET_OS_IPHONE 1
#define TARGET_OS_IOS 1
#endif
#define TARGET_OS_TV 0
#define TARGET_OS_WATCH 0
#define TARGET_OS_VISION 0

#endif
