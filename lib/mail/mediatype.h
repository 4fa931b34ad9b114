/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_MEDIATYPE_H
#define PINMAIL_MAIL_MEDIATYPE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/mail/header.h"

/* A field's value of the kind `text/plain; charset=utf-8` (RFC 2045, 5.1). */
struct mediatype {
	struct buf type, subtype; /* lower case; empty: it cannot be read */
	struct buf boundary;      /* empty: none that can be used */
	struct buf charset;       /* lower case; empty: none */
	unsigned sections;        /* of the boundary (RFC 2231, 3) */
};

/* Fills one that is {0}.  Never fails: what cannot be read stays empty. */
void mediatype_parse(struct mediatype *, const char *, size_t);

/* Of a header's Content-Type, as it will go out; false: it has none. */
bool mediatype_read(struct mediatype *, const struct header *);

bool mediatype_is(const struct mediatype *, const char *type,
    const char *subtype);

/* multipart/signed or multipart/encrypted (RFC 1847)? */
bool mediatype_is_signed(const struct mediatype *);

void mediatype_clear(struct mediatype *);

#endif
