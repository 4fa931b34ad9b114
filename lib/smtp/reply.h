/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_SMTP_REPLY_H
#define PINMAIL_SMTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"

/* A reply (RFC 5321, 4.2).  Starts as {0}, ends with reply_clear. */
struct reply {
	int code;        /* 200 to 599 */
	struct buf text; /* of its lines, each ended by LF; as sent */
	bool whole;
};

enum reply_push { REPLY_MORE, REPLY_WHOLE, REPLY_BAD };

/*
 * Push a line without its end; after a whole reply, the next begins.
 * REPLY_BAD: no reply's line, another code than the line before it, or more
 * text than anybody needs.
 */
enum reply_push reply_push(struct reply *, const char *, size_t);

/* The first digit. */
int reply_class(const struct reply *);

/* The text of the last line, a string of n bytes. */
const char *reply_last(const struct reply *, size_t *n);

/* The enhanced status (RFC 3463) that the text begins with, or "". */
void reply_status(const struct reply *, char *out, size_t size);

/* Append "550 text", cleaned, lines joined by blanks. */
void reply_print(const struct reply *, struct buf *);

void reply_clear(struct reply *);

#endif
