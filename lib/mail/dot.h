/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_DOT_H
#define PINMAIL_MAIL_DOT_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/mail/message.h"

/*
 * A message that ends with a line that is a lone dot (RFC 5321, 4.5.2), where
 * lines end in LF or CRLF.  Starts as {0} but for stuffed.
 */
struct dot {
	bool stuffed; /* a dot is in front of each line with one: it goes */
	bool ended;
	enum { DOT_LINE_START, DOT_SEEN, DOT_CR_SEEN, DOT_NONE } state;
};

/*
 * Add the bytes from *p on to the message - NULL: nobody wants it; *p goes up
 * to end, or behind the line with the dot.  What message_add fails with.
 */
bool dot_add(struct dot *, struct message *, const char **p, const char *end,
    struct err *);

#endif
