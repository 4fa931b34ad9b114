/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_BASE_BUF_H
#define PINMAIL_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Growable bytes.  Starts as {0}, ends with buf_clear.  The bytes are always
 * followed by a NUL that is not counted.  With max set, bytes that would go
 * beyond it are not added and the call is false.  A secret one is kept out of
 * core files and wiped whenever its memory is given up; the mark is set while
 * it has none.
 */
struct buf {
	char *p;
	size_t n, room, max;
	bool secret;
};

bool buf_add(struct buf *, const void *, size_t);
bool buf_adds(struct buf *, const char *);
bool buf_addc(struct buf *, char);
bool buf_addf(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Room for at least n more bytes, to be written at p + n by the caller. */
bool buf_reserve(struct buf *, size_t n);

/* Forget the first n bytes. */
void buf_consume(struct buf *, size_t n);

/* Forget the bytes, keep the memory (wiped if secret) and the mark. */
void buf_reset(struct buf *);

/* Give up the memory; {0} again but for max and secret. */
void buf_clear(struct buf *);

/* What is to come is secret: so is the buffer from here on. */
void buf_hide(struct buf *);

/* The bytes as a string; never NULL. */
const char *buf_str(const struct buf *);

#endif
