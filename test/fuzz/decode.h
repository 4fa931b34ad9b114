/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_TEST_FUZZ_DECODE_H
#define PINMAIL_TEST_FUZZ_DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/mail/encode.h"

/*
 * What a receiver makes of a body, after RFC 2045 alone and with nothing of
 * ours: it judges the encoders.  Appends.
 */
void decode(struct buf *, enum encoding, const char *, size_t);

/*
 * Is it clear what that decodes to?  Not where three blanks or more follow
 * "=" in quoted-printable: a soft break with padding to some, text to others.
 */
bool decode_is_clear(enum encoding, const char *, size_t);

/* Take blanks at line ends off, which some decoders keep. */
void decode_trim(struct buf *);

/*
 * Unstructured text without folds, after RFC 2047 alone: encoded words as
 * the bytes that they stand for, in whatever charset.
 */
void decode_text(struct buf *, const char *);

#endif
