/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_DELIVER_H
#define PINMAIL_CMD_DELIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/job.h"
#include "cmd/session.h"
#include "lib/base/err.h"
#include "lib/base/facts.h"
#include "lib/conf/account.h"

/*
 * One session, one message, through one account.  The verdicts of the job's
 * recipients tell what became of each, the facts what was seen; both are
 * valid on failure too, when the error is that of those still PENDING.
 */
bool deliver(struct job *, const struct account *, const struct session_ways *,
    struct facts *, struct err *);

/* Until when a message of that size has to be with the server. */
int64_t deliver_deadline(const struct account *, uint64_t size);

/* What the account says of delivery notifications, where nobody said it. */
void deliver_wishes(struct job *, const struct account *);

#endif
