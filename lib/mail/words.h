/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_WORDS_H
#define PINMAIL_MAIL_WORDS_H

#include "lib/base/buf.h"

/*
 * Append text as encoded words (RFC 2047, 2), a fold between them: base64 of
 * UTF-8, or of "unknown-8bit".
 */
void words_encode(struct buf *, const char *);

/*
 * Append text with its encoded words decoded to UTF-8: those of UTF-8, ASCII
 * and ISO 8859-1.  Others, and what would be a control character, stay.
 */
void words_decode(struct buf *, const char *);

#endif
