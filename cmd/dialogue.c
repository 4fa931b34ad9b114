/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/dialogue.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cmd/collect.h"
#include "cmd/relay.h"
#include "cmd/report.h"
#include "lib/base/clock.h"
#include "lib/base/wait.h"
#include "lib/mail/dot.h"

#define PIECE 65536
#define LINE_MAX_BYTES 4096 /* RFC 5321, 4.5.3.1.4, and parameters */

/* The caller at the other end of standard input and output. */
struct dialogue {
	struct site site;
	struct conf conf;
	struct err conf_fault;
	struct relay relay;
	struct buf in; /* what was read and not looked at */
	bool quit;
};

/* More input; false: there is none, or a signal came. */
static bool
read_more(struct dialogue *d, struct err *e)
{
	size_t n;

	buf_reserve(&d->in, PIECE);
	if (!collect_piece(STDIN_FILENO, d->in.p + d->in.n, PIECE, &n, e))
		return false;
	d->in.n += n;
	return n > 0;
}

/* A caller that does not read is waited for, until a signal comes. */
static bool
send_line(const char *text, struct err *e)
{
	struct buf line = {0};
	size_t done = 0;
	bool ok = true;
	ssize_t r;

	buf_addf(&line, "%s\r\n", text);
	while (ok && done < line.n) {
		if (!wait_room(STDOUT_FILENO)) {
			ok = wait_fd(STDOUT_FILENO, POLLOUT, CLOCK_NEVER, e);
			continue;
		}
		r = write(STDOUT_FILENO, line.p + done, line.n - done);
		if (r >= 0)
			done += (size_t)r;
		else if (errno != EINTR && errno != EAGAIN)
			ok = err_set(e, ERR_IO, "standard output: %s",
			    strerror(errno));
	}
	buf_clear(&line);
	return ok;
}

static const char *
name(const struct dialogue *d)
{
	return d->site.fqdn != NULL ? d->site.fqdn : d->site.node;
}

/*
 * The next line, without its end; one that is too long comes empty, and *whole
 * is false.  False at the end of the input.
 */
static bool
read_line(struct dialogue *d, struct buf *line, bool *whole, struct err *e)
{
	const char *lf;
	size_t n;

	*whole = true;
	for (;;) {
		lf = d->in.n > 0 ? memchr(d->in.p, '\n', d->in.n) : NULL;
		n = lf != NULL ? (size_t)(lf - d->in.p) : d->in.n;
		if (n > LINE_MAX_BYTES)
			*whole = false;
		if (lf != NULL)
			break;
		if (!*whole)
			buf_reset(&d->in);
		if (!read_more(d, e))
			return false;
	}
	buf_reset(line);
	if (*whole)
		buf_add(line, d->in.p, n);
	buf_consume(&d->in, n + 1);
	while (line->n > 0 && line->p[line->n - 1] == '\r')
		line->p[--line->n] = '\0';
	return true;
}

/*
 * Content up to the lone dot; false if the input ends before.  A caller is
 * heard out also when the message cannot be kept, which the fault tells.
 */
static bool
take_content(struct dialogue *d, struct err *fault, struct err *e)
{
	struct message *m = &d->relay.msg;
	struct dot dot = {.stuffed = true};
	const char *p, *end;

	while (!dot.ended) {
		if (d->in.n == 0 && !read_more(d, e))
			return false;
		p = d->in.p;
		end = p + d->in.n;
		while (p < end && !dot.ended)
			if (!dot_add(&dot, m, &p, end, fault))
				m = NULL;
		buf_consume(&d->in, (size_t)(p - d->in.p));
	}
	if (m != NULL)
		message_end(m, fault);
	return true;
}

static bool
greet(struct dialogue *d, bool extended, struct buf *reply)
{
	static const char *const offers[] = {"PIPELINING", "8BITMIME", "SIZE",
	    "DSN", "SMTPUTF8"};
	const size_t n = sizeof offers / sizeof offers[0];

	relay_end(&d->relay);
	buf_addf(reply, "250%s%s", extended ? "-" : " ", name(d));
	for (size_t i = 0; extended && i < n; i++)
		buf_addf(reply, "\r\n250%s%s", i + 1 < n ? "-" : " ",
		    offers[i]);
	return true;
}

