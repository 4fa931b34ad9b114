/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_PLAIN_H
#define PINMAIL_MAIL_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"

/* What the grammar of a field's value has room for. */
enum plain_grammar {
	PLAIN_TEXT,       /* unstructured (RFC 5322, 3.2.5), or unknown */
	PLAIN_ADDRESSES,  /* mailboxes with display names (3.4) */
	PLAIN_PARAMETERS, /* type; name=value (RFC 2045, 5.1) */
	PLAIN_STRICT      /* nothing that may be encoded */
};

enum plain_grammar plain_grammar(const char *field, size_t n);

/*
 * Append a field, with name and CRLF, in ASCII: encoded words (RFC 2047, 5),
 * encoded parameters (RFC 2231, 4), A-labels (RFC 5891).  Bytes that are not
 * UTF-8 are in that charset, NULL if nobody says.  What the grammar does not
 * let us encode is appended as it is, 8-bit.
 */
void plain_field(struct buf *, const char *field, size_t n,
    const char *charset);

#endif
