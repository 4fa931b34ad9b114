/* SPDX-License-Identifier: ISC */
#ifndef TEST_UNIT_CODING_H
#define TEST_UNIT_CODING_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/mail/encode.h"
#include "lib/mail/message.h"

#define X10 "xxxxxxxxxx"
#define X70 X10 X10 X10 X10 X10 X10 X10
#define X74 X70 "xxxx"

/*
 * Encode what goes in with a first piece and then others of one size; no more
 * may come out than there is room for.
 */
void coding_feed(struct encoder, const char *in, size_t n, size_t first,
    size_t piece, struct buf *out);

/* The same, in whatever two pieces and byte by byte: always the same. */
void coding_cut(const struct encoder *, const char *in, size_t n,
    struct buf *out);

void coding_gives(const struct encoder *, const char *in, const char *want);

/* Decoders that know only RFC 2045, 6.7 and 6.8. */
void coding_unquote(struct buf *, const char *, size_t);
void coding_unbase64(struct buf *, const char *, size_t);

/* Printable ASCII in lines of 76 at most, no bare CR or LF, no dot in front. */
void coding_fits(const char *, size_t);

/* Is there an escape, "=XX", at p? */
bool coding_escape(const char *p, const char *end, char *c);

/* A message from its bytes, and all that it gives, whose size it told. */
void coding_read(struct message *, const struct buf *, const char *dir);
void coding_emit(struct message *, struct buf *);

#endif
