/* The unified log without Apple's SDK, for the wrapper of the oslog crate: the functions that
   Apple's own macros call, with the buffer that clang lays out for them. */
#ifndef QUICKACCESS_OS_LOG_H
#define QUICKACCESS_OS_LOG_H

#include <stdbool.h>
#include <stdint.h>

typedef struct os_log_s *os_log_t;
typedef uint8_t os_log_type_t;

#define OS_LOG_TYPE_DEFAULT ((os_log_type_t)0x00)
#define OS_LOG_TYPE_INFO ((os_log_type_t)0x01)
#define OS_LOG_TYPE_DEBUG ((os_log_type_t)0x02)
#define OS_LOG_TYPE_ERROR ((os_log_type_t)0x10)
#define OS_LOG_TYPE_FAULT ((os_log_type_t)0x11)

extern struct os_log_s _os_log_default;
#define OS_LOG_DEFAULT (&_os_log_default)

extern struct mach_header __dso_handle;
bool os_log_type_enabled(os_log_t log, os_log_type_t type);
void _os_log_impl(void *dso, os_log_t log, os_log_type_t type, const char *format,
                  uint8_t *buffer, uint32_t size);

#define os_log_with_type(log, type, format, ...)                                                  \
    do {                                                                                           \
        os_log_t log_ = (log);                                                                     \
        os_log_type_t type_ = (type);                                                              \
        if (os_log_type_enabled(log_, type_)) {                                                    \
            static const char format_[]                                                            \
                __attribute__((section("__TEXT,__oslogstring,cstring_literals"))) = format;        \
            uint8_t buffer_[__builtin_os_log_format_buffer_size(format, ##__VA_ARGS__)];           \
            __builtin_os_log_format(buffer_, format, ##__VA_ARGS__);                               \
            _os_log_impl(&__dso_handle, log_, type_, format_, buffer_, (uint32_t)sizeof buffer_);  \
        }                                                                                          \
    } while (0)

#define os_log(log, ...) os_log_with_type(log, OS_LOG_TYPE_DEFAULT, __VA_ARGS__)
#define os_log_info(log, ...) os_log_with_type(log, OS_LOG_TYPE_INFO, __VA_ARGS__)
#define os_log_debug(log, ...) os_log_with_type(log, OS_LOG_TYPE_DEBUG, __VA_ARGS__)
#define os_log_error(log, ...) os_log_with_type(log, OS_LOG_TYPE_ERROR, __VA_ARGS__)
#define os_log_fault(log, ...) os_log_with_type(log, OS_LOG_TYPE_FAULT, __VA_ARGS__)

#endif
