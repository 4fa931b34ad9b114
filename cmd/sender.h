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
 * The sender owns the account (promise 3): choose the account and settle the
 * envelope sender, from -f and the message, which may be NULL.  The account
 * is there as soon as it is chosen, also on failure: ERR_SENDER when a sender
 * is not owned, ERR_INPUT, ERR_CONFIG.
 */
bool sender_settle(struct job *, const struct options *, const struct conf *,
    const struct site *, const struct account **, struct err *);

/*
 * See that every mailbox of From - of the latest Resent-From in a resent
 * message - is the account's, local, or may be rewritten.  Local and rewritten
 * ones are changed, local ones also in other fields that name a sender.  Sets
 * the job's author.  ERR_SENDER, ERR_INPUT.
 */
bool sender_header(struct job *, const struct options *, const struct account *,
    const struct site *, struct err *);

#endif
