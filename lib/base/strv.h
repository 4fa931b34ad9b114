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

void strv_copy(struct strv *to, const struct strv *from);
void strv_clear(struct strv *);

#endif
