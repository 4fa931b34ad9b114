/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/clock.h"
#include "lib/smtp/auth.h"
#include "lib/smtp/transaction.h"
#include "test/fuzz/judge.h"

#define USER "alice"
#define PASSWORD "open, sesame!"

/* What one input is about. */
struct trial {
	struct player player;
	struct client c;
	struct facts facts;
	size_t proved_at; /* bytes that were said until then */
	unsigned login;   /* 15: none; 9: whatever is offered */
	bool starttls, no_tls, partial;
	struct content {
		struct message m;
		struct buf all, stuffed;
	} * content;
	struct envelope env;
};

/* Once: texts with dots, with 8 bits, of just a piece, of more than memory. */
static void
make_content(struct content *c, unsigned which)
{
	static const char *const texts[] =
	    {"From: " USER "@example.com\n\n.\n..\n.x\n\nend\n",
		"From: " USER "@example.com\nSubject: \xc3\xa9\n\n\xff\n"};
	const size_t size = which == 2 ? 131072 : which == 3 ? 300000 : 1200000;
	struct buf text = {0};

	buf_adds(&text, texts[which == 1]);
	if (which > 1) {
		buf_reset(&text);
		buf_adds(&text, "From: " USER "@example.com\r\n\r\n");
		for (size_t i = text.n; text.n < size + i;)
			buf_adds(&text, ".234567890abcd\r\n");
	}
	must(fuzz_message(&c->m, text.p, text.n, 0));
	fuzz_emit(&c->all, &c->m);
	for (size_t i = 0; i < c->all.n; i++) {
		if (c->all.p[i] == '.' && (i == 0 || c->all.p[i - 1] == '\n'))
			buf_addc(&c->stuffed, '.');
		buf_addc(&c->stuffed, c->all.p[i]);
	}
	buf_adds(&c->stuffed, ".\r\n");
	buf_clear(&text);
}

static struct content *
content(unsigned which)
{
	static struct content all[5];

	if (all[which].all.n == 0)
		make_content(&all[which], which);
	return &all[which];
}

static void
trace(void *arg, char who, const char *line)
{
	(void)arg;
	must(!ascii_has_control(line));
	/* A server may know it, and say so. */
	if (who != '>')
		return;
	must(strstr(line, PASSWORD) == NULL);
	must(strstr(line, "b3Blbiwg") == NULL
	    && strstr(line, "AG9wZW4s") == NULL);
}

static bool
start_tls(void *arg, struct stream *s, int64_t until, struct err *e)
{
	struct trial *t = arg;
	const struct buf *heard = &t->player.heard;

	(void)until;
	must(stream_drained(s) && heard->n > 10
	    && memcmp(heard->p + heard->n - 10, "STARTTLS\r\n", 10) == 0);
	if (t->no_tls) {
		t->c.midway = true;
		return err_set(e, ERR_UNTRUSTED, "no pin was proved");
	}
	stream_set_proved(s);
	t->proved_at = heard->n;
	return true;
}

/* Bob always, the others as chosen. */
static void
address(struct envelope *env, unsigned who)
{
	static const char *const people[][2] = {{"bob", "example.net"},
	    {"carol", "example.net"}, {"d e", "example.org"},
	    {"z\xc3\xb6", "example.org"}};
	struct mailboxes l = {0};
	struct recipient *r;

	envelope_sender(env, who > 7 ? "" : USER "@example.com");
	for (size_t i = 0; i < 4; i++)
		if (i == 0 || (who >> (i - 1) & 1) != 0)
			mailboxes_add(&l, "", people[i][0], people[i][1]);
	for (size_t i = 0; i < l.n; i++) {
		r = envelope_add(env, &l.v[i]);
		r->notify = i == 1 ? NOTIFY_SUCCESS | NOTIFY_DELAY : 0;
		buf_adds(&r->orcpt, i == 1 ? "c+d=e@web1" : "");
	}
	mailboxes_clear(&l);
}

