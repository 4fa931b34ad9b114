/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

#include "test/hostile/cert.h"
#include "test/hostile/hostile.h"

#define HEAD 5 /* of a TLS record: type, version, length */

void
server_put(struct server *s, const void *p, size_t n)
{
	const char *at = p;
	ssize_t r;

	for (; n > 0 && s->fd >= 0; at += r, n -= (size_t)r) {
		r = send(s->fd, at, s->setup->drip ? 1 : n, MSG_NOSIGNAL);
		/* A client that went away shows when it is read from. */
		if (r <= 0)
			break;
	}
}

static void
hang_up(struct server *s, bool hard)
{
	struct linger now = {.l_onoff = 1};

	if (hard) {
		setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		close(s->fd);
		s->fd = -1;
	} else {
		/* Closing over unread input would reset what was sent. */
		shutdown(s->fd, SHUT_WR);
	}
	s->quiet = true;
}

static void
say(struct server *s, const char *text)
{
	SSL_write(s->ssl, text, (int)strlen(text));
}

static void
insert(struct server *s)
{
	const struct setup *u = s->setup;
	size_t times = u->times > 0 ? u->times : 1;

	for (; times > 0; times--)
		server_put(s, u->data,
		    u->data_len > 0 ? u->data_len : strlen(u->data));
}

/* The record of n bytes at p is the one that is tampered with. */
static void
tamper(struct server *s, char *p, size_t n, size_t at)
{
	const struct setup *u = s->setup;

	if (u->deed == DO_FLIP)
		p[at] ^= 1;
	if (u->deed == DO_DROP)
		return;
	server_put(s, p, u->deed == DO_FLIP ? n : at);
	if (u->deed == DO_FLIP)
		return;
	if (u->deed == DO_INSERT)
		insert(s);
	if (u->deed == DO_CLOSE || u->deed == DO_RESET)
		hang_up(s, u->deed == DO_RESET);
	s->quiet = s->quiet || u->deed == DO_HANG;
	if (s->quiet)
		return;
	if (u->deed == DO_TWICE)
		server_put(s, p, n);
	server_put(s, p + at, n - at);
}

/* A flight of whole records, one after the other. */
static void
send_flight(struct server *s, char *p, size_t n)
{
	const struct setup *u = s->setup;
	size_t at = (size_t)u->n, from = 0, len;
	bool here;

	if (u->at == AT_PART)
		at = n * (size_t)u->n / 1000;
	for (; from < n && !s->quiet; from += len, s->record++) {
		len = HEAD + ((size_t)(unsigned char)p[from + 3] << 8)
		    + (unsigned char)p[from + 4];
		here = u->at == AT_RECORD && s->record == u->n;
		if ((u->at == AT_BYTE || u->at == AT_PART) && !s->flown)
			here = at >= from && at < from + len;
		if (here)
			tamper(s, p + from, len,
			    u->at == AT_RECORD ? 0 : at - from);
		else
			server_put(s, p + from, len);
	}
	s->flown = true;
}

void
server_flush(struct server *s)
{
	char *p = NULL;
	long n = BIO_get_mem_data(s->out, &p);

	if (n > 0 && !s->quiet)
		send_flight(s, p, (size_t)n);
	BIO_reset(s->out);
}

/* One line of the client's; no client needs more to deliver. */
static void
answer(struct server *s, const char *line)
{
	if (s->content) {
		if (strcmp(line, ".") != 0)
			return;
		s->content = false;
		s->taken++;
		say(s, "250 2.0.0 taken\r\n");
	} else if (strncasecmp(line, "EHLO ", 5) == 0) {
		say(s, "250-mx.example\r\n250 AUTH PLAIN\r\n");
	} else if (strncasecmp(line, "AUTH ", 5) == 0) {
		say(s, "235 2.7.0 welcome\r\n");
	} else if (strcasecmp(line, "DATA") == 0) {
		s->content = true;
		say(s, "354 go\r\n");
	} else if (strcasecmp(line, "QUIT") == 0) {
		say(s, "221 bye\r\n");
	} else {
		say(s, "250 ok\r\n");
	}
}

