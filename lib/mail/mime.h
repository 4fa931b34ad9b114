/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_MIME_H
#define PINMAIL_MAIL_MIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/mail/encode.h"
#include "lib/mail/header.h"
#include "lib/mail/scan.h"
#include "lib/mail/store.h"

#define MIME_DEPTH SCAN_OPEN
#define MIME_PARTS 1024
#define MIME_HEADER SCAN_KEPT /* bytes; of a part */

/* What an entity is to somebody who has to encode it. */
enum mime_kind {
	MIME_TEXT,      /* a leaf: text, or nothing says what */
	MIME_OTHER,     /* a leaf: anything else */
	MIME_MULTIPART, /* parts follow */
	MIME_MESSAGE,   /* message/...: the next entity, or those of a report */
	MIME_SIGNED,    /* multipart/signed or /encrypted: nobody changes it */
	MIME_BROKEN,    /* a multipart, or too deep: one leaf nevertheless */
	MIME_REMARK     /* a preamble or epilogue, which nobody reads */
};

/*
 * An entity (RFC 2045, 2.4) in a store.  Those that a multipart or a message
 * holds follow it directly, up to the index `next`.
 */
struct mime_part {
	enum mime_kind kind;
	enum encoding encoding; /* as it says of itself */
	bool typed;             /* it has a Content-Type */
	size_t next;
	uint64_t header; /* where it begins; body: without one */
	uint64_t body, end;
	struct scan_lines in_header, in_body; /* body: with all it holds */
};

/* Starts as {0}, ends with mime_clear. */
struct mime {
	struct mime_part *v;
	size_t n, room;
};

/*
 * Read the structure of a body whose message has that header.  The first
 * part is the message itself; in_header of it is not filled.  ERR_IO.
 */
bool mime_read(struct mime *, const struct header *, struct store *body,
    struct err *);

void mime_clear(struct mime *);

/*
 * Parse the header of an entity at `at` in the store again: what mime_read
 * took for it.  Appends to h, which is {0}.  ERR_IO.
 */
bool mime_header(struct header *h, struct store *, const struct mime_part *,
    struct err *);

#endif
