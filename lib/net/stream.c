/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/net/stream.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/mem.h"

#define LINE_LIMIT ((size_t)16 * 1024)
#define READ_SIZE ((size_t)16 * 1024)
/* 5,000 replies of 512 bytes, and some more. */
#define INPUT_LIMIT ((size_t)4 * 1024 * 1024)

struct stream {
	const struct layer *layer;
	void *handle;
	struct buf in, out;
	size_t in_at, out_at; /* how much of them is done with */
	const char *lent;     /* bytes behind `out`, the caller's */
	size_t lent_n;
	size_t searched; /* of the input, for a line end */
	bool proved, ended, broken;
	struct err why; /* when broken or ended by an error */
};

struct stream *
stream_open(const struct layer *layer, void *handle)
{
	struct stream *s = mem_alloc(sizeof *s);

	s->layer = layer;
	s->handle = handle;
	return s;
}

void
stream_close(struct stream *s)
{
	if (s == NULL)
		return;
	s->layer->close(s->handle);
	buf_clear(&s->in);
	buf_clear(&s->out);
	free(s);
}

void
stream_put(struct stream *s, const void *p, size_t n)
{
	if (!s->broken)
		buf_add(&s->out, p, n);
}

void
stream_put_secret(struct stream *s, const void *p, size_t n)
{
	buf_hide(&s->out);
	buf_hide(&s->in); /* the server may say it back */
	stream_put(s, p, n);
}

void
stream_lend(struct stream *s, const void *p, size_t n)
{
	s->lent = p;
	s->lent_n = s->broken ? 0 : n;
}

static void
sent(struct stream *s)
{
	s->lent_n = 0;
	if (s->out.secret)
		buf_clear(&s->out);
	else
		buf_reset(&s->out);
	s->out.secret = false;
	s->out_at = 0;
}

/* The input goes on being read; what we still had to say is pointless. */
static void
break_off(struct stream *s, const struct err *e)
{
	if (!s->broken)
		s->why = *e;
	s->broken = true;
	sent(s);
}

/* Take in what is there; false when there is nothing just now. */
static bool
fill(struct stream *s)
{
	struct err e;
	ssize_t r;

	if (s->ended || s->in.n - s->in_at >= INPUT_LIMIT)
		return false;
	if (s->in_at == s->in.n || s->in_at > READ_SIZE) {
		buf_consume(&s->in, s->in_at);
		s->searched -= s->in_at;
		s->in_at = 0;
	}
	buf_reserve(&s->in, READ_SIZE);
	r = s->layer->read(s->handle, s->in.p + s->in.n, READ_SIZE, &e);
	if (r > 0) {
		s->in.n += (size_t)r;
		s->in.p[s->in.n] = '\0';
		return true;
	}
	if (r == LAYER_WANT_READ || r == LAYER_WANT_WRITE)
		return false;
	if (r == 0)
		err_set(&e, ERR_UNREACHABLE,
		    "the server closed the connection");
	s->ended = true;
	if (!s->broken)
		break_off(s, &e);
	return false;
}

/* The layer took some of our bytes, or of those that were lent. */
static void
took(struct stream *s, bool own, size_t n)
{
	if (own) {
		s->out_at += n;
	} else {
		s->lent += n;
		s->lent_n -= n;
	}
}

bool
stream_flush(struct stream *s, int64_t until, struct err *e)
{
	const char *p;
	short events;
	ssize_t r;
	size_t n;
	bool own;

	while (!s->broken) {
		own = s->out.n > s->out_at;
		p = own ? s->out.p + s->out_at : s->lent;
		n = own ? s->out.n - s->out_at : s->lent_n;
		r = s->layer->write(s->handle, n > 0 ? p : "", n, e);
		if (r == 0 && n == 0)
			break;
		if (r > 0) {
			took(s, own, (size_t)r);
			continue;
		}
		if (r == LAYER_ERROR) {
			break_off(s, e);
			return true;
		}
		if (fill(s))
			continue;
		if (s->broken)
			return true;
		events = r == LAYER_WANT_READ ? POLLIN : POLLOUT;
		if (s->in.n - s->in_at < INPUT_LIMIT)
			events |= POLLIN;
		if (!s->layer->wait(s->handle, events, until, e))
			return false;
	}
	sent(s);
	return true;
}

bool
stream_broken(const struct stream *s)
{
	return s->broken;
}

size_t
stream_unsent(const struct stream *s)
{
	return s->out.n - s->out_at + s->lent_n;
}

static bool
take_line(struct stream *s, const char **line, size_t *n)
{
	const char *from, *end;

	if (s->searched == s->in.n)
		return false;
	end = memchr(s->in.p + s->searched, '\n', s->in.n - s->searched);
	s->searched = s->in.n;
	if (end == NULL)
		return false;
	from = s->in.p + s->in_at;
	*line = from;
	*n = (size_t)(end - from);
	if (*n > 0 && from[*n - 1] == '\r')
		(*n)--;
	s->in_at = s->searched = (size_t)(end - s->in.p) + 1;
	return true;
}

/* Wait for more input. */
static bool
more(struct stream *s, int64_t until, struct err *e)
{
	if (fill(s))
		return true;
	if (s->ended) {
		*e = s->why;
		return false;
	}
	return s->layer->wait(s->handle, POLLIN, until, e);
}

bool
stream_line(struct stream *s, const char **line, size_t *n, int64_t until,
    struct err *e)
{
	if (!stream_flush(s, until, e))
		return false;
	while (!take_line(s, line, n)) {
		if (s->in.n - s->in_at > LINE_LIMIT)
			return err_set(e, ERR_PROTOCOL,
			    "the server sent a line without end");
		if (!more(s, until, e))
			return false;
	}
	return true;
}

bool
stream_bytes(struct stream *s, void *p, size_t n, int64_t until, struct err *e)
{
	if (!stream_flush(s, until, e))
		return false;
	while (s->in.n - s->in_at < n)
		if (!more(s, until, e))
			return false;
	memcpy(p, s->in.p + s->in_at, n);
	s->in_at += n;
	s->searched = s->in_at;
	return true;
}

bool
stream_heard(struct stream *s)
{
	fill(s);
	return s->in.n > s->in_at || s->ended;
}

bool
stream_drained(struct stream *s)
{
	fill(s);
	return s->in.n == s->in_at && s->out_at == s->out.n;
}

void
stream_cover(struct stream *s, const struct layer *layer, void *handle)
{
	s->layer = layer;
	s->handle = handle;
}

const struct layer *
stream_layer(struct stream *s, void **handle)
{
	*handle = s->handle;
	return s->layer;
}

bool
stream_proved(const struct stream *s)
{
	return s->proved;
}

void
stream_set_proved(struct stream *s)
{
	s->proved = true;
}

void
stream_end(struct stream *s)
{
	struct err e;
	ssize_t r;

	if (s->broken)
		return;
	if (s->out_at < s->out.n) {
		r = s->layer->write(s->handle, s->out.p + s->out_at,
		    s->out.n - s->out_at, &e);
		(void)r;
	}
	s->layer->end(s->handle);
	sent(s);
	s->broken = true;
}
