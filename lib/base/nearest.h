/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_BASE_NEAREST_H
#define PINMAIL_BASE_NEAREST_H

#include <stddef.h>

/*
 * Of n names, every stride bytes from names on (the first member of a table's
 * row), the one that s was most likely meant to be; NULL if none is near.
 */
const char *nearest_name(const char *s, const void *names, size_t n,
    size_t stride);

#endif
