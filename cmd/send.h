/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_SEND_H
#define PINMAIL_CMD_SEND_H

#include <stdbool.h>

#include "cmd/job.h"
#include "cmd/options.h"
#include "cmd/site.h"
#include "lib/base/err.h"
#include "lib/base/facts.h"
#include "lib/conf/account.h"

/* What it takes to send a job, borrowed, and what became known. */
struct send {
	struct job *job;
	const struct options *o;
	struct conf *conf; /* only one job can be sent by it */
	const struct site *site;
	const struct account *a; /* once it is chosen */
	struct facts facts;
};

/*
 * Send a job that has its message and recipients: settle sender, local people
 * and header, deliver.  If it is not ready, *e says why.  *line is what to
 * tell people, and *e why somebody does not have it.
 */
bool send_job(struct send *, bool ready, struct buf *line, struct err *);

/* The one line for the log. */
void send_log(const struct send *, const struct err *);

#endif
