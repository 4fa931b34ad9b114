/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/err.h>

#include "test/script/talk.h"

bool
talk_mismatch(struct player *p, const struct step *st, const char *fmt, ...)
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

void
talk_put(struct player *p, const char *data, size_t n)
{
	size_t i;

	if (!p->s->drip)
		put(p, data, n);
	for (i = 0; p->s->drip && i < n; i++)
		put(p, data + i, 1);
}

void
talk_flush(struct player *p)
{
	if (p->fd >= 0)
		talk_put(p, bytes_cstr(&p->out), p->out.n);
	bytes_reset(&p->out);
}

bool
talk_read(struct player *p)
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

bool
talk_sip(struct player *p, size_t n)
{
	char buf[16384];

	return recv(p->fd, buf, n < sizeof(buf) ? n : sizeof(buf), 0) > 0;
}

bool
talk_line(struct player *p, const struct step *st, char **line)
{
	char *lf;

	while ((lf = p->in.n > p->pos
		       ? memchr(p->in.p + p->pos, '\n', p->in.n - p->pos)
		       : NULL)
	    == NULL)
		if (!talk_read(p))
			return talk_mismatch(p, st, "the client went away");
	*line = p->in.p + p->pos;
	p->pos = (size_t)(lf + 1 - p->in.p);
	if (lf == *line || lf[-1] != '\r'
	    || memchr(*line, '\0', (size_t)(lf - *line)) != NULL)
		return talk_mismatch(p, st,
		    "the client sent a bare LF or a NUL");
	lf[-1] = '\0';
	return true;
}

bool
talk_stopped(const struct player *p, int ms)
{
	struct pollfd pfd = {.fd = p->stop, .events = POLLIN};

	while (poll(&pfd, 1, ms) < 0 && errno == EINTR)
		continue;
	return pfd.revents != 0;
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

/* Until it has seen our proof, all that the client writes is recorded. */
static long
on_read(BIO *b, int op, const char *p, size_t n, int argi, long argl, int r,
    size_t *done)
{
	struct player *player = (struct player *)BIO_get_callback_arg(b);

	(void)n;
	(void)argi;
	(void)argl;
	if (op == (BIO_CB_READ | BIO_CB_RETURN) && r > 0 && !player->proved)
		bytes_add(&player->wire, p, *done);
	return r;
}

/* What a client says that has broken off the handshake. */
static void
read_rest(struct player *p)
{
	char buf[4096];
	ssize_t n;

	ERR_clear_error();
	shutdown(p->fd, SHUT_WR);
	while ((n = recv(p->fd, buf, sizeof(buf), 0)) > 0)
		bytes_add(&p->wire, buf, (size_t)n);
}

bool
talk_handshake(struct player *p)
{
	p->ssl = SSL_new(p->ctx);
	if (p->ssl == NULL || SSL_set_fd(p->ssl, p->fd) != 1)
		die("cannot make an SSL");
	SSL_set_msg_callback(p->ssl, on_message);
	SSL_set_msg_callback_arg(p->ssl, p);
	BIO_set_callback_ex(SSL_get_rbio(p->ssl), on_read);
	BIO_set_callback_arg(SSL_get_rbio(p->ssl), (char *)p);
	p->proved = SSL_accept(p->ssl) == 1;
	if (!p->proved)
		read_rest(p);
	return p->proved;
}
