/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_RECODE_H
#define PINMAIL_MAIL_RECODE_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/mail/message.h"

/*
 * Encode the body of a message for a server that takes no line over
 * SCAN_LINE, nor, with `seven`, 8-bit bytes: each leaf that needs it, as
 * quoted-printable or base64 (RFC 2045, 6.7 and 6.8).  Fields of the header
 * are edited, the body becomes another store; memory does not grow with it.
 * A message that needs nothing is left alone; one that is signed too, and is
 * noted.  ERR_CREATE, ERR_IO.
 */
bool recode_message(struct message *, bool seven, struct err *);

/*
 * Say what an unsigned message's UTF-8 is, where it says nothing: MIME-Version,
 * Content-Type and Content-Transfer-Encoding.
 */
bool recode_label(struct message *, struct err *);

#endif
