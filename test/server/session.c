/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "test/server/auth.h"
#include "test/server/session.h"
#include "test/server/transaction.h"

void
session_early(struct session *s)
{
	bool must_wait =
	    s->ends_group || !s->esmtp || (s->o->caps & CAP_PIPELINING) == 0;

	if (must_wait && !s->quit && wire_pending(&s->w))
		s->early++;
}

void
session_reply(struct session *s, int code, const char *enhanced,
    const char *fmt, ...)
{
	struct bytes line = {0};
	va_list ap;
	char text[WIRE_IN];

	session_early(s);
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	bytes_fmt(&line, "%d ", code);
	if (enhanced != NULL && s->esmtp && (s->o->caps & CAP_ENHANCED) != 0)
		bytes_fmt(&line, "%s ", enhanced);
	bytes_fmt(&line, "%s\r\n", text);
	wire_put(&s->w, line.p, line.n);
	bytes_clear(&line);
}

bool
session_refused(struct session *s, const char *key)
{
	const char *text = pairs_find(&s->o->refusals, key);

	if (text == NULL)
		return false;
	session_reply(s, atoi(text), NULL, "%s",
	    strlen(text) > 4 ? text + 4 : "");
	return true;
}

static bool
domain_ok(const char *s)
{
	return *s != '\0'
	    && s[strspn(s,
		   "abcdefghijklmnopqrstuvwxyz"
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]")]
	    == '\0';
}

static void
list_caps(struct session *s, struct bytes *out)
{
	static const struct {
		unsigned cap;
		const char *word;
	} words[] = {{CAP_PIPELINING, "PIPELINING"}, {CAP_CHUNKING, "CHUNKING"},
	    {CAP_8BITMIME, "8BITMIME"}, {CAP_SMTPUTF8, "SMTPUTF8"},
	    {CAP_DSN, "DSN"}, {CAP_ENHANCED, "ENHANCEDSTATUSCODES"}};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if ((s->o->caps & words[i].cap) != 0)
			bytes_fmt(out, "250-%s\r\n", words[i].word);
	if ((s->o->caps & CAP_SIZE) != 0)
		bytes_fmt(out, "250-SIZE %llu\r\n",
		    (unsigned long long)s->o->size_max);
	if (s->o->starttls && s->w.ssl == NULL)
		bytes_str(out, "250-STARTTLS\r\n");
	if (!s->o->no_auth && s->w.ssl != NULL && *s->o->mechanisms != '\0')
		bytes_fmt(out, "250-AUTH %s\r\n", s->o->mechanisms);
}

static void
hello(struct session *s, const char *args, bool esmtp)
{
	struct bytes out = {0};
	char *last;

	if (!domain_ok(args)) {
		session_reply(s, 501, "5.5.4", "A domain is needed");
		return;
	}
	if (session_refused(s, esmtp ? "EHLO" : "HELO"))
		return;
	transaction_reset(s);
	s->greeted = true;
	s->esmtp = esmtp;
	bytes_reset(&s->helo);
	bytes_str(&s->helo, args);
	bytes_str(&out, "250-localhost\r\n");
	if (esmtp)
		list_caps(s, &out);
	/* The last line goes through session_reply, which has an eye on it. */
	out.n -= 2;
	out.p[out.n] = '\0';
	last = strrchr(out.p, '\n');
	last = last != NULL ? last + 1 : out.p;
	wire_put(&s->w, out.p, (size_t)(last - out.p));
	session_reply(s, 250, NULL, "%s", last + 4);
	bytes_clear(&out);
}

static void
ehlo(struct session *s, char *args)
{
	hello(s, args, true);
}

static void
helo(struct session *s, char *args)
{
	hello(s, args, false);
}

static void
starttls(struct session *s, char *args)
{
	if (!s->o->starttls || s->w.ssl != NULL) {
		session_reply(s, 503, "5.5.1", "STARTTLS is not offered");
		return;
	}
	if (*args != '\0') {
		session_reply(s, 501, "5.5.4", "STARTTLS has no parameters");
		return;
	}
	if (session_refused(s, "STARTTLS"))
		return;
	session_reply(s, 220, "2.0.0", "Go ahead");
	if (!wire_accept(&s->w, s->server->ctx, &s->hello))
		return;
	/* RFC 3207 section 4.2: nothing that was said before counts. */
	bytes_reset(&s->helo_plain);
	bytes_str(&s->helo_plain, bytes_cstr(&s->helo));
	bytes_reset(&s->helo);
	s->greeted = s->esmtp = false;
}

static void
rset(struct session *s, char *args)
{
	(void)args;
	transaction_reset(s);
	session_reply(s, 250, "2.0.0", "OK");
}

static void
noop(struct session *s, char *args)
{
	(void)args;
	session_reply(s, 250, "2.0.0", "OK");
}

static void
vrfy(struct session *s, char *args)
{
	(void)args;
	session_reply(s, 252, "2.5.2", "Send it and see");
}

static void
quit(struct session *s, char *args)
{
	(void)args;
	s->quit = true;
	session_reply(s, 221, "2.0.0", "Bye");
}

static const struct command {
	const char *verb;
	void (*run)(struct session *, char *);
	/* RFC 2920 section 3.1: nothing may follow it in its group. */
	bool ends_group;
	bool plain, login; /* fine before STARTTLS, needs AUTH */
} commands[] = {{"EHLO", ehlo, true, true, false},
    {"HELO", helo, true, true, false},
    {"STARTTLS", starttls, true, true, false},
    {"AUTH", auth_command, true, false, false},
    {"MAIL", transaction_mail, false, false, true},
    {"RCPT", transaction_rcpt, false, false, true},
    {"DATA", transaction_data, true, false, true},
    {"BDAT", transaction_bdat, false, false, true},
    {"RSET", rset, false, true, false}, {"NOOP", noop, true, true, false},
    {"VRFY", vrfy, true, false, true}, {"QUIT", quit, false, true, false}};

static void
dispatch(struct session *s)
{
	size_t i, n = strcspn(s->line, " ");
	char *args = s->line + n + (s->line[n] == ' ');
	const struct command *c = NULL;

	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (strlen(commands[i].verb) == n
		    && strncasecmp(commands[i].verb, s->line, n) == 0)
			c = &commands[i];
	s->ends_group = c != NULL && c->ends_group;
	if (c == NULL)
		session_reply(s, 500, "5.5.1", "No such command");
	else if (s->o->starttls && s->w.ssl == NULL && !c->plain)
		session_reply(s, 530, "5.7.0", "STARTTLS first");
	else if (c->login && !s->greeted)
		session_reply(s, 503, "5.5.1", "EHLO first");
	else if (c->login && !s->o->no_auth && s->login == NULL)
		session_reply(s, 530, "5.7.0", "AUTH first");
	else
		c->run(s, args);
	s->ends_group = false;
}

/* RFC 5321 section 4.5.3.1.4; RFC 4954 section 4 for AUTH. */
static bool
line_ok(struct session *s)
{
	size_t n = strlen(s->line), i;

	if (n > 2046 || (n > 510 && strncasecmp(s->line, "AUTH ", 5) == 0)) {
		session_reply(s, 500, "5.5.6", "Line too long");
		return false;
	}
	for (i = 0; i < n; i++)
		if (iscntrl((unsigned char)s->line[i])) {
			session_reply(s, 500, "5.5.2", "Control character");
			return false;
		}
	while (n > 0 && s->line[n - 1] == ' ')
		s->line[--n] = '\0';
	return true;
}

static void
converse(struct session *s)
{
	if (!s->o->starttls && !wire_accept(&s->w, s->server->ctx, &s->hello))
		return;
	session_reply(s, 220, NULL, "localhost ESMTP test server");
	while (!s->quit && !s->w.broken) {
		switch (wire_line(&s->w, s->line, sizeof(s->line))) {
		case WIRE_LINE:
			if (line_ok(s))
				dispatch(s);
			break;
		case WIRE_LONG:
			session_reply(s, 500, "5.5.6", "Line too long");
			break;
		case WIRE_BARE:
			session_reply(s, 500, "5.5.2", "CR, LF or NUL alone");
			break;
		case WIRE_END:
			return;
		}
	}
}

void
session_run(struct server *server, int fd)
{
	struct session *s = need(1, sizeof(*s));

	s->server = server;
	s->o = server->o;
	s->number = atomic_fetch_add(&server->sessions, 1) + 1;
	wire_open(&s->w, fd, s->o->linewise);
	converse(s);
	transaction_reset(s);
	wire_close(&s->w);
	bytes_clear(&s->helo);
	bytes_clear(&s->helo_plain);
	bytes_clear(&s->env.from);
	bytes_clear(&s->env.mailparams);
	bytes_clear(&s->env.rcpts);
	free(s->login);
	free(s->mechanism);
	free(s);
}
