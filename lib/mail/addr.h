/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_ADDR_H
#define PINMAIL_MAIL_ADDR_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/mail/mailbox.h"

/*
 * Read an address list: mailboxes and groups, comments, folds, routes and
 * the obsolete forms of RFC 5322, 4.4; UTF-8 as RFC 6532 has it.  Appends to
 * the list; no addresses at all is fine.  ERR_INPUT says what is wrong, not
 * where.
 */
bool addr_parse(struct mailboxes *, const char *, size_t, struct err *);

/* Skip white space and comments, but not a comment that does not end. */
const char *addr_skip(const char *, const char *end);

#endif
