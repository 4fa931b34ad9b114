/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_NET_FLIGHT_H
#define PINMAIL_NET_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/net/layer.h"

struct ssl_st; /* OpenSSL's SSL and BIO_METHOD */
struct bio_method_st;

/* Ciphertext that may be held back: 128 KiB of plaintext, with TLS's share. */
#define FLIGHT_MAX ((size_t)144 * 1024)

/*
 * A BIO of our own over a layer.  What TLS writes is gathered, so that a
 * flight is one write.  Starts as {0}, ends with flight_clear, once the SSL is
 * freed; the layer and its handle are set before the first byte, and may_read
 * before each call that lets TLS read.
 */
struct flight {
	const struct layer *lower; /* borrowed */
	void *handle;
	struct bio_method_st *method;
	struct buf pending; /* what the lower layer did not take yet */
	size_t at;
	size_t may_read; /* bytes; then TLS is told that there are no more */
	struct err
	    broken;      /* the lower layer's error in reading, if it had one */
	struct err lost; /* in writing: nothing goes down any more */
};

/* Let TLS write and read here.  False: OpenSSL has no memory. */
bool flight_attach(struct flight *, struct ssl_st *);

/*
 * Hand ciphertext down; what is not taken stays.  On a connection that is lost
 * it goes nowhere, now and later, but what the server said before can still be
 * read.
 */
bool flight_push(struct flight *, struct err *);

/* Bytes that are held back. */
size_t flight_unsent(const struct flight *);

void flight_clear(struct flight *);

#endif