static bool
mail(struct dialogue *d, const struct command *c, struct buf *reply)
{
	if (d->relay.open)
		buf_adds(reply,
		    "503 5.5.1 one message at a time; RSET drops "
		    "this one");
	else
		relay_mail(&d->relay, c, reply);
	return true;
}

static bool
data(struct dialogue *d, struct buf *reply, struct err *e)
{
	struct err fault = {0};

	if (!relay_data(&d->relay, reply))
		return true;
	if (!send_line(reply->p, e) || !take_content(d, &fault, e))
		return false;
	buf_reset(reply);
	relay_content(&d->relay, &fault, reply);
	return true;
}

/* Carry a command out.  False: there is nobody to talk to any more. */
static bool
carry_out(struct dialogue *d, const struct command *c, struct buf *reply,
    struct err *e)
{
	switch (c->verb) {
	case VERB_EHLO:
	case VERB_HELO:
		return greet(d, c->verb == VERB_EHLO, reply);
	case VERB_MAIL:
		return mail(d, c, reply);
	case VERB_RCPT:
		if (d->relay.open)
			relay_rcpt(&d->relay, c, reply);
		else
			buf_adds(reply, "503 5.5.1 MAIL comes first");
		return true;
	case VERB_DATA:
		return data(d, reply, e);
	case VERB_RSET:
		relay_end(&d->relay);
		return buf_adds(reply, "250 2.0.0 forgotten");
	case VERB_NOOP:
		return buf_adds(reply, "250 2.0.0 here");
	case VERB_VRFY:
		return buf_adds(reply, "252 2.0.0 send it and see");
	case VERB_HELP:
		return buf_adds(reply, "214 2.0.0 see pinmail(1)");
	case VERB_QUIT:
		d->quit = true;
		return buf_addf(reply, "221 2.0.0 %s", name(d));
	case VERB_NEVER:
		return buf_adds(reply, "502 5.5.1 not here");
	case VERB_UNKNOWN:
		break;
	}
	return buf_adds(reply, "500 5.5.2 no such command");
}

static bool
converse(struct dialogue *d, struct err *e)
{
	struct buf line = {0}, reply = {0};
	struct command c = {0};
	const char *wrong;
	bool ok, whole;

	buf_addf(&reply, "220 %s ESMTP pinmail", name(d));
	ok = send_line(reply.p, e);
	while (ok && !d->quit && read_line(d, &line, &whole, e)) {
		buf_reset(&reply);
		if (!whole)
			wrong = "500 5.5.2 the line is too long";
		else if (strlen(buf_str(&line)) < line.n)
			wrong = "500 5.5.2 a NUL byte";
		else
			wrong = command_parse(&c, buf_str(&line));
		if (wrong != NULL)
			buf_adds(&reply, wrong);
		else
			ok = carry_out(d, &c, &reply, e);
		command_clear(&c);
		ok = ok && send_line(reply.p, e);
	}
	buf_clear(&line);
	buf_clear(&reply);
	return e->kind == ERR_NONE;
}

int
dialogue_run(const struct options *o)
{
	static const char stopped[] = "421 4.3.2 stopped by a signal\r\n";
	struct dialogue d = {0};
	struct err e = {0};
	bool loaded;

	site_read(&d.site);
	loaded = site_conf(&d.site, &d.conf, o->config, &d.conf_fault);
	d.relay = (struct relay){.o = o,
	    .site = &d.site,
	    .conf = loaded ? &d.conf : NULL,
	    .conf_fault = &d.conf_fault};
	if (!converse(&d, &e) && e.kind == ERR_INTERRUPTED)
		wait_put(STDOUT_FILENO, stopped, strlen(stopped));
	relay_end(&d.relay);
	buf_clear(&d.in);
	conf_clear(&d.conf);
	site_clear(&d.site);
	return report_exit(e.kind);
}
