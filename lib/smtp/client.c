/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/smtp/client.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/buf.h"
#include "lib/base/clock.h"

/* Bytes of a secret: fewer are in any text, so many are not there by chance. */
#define ECHO_MIN 4
#define ECHO_START 16

int64_t
client_until(const struct client *c, int seconds)
{
	if (c->away)
		return clock_until(SECONDS_VERDICT, CLOCK_NEVER);
	if (c->timeout > 0 && c->timeout < seconds)
		seconds = c->timeout;
	return clock_until(seconds, c->deadline);
}

static void
show(struct client *c, char who, const char *p, size_t n)
{
	struct buf line = {0};

	if (c->trace == NULL)
		return;
	ascii_clean(&line, p, n);
	c->trace(c->trace_arg, who, buf_str(&line));
	buf_clear(&line);
}

/* Of a secret line only "AUTH mechanism" may be seen. */
static void
show_secret(struct client *c, const char *line)
{
	struct buf b = {0};
	size_t n;

	if (strncmp(line, "AUTH ", 5) == 0) {
		n = 5 + strcspn(line + 5, " ");
		buf_addf(&b, "%.*s ", (int)n, line);
	}
	buf_adds(&b, "****");
	show(c, '>', b.p, b.n);
	buf_clear(&b);
}

static bool
is_lost(const struct client *c, struct err *e)
{
	if (c->lost)
		err_set(e, ERR_PROTOCOL,
		    "%s: its replies cannot be told apart any more", c->host);
	return c->lost;
}

/*
 * Has the server said nothing that we did not ask?  The answer to this command
 * would be taken for that to the next one.
 */
static bool
in_step(struct client *c, const char *verb, struct err *e)
{
	if (is_lost(c, e))
		return false;
	if (c->due > 0 || !stream_heard(c->stream))
		return true;
	if (!client_reply(c, client_until(c, SECONDS_HELLO), e))
		return false;
	c->lost = true;
	if (reply_class(&c->reply) > 3)
		return client_refused(c, verb, ERR_SERVER, e);
	client_note(c);
	return err_set(e,
	    stream_proved(c->stream) ? ERR_PROTOCOL : ERR_UNTRUSTED,
	    "%s said %s before it was asked", c->host, c->facts->reply);
}

/* The one writer of commands. */
static bool
command(struct client *c, const char *line, bool secret, struct err *e)
{
	static const char *const harmless[] = {"EHLO [", "STARTTLS", "QUIT"};
	bool ok = stream_proved(c->stream);
	char verb[16];

	for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
		ok = ok || strncmp(line, harmless[i], strlen(harmless[i])) == 0;
	if (!ok)
		return err_set(e, ERR_UNTRUSTED,
		    "%s has proved no pinned key; nothing was sent", c->host);
	snprintf(verb, sizeof verb, "%.*s", (int)strcspn(line, " "), line);
	if (strcmp(verb, "QUIT") != 0 && !in_step(c, secret ? "AUTH" : verb, e))
		return false;
	c->due++;
	if (secret) {
		stream_put_secret(c->stream, line, strlen(line));
		show_secret(c, line);
	} else {
		stream_put(c->stream, line, strlen(line));
		show(c, '>', line, strlen(line));
	}
	stream_put(c->stream, "\r\n", 2);
	return true;
}

bool
client_command(struct client *c, struct err *e, const char *fmt, ...)
{
	struct buf line = {0};
	va_list ap;
	bool ok;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	buf_reserve(&line, n > 0 ? (size_t)n : 0);
	va_start(ap, fmt);
	vsnprintf(line.p, line.room, fmt, ap);
	va_end(ap);
	ok = command(c, line.p, false, e);
	buf_clear(&line);
	return ok;
}

bool
client_secret(struct client *c, const char *line, struct err *e)
{
	const char *blank = strrchr(line, ' ');

	c->secret.secret = true;
	buf_reset(&c->secret);
	buf_adds(&c->secret, blank != NULL ? blank + 1 : line);
	return command(c, line, true, e);
}

/*
 * A server that quotes what it did not understand, or as much of it as it has
 * room for, would put it into the log: the line without our secret.
 */
