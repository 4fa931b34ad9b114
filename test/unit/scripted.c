/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/scripted.h"

#include <fnmatch.h>
#include <poll.h>
#include <stdlib.h>

#include "lib/base/clock.h"
#include "test/unit/unit.h"

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The client's next line, without its CRLF; NULL if it is not whole. */
static char *
take_line(struct scripted *s)
{
	char *p, *lf, *line;
	size_t n;

	if (s->done == s->wrote.n)
		return NULL;
	p = s->wrote.p + s->done;
	lf = memchr(p, '\n', s->wrote.n - s->done);
	if (lf == NULL)
		return NULL;
	n = (size_t)(lf - p);
	s->done += n + 1;
	if (n == 0 || lf[-1] != '\r')
		fail_msg("the client sent a bare LF");
	line = calloc(1, n);
	assert_non_null(line);
	memcpy(line, p, n - 1);
	return line;
}

static bool
play_line(struct scripted *s, const struct step *st)
{
	char *line = take_line(s);

	if (line == NULL)
		return false;
	if (strncmp(line, "BDAT ", 5) == 0)
		s->bdat = strtoul(line + 5, NULL, 10);
	if (fnmatch(st->text, line, 0) != 0)
		fail_msg("step %u: wanted \"%s\", got \"%s\"", st->line,
		    st->text, line);
	free(line);
	return true;
}

static bool
play_content(struct scripted *s)
{
	bool dot = false;
	char *line;

	while (!dot) {
		line = take_line(s);
		if (line == NULL)
			return false;
		dot = strcmp(line, ".") == 0;
		free(line);
	}
	return true;
}

static bool
play_bytes(struct scripted *s, size_t n)
{
	if (s->wrote.n - s->done < n)
		return false;
	s->done += n;
	return true;
}

/* False: this step needs more of the client first. */
static bool
play(struct scripted *s, const struct step *st)
{
	switch (st->kind) {
	case STEP_SEND:
		buf_add(&s->in, st->text, st->len);
		return true;
	case STEP_DRIP:
		buf_add(&s->in, st->text, st->len);
		s->dripping = s->in.n - s->in_at;
		return true;
	case STEP_FLOOD:
		while (s->in.n - s->in_at < 65536)
			buf_add(&s->in, st->text, st->len);
		return false;
	case STEP_FLUSH:
		return true;
	case STEP_LINE:
		return play_line(s, st);
	case STEP_CONTENT:
		return play_content(s);
	case STEP_BYTES:
		return play_bytes(s, st->len);
	case STEP_BDAT:
		return play_bytes(s, s->bdat);
	case STEP_RESET:
		s->reset = true;
		/* FALLTHROUGH */
	case STEP_CLOSE:
		s->gone = true;
		return true;
	case STEP_TLS:
	case STEP_NOTLS: /* the hook goes on */
	case STEP_HANG:
	case STEP_EOF:
		break;
	}
	return false;
}

static void
advance(struct scripted *s)
{
	while (s->step < s->script.n && !s->gone
	    && play(s, &s->script.steps[s->step]))
		s->step++;
}

static bool
at(const struct scripted *s, enum step_kind kind)
{
	return s->step < s->script.n && s->script.steps[s->step].kind == kind;
}

static ssize_t
layer_read(void *handle, void *p, size_t n, struct err *e)
{
	struct scripted *s = handle;

	if (s->in_at == s->in.n) {
		if (s->reset) {
			err_set(e, ERR_UNREACHABLE, "Connection reset by peer");
			return LAYER_ERROR;
		}
		return s->gone ? 0 : LAYER_WANT_READ;
	}
	n = least(n, s->in.n - s->in_at);
	if (s->piece > 0)
		n = least(n, s->piece);
	if (s->dripping > 0) {
		n = 1;
		s->dripping--;
	}
	memcpy(p, s->in.p + s->in_at, n);
	s->in_at += n;
	return (ssize_t)n;
}

