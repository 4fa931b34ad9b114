/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/relay.h"

#include <string.h>

#include "cmd/author.h"
#include "cmd/deliver.h"
#include "cmd/edit.h"
#include "cmd/fit.h"
#include "cmd/report.h"
#include "cmd/sender.h"
#include "cmd/submit.h"
#include "lib/base/ascii.h"
#include "lib/base/clock.h"
#include "lib/mail/idna.h"

#define REPLY_MAX 480 /* bytes; RFC 5321, 4.5.3.1.5 */

static void
say(struct buf *reply, const char *code, const char *text)
{
	struct buf clean = {0};

	ascii_clean(&clean, text, strlen(text));
	buf_addf(reply, "%s %.*s", code, REPLY_MAX, buf_str(&clean));
	buf_clear(&clean);
}

/* Trouble of ours and of the way is temporary; what is refused, is not. */
static void
say_trouble(struct buf *reply, const struct err *e, bool content)
{
	switch (e->kind) {
	case ERR_SENDER:
		say(reply, content ? "554 5.7.1" : "553 5.7.1", e->text);
		break;
	case ERR_INPUT:
		say(reply, content ? "554 5.6.0" : "553 5.1.7", e->text);
		break;
	case ERR_MESSAGE:
		say(reply, "552 5.3.4", e->text);
		break;
	case ERR_MAYBE:
		say(reply, "451 4.4.2 perhaps delivered;", e->text);
		break;
	default:
		say(reply, "451 4.3.0", e->text);
	}
}

/*
 * What the server said, in its own words; but a 421 is about a session that
 * is not the caller's.
 */
static void
pass_on(struct relay *r, struct buf *reply)
{
	struct buf text = {0};

	reply_print(&r->session.c.reply, &text);
	if (r->session.c.reply.code == 421)
		say(reply, "451 4.3.2", buf_str(&text));
	else
		buf_addf(reply, "%.*s", REPLY_MAX, buf_str(&text));
	buf_clear(&text);
}

/* After a step of the transaction failed: its reply, if that was the reason. */
static void
say_failure(struct relay *r, const struct err *e, struct buf *reply)
{
	const struct reply *said = &r->session.c.reply;

	if (said->whole && reply_class(said) > 3
	    && (e->kind == ERR_MESSAGE || e->kind == ERR_AGAIN
		|| e->kind == ERR_SERVER))
		pass_on(r, reply);
	else
		say_trouble(reply, e, true);
}

/* A caller may be silent for hours; what we do then has its own limits. */
static void
set_deadline(struct relay *r)
{
	r->session.c.deadline = deliver_deadline(r->a, r->t.size);
}

static bool
begin(struct relay *r, const struct command *c, struct err *e)
{
	static char *const none[] = {NULL};
	const struct session_ways ways = {.credentials = r->site->credentials,
	    .config = r->o->config,
	    .verbose = r->o->verbose,
	    .timeout = r->o->timeout};

	if (r->conf == NULL) {
		*e = *r->conf_fault;
		return false;
	}
	if (c->path.n > 0)
		mailbox_path(&r->sender, &c->path.v[0]);
	r->options = *r->o;
	r->options.sender = buf_str(&r->sender);
	/* Whom RCPT alone names is hidden; operands and -t have no say here. */
	r->options.operands = none;
	r->options.from_header = true;
	if (!sender_settle(&r->job, &r->options, r->conf, r->site, &r->a, e)
	    || !envelope_ascii(&r->job.env, e))
		return false;
	locals_begin(&r->locals, r->a, r->site);
	r->job.env.ret = c->ret;
	buf_add(&r->job.env.envid, c->envid.p, c->envid.n);
	deliver_wishes(&r->job, r->a);
	r->t = (struct transaction){.c = &r->session.c,
	    .env = &r->job.env,
	    .size = c->size};
	set_deadline(r);
	if (!session_open(&r->session, r->a, &ways, buf_str(&r->job.env.sender),
		e))
		return false;
	/* Who only says SMTPUTF8 in case it is needed can do without. */
	r->job.env.utf8 =
	    r->job.env.utf8 || (c->utf8 && r->session.c.caps.smtputf8);
	return true;
}

static void
record(struct relay *r, struct err *e)
{
	struct buf line = {0};

	r->facts.ms = clock_now() - r->began;
	submit_outcome(&r->job, e->kind == ERR_NONE, e, &line);
	report_log(&r->job, r->a, r->site, &r->facts, e);
	buf_clear(&line);
}

void
relay_mail(struct relay *r, const struct command *c, struct buf *reply)
{
	struct err e = {0};

	r->began = clock_now();
	r->session.c.facts = &r->facts;
	if (!begin(r, c, &e))
		say_trouble(reply, &e, false);
	else if (!transaction_begin(&r->t, &e))
		say_trouble(reply, &e, false);
	else if (!transaction_mail(&r->t, &e))
		say_failure(r, &e, reply);
	if (e.kind == ERR_NONE) {
		r->open = true;
		pass_on(r, reply);
		return;
	}
	record(r, &e);
	relay_end(r);
}

