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

#endif
