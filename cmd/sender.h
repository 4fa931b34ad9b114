/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_SENDER_H
#define PINMAIL_CMD_SENDER_H

#include <stdbool.h>

#include "cmd/job.h"
#include "cmd/options.h"
#include "cmd/site.h"
#include "lib/base/err.h"
#include "lib/conf/account.h"

/*
 * The sender owns the account (promise 3): choose the account, settle the
 * envelope sender, and see that every mailbox of From - of the latest
 * Resent-From in a resent message - is the account's, local, or may be
 * rewritten.  Local and rewritten ones are changed in the header.  The account
 * is there as soon as it is chosen, also on failure: ERR_SENDER when a sender
 * is not owned, ERR_INPUT, ERR_CONFIG.
 */
bool sender_settle(struct job *, const struct options *, const struct conf *,
    const struct site *, const struct account **, struct err *);

/* ERR_CONFIG when a recipient is one of this host's people. */
bool sender_no_locals(const struct job *, const struct account *,
    const struct site *, struct err *);

#endif
