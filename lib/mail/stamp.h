/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_STAMP_H
#define PINMAIL_MAIL_STAMP_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Append the time of day as RFC 5322, 3.3 wants it, in the local zone. */
void stamp_date(struct buf *);

/*
 * Append <UUID@domain> that nothing else has: 122 bits from libuuid, mixed
 * with as many that the kernel was seen to give, because libuuid falls back
 * to clock and pid in silence.  ERR_SYSTEM: no randomness, no message.
 */
bool stamp_message_id(struct buf *, const char *domain, struct err *);

/* One msg-id (RFC 5322, 3.6.4), comments and folds around it allowed? */
bool stamp_is_message_id(const char *, size_t);

#endif
