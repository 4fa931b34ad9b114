/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/send.h"

#include "cmd/author.h"
#include "cmd/deliver.h"
#include "cmd/edit.h"
#include "cmd/fit.h"
#include "cmd/locals.h"
#include "cmd/report.h"
#include "cmd/sender.h"
#include "cmd/submit.h"

/* Up to a job that is fit to be delivered. */
static bool
settle(struct send *s, struct err *e)
{
	struct locals locals = {0};
	struct job *j = s->job;
	bool ok;

	if (!sender_settle(j, s->o, s->conf, s->site, &s->a, e))
		return false;
	locals_begin(&locals, s->a, s->site);
	locals_envelope(&locals, &j->env);
	ok = envelope_ascii(&j->env, e)
	    && author_settle(j, s->o, s->a, s->site, e)
	    && edit_header(j, s->o, &locals, e) && fit_message(j, e);
	locals_clear(&locals);
	return ok;
}

bool
send_job(struct send *s, bool ready, struct buf *line, struct err *e)
{
	const struct session_ways ways = {.credentials = s->site->credentials,
	    .config = s->o->config,
	    .verbose = s->o->verbose,
	    .timeout = s->o->timeout,
	    .forget = s->conf};
	bool ok;

	ok =
	    ready && settle(s, e) && deliver(s->job, s->a, &ways, &s->facts, e);
	submit_outcome(s->job, ok, e, line);
	return e->kind == ERR_NONE;
}

void
send_log(const struct send *s, const struct err *e)
{
	report_log(s->job, s->a, s->site, &s->facts, e);
}
