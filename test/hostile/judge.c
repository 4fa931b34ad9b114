/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>

#include "test/hostile/cert.h"
#include "test/hostile/hostile.h"

/* No client waits longer than its `timeout`, which is at most 30. */
#define SECONDS_MAX 60

/* An alert under TLS 1.3's keys: level, description, type and tag. */
#define ALERT_SIZE 19

struct judgement {
	const struct hostile *h;
	const struct outcome *o;
	struct bytes *out;
	bool ok;
};

static void fault(struct judgement *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

static void
fault(struct judgement *j, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	bytes_fmt(j->out, "# %s\n", line);
	j->ok = false;
}

/* For a person: no line breaks, no control bytes. */
static void
show(struct judgement *j, const char *what, const struct bytes *b)
{
	bytes_fmt(j->out, "# %s: ", what);
	for (size_t i = 0; i < b->n && i < 1000; i++)
		if (isprint((unsigned char)b->p[i]))
			bytes_add(j->out, b->p + i, 1);
		else
			bytes_fmt(j->out, "\\x%02x", (unsigned char)b->p[i]);
	bytes_str(j->out, "\n");
}

static bool
holds(const struct bytes *b, const char *needle)
{
	size_t n = strlen(needle);

	for (size_t i = 0; i + n <= b->n; i++)
		if (strncasecmp(b->p + i, needle, n) == 0)
			return true;
	return false;
}

/* One of several, with '|' between. */
static bool
holds_any(const struct bytes *b, const char *alternatives)
{
	char *copy = need_copy(alternatives, strlen(alternatives));
	char *save = NULL, *one;
	bool found = false;

	for (one = strtok_r(copy, "|", &save); one != NULL && !found;
	     one = strtok_r(NULL, "|", &save))
		found = holds(b, one);
	free(copy);
	return found;
}

static void
judge_exit(struct judgement *j)
{
	const struct outcome *o = j->o;

	if (o->killed)
		fault(j, "still running after %.0f s", o->seconds);
	else if (WIFSIGNALED(o->status))
		fault(j, "killed by signal %d", WTERMSIG(o->status));
	else if (j->h->exit == HOSTILE_FAILS && WEXITSTATUS(o->status) == 0)
		fault(j, "exit 0");
	else if (j->h->exit >= 0 && WEXITSTATUS(o->status) != j->h->exit)
		fault(j, "exit %d, wanted %d", WEXITSTATUS(o->status),
		    j->h->exit);
	if (o->seconds > SECONDS_MAX)
		fault(j, "took %.1f s", o->seconds);
	if (o->second)
		fault(j, "connected a second time");
	if (o->server.taken > 1)
		fault(j, "sent the message %d times", o->server.taken);
	if (o->out.n > 0)
		fault(j, "stdout is not empty");
}

/* C0, DEL, and C1 in UTF-8. */
static bool
control(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;

	for (size_t i = 0; i < n; i++)
		if (u[i] < ' ' || u[i] == 0x7f
		    || (u[i] == 0xc2 && i + 1 < n && u[i + 1] >= 0x80
			&& u[i + 1] < 0xa0))
			return true;
	return false;
}

/* One clean line that says what happened, and where. */
static void
judge_line(struct judgement *j)
{
	const struct bytes *err = &j->o->err;
	const char *p = bytes_cstr(err), *lf = strchr(p, '\n');

	if (lf == NULL || lf + 1 != p + err->n) {
		fault(j, "stderr is not one line");
		return;
	}
	if (strncmp(p, "pinmail: ", 9) != 0)
		fault(j, "stderr does not begin with `pinmail: `");
	if (control(p, err->n - 1))
		fault(j, "stderr holds control bytes");
	if (j->h->why != NULL && !holds_any(err, j->h->why))
		fault(j, "stderr does not say `%s`", j->h->why);
	if (!holds(err, "127.0.0.1")
	    && (*j->h->host == '\0' || !holds(err, j->h->host)))
		fault(j, "stderr does not say where");
	if (holds(err, HOSTILE_PASSWORD))
		fault(j, "the password is on stderr");
}

/* How many bytes of its records can hold more than a handshake. */
static size_t
data_bytes(const struct bytes *wire, size_t from)
{
	const unsigned char *p = (const unsigned char *)bytes_cstr(wire);
	size_t at, len, sum = 0;

	for (at = from; at + 5 <= wire->n; at += len) {
		len = (size_t)p[at + 3] << 8 | p[at + 4];
		if (p[at] == 23)
			sum += len;
		len += 5;
	}
	return sum;
}

/* It says what it saw, to the server as well. */
static void
judge_distrust(struct judgement *j)
{
	char name[40], hex[65];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(j->h->sent, " *"),
	    j->h->sent);
	cert_key_hash(name, hex);
	if (j->h->setup->deed == DO_NOTHING && !holds(&j->o->err, hex))
		fault(j, "stderr does not name the key that was shown");
	if (!holds(&j->o->err, "nothing was sent"))
		fault(j, "stderr does not say that nothing was sent");
	if (j->o->server.alert == 0)
		fault(j, "sent no alert");
}

