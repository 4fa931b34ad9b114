/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/fuzz/player.h"

#include <poll.h>
#include <string.h>

#include "lib/base/random.h"
#include "lib/net/layer.h"

bool
random_bytes(void *out, size_t n, struct err *e)
{
	(void)e;
	memset(out, 0, n);
	return true;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool
is_over(const struct player *p)
{
	return p->ready == 0 && p->server.n == 0;
}

/* The next of what it says can be read. */
static bool
go_on(struct player *p)
{
	const char *from = p->server.p, *end = NULL;
	size_t n = p->server.n;

	if (p->ready > 0 || n == 0)
		return p->ready > 0;
	if (p->how == PLAY_LINES)
		end = memchr(from, '\n', n);
	else if (p->how == PLAY_PAGES)
		end = memchr(from, '\f', n);
	else if (p->how == PLAY_PIECES)
		end = from + fuzz_piece(from, n, 7) - 1;
	p->ready = end != NULL ? (size_t)(end - from) + 1 : n;
	if (end != NULL && *end == '\f' && p->how == PLAY_PAGES)
		p->ready--;
	return true;
}

static ssize_t
play_read(void *handle, void *out, size_t n, struct err *e)
{
	struct player *p = handle;

	n = least(n, p->ready);
	memcpy(out, p->server.p, n);
	buf_add(&p->said, p->server.p, n);
	p->ready -= n;
	p->server.p += n;
	p->server.n -= n;
	if (p->ready == 0 && p->server.n > 0 && *p->server.p == '\f'
	    && p->how == PLAY_PAGES) {
		p->server.p++;
		p->server.n--;
	}
	if (n > 0)
		return (ssize_t)n;
	if (!is_over(p) || p->end == PLAY_HANG || p->end == PLAY_DEAF)
		return LAYER_WANT_READ;
	if (p->end == PLAY_CLOSE)
		return 0;
	err_set(e, ERR_UNREACHABLE, "Connection reset by peer");
	return LAYER_ERROR;
}

static ssize_t
play_write(void *handle, const void *from, size_t n, struct err *e)
{
	struct player *p = handle;

	must(!p->ended);
	if (n == 0)
		return 0;
	if (is_over(p) && p->end == PLAY_RESET) {
		err_set(e, ERR_UNREACHABLE, "Broken pipe");
		return LAYER_ERROR;
	}
	n = least(n, p->most - p->heard.n);
	if (p->window > 0)
		n = least(n, p->room);
	if (n == 0)
		return LAYER_WANT_WRITE;
	p->room -= p->window > 0 ? n : 0;
	buf_add(&p->heard, from, n);
	return (ssize_t)n;
}

static bool
play_wait(void *handle, short events, int64_t until, struct err *e)
{
	struct player *p = handle;
	bool ready = false;

	(void)until;
	if ((events & POLLIN) != 0)
		ready =
		    go_on(p) || (p->end != PLAY_HANG && p->end != PLAY_DEAF);
	if ((events & POLLOUT) != 0 && p->heard.n < p->most)
		ready = true;
	p->room = p->window;
	return ready || err_set(e, ERR_UNREACHABLE, "timed out");
}

static void
play_end(void *handle)
{
	struct player *p = handle;

	p->ended = true;
}

static void
play_close(void *handle)
{
	(void)handle;
}

void
player_begin(struct player *p, struct input *in)
{
	static const size_t windows[] = {0, 1000, 37, 1};
	unsigned how = fuzz_choice(in), end = fuzz_choice(in);

	p->how = how & 3;
	p->end = end & 3;
	p->window = p->room = windows[how >> 2];
	p->ready = 0;
	p->most = p->end == PLAY_DEAF ? 200 : SIZE_MAX;
}

struct stream *
player_open(struct player *p)
{
	static const struct layer layer = {play_read, play_write, play_wait,
	    play_end, play_close};

	buf_reset(&p->said);
	buf_reset(&p->heard);
	p->ended = false;
	return stream_open(&layer, p);
}

void
player_clear(struct player *p)
{
	buf_clear(&p->said);
	buf_clear(&p->heard);
}
