/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <fnmatch.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

#include "test/script/player.h"

static bool mismatch(struct player *, const struct step *, const char *, ...)
    __attribute__((format(printf, 3, 4)));

static bool
mismatch(struct player *p, const struct step *st, const char *fmt, ...)
{
	va_list ap;
	int n;

	n = snprintf(p->why, sizeof(p->why), "line %u: ", st->line);
	va_start(ap, fmt);
	vsnprintf(p->why + n, sizeof(p->why) - (size_t)n, fmt, ap);
	va_end(ap);
	return false;
}

static void
put(struct player *p, const char *data, size_t n)
{
	ssize_t r;

	for (; n > 0; data += r, n -= (size_t)r) {
		if (p->ssl != NULL)
			r = SSL_write(p->ssl, data, (int)n);
		else
			r = send(p->fd, data, n, MSG_NOSIGNAL);
		/* A client that went away shows when it is read from. */
		if (r <= 0)
			break;
	}
	ERR_clear_error();
}

static void
flush(struct player *p)
{
	if (p->fd >= 0)
		put(p, bytes_cstr(&p->out), p->out.n);
	bytes_reset(&p->out);
}

/* Takes more of what the client says; false: it went away. */
static bool
read_some(struct player *p)
{
	char buf[16384];
	ssize_t n;

	if (p->gone || p->fd < 0)
		return false;
	if (p->ssl != NULL)
		n = SSL_read(p->ssl, buf, sizeof(buf));
	else
		n = recv(p->fd, buf, sizeof(buf), 0);
	ERR_clear_error();
	p->gone = n <= 0;
	if (p->gone)
		return false;
	bytes_add(&p->in, buf, (size_t)n);
	bytes_add(&p->said, buf, (size_t)n);
	if (p->ssl == NULL)
		bytes_add(&p->plain, buf, (size_t)n);
	return true;
}

/* The next line without its CRLF; the string lives until the next read. */
static bool
take_line(struct player *p, const struct step *st, char **line)
{
	char *lf;

	while ((lf = p->in.n > p->pos
		       ? memchr(p->in.p + p->pos, '\n', p->in.n - p->pos)
		       : NULL)
	    == NULL)
		if (!read_some(p))
			return mismatch(p, st, "the client went away");
	*line = p->in.p + p->pos;
	p->pos = (size_t)(lf + 1 - p->in.p);
	if (lf == *line || lf[-1] != '\r'
	    || memchr(*line, '\0', (size_t)(lf - *line)) != NULL)
		return mismatch(p, st, "the client sent a bare LF or a NUL");
	lf[-1] = '\0';
	return true;
}

static bool
do_send(struct player *p, const struct step *st)
{
	bytes_add(&p->out, st->text, st->len);
	return true;
}

static bool
do_flush(struct player *p, const struct step *st)
{
	(void)st;
	flush(p);
	return true;
}

static bool
stopped(const struct player *p, int ms)
{
	struct pollfd pfd = {.fd = p->stop, .events = POLLIN};

	while (poll(&pfd, 1, ms) < 0 && errno == EINTR)
		continue;
	return pfd.revents != 0;
}

static bool
do_flood(struct player *p, const struct step *st)
{
	while (!stopped(p, 0))
		put(p, st->text, st->len);
	return true;
}

static bool
do_drip(struct player *p, const struct step *st)
{
	size_t i;

	for (i = 0; i < st->len; i++)
		put(p, st->text + i, 1);
	return true;
}

static bool
do_line(struct player *p, const struct step *st)
{
	char *line;

	if (!take_line(p, st, &line))
		return false;
	if (strncmp(line, "BDAT ", 5) == 0)
		p->bdat = strtoul(line + 5, NULL, 10);
	if (fnmatch(st->text, line, 0) != 0)
		return mismatch(p, st, "wanted `%s`, got `%s`", st->text, line);
	return true;
}

static bool
do_content(struct player *p, const struct step *st)
{
	char *line;

	do
		if (!take_line(p, st, &line))
			return false;
	while (strcmp(line, ".") != 0);
	return true;
}

static bool
skip(struct player *p, const struct step *st, size_t n)
{
	while (p->in.n - p->pos < n)
		if (!read_some(p))
			return mismatch(p, st,
			    "the client went away after "
			    "%zu of %zu bytes",
			    p->in.n - p->pos, n);
	p->pos += n;
	return true;
}

static bool
do_bytes(struct player *p, const struct step *st)
{
	return skip(p, st, st->len);
}

static bool
do_bdat(struct player *p, const struct step *st)
{
	return skip(p, st, p->bdat);
}

