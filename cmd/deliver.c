/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/deliver.h"

#include "cmd/fit.h"
#include "lib/base/clock.h"
#include "lib/base/dsn.h"
#include "lib/smtp/transaction.h"

#define DEADLINE_SECONDS 300
#define SLOWEST 16384 /* bytes a second that must do */

void
deliver_wishes(struct job *j, const struct account *a)
{
	unsigned bits = 0;

	if (a->dsn_notify != NULL)
		dsn_parse_notify(a->dsn_notify, &bits);
	for (size_t i = 0; i < j->env.n; i++)
		if (j->env.rcpt[i].notify == 0)
			j->env.rcpt[i].notify = bits;
	if (a->dsn_return != NULL && j->env.ret == RET_DEFAULT)
		dsn_parse_ret(a->dsn_return, &j->env.ret);
}

int64_t
deliver_deadline(const struct account *a, uint64_t size)
{
	int64_t seconds = a->deadline;

	if (seconds == 0)
		seconds = DEADLINE_SECONDS + (int64_t)(size / SLOWEST);
	return clock_until(seconds, CLOCK_NEVER);
}

/* Encoded, it is larger, and may take longer. */
static bool
fit(struct job *j, struct client *c, const struct account *a, struct err *e)
{
	uint64_t size = message_size(j->msg);

	if (!fit_server(j, &c->caps, e))
		return false;
	if (message_size(j->msg) != size)
		c->deadline = deliver_deadline(a, message_size(j->msg));
	return true;
}

bool
deliver(struct job *j, const struct account *a, const struct session_ways *ways,
    struct facts *facts, struct err *e)
{
	struct session s = {.c.facts = facts};
	int64_t began = clock_now();
	bool ok;

	/* Aliases may have settled it for all, or for one too many. */
	if (envelope_count(&j->env, PENDING) == 0)
		return true;
	if (a->partial == 0 && envelope_count(&j->env, REFUSED) > 0)
		return err_set(e, ERR_CONFIG,
		    "not all recipients can be reached, so nobody gets the "
		    "message (partial off)");
	deliver_wishes(j, a);
	s.c.deadline = deliver_deadline(a, message_size(j->msg));
	ok = session_open(&s, a, ways, buf_str(&j->env.sender), e)
	    && fit(j, &s.c, a, e)
	    && transaction_run(&s.c, &j->env, j->msg, a->partial != 0, e);
	facts->ms = clock_now() - began;
	session_close(&s);
	return ok;
}