static void
answer_all(struct server *s)
{
	char *line, *lf;

	while (s->taken_at < s->said.n
	    && (lf = memchr(s->said.p + s->taken_at, '\n',
		    s->said.n - s->taken_at))
		!= NULL) {
		line = need_copy(s->said.p + s->taken_at,
		    (size_t)(lf - s->said.p) - s->taken_at);
		line[strcspn(line, "\r")] = '\0';
		s->taken_at = (size_t)(lf + 1 - s->said.p);
		answer(s, line);
		free(line);
	}
}

static void
opened(struct server *s)
{
	const struct setup *u = s->setup;

	s->done = true;
	server_flush(s);
	if (u->at == AT_OPENED && u->deed == DO_INSERT)
		insert(s);
	else if (u->at == AT_OPENED && u->deed == DO_HANG)
		s->quiet = true;
	else if (u->at == AT_OPENED)
		hang_up(s, u->deed == DO_RESET);
	if (u->opened != NULL)
		u->opened(s);
	if (!u->starttls && !s->quiet)
		say(s, "220 mx.example ESMTP\r\n");
}

static void
turn_tls(struct server *s)
{
	char buf[4096];
	int n;

	ERR_clear_error();
	if (!s->done && SSL_do_handshake(s->ssl) == 1)
		opened(s);
	while (s->done && (n = SSL_read(s->ssl, buf, sizeof(buf))) > 0)
		bytes_add(&s->said, buf, (size_t)n);
	if (s->done && !s->quiet)
		answer_all(s);
	server_flush(s);
	ERR_clear_error();
}

/* Before TLS, where the client asks for it. */
static void
turn_plain(struct server *s)
{
	const char *p = bytes_cstr(&s->wire) + s->taken_at, *lf;
	struct bytes b = {0};

	while (s->clear && (lf = strchr(p, '\n')) != NULL) {
		s->clear = strncasecmp(p, "STARTTLS", 8) != 0;
		bytes_reset(&b);
		bytes_str(&b,
		    s->clear ? "250-mx.example\r\n250 STARTTLS\r\n"
			     : "220 go\r\n");
		if (!s->clear && s->setup->injected != NULL)
			bytes_str(&b, s->setup->injected);
		server_put(s, b.p, b.n);
		p = lf + 1;
		s->taken_at = (size_t)(p - s->wire.p);
	}
	s->before_tls = s->taken_at;
	if (!s->clear)
		s->taken_at = 0;
	bytes_clear(&b);
}

/* TLS sees it once it is whole, and as the setup wants it. */
static void
take_hello(struct server *s, const char *p, size_t n)
{
	const struct setup *u = s->setup;
	struct bytes b = {0};
	size_t len;

	if (s->hello.n == 0 && *p != SSL3_RT_HANDSHAKE)
		return; /* a QUIT, or an alert */
	bytes_add(&s->hello, p, n);
	if (s->hello.n < HEAD)
		return;
	len = HEAD + ((size_t)(unsigned char)s->hello.p[3] << 8)
	    + (unsigned char)s->hello.p[4];
	if (s->hello.n < len)
		return;
	s->begun = true;
	if (u->answer != NULL) {
		server_put(s, u->answer,
		    u->answer_len > 0 ? u->answer_len : strlen(u->answer));
		if (u->deed != DO_HANG)
			hang_up(s, u->deed == DO_RESET);
		s->quiet = true;
		return;
	}
	if (u->again) {
		server_put(s, s->old.p, s->old.n);
		s->quiet = true;
		return;
	}
	bytes_add(&b, s->hello.p, s->hello.n);
	if (u->hello != NULL)
		u->hello(&b);
	BIO_write(s->in, b.p, (int)b.n);
	bytes_clear(&b);
	turn_tls(s);
}

void
server_turn(struct server *s)
{
	char buf[16384];
	ssize_t n;

	n = s->fd >= 0 ? recv(s->fd, buf, sizeof(buf), 0) : 0;
	if (n <= 0) {
		if (s->fd >= 0)
			close(s->fd);
		s->fd = -1;
		return;
	}
	bytes_add(&s->wire, buf, (size_t)n);
	if (s->clear) {
		turn_plain(s);
	} else if (!s->begun) {
		take_hello(s, buf, (size_t)n);
	} else if (s->ssl != NULL) {
		BIO_write(s->in, buf, (int)n);
		turn_tls(s);
	}
}