/* The recipient, once its domain is in ASCII; NULL if that cannot be. */
static struct recipient *
add(struct relay *r, const struct mailbox *m, struct err *e)
{
	struct recipient *rcpt = NULL;
	struct mailbox named = *m;
	struct buf domain = {0};

	if (ascii_has_8bit(m->local, strlen(m->local))) {
		rcpt = envelope_add(&r->job.env, m);
	} else if (idna_domain(&domain, m->domain, e)) {
		named.domain = domain.p;
		rcpt = envelope_add(&r->job.env, &named);
	}
	buf_clear(&domain);
	return rcpt;
}

/* One more recipient; what the server says of it. */
static void
ask(struct relay *r, const struct mailbox *m, const struct command *c,
    struct buf *reply)
{
	struct envelope *env = &r->job.env;
	bool utf8 = env->utf8;
	struct err e = {0};
	struct recipient *rcpt = add(r, m, &e);

	buf_reset(reply);
	if (rcpt == NULL) {
		say(reply, "553 5.1.3", e.text);
		return;
	}
	/* It is too late to ask for what MAIL did not ask for. */
	env->utf8 = utf8;
	if (!utf8 && ascii_has_8bit(rcpt->mailbox.p, rcpt->mailbox.n)) {
		rcpt->v.state = REFUSED;
		say(reply, "553 5.6.7", "the address needs SMTPUTF8 in MAIL");
		return;
	}
	if (rcpt->accepted) {
		say(reply, "250 2.1.5", "again");
		return;
	}
	rcpt->v = (struct verdict){0};
	rcpt->notify = c->notify;
	buf_reset(&rcpt->orcpt);
	buf_add(&rcpt->orcpt, c->orcpt.p, c->orcpt.n);
	deliver_wishes(&r->job, r->a);
	set_deadline(r);
	if (transaction_rcpt(&r->t, (size_t)(rcpt - env->rcpt), &e))
		pass_on(r, reply);
	else
		say_failure(r, &e, reply);
}

void
relay_rcpt(struct relay *r, const struct command *c, struct buf *reply)
{
	struct expansion x = {0};
	struct verdict *v;

	if (c->path.n == 0) {
		say(reply, "501 5.1.3", "a recipient is an address");
		return;
	}
	locals_expand(&r->locals, &c->path.v[0], &x);
	if (x.fault.n > 0) {
		say(reply, "550 5.1.1", x.fault.p);
	} else if (x.to.n == 0) {
		v = &envelope_add(&r->job.env, &c->path.v[0])->v;
		v->state = TAKEN;
		say(reply, "250 2.1.5", "thrown away by its alias");
	}
	/* The first refusal is what the caller hears. */
	for (size_t i = 0; x.fault.n == 0 && i < x.to.n; i++)
		if (i == 0 || reply->p[0] == '2')
			ask(r, &x.to.v[i], c, reply);
	expansion_clear(&x);
}

bool
relay_data(struct relay *r, struct buf *reply)
{
	if (!r->open || r->job.env.n == 0) {
		say(reply, "503 5.5.1", "first MAIL, then RCPT, then DATA");
		return false;
	}
	if (r->t.n_accepted == 0 && envelope_count(&r->job.env, TAKEN) == 0) {
		say(reply, "554 5.5.1", "no recipient was taken");
		return false;
	}
	message_begin(&r->msg, r->site->tmpdir);
	r->job.msg = &r->msg;
	buf_adds(reply, "354 end with a line that is a lone dot");
	return true;
}

/* Whom the server did not take is the caller's again: it was told. */
static void
drop_refused(struct envelope *env)
{
	size_t kept = 0;

	for (size_t i = 0; i < env->n; i++) {
		struct recipient *rcpt = &env->rcpt[i];

		if (rcpt->accepted || rcpt->v.state == TAKEN) {
			env->rcpt[kept++] = *rcpt;
		} else {
			buf_clear(&rcpt->mailbox);
			buf_clear(&rcpt->orcpt);
		}
	}
	env->n = kept;
}

void
relay_content(struct relay *r, struct err *e, struct buf *reply)
{
	bool ok = e->kind == ERR_NONE;

	ok = ok && author_settle(&r->job, &r->options, r->a, r->site, e)
	    && edit_header(&r->job, &r->options, &r->locals, e)
	    && fit_message(&r->job, e)
	    && fit_server(&r->job, &r->session.c.caps, e);
	r->t.msg = &r->msg;
	r->t.size = message_size(&r->msg);
	set_deadline(r);
	if (!ok)
		say_trouble(reply, e, true);
	else if (r->t.n_accepted == 0)
		say(reply, "250 2.0.0", "thrown away by its aliases");
	else if (transaction_content(&r->t, e))
		pass_on(r, reply);
	else
		say_failure(r, e, reply);
	transaction_end(&r->t);
	drop_refused(&r->job.env);
	record(r, e);
	relay_end(r);
}

void
relay_end(struct relay *r)
{
	const struct relay again = {
	    .o = r->o,
	    .site = r->site,
	    .conf = r->conf,
	    .conf_fault = r->conf_fault,
	};

	session_close(&r->session);
	locals_clear(&r->locals);
	if (r->job.msg != NULL)
		message_clear(&r->msg);
	job_clear(&r->job);
	buf_clear(&r->sender);
	*r = again;
}
