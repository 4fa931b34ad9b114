/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_WORDS_H
#define PINMAIL_MAIL_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"

/*
 * Append text as encoded words (RFC 2047, 2), a fold between them: base64 of
 * UTF-8, or else of that charset; NULL, and a name that can be none, is
 * "unknown-8bit".
 */
void words_encode(struct buf *, const char *, const char *charset);

/*
 * Append text with its encoded words decoded to UTF-8: those of UTF-8, ASCII
 * and ISO 8859-1.  Others, and what would be a control character, stay.
 */
void words_decode(struct buf *, const char *);

/* Is it valid UTF-8? */
bool words_utf8(const char *, size_t);

/*
 * The charset that bytes are in: utf-8 if they are valid as that, else what
 * their author says, if it is a name that can stand in a word; else
 * "unknown-8bit".
 */
const char *words_charset(const char *, size_t, const char *said);

#endif
