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

/* Ciphertext that may be held back: two writes of 64 KiB, with TLS's share. */
#define FLIGHT_MAX ((size_t)144 * 1024)

/*
 * A BIO of our own over a layer.  What TLS writes is gathered, so that a
 * flight is one write.  Starts as {0}, ends with flight_clear, once the SSL is
 * freed; the layer and its handle are set before the first byte.
 */
struct flight {
	const struct layer *lower; /* borrowed */
	void *handle;
	struct bio_method_st *method;
	struct buf pending; /* what the lower layer did not take yet */
	size_t at;
	struct err broken; /* the lower layer's error, if it had one */
};

/* Let TLS write and read here.  False: OpenSSL has no memory. */
bool flight_attach(struct flight *, struct ssl_st *);

/*
 * Hand ciphertext down; what is not taken stays.  On a broken connection it
 * goes nowhere, but what the server said before can still be read.
 */
bool flight_push(struct flight *, struct err *);

/* Bytes that are held back. */
size_t flight_unsent(const struct flight *);

void flight_clear(struct flight *);

#endif
