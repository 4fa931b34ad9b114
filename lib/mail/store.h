/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_STORE_H
#define PINMAIL_MAIL_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* What is more than this goes to an unlinked temporary file. */
#define STORE_MEMORY ((size_t)256 * 1024)

/*
 * Bytes, written once from front to back and then read.  Starts with
 * store_begin, ends with store_clear.
 */
struct store {
	const char *dir; /* for the temporary file; borrowed */
	struct buf mem;  /* all of it, or the window on the file */
	int fd;          /* -1: no file */
	uint64_t size;   /* bytes in all */
	uint64_t window; /* where in the file mem begins */
	bool reading;
};

void store_begin(struct store *, const char *dir);

/*
 * Room for n more bytes, to be written there and then counted by store_took,
 * which fails with ERR_CREATE or ERR_IO.
 */
char *store_room(struct store *, size_t n);
bool store_took(struct store *, size_t n, struct err *);

bool store_add(struct store *, const void *, size_t, struct err *);

/*
 * A view of the bytes at an offset below the size: *n of them, valid until
 * the next call.  ERR_IO.
 */
bool store_read(struct store *, uint64_t offset, const char **p, size_t *n,
    struct err *);

void store_clear(struct store *);

#endif
