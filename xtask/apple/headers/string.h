/* The prototypes that the C of our dependencies needs, without Apple's SDK. */
#ifndef QUICKACCESS_STRING_H
#define QUICKACCESS_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *at, int byte, size_t length);
int memcmp(const void *one, const void *other, size_t length);

#endif
