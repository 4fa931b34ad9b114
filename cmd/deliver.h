/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_DELIVER_H
#define PINMAIL_CMD_DELIVER_H

#include <stdbool.h>

#include "cmd/job.h"
#include "lib/base/err.h"
#include "lib/base/facts.h"
#include "lib/conf/account.h"

/* How a delivery goes about it, beside the account. */
struct deliver_ways {
	const char *credentials; /* CREDENTIALS_DIRECTORY, or NULL */
	bool verbose;            /* the dialogue on standard error */
};

/*
 * One session, one message, through one account.  The verdicts of the job's
 * recipients tell what became of each, the facts what was seen; both are
 * valid on failure too, when the error is that of those still PENDING.
 */
bool deliver(struct job *, const struct account *, const struct deliver_ways *,
    struct facts *, struct err *);

#endif
