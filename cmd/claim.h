/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_CLAIM_H
#define PINMAIL_CMD_CLAIM_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/conf/account.h"
#include "lib/mail/header.h"
#include "lib/mail/local.h"
#include "lib/mail/mailbox.h"

/* Who is said to have sent a message.  Starts as {0}. */
struct claim {
	bool given, null;           /* -f; its null sender */
	struct mailboxes sender;    /* of -f, one or none */
	struct field *from;         /* the field that counts, or NULL */
	struct mailboxes mailboxes; /* in it */
};

/* Read -f, which may be NULL.  ERR_INPUT. */
bool claim_option(struct claim *, const char *, struct err *);

/* Read From, or Resent-From in a resent message.  ERR_INPUT. */
bool claim_header(struct claim *, const struct header *, struct err *);

void claim_clear(struct claim *);

enum owner { OWNED, LOCAL, FOREIGN };

/* Whose eyes an address is looked at with. */
struct judge {
	const struct account *a;
	struct local rules;
	bool strict; /* a foreign one may not stay */
};

enum owner claim_owner(const struct judge *, const struct mailbox *);

/* ERR_SENDER for a foreign mailbox that stands there. */
bool claim_not_owned(const struct judge *, const struct mailbox *,
    const char *where, struct err *);

#endif
