/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_BASE_STRV_H
#define PINMAIL_BASE_STRV_H

#include <stddef.h>

/* A list of strings that it owns.  Starts as {0}, ends with strv_clear. */
struct strv {
	char **v;
	size_t n, room;
};

/* Append a copy. */
void strv_add(struct strv *, const char *);

/* Append what stands between any of those bytes; nothing of it is empty. */
void strv_split(struct strv *, const char *, const char *between);

void strv_copy(struct strv *to, const struct strv *from);
void strv_clear(struct strv *);

#endif