static const char *
masked(struct client *c, const char *line, size_t n, struct buf *copy)
{
	const struct buf *secret = &c->secret;
	size_t start = secret->n < ECHO_START ? secret->n : ECHO_START, i;
	char *at, *end;

	if (start < ECHO_MIN || memmem(line, n, secret->p, start) == NULL)
		return line;
	buf_reset(copy);
	buf_add(copy, line, n);
	end = copy->p + n;
	while ((at = memmem(copy->p, n, secret->p, start)) != NULL)
		for (i = 0; i < secret->n && at < end && *at == secret->p[i];
		     i++)
			*at++ = '*';
	return copy->p;
}

static bool
read_reply(struct client *c, struct buf *copy, int64_t until, struct err *e)
{
	enum reply_push pushed;
	const char *line;
	size_t n;

	do {
		if (!stream_line(c->stream, &line, &n, until, e))
			return err_in(e, "%s", c->host);
		line = masked(c, line, n, copy);
		/* A challenge is nobody's business. */
		if (n > 4 && strncmp(line, "334 ", 4) == 0)
			show(c, '<', "334 ****", 8);
		else
			show(c, '<', line, n);
		pushed = reply_push(&c->reply, line, n);
	} while (pushed == REPLY_MORE);
	if (pushed == REPLY_WHOLE)
		return true;
	return err_set(e, ERR_PROTOCOL,
	    "%s does not speak SMTP: it said \"%.*s\"", c->host,
	    (int)(n < 60 ? n : 60), line);
}

bool
client_reply(struct client *c, int64_t until, struct err *e)
{
	struct buf copy = {0};

	if (is_lost(c, e))
		return false;
	c->lost = !read_reply(c, &copy, until, e);
	buf_clear(&copy);
	if (c->due > 0)
		c->due--;
	if (c->reply.code != 334)
		buf_clear(&c->secret);
	return !c->lost;
}

void
client_note(struct client *c)
{
	struct buf text = {0};

	reply_print(&c->reply, &text);
	snprintf(c->facts->reply, sizeof c->facts->reply, "%s", text.p);
	buf_clear(&text);
}

bool
client_refused(struct client *c, const char *step, enum err_kind kind,
    struct err *e)
{
	int class = reply_class(&c->reply);

	client_note(c);
	if (class == 4)
		kind = ERR_AGAIN;
	else if (class != 5)
		kind = ERR_PROTOCOL;
	return err_set(e, kind, "%s answered %s with %s", c->host, step,
	    c->facts->reply);
}

bool
client_greeting(struct client *c, struct err *e)
{
	c->due = 1;
	if (!client_reply(c, client_until(c, SECONDS_HELLO), e))
		return false;
	return c->reply.code == 220
	    || client_refused(c, "the connection", ERR_SERVER, e);
}

bool
client_ehlo(struct client *c, const char *name, struct err *e)
{
	if (!client_command(c, e, "EHLO %s", name)
	    || !client_reply(c, client_until(c, SECONDS_HELLO), e))
		return false;
	if (c->reply.code != 250)
		return client_refused(c, "EHLO", ERR_SERVER, e);
	caps_parse(&c->caps, &c->reply);
	return true;
}

bool
client_starttls(struct client *c, struct err *e)
{
	int64_t until = client_until(c, SECONDS_HELLO);

	if (!c->caps.starttls)
		return err_set(e, ERR_UNTRUSTED,
		    "%s offers no STARTTLS; somebody may be in the way; "
		    "nothing was sent",
		    c->host);
	if (!client_command(c, e, "STARTTLS") || !client_reply(c, until, e))
		return false;
	if (c->reply.code != 220)
		return client_refused(c, "STARTTLS", ERR_UNTRUSTED, e);
	/* RFC 3207, 4.2: whoever spoke in the clear may have been anybody. */
	if (!stream_drained(c->stream))
		return err_set(e, ERR_UNTRUSTED,
		    "%s said more than its answer to STARTTLS; somebody is in "
		    "the way; nothing was sent",
		    c->host);
	c->caps = (struct caps){0};
	reply_clear(&c->reply);
	return c->tls(c->tls_arg, c->stream, until, e);
}

void
client_quit(struct client *c)
{
	struct err ignored;

	/* What has not left yet could be the end of a message given up. */
	if (c->midway)
		return;
	client_command(c, &ignored, "QUIT");
	stream_end(c->stream);
}

void
client_clear(struct client *c)
{
	reply_clear(&c->reply);
	buf_clear(&c->secret);
}
