/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/smtp/transaction.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/dsn.h"
#include "lib/base/wait.h"
#include "lib/smtp/content.h"

/* More than this is not sent before somebody wants it. */
#define ONE_FLIGHT ((uint64_t)256 * 1024)

/*
 * Recipients without an answer.  A server that takes no more says so for
 * each one; Postfix hangs up after 1,000 of those.
 */
#define WINDOW 1000

static bool
fits(struct transaction *t, struct err *e)
{
	uint64_t max = t->c->caps.size_max;

	if (t->msg != NULL)
		t->size = message_size(t->msg);
	if (max > 0 && t->size > max)
		return err_set(e, ERR_MESSAGE,
		    "%s takes messages of %" PRIu64 " bytes at most; this "
		    "one has %" PRIu64,
		    t->c->host, max, t->size);
	return true;
}

bool
transaction_begin(struct transaction *t, struct err *e)
{
	for (size_t i = 0; i < t->env->n; i++)
		t->env->rcpt[i].accepted = false;
	if (t->env->utf8 && !t->c->caps.smtputf8)
		return err_set(e, ERR_INPUT,
		    "%s offers no SMTPUTF8, which an address that is not "
		    "ASCII needs",
		    t->c->host);
	return fits(t, e);
}

void
transaction_end(struct transaction *t)
{
	t->c->away = false;
	wait_hold(false);
}

/* For an address in the header, where the server can. */
static bool
wants_utf8(const struct transaction *t)
{
	return t->c->caps.smtputf8 && t->msg != NULL
	    && (t->msg->notes & MESSAGE_UTF8) != 0;
}

static bool
put_mail(struct transaction *t, struct err *e)
{
	const struct caps *caps = &t->c->caps;
	const struct envelope *env = t->env;
	struct buf line = {0};
	bool ok;

	buf_addf(&line, "MAIL FROM:<%s>", buf_str(&env->sender));
	if (caps->size && (t->msg != NULL || t->size > 0))
		buf_addf(&line, " SIZE=%" PRIu64, t->size);
	/* Of a message that is still to come nobody knows. */
	if (caps->eightbitmime && (t->msg == NULL || message_eightbit(t->msg)))
		buf_adds(&line, " BODY=8BITMIME");
	if (env->utf8 || wants_utf8(t))
		buf_adds(&line, " SMTPUTF8");
	if (caps->dsn && env->ret != RET_DEFAULT)
		buf_addf(&line, " RET=%s",
		    env->ret == RET_FULL ? "FULL" : "HDRS");
	if (caps->dsn && env->envid.n > 0) {
		buf_adds(&line, " ENVID=");
		dsn_print_xtext(&line, env->envid.p);
	}
	ok = client_command(t->c, e, "%s", line.p);
	buf_clear(&line);
	return ok;
}

/* 503, 530 and their like refuse the session, not this message. */
static enum err_kind
mail_kind(int code)
{
	switch (code) {
	case 503:
	case 530:
	case 534:
	case 535:
	case 538:
		return ERR_SERVER;
	default:
		return ERR_MESSAGE;
	}
}

static bool
read_mail(struct transaction *t, struct err *e)
{
	struct client *c = t->c;

	if (!client_reply(c, client_until(c, SECONDS_MAIL), e))
		return false;
	return reply_class(&c->reply) == 2
	    || client_refused(c, "MAIL", mail_kind(c->reply.code), e);
}

static bool
put_rcpt(struct transaction *t, size_t i, struct err *e)
{
	const struct recipient *r = &t->env->rcpt[i];
	struct buf line = {0};
	bool ok;

	buf_addf(&line, "RCPT TO:<%s>", r->mailbox.p);
	if (t->c->caps.dsn && r->notify != 0) {
		buf_adds(&line, " NOTIFY=");
		dsn_print_notify(&line, r->notify);
	}
	if (t->c->caps.dsn && r->orcpt.n > 0) {
		buf_adds(&line, " ORCPT=rfc822;");
		dsn_print_xtext(&line, r->orcpt.p);
	}
	ok = client_command(t->c, e, "%s", line.p);
	buf_clear(&line);
	return ok;
}

/* What the last reply says of a recipient. */
static void
settle(struct transaction *t, size_t i, int state)
{
	const struct reply *reply = &t->c->reply;
	struct verdict *v = &t->env->rcpt[i].v;
	struct buf text = {0};

	v->state = state;
	v->code = reply->code;
	reply_status(reply, v->status, sizeof v->status);
	reply_print(reply, &text);
	snprintf(v->text, sizeof v->text, "%s", text.p);
	buf_clear(&text);
}

static bool
read_rcpt(struct transaction *t, size_t i, struct err *e)
{
	struct client *c = t->c;

	if (!client_reply(c, client_until(c, SECONDS_RCPT), e))
		return false;
	switch (reply_class(&c->reply)) {
	case 2:
		t->env->rcpt[i].accepted = true;
		t->n_accepted++;
		return true;
	case 4:
	case 5:
		break;
	default:
		return client_refused(c, "RCPT", ERR_PROTOCOL, e);
	}
	/* The server leaves: what went up behind this it never looked at. */
	if (c->reply.code == 421)
		return client_refused(c, "RCPT", ERR_AGAIN, e);
	/* RFC 5321, 4.5.3.1.10: 552 is what 452 should have been. */
	if (c->reply.code == 452 || c->reply.code == 552) {
		if (t->n_accepted > 0)
			t->full = true;
		else
			settle(t, i, DEFERRED);
	} else {
		settle(t, i, reply_class(&c->reply) == 4 ? DEFERRED : REFUSED);
	}
	return true;
}

