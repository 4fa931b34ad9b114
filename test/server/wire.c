/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

#include "test/server/wire.h"

#define IDLE_MS (300 * 1000) /* RFC 5321 section 4.5.3.2.7 */
#define LINGER_MS 2000
#define OUT_MAX 32768

void
wire_open(struct wire *w, int fd, bool linewise)
{
	int on = 1;

	*w = (struct wire){.fd = fd, .linewise = linewise};
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static bool
wait_for(struct wire *w, short events, int ms)
{
	struct pollfd p = {.fd = w->fd, .events = events};
	int n;

	do
		n = poll(&p, 1, ms);
	while (n < 0 && errno == EINTR);
	return n > 0;
}

/* The event that a call with this result waits for, 0 if it is the end. */
static short
wants(struct wire *w, ssize_t r)
{
	if (w->ssl == NULL)
		return r < 0 && (errno == EAGAIN || errno == EINTR) ? POLLIN
								    : 0;
	switch (SSL_get_error(w->ssl, (int)r)) {
	case SSL_ERROR_WANT_READ:
		return POLLIN;
	case SSL_ERROR_WANT_WRITE:
		return POLLOUT;
	default:
		ERR_clear_error();
		return 0;
	}
}

static void
count_wait(struct wire *w)
{
	w->waits++;
	w->turns += w->replied;
	w->replied = false;
}

/* The handshake's messages: where theirs follow ours, we waited for them. */
static void
count_message(int ours, int version, int type, const void *p, size_t n,
    SSL *ssl, void *arg)
{
	struct wire *w = arg;

	(void)version, (void)p, (void)n, (void)ssl;
	if (type != SSL3_RT_HANDSHAKE)
		return;
	if (ours)
		w->replied = true;
	else if (w->replied || w->waits == 0)
		count_wait(w);
}

bool
wire_accept(struct wire *w, SSL_CTX *ctx, void *app_data)
{
	bool greeted = w->replied;
	short events;
	int r;

	if (!wire_flush(w))
		return false;
	w->pos = w->n = 0;
	w->ssl = SSL_new(ctx);
	if (w->ssl == NULL || SSL_set_fd(w->ssl, w->fd) != 1)
		return false;
	SSL_set_app_data(w->ssl, app_data);
	SSL_set_msg_callback(w->ssl, count_message);
	SSL_set_msg_callback_arg(w->ssl, w);
	while (!w->broken && (r = SSL_accept(w->ssl)) != 1) {
		events = wants(w, r);
		w->broken = events == 0 || !wait_for(w, events, IDLE_MS);
	}
	SSL_set_msg_callback(w->ssl, NULL);
	/*
	 * TLS 1.3 ends with the client's word, and nobody waits for tickets.
	 * Before, it ends with ours: a greeting goes with it, or is past.
	 */
	if (SSL_version(w->ssl) >= TLS1_3_VERSION)
		w->replied = false;
	if (greeted) {
		w->turns += w->replied;
		w->replied = false;
	}
	return !w->broken;
}

bool
wire_flush(struct wire *w)
{
	size_t done = 0;
	short events;
	ssize_t n;

	while (done < w->out.n && !w->broken) {
		if (w->ssl != NULL)
			n = SSL_write(w->ssl, w->out.p + done,
			    (int)(w->out.n - done));
		else
			n = send(w->fd, w->out.p + done, w->out.n - done,
			    MSG_NOSIGNAL);
		if (n > 0) {
			done += (size_t)n;
			continue;
		}
		events = wants(w, n);
		w->broken = events == 0
		    || !wait_for(w, w->ssl == NULL ? POLLOUT : events, IDLE_MS);
	}
	bytes_reset(&w->out);
	return !w->broken;
}

void
wire_put(struct wire *w, const void *p, size_t n)
{
	bytes_add(&w->out, p, n);
	w->replied = true;
	if (w->linewise || w->out.n > OUT_MAX)
		wire_flush(w);
}

bool
wire_fill(struct wire *w)
{
	bool counted = false;
	short events;
	ssize_t r;

	w->pos = w->n = 0;
	while (!w->broken) {
		if (w->ssl != NULL)
			r = SSL_read(w->ssl, w->in, sizeof(w->in));
		else
			r = recv(w->fd, w->in, sizeof(w->in), 0);
		if (r > 0) {
			w->n = (size_t)r;
			return true;
		}
		events = wants(w, r);
		if (events == 0)
			break;
		if (!counted)
			count_wait(w);
		counted = true;
		/* About to wait: the peer gets its replies first. */
		if (w->out.n > 0)
			wire_flush(w);
		else if (!wait_for(w, events, IDLE_MS))
			break;
	}
	w->broken = true;
	return false;
}

bool
wire_pending(struct wire *w)
{
	char c;

	return w->pos < w->n || (w->ssl != NULL && SSL_has_pending(w->ssl))
	    || recv(w->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

enum wire_line
wire_line(struct wire *w, char *buf, size_t size)
{
	enum wire_line r = WIRE_LINE;
	unsigned char *lf = NULL;
	size_t have, len = 0;

	while (lf == NULL) {
		if (w->pos == w->n && !wire_fill(w))
			return WIRE_END;
		have = w->n - w->pos;
		lf = memchr(w->in + w->pos, '\n', have);
		if (lf != NULL)
			have = (size_t)(lf + 1 - w->in) - w->pos;
		if (len + have >= size)
			r = WIRE_LONG;
		else
			memcpy(buf + len, w->in + w->pos, have);
		len = r == WIRE_LONG ? 0 : len + have;
		w->pos += have;
	}
	if (r == WIRE_LONG)
		return r;
	if (len < 2 || buf[len - 2] != '\r' || memchr(buf, '\0', len) != NULL
	    || memchr(buf, '\r', len - 2) != NULL)
		return WIRE_BARE;
	buf[len - 2] = '\0';
	return WIRE_LINE;
}

void
wire_close(struct wire *w)
{
	char rest[4096];

	if (!w->broken)
		wire_flush(w);
	if (w->ssl != NULL && SSL_is_init_finished(w->ssl))
		SSL_shutdown(w->ssl);
	ERR_clear_error();
	/* Closing over unread input would reset what we just sent. */
	shutdown(w->fd, SHUT_WR);
	while (wait_for(w, POLLIN, LINGER_MS)
	    && recv(w->fd, rest, sizeof(rest), 0) > 0)
		continue;
	SSL_free(w->ssl);
	close(w->fd);
	bytes_clear(&w->out);
}