static void
begin(struct trial *t, struct input *in)
{
	unsigned how = fuzz_choice(in);

	t->starttls = (how & 1) != 0;
	t->no_tls = (how & 6) == 6;
	t->partial = (how & 8) == 0;
	t->facts.exporter_len = (how & 2) != 0 ? sizeof t->facts.exporter : 0;
	t->facts.endpoint_len = (how & 4) != 0 ? sizeof t->facts.endpoint : 0;
	t->login = fuzz_choice(in);
	t->content = content(fuzz_choice(in) % 5);
	address(&t->env, fuzz_choice(in));
	player_begin(&t->player, in);
	t->player.server = *in;
	t->c = (struct client){.stream = player_open(&t->player),
	    .host = "mx",
	    .facts = &t->facts,
	    .deadline = CLOCK_NEVER,
	    .tls = start_tls,
	    .tls_arg = t,
	    .trace = trace};
	if (!t->starttls)
		stream_set_proved(t->c.stream);
}

/* As cmd/session and cmd/deliver do. */
static bool
run(struct trial *t, struct err *e)
{
	const struct login login = {t->login < SASL_NONE ? t->login : SASL_NONE,
	    USER, PASSWORD, 465};
	struct client *c = &t->c;

	return client_greeting(c, e)
	    && (!t->starttls
		|| (client_ehlo(c, "[127.0.0.1]", e) && client_starttls(c, e)))
	    && client_ehlo(c, "example.com", e)
	    && (t->login == 15 || auth_login(c, &login, e))
	    && transaction_run(c, &t->env, &t->content->m, t->partial, e);
}

/* Each verdict is what the server said, and of the message itself. */
static void
check_verdicts(const struct trial *t, const struct judge *j, bool ok,
    const struct err *e)
{
	size_t pending = 0;

	for (size_t i = 0; i < t->env.n; i++) {
		const struct verdict *v = &t->env.rcpt[i].v;

		must(!ascii_has_control(v->text));
		pending += v->state == PENDING;
		must(j->took[i] <= 1);
		must(v->state != TAKEN
		    || (j->took[i] == 1 && v->code / 100 == 2));
		/* A server may answer what it has heard half of, and go. */
		must(v->state == TAKEN || v->state == PENDING
		    || j->last[i] == -1 || v->code == j->last[i]);
		must(v->state != REFUSED || v->code / 100 == 5);
		must(v->state != DEFERRED || v->code / 100 == 4
		    || v->code == 552);
	}
	must(!ok || pending == 0);
	must(ok || (e->kind != ERR_NONE && *e->text != '\0'));
	/* It may have been delivered if, and only if, nobody knows. */
	must(ok || e->kind != ERR_MAYBE || j->whole);
	if (!ok && j->whole && j->certain && j->accepted > 0 && j->verdict == 0)
		must(e->kind == ERR_MAYBE);
	for (size_t i = 0; j->certain && i < t->env.n; i++)
		must(j->verdict / 100 != 2 || j->rcpt[i] / 100 != 2
		    || t->env.rcpt[i].v.state == TAKEN);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	struct trial t = {0};
	struct judge j = {0};
	struct err e = {0};
	bool ok;

	begin(&t, &in);
	ok = run(&t, &e);
	client_quit(&t.c);
	j.env = &t.env;
	j.content = &t.content->all;
	j.stuffed = &t.content->stuffed;
	if (t.starttls && t.proved_at == 0) {
		must(!ok);
		judge_unproved(buf_str(&t.player.heard), t.player.heard.n);
	} else {
		judge_unproved(buf_str(&t.player.heard), t.proved_at);
		judge_session(&j, &t.player, t.proved_at, t.starttls ? 3 : 1);
		check_verdicts(&t, &j, ok, &e);
	}
	client_clear(&t.c);
	stream_close(t.c.stream);
	envelope_clear(&t.env);
	player_clear(&t.player);
	return 0;
}