bool
transaction_mail(struct transaction *t, struct err *e)
{
	return put_mail(t, e) && read_mail(t, e);
}

bool
transaction_rcpt(struct transaction *t, size_t i, struct err *e)
{
	return put_rcpt(t, i, e) && read_rcpt(t, i, e);
}

/* Once the content is away, only a refusal says that nobody has it.  False. */
static bool
unless_away(const struct client *c, struct err *e)
{
	if (c->away && e->kind != ERR_AGAIN && e->kind != ERR_MESSAGE
	    && e->kind != ERR_SERVER)
		e->kind = ERR_MAYBE;
	return false;
}

/* The last reply is the verdict on all who were accepted. */
static bool
conclude(struct transaction *t, struct err *e)
{
	struct client *c = t->c;

	if (reply_class(&c->reply) != 2) {
		client_refused(c, "the message", ERR_MESSAGE, e);
		return unless_away(c, e);
	}
	for (size_t i = 0; i < t->env->n; i++)
		if (t->env->rcpt[i].accepted)
			settle(t, i, TAKEN);
	client_note(c);
	return true;
}

static bool
put_data(struct transaction *t, struct err *e)
{
	return client_command(t->c, e, "DATA");
}

static bool
read_data(struct transaction *t, struct err *e)
{
	struct client *c = t->c;

	if (!client_reply(c, client_until(c, SECONDS_DATA), e))
		return false;
	return c->reply.code == 354
	    || client_refused(c, "DATA", ERR_MESSAGE, e);
}

bool
transaction_content(struct transaction *t, struct err *e)
{
	struct client *c = t->c;

	if (!fits(t, e))
		return false;
	if (c->caps.chunking)
		return content_chunks(c, t->msg, t->size, e) && conclude(t, e);
	return put_data(t, e) && read_data(t, e) && content_text(c, t->msg, e)
	    && conclude(t, e);
}

/* Who is to be asked in a pipeline, and whose answer comes next. */
struct pipeline {
	size_t put, read; /* indices of recipients */
	size_t open;      /* answers that are due */
	bool mail;        /* MAIL's answer is due */
};

static bool
read_one(struct transaction *t, struct pipeline *p, struct err *e)
{
	if (p->mail) {
		p->mail = false;
		return read_mail(t, e);
	}
	while (t->env->rcpt[p->read].v.state != PENDING
	    || t->env->rcpt[p->read].accepted)
		p->read++;
	p->open--;
	return read_rcpt(t, p->read++, e);
}

static bool
read_all(struct transaction *t, struct pipeline *p, struct err *e)
{
	while (p->mail || p->open > 0)
		if (!read_one(t, p, e))
			return false;
	return true;
}

/* MAIL and RCPTs; what waits for an answer is left in the pipeline. */
static bool
put_envelope(struct transaction *t, struct pipeline *p, struct err *e)
{
	bool pipelining = t->c->caps.pipelining;

	if (!put_mail(t, e))
		return false;
	p->mail = true;
	if (!pipelining && !read_all(t, p, e))
		return false;
	for (; p->put < t->env->n && !t->full; p->put++) {
		if (t->env->rcpt[p->put].v.state != PENDING)
			continue;
		if (p->open >= (pipelining ? WINDOW : 1)) {
			if (!read_all(t, p, e))
				return false;
			if (t->full)
				break;
		}
		if (!put_rcpt(t, p->put, e))
			return false;
		p->open++;
	}
	return true;
}

/* Everything is put before anything is read: one flight. */
static bool
flight_chunk(struct transaction *t, struct pipeline *p, struct err *e)
{
	struct client *c = t->c;

	if (!content_flight(c, t->msg, t->size, e))
		return false;
	if (!read_all(t, p, e))
		return unless_away(c, e);
	/* Without a recipient, what it says of the content is no news. */
	return t->n_accepted == 0 || (content_verdict(c, e) && conclude(t, e));
}

static bool
flight_data(struct transaction *t, struct pipeline *p, struct err *e)
{
	struct err refused;

	if (!put_data(t, e) || !read_all(t, p, e))
		return false;
	if (t->n_accepted == 0) {
		/* A 354 now would wait for a dot that nobody may send. */
		t->c->midway = read_data(t, &refused) || t->c->lost;
		return true;
	}
	return read_data(t, e) && content_text(t->c, t->msg, e)
	    && conclude(t, e);
}

/* One transaction for those that are PENDING. */
static bool
run_once(struct transaction *t, bool partial, struct err *e)
{
	const struct caps *caps = &t->c->caps;
	bool flight = caps->pipelining && partial;
	size_t wanted = envelope_count(t->env, PENDING);
	struct pipeline p = {0};

	if (!transaction_begin(t, e) || !put_envelope(t, &p, e))
		return false;
	if (flight && caps->chunking && t->size <= ONE_FLIGHT)
		return flight_chunk(t, &p, e);
	if (flight && !caps->chunking)
		return flight_data(t, &p, e);
	if (!read_all(t, &p, e))
		return false;
	if (t->n_accepted == 0)
		return true;
	if (!partial && t->n_accepted < wanted)
		return err_set(e, ERR_AGAIN,
		    "not all recipients were accepted, so nobody gets the "
		    "message (partial off)");
	return transaction_content(t, e);
}

bool
transaction_run(struct client *c, struct envelope *env, struct message *msg,
    bool partial, struct err *e)
{
	struct transaction t;
	size_t left = envelope_count(env, PENDING), before;
	bool ok = true;

	do {
		before = left;
		t = (struct transaction){.c = c, .env = env, .msg = msg};
		ok = run_once(&t, partial, e);
		transaction_end(&t);
		left = envelope_count(env, PENDING);
	} while (ok && left > 0 && left < before);
	return ok;
}
