/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_MEND_H
#define PINMAIL_MAIL_MEND_H

#include <stdbool.h>

#include "lib/mail/header.h"

/* What could not be made fit for every server. */
enum mend {
	MEND_LONG = 1, /* a line over 998 bytes */
	MEND_RAW = 2,  /* 8-bit bytes in a field */
	MEND_UTF8 = 4  /* those are UTF-8, in a field of addresses */
};

/*
 * Edit fields that some servers would not take: lines that are too long are
 * folded, and with `plain` what is not ASCII is encoded.  A field that a
 * DKIM-Signature covers stays, but not with `inner`, in a message that another
 * one holds.  The charset is that of bytes that are no UTF-8; NULL: nobody
 * says.  Returns MEND_ bits.
 */
unsigned mend_header(struct header *, bool plain, bool inner,
    const char *charset);

#endif