/* Nothing but TLS left, and no more of that than a handshake and an alert. */
static void
judge_refusal(struct judgement *j)
{
	static const char before[] = "EHLO [127.0.0.1]\r\nSTARTTLS\r\n";
	const struct server *s = &j->o->server;
	const char *alarm = "status=untrusted";

	judge_line(j);
	if (holds(&j->o->err, "proved no pinned key"))
		judge_distrust(j);
	else if (!j->h->alarm)
		alarm = NULL;
	if (alarm != NULL && !holds(&j->o->log, alarm))
		fault(j, "the log sounds no alarm");
	if (j->h->proved || s->setup == NULL)
		return;
	if (s->said.n > 0)
		fault(j, "spoke to who had proved nothing");
	if (s->client_showed)
		fault(j, "showed its certificate to who had proved nothing");
	if (data_bytes(&s->wire, s->before_tls) > ALERT_SIZE)
		fault(j, "sent more than an alert");
	if (s->hello.n == 0 && s->wire.n > s->before_tls
	    && strcmp(s->wire.p + s->before_tls, "QUIT\r\n") != 0)
		fault(j, "said something that is no TLS");
	if (s->before_tls > 0
	    && (s->before_tls != sizeof(before) - 1
		|| memcmp(s->wire.p, before, s->before_tls) != 0))
		fault(j, "said more before TLS than it may");
	if (s->taken > 0)
		fault(j, "sent the message");
}

static void
judge_log(struct judgement *j)
{
	struct bytes want = {0};
	char hex[65] = "";
	const char *name = strchr(j->h->log, ' ') + 1;

	if (strncmp(j->h->log, "cert ", 5) == 0)
		cert_hash(name, hex);
	else
		cert_key_hash(name, hex);
	if (strncmp(j->h->log, "key ", 4) == 0)
		bytes_fmt(&want, "pin=\"sha256:%s\"|pin=sha256:%s", hex, hex);
	else
		bytes_fmt(&want, "%.*ssha256:%s", (int)(name - j->h->log),
		    j->h->log, hex);
	if (!holds_any(&j->o->log, want.p))
		fault(j, "the log does not name pin %s", want.p);
	bytes_clear(&want);
}

static void
judge_delivery(struct judgement *j)
{
	static const char *const words[] = {"AUTH PLAIN", HOSTILE_FROM,
	    HOSTILE_TO, HOSTILE_SUBJECT, HOSTILE_BODY};
	const struct server *s = &j->o->server;

	if (j->o->err.n > 0)
		fault(j, "stderr is not empty");
	if (s->taken != 1)
		fault(j, "the message did not arrive");
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!holds(&s->said, words[i]))
			fault(j, "%s did not arrive", words[i]);
	if (j->h->log[0] != '\0')
		judge_log(j);
}

static void
judge_wire(struct judgement *j)
{
	static const char *const words[] = {"wombat", "quokka", "numbat",
	    "quoll", "bilby", "potoroo", "dunnart", "kowari", "thylacine",
	    "MAIL FROM", "RCPT TO", "AUTH PLAIN", "AHdvbWJhdC11c2Vy"};
	const struct server *s = &j->o->server;
	const char *why;

	if (s->setup == NULL)
		fault(j, "the client never came");
	/* TLS 1.2 shows a client's certificate to everybody. */
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (holds(&s->wire, words[i])
		    && (strcmp(words[i], "thylacine") != 0
			|| !j->h->shows_client))
			fault(j, "`%s` crossed in the clear", words[i]);
	if (s->renegotiated)
		fault(j, "renegotiated");
	if (s->hello.n == 0)
		return;
	why = judge_hello(j->h, &s->hello);
	if (*why != '\0')
		fault(j, "the ClientHello %s", why);
}

bool
judge(const struct hostile *h, const struct outcome *o, struct bytes *out)
{
	struct judgement j = {.h = h, .o = o, .out = out, .ok = true};

	judge_exit(&j);
	judge_wire(&j);
	if (WIFEXITED(o->status) && WEXITSTATUS(o->status) == 0)
		judge_delivery(&j);
	else
		judge_refusal(&j);
	if (!j.ok) {
		show(&j, "stdout", &o->out);
		show(&j, "stderr", &o->err);
		show(&j, "log", &o->log);
		show(&j, "the client said", &o->server.said);
	}
	return j.ok;
}