static ssize_t
layer_write(void *handle, const void *p, size_t n, struct err *e)
{
	struct scripted *s = handle;

	if (s->said_end)
		fail_msg("the client wrote after its end");
	if (n == 0)
		return 0;
	if (s->gone) {
		err_set(e, ERR_UNREACHABLE, "Broken pipe");
		return LAYER_ERROR;
	}
	if (s->piece > 0)
		n = least(n, s->piece);
	if (s->window > 0) {
		n = least(n, s->room);
		s->room -= n;
	}
	if (n == 0)
		return LAYER_WANT_WRITE;
	buf_add(&s->wrote, p, n);
	return (ssize_t)n;
}

static bool
layer_wait(void *handle, short events, int64_t until, struct err *e)
{
	struct scripted *s = handle;
	bool stuck = at(s, STEP_HANG), ready;

	s->until = until;
	s->flights += (events & POLLOUT) == 0;
	advance(s);
	stuck = stuck && at(s, STEP_HANG);
	if (!stuck)
		s->room = s->window;
	ready = (events & POLLIN) != 0 && (s->in_at < s->in.n || s->gone);
	ready = ready || ((events & POLLOUT) != 0 && (s->room > 0 || s->gone));
	return ready || err_set(e, ERR_UNREACHABLE, "timed out");
}

static void
layer_end(void *handle)
{
	struct scripted *s = handle;

	s->said_end = true;
}

static void
layer_close(void *handle)
{
	(void)handle;
}

static const struct layer layer = {layer_read, layer_write, layer_wait,
    layer_end, layer_close};

/* The client's hook: TLS is what the script says it is. */
static bool
start_tls(void *arg, struct stream *stream, int64_t until, struct err *e)
{
	struct scripted *s = arg;

	s->until = until;
	if (!at(s, STEP_TLS) && !at(s, STEP_NOTLS))
		fail_msg("the client started TLS");
	assert_int_equal(s->done, s->wrote.n);
	if (at(s, STEP_NOTLS))
		return err_set(e, ERR_UNTRUSTED, "no pin was proved");
	s->step++;
	stream_set_proved(stream);
	return true;
}

void
scripted_begin(struct scripted *s, const char *steps, bool proved)
{
	struct buf text = {0};
	char why[200];

	*s = (struct scripted){0};
	buf_addf(&text, "---\n%s", steps);
	if (!script_parse(&s->script, text.p, text.n, why, sizeof why))
		fail_msg("%s", why);
	buf_clear(&text);
	s->stream = stream_open(&layer, s);
	if (proved)
		stream_set_proved(s->stream);
	s->client = (struct client){.stream = s->stream,
	    .host = "mx",
	    .facts = &s->facts,
	    .deadline = CLOCK_NEVER,
	    .tls = start_tls,
	    .tls_arg = s};
}

void
scripted_drop(struct scripted *s)
{
	client_clear(&s->client);
	stream_close(s->stream);
	script_clear(&s->script);
	buf_clear(&s->wrote);
	buf_clear(&s->in);
}

void
scripted_end(struct scripted *s)
{
	const char *rest;

	advance(s);
	rest = buf_str(&s->wrote) + s->done;
	if (at(s, STEP_EOF)) {
		if (*rest != '\0' && strcmp(rest, "QUIT\r\n") != 0)
			fail_msg("wanted the end, got \"%s\"", rest);
		s->step++;
	} else if (at(s, STEP_HANG) || at(s, STEP_FLOOD) || at(s, STEP_NOTLS)) {
		s->step++;
	} else if (!s->gone && *rest != '\0') {
		fail_msg("the client went on with \"%s\"", rest);
	}
	if (s->step < s->script.n)
		fail_msg("step %u was not reached",
		    s->script.steps[s->step].line);
	scripted_drop(s);
}

const char *
scripted_wrote(struct scripted *s)
{
	for (size_t i = 0; i < s->wrote.n; i++)
		if (s->wrote.p[i] == '\0')
			s->wrote.p[i] = '?';
	return buf_str(&s->wrote);
}

void
scripted_message(struct message *m, const char *text, size_t n)
{
	struct err e;

	message_begin(m, "/tmp");
	if (!message_add(m, text, n, &e) || !message_end(m, &e))
		fail_msg("%s", e.text);
}

void
scripted_rcpt(struct envelope *env, const char *local, const char *domain)
{
	struct mailboxes l = {0};

	mailboxes_add(&l, "", local, domain);
	envelope_add(env, &l.v[0]);
	mailboxes_clear(&l);
}