/* The ClientHello crosses in the clear: nothing of ours may be in it. */
static void
on_message(int write_p, int version, int type, const void *buf, size_t n,
    SSL *ssl, void *arg)
{
	struct player *p = arg;

	(void)version;
	(void)ssl;
	if (!write_p && type == SSL3_RT_HANDSHAKE && n > 0
	    && *(const unsigned char *)buf == SSL3_MT_CLIENT_HELLO)
		bytes_add(&p->hello, buf, n);
}

static bool
handshake(struct player *p)
{
	p->ssl = SSL_new(p->ctx);
	if (p->ssl == NULL || SSL_set_fd(p->ssl, p->fd) != 1)
		die("cannot make an SSL");
	SSL_set_msg_callback(p->ssl, on_message);
	SSL_set_msg_callback_arg(p->ssl, p);
	return SSL_accept(p->ssl) == 1;
}

static bool
do_tls(struct player *p, const struct step *st)
{
	if (p->pos < p->in.n)
		return mismatch(p, st, "input before the handshake");
	if (!handshake(p)) {
		p->gone = true;
		return mismatch(p, st, "handshake failed: %s",
		    ERR_reason_error_string(ERR_peek_last_error()));
	}
	return true;
}

static bool
do_notls(struct player *p, const struct step *st)
{
	if (handshake(p))
		return mismatch(p, st, "the client finished the handshake");
	p->gone = true;
	ERR_clear_error();
	return true;
}

static bool
do_close(struct player *p, const struct step *st)
{
	(void)st;
	if (p->ssl != NULL && !p->gone)
		SSL_shutdown(p->ssl);
	shutdown(p->fd, SHUT_WR);
	/* Closing over unread input would reset what was sent. */
	while (read_some(p))
		continue;
	return true;
}

static bool
do_reset(struct player *p, const struct step *st)
{
	struct linger now = {.l_onoff = 1};

	(void)st;
	setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(p->fd);
	p->fd = -1;
	return true;
}

static bool
do_hang(struct player *p, const struct step *st)
{
	(void)st;
	return stopped(p, -1);
}

static bool
do_eof(struct player *p, const struct step *st)
{
	const char *rest;

	while (read_some(p))
		continue;
	rest = bytes_cstr(&p->in) + p->pos;
	if (*rest != '\0' && strcmp(rest, "QUIT\r\n") != 0)
		return mismatch(p, st, "wanted the end, got `%s`", rest);
	p->pos = p->in.n;
	return true;
}

static bool (*const actions[])(struct player *,
    const struct step *) = {[STEP_SEND] = do_send,
    [STEP_FLUSH] = do_flush,
    [STEP_FLOOD] = do_flood,
    [STEP_DRIP] = do_drip,
    [STEP_LINE] = do_line,
    [STEP_CONTENT] = do_content,
    [STEP_BYTES] = do_bytes,
    [STEP_BDAT] = do_bdat,
    [STEP_TLS] = do_tls,
    [STEP_NOTLS] = do_notls,
    [STEP_CLOSE] = do_close,
    [STEP_RESET] = do_reset,
    [STEP_HANG] = do_hang,
    [STEP_EOF] = do_eof};

static bool
get_client(struct player *p)
{
	struct pollfd pfd[2] = {{.fd = p->listener, .events = POLLIN},
	    {.fd = p->stop, .events = POLLIN}};
	int on = 1;

	while (poll(pfd, 2, -1) < 0 && errno == EINTR)
		continue;
	p->fd = pfd[0].revents != 0
	    ? accept4(p->listener, NULL, NULL, SOCK_CLOEXEC)
	    : -1;
	if (p->fd < 0) {
		snprintf(p->why, sizeof(p->why), "the client never came");
		return false;
	}
	setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return true;
}

static bool
run_steps(struct player *p)
{
	const struct script *s = p->s;
	const struct step first = {.kind = STEP_TLS}, *st;
	size_t i;

	if (s->tls == SCRIPT_IMPLICIT
	    && (s->n == 0
		|| (s->steps[0].kind != STEP_TLS
		    && s->steps[0].kind != STEP_NOTLS))
	    && !do_tls(p, &first))
		return false;
	for (i = 0; i < s->n && p->fd >= 0; i++) {
		st = &s->steps[i];
		if (st->kind != STEP_SEND)
			flush(p);
		if (!actions[st->kind](p, st))
			return false;
	}
	flush(p);
	while (read_some(p))
		continue;
	return true;
}

void
player_run(struct player *p)
{
	if (!get_client(p))
		return;
	run_steps(p);
	SSL_free(p->ssl);
	p->ssl = NULL;
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

void
player_clear(struct player *p)
{
	bytes_clear(&p->in);
	bytes_clear(&p->out);
	bytes_clear(&p->said);
	bytes_clear(&p->plain);
	bytes_clear(&p->hello);
}
