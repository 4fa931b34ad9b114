/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_NET_LAYER_H
#define PINMAIL_NET_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/err.h"

enum { LAYER_ERROR = -1, LAYER_WANT_READ = -2, LAYER_WANT_WRITE = -3 };

/*
 * Something that carries bytes and never blocks: a socket, TLS over another
 * layer, a test's script.  The handle comes first.  read: bytes, 0 at the
 * end, or one of the above.  write: it may take a part, and may hold it back;
 * of 0 bytes: hand on what is held back, 0 when nothing is.  wait: until one
 * of the poll(2) events, or false with ERR_UNREACHABLE when the time is over.
 * end: no more is sent.  close: gives up the handle.
 */
struct layer {
	ssize_t (*read)(void *, void *, size_t, struct err *);
	ssize_t (*write)(void *, const void *, size_t, struct err *);
	bool (*wait)(void *, short events, int64_t until, struct err *);
	void (*end)(void *);
	void (*close)(void *);
};

#endif
