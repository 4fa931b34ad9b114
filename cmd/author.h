/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_AUTHOR_H
#define PINMAIL_CMD_AUTHOR_H

#include <stdbool.h>

#include "cmd/job.h"
#include "cmd/options.h"
#include "cmd/site.h"
#include "lib/base/err.h"
#include "lib/conf/account.h"

/*
 * See that every mailbox of From - of the latest Resent-From in a resent
 * message - is the account's, local, or may be rewritten.  Local and rewritten
 * ones are changed, local ones also in other fields that name a sender.  Sets
 * the job's author.  ERR_SENDER, ERR_INPUT.
 */
bool author_settle(struct job *, const struct options *, const struct account *,
    const struct site *, struct err *);

#endif
