/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_HEADER_H
#define PINMAIL_MAIL_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

#define HEADER_MAX ((size_t)1024 * 1024) /* bytes; more is refused */

/* The fields that mean something to us. */
enum field_name {
	FIELD_OTHER,
	FIELD_BCC,
	FIELD_CC,
	FIELD_CONTENT_DISPOSITION,
	FIELD_CONTENT_LENGTH,
	FIELD_CONTENT_TRANSFER_ENCODING,
	FIELD_CONTENT_TYPE,
	FIELD_DATE,
	FIELD_DKIM_SIGNATURE,
	FIELD_FROM,
	FIELD_MESSAGE_ID,
	FIELD_MIME_VERSION,
	FIELD_REPLY_TO,
	FIELD_RESENT_BCC,
	FIELD_RESENT_CC,
	FIELD_RESENT_DATE,
	FIELD_RESENT_FROM,
	FIELD_RESENT_MESSAGE_ID,
	FIELD_RESENT_REPLY_TO,
	FIELD_RESENT_SENDER,
	FIELD_RESENT_TO,
	FIELD_RETURN_PATH,
	FIELD_SENDER,
	FIELD_TO
};

/*
 * A field is a span of the header's text, with an edit: what goes out is the
 * span, nothing, or other text.
 */
struct field {
	enum field_name name;
	size_t at, len; /* with its name and final CRLF */
	size_t value;   /* bytes of name, colon; the value follows */
	enum { FIELD_KEPT, FIELD_DROPPED, FIELD_REPLACED } edit;
	struct buf text; /* of an edit: whole lines, CRLF */
};

/* Starts as {0}, ends with header_clear. */
struct header {
	struct buf text; /* as it came in, lines ending in CRLF */
	struct field *v;
	size_t n, room;
};

enum header_push { HEADER_TAKEN, HEADER_END, HEADER_BODY, HEADER_LONG };

/*
 * Push the next line, with its CRLF, or the beginning of one that is longer
 * than HEADER_MAX.  HEADER_TAKEN: it is header, or a mailbox's `From ` line
 * in front of it, which is dropped.  HEADER_END: it is the empty line.
 * HEADER_BODY: it is no header line (RFC 5322, 2.2), so the body begins with
 * it.  HEADER_LONG: the header would grow over HEADER_MAX.
 */
enum header_push header_push(struct header *, const char *, size_t);

/*
 * The value of a field as it came in, with its folds; not terminated.  Empty
 * for one that did not come in.
 */
const char *header_value(const struct header *, const struct field *,
    size_t *n);

/* The value as it will go out, whatever edit there is. */
const char *header_outgoing(const struct header *, const struct field *,
    size_t *n);

/* The whole field as it will go out, with name and CRLF; nothing if dropped. */
const char *header_text(const struct header *, const struct field *, size_t *n);

/* The first such field at index from or behind it that is not dropped. */
struct field *header_find(const struct header *, enum field_name, size_t from);

/* The name as people write it; "" for FIELD_OTHER. */
const char *header_name(enum field_name);

/*
 * The fields from *first up to *end are the latest block of Resent- fields
 * (RFC 5322, 3.6.6); false when there is none.
 */
bool header_resent(const struct header *, size_t *first, size_t *end);

/*
 * Edits.  ERR_INPUT when a DKIM-Signature covers the field (RFC 6376, 5.4):
 * what is signed is never changed.  The text of an edit is a value, without
 * a line end; it may hold folds.
 */
bool header_drop_all(struct header *, const char *name, struct err *);
bool header_replace(struct header *, struct field *, const char *value,
    struct err *);
bool header_append(struct header *, const char *name, const char *value,
    struct err *);

/* The whole text of a field, with name and CRLF, in place of what it was. */
void header_set_text(struct field *, const char *text, size_t n);

/*
 * The field with that value, once, whatever there was, and whoever signed it:
 * for a message that nobody did.
 */
void header_put(struct header *, enum field_name, const char *value);

/* Does a DKIM-Signature cover the field? */
bool header_covered(const struct header *, const struct field *);

/* Is there a byte over 127 in what goes out? */
bool header_eightbit(const struct header *);

/* Bytes that header_emit gives, and the bytes. */
size_t header_size(const struct header *);
void header_emit(const struct header *, struct buf *);

void header_clear(struct header *);

#endif
