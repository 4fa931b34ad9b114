/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/net/flight.h"

#include <openssl/ssl.h>

#define PIECE ((size_t)64 * 1024) /* sent, before what is left moves up */

bool
flight_push(struct flight *f, struct err *e)
{
	ssize_t r = 0;

	while (f->at < f->pending.n && f->lost.kind == ERR_NONE) {
		r = f->lower->write(f->handle, f->pending.p + f->at,
		    f->pending.n - f->at, e);
		if (r == LAYER_ERROR)
			f->lost = *e;
		if (r <= 0)
			break;
		f->at += (size_t)r;
	}
	if (f->lost.kind != ERR_NONE) {
		f->at = f->pending.n;
		*e = f->lost;
	}
	if (f->at == f->pending.n || f->at > PIECE) {
		buf_consume(&f->pending, f->at);
		f->at = 0;
	}
	return f->lost.kind == ERR_NONE;
}

size_t
flight_unsent(const struct flight *f)
{
	return f->pending.n - f->at;
}

/* All records of a flight are gathered here, so that it is one write. */
static int
bio_write(BIO *bio, const char *p, size_t n, size_t *done)
{
	struct flight *f = BIO_get_data(bio);

	buf_add(&f->pending, p, n);
	*done = n;
	return 1;
}

static int
bio_read(BIO *bio, char *p, size_t n, size_t *done)
{
	struct flight *f = BIO_get_data(bio);
	struct err e;
	ssize_t r;

	BIO_clear_retry_flags(bio);
	r = LAYER_WANT_READ;
	if (f->may_read > 0)
		r = f->lower->read(f->handle, p,
		    n < f->may_read ? n : f->may_read, &e);
	if (r > 0) {
		f->may_read -= (size_t)r;
		*done = (size_t)r;
		return 1;
	}
	if (r == LAYER_WANT_READ || r == LAYER_WANT_WRITE)
		BIO_set_retry_read(bio);
	else if (r == LAYER_ERROR)
		f->broken = e;
	return 0;
}

/* BIO_flush is a no-op: flight_push decides when it leaves. */
static long
bio_ctrl(BIO *bio, int cmd, long num, void *p)
{
	(void)bio, (void)num, (void)p;
	return cmd == BIO_CTRL_FLUSH ? 1 : 0;
}

bool
flight_attach(struct flight *f, SSL *ssl)
{
	BIO *bio;

	f->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "layer");
	if (f->method == NULL)
		return false;
	BIO_meth_set_write_ex(f->method, bio_write);
	BIO_meth_set_read_ex(f->method, bio_read);
	BIO_meth_set_ctrl(f->method, bio_ctrl);
	bio = BIO_new(f->method);
	if (bio == NULL)
		return false;
	BIO_set_data(bio, f);
	BIO_set_init(bio, 1);
	SSL_set_bio(ssl, bio, bio);
	return true;
}

void
flight_clear(struct flight *f)
{
	BIO_meth_free(f->method);
	buf_clear(&f->pending);
}
