/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_EXPANSION_H
#define PINMAIL_MAIL_EXPANSION_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/mail/aliases.h"
#include "lib/mail/local.h"
#include "lib/mail/mailbox.h"

/* What aliases make of a name.  Starts as {0}, ends with expansion_clear. */
struct expansion {
	struct mailboxes to; /* without a domain: on this host, for good */
	bool discarded;      /* a part of it is thrown away on purpose */
	bool wrong;          /* fault is a mistake in the file */
	struct buf fault;    /* why somebody is left out, or empty */
};

/* Follow the name of somebody on this host through aliases and :include:s. */
void expansion_of(struct expansion *, const struct aliases *,
    const struct local *, const char *name);

void expansion_clear(struct expansion *);

#endif
