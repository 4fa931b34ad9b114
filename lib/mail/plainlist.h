/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_PLAINLIST_H
#define PINMAIL_MAIL_PLAINLIST_H

#include "lib/base/buf.h"

/*
 * Append a list of addresses (RFC 5322, 3.4), unfolded, in ASCII: names of
 * mailboxes and groups, and comments, as encoded words (RFC 2047, 5), domains
 * as A-labels (RFC 5891).  All else stays as it is, also what is no list.
 * Bytes that are not UTF-8 are in that charset, NULL if nobody says.
 */
void plainlist_put(struct buf *, const char *, const char *charset);

#endif
