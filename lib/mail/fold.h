/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_FOLD_H
#define PINMAIL_MAIL_FOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"

#define FOLD_LINE 998 /* bytes without CRLF (RFC 5322, 2.1.1) */

/* Has the text a line that is too long? */
bool fold_needed(const char *, size_t n);

/*
 * Append a field, with its name and CRLF, whose lines that are too long are
 * folded at white space (RFC 5322, 2.2.3), to 78 bytes where that can be; in
 * a list of addresses also behind a comma.
 */
void fold_field(struct buf *, const char *, size_t n, bool list);

#endif
