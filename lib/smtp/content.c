/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/smtp/content.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/wait.h"

/* Put before it is written; the server is listened to in between. */
#define PIECE ((size_t)128 * 1024)
#define LARGE ((size_t)16 * 1024) /* from here on no copy is made */
#define CHUNK ((uint64_t)1024 * 1024)

struct content {
	struct client *c;
	bool listening;  /* all replies before the content were read */
	bool line_start; /* of what was put so far */
	size_t put;      /* bytes since the last flush */
	uint64_t chunk;  /* bytes that the chunk still takes */
	uint64_t left;   /* bytes of the message behind the chunk */
	unsigned due;    /* chunks before the last, not answered yet */
	enum { GOING, SPOKEN, ANSWERED } early; /* why it stopped */
};

static bool
hear_out(struct client *c, struct err *e)
{
	bool ok = client_reply(c, client_until(c, SECONDS_VERDICT), e);

	if (!ok && c->away)
		e->kind = ERR_MAYBE;
	return ok;
}

bool
content_verdict(struct client *c, struct err *e)
{
	if (!hear_out(c, e))
		return false;
	return c->away || reply_class(&c->reply) != 2
	    || client_refused(c, "half a message", ERR_PROTOCOL, e);
}

/*
 * Has the server said something that ends the matter?  Replies to chunks are
 * expected; one that refuses, and anything else, is not.
 */
static bool
hear(struct content *t, struct err *e)
{
	struct client *c = t->c;

	while (t->early == GOING && stream_heard(c->stream)) {
		if (t->due == 0) {
			t->early = SPOKEN;
			break;
		}
		if (!client_reply(c, client_until(c, SECONDS_BLOCK), e))
			return false;
		t->due--;
		if (reply_class(&c->reply) != 2)
			t->early = ANSWERED;
	}
	if (stream_broken(c->stream) && t->early == GOING)
		t->early = SPOKEN;
	return t->early == GOING;
}

/* The limit is for a block that gets nowhere; the deadline is for all. */
static bool
write_out(struct client *c, struct err *e)
{
	size_t before;

	do {
		before = stream_unsent(c->stream);
		if (stream_flush(c->stream, client_until(c, SECONDS_BLOCK), e))
			return true;
	} while (e->kind == ERR_UNREACHABLE && stream_unsent(c->stream) < before
	    && clock_left(c->deadline) != 0);
	return err_in(e, "%s: sending the message", c->host);
}

static bool
flush(struct content *t, struct err *e)
{
	t->put = 0;
	return write_out(t->c, e) && hear(t, e);
}

static bool
put(struct content *t, const char *p, size_t n, struct err *e)
{
	size_t piece;

	for (; n > 0; p += piece, n -= piece) {
		if (t->listening && t->put >= PIECE && !flush(t, e))
			return false;
		piece = n < PIECE ? n : PIECE;
		t->put += piece;
		if (!t->listening || piece < LARGE) {
			stream_put(t->c->stream, p, piece);
			continue;
		}
		stream_lend(t->c->stream, p, piece);
		if (!write_out(t->c, e))
			return false;
	}
	return true;
}

/* A dot in front of each dot that begins a line. */
static bool
put_stuffed(void *arg, const char *p, size_t n, struct err *e)
{
	struct content *t = arg;
	const char *end = p + n, *from = p, *dot = p;

	while ((dot = memchr(dot, '.', (size_t)(end - dot))) != NULL) {
		if (dot == p ? t->line_start : dot[-1] == '\n') {
			if (!put(t, from, (size_t)(dot - from), e)
			    || !put(t, ".", 1, e))
				return false;
			from = dot;
		}
		dot++;
	}
	t->line_start = end[-1] == '\n';
	return put(t, from, (size_t)(end - from), e);
}

static bool
next_chunk(struct content *t, struct err *e)
{
	bool last = !t->listening || !t->c->caps.pipelining || t->left <= CHUNK;

	t->chunk = last ? t->left : CHUNK;
	t->left -= t->chunk;
	t->due += !last;
	return client_command(t->c, e, "BDAT %" PRIu64 "%s", t->chunk,
	    last ? " LAST" : "");
}

static bool
put_chunks(void *arg, const char *p, size_t n, struct err *e)
{
	struct content *t = arg;
	size_t piece;

	for (; n > 0; p += piece, n -= piece) {
		if (t->chunk == 0 && !next_chunk(t, e))
			return false;
		piece = n < t->chunk ? n : (size_t)t->chunk;
		if (!put(t, p, piece, e))
			return false;
		t->chunk -= piece;
	}
	return true;
}

static void
show(struct client *c, uint64_t n)
{
	char text[48];

	if (c->trace == NULL)
		return;
	snprintf(text, sizeof text, "[%" PRIu64 " bytes of content]", n);
	c->trace(c->trace_arg, '>', text);
}

/* All of it, unless the server ended it early. */
static bool
emit(struct content *t, struct message *m,
    bool (*sink)(void *, const char *, size_t, struct err *), const char *end,
    struct err *e)
{
	const struct message_sink s = {sink, t};
	struct client *c = t->c;

	c->midway = true;
	if (t->listening && !hear(t, e))
		return t->early != GOING;
	if (!message_emit(m, &s, e))
		return t->early != GOING;
	show(c, message_size(m));
	stream_put(c->stream, end, strlen(end));
	if (!write_out(c, e))
		return false;
	if (!stream_broken(c->stream)) {
		c->midway = false;
		c->away = true;
		wait_hold(true);
		mem_perhaps(true);
	}
	return true;
}

bool
content_flight(struct client *c, struct message *m, uint64_t size,
    struct err *e)
{
	struct content t = {.c = c, .left = size};

	return emit(&t, m, put_chunks, "", e);
}

bool
content_chunks(struct client *c, struct message *m, uint64_t size,
    struct err *e)
{
	struct content t = {.c = c, .left = size, .listening = true};

	if (!emit(&t, m, put_chunks, "", e))
		return false;
	for (; t.early == GOING && t.due > 0; t.due--) {
		if (!hear_out(c, e))
			return false;
		if (reply_class(&c->reply) != 2)
			t.early = ANSWERED;
	}
	return t.early == ANSWERED || content_verdict(c, e);
}

bool
content_text(struct client *c, struct message *m, struct err *e)
{
	struct content t = {.c = c, .listening = true, .line_start = true};

	c->due++;
	return emit(&t, m, put_stuffed, ".\r\n", e) && content_verdict(c, e);
}
