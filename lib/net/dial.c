/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/net/dial.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/wait.h"
#include "lib/net/resolve.h"
#include "lib/net/tcp.h"

#define ADDRESSES 16   /* tried at most */
#define ATTEMPT_MS 250 /* RFC 8305, 5: Connection Attempt Delay */

struct address {
	struct sockaddr_storage sa;
	socklen_t len;
};

struct dial {
	char *what; /* host:port, for people */
	struct resolve *resolve;
	struct address to[ADDRESSES], from;
	size_t n, next; /* addresses known; the next one to try */
	int fd[ADDRESSES];
	struct err why; /* of the last attempt that failed */
};

static void
print_address(char *out, size_t size, const struct address *a)
{
	char host[INET6_ADDRSTRLEN + 16], port[8];

	if (a->sa.ss_family == AF_UNIX
	    || getnameinfo((const struct sockaddr *)&a->sa, a->len, host,
		   sizeof host, port, sizeof port,
		   NI_NUMERICHOST | NI_NUMERICSERV)
		!= 0)
		snprintf(out, size, "local socket");
	else
		snprintf(out, size,
		    a->sa.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
		    port);
}

static bool
numeric(struct address *a, const char *host, int port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&a->sa;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&a->sa;

	memset(&a->sa, 0, sizeof a->sa);
	if (inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)port);
		a->len = sizeof *in;
		return true;
	}
	if (inet_pton(AF_INET6, host, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)port);
		a->len = sizeof *in6;
		return true;
	}
	return false;
}

static void
failed(struct dial *d, size_t i, int error)
{
	char text[80];

	print_address(text, sizeof text, &d->to[i]);
	err_set(&d->why, ERR_UNREACHABLE, "%s: %s", text, strerror(error));
	if (error == EACCES || error == EPERM)
		err_advise(&d->why,
		    d->to[i].sa.ss_family == AF_UNIX
			? "see its owner and mode, AppArmor and SELinux"
			: "look for a firewall, AppArmor or SELinux on this "
			  "host");
	if (d->fd[i] >= 0)
		close(d->fd[i]);
	d->fd[i] = -1;
}

/* A non-blocking connect to the next address. */
static void
attempt(struct dial *d)
{
	const int one = 1;
	size_t i = d->next++;
	int family = d->to[i].sa.ss_family, r;

	d->fd[i] =
	    socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (d->fd[i] < 0) {
		failed(d, i, errno);
		return;
	}
	/* A flight is one write; nothing gains by waiting for more. */
	if (family != AF_UNIX)
		setsockopt(d->fd[i], IPPROTO_TCP, TCP_NODELAY, &one,
		    sizeof one);
	if (d->from.len > 0
	    && bind(d->fd[i], (struct sockaddr *)&d->from.sa, d->from.len)
		!= 0) {
		failed(d, i, errno);
		return;
	}
	r = connect(d->fd[i], (struct sockaddr *)&d->to[i].sa, d->to[i].len);
	if (r != 0 && errno != EINPROGRESS)
		failed(d, i, errno);
}

static bool
usable(const struct dial *d, const struct addrinfo *ai)
{
	return ai->ai_addrlen <= sizeof d->to[0].sa
	    && (d->from.len == 0 || d->from.sa.ss_family == ai->ai_family);
}

/* Families take turns (RFC 8305, 4), in the order that getaddrinfo found. */
static void
take_addresses(struct dial *d, const struct addrinfo *list)
{
	const struct addrinfo *turn[2] = {list, list};
	int first = list->ai_family;
	size_t side = 0;

	while (d->n < ADDRESSES && (turn[0] != NULL || turn[1] != NULL)) {
		const struct addrinfo *ai = turn[side];

		while (ai != NULL
		    && ((ai->ai_family != first) != (side == 1)
			|| !usable(d, ai)))
			ai = ai->ai_next;
		if (ai != NULL) {
			memcpy(&d->to[d->n].sa, ai->ai_addr, ai->ai_addrlen);
			d->to[d->n++].len = ai->ai_addrlen;
		}
		turn[side] = ai != NULL ? ai->ai_next : NULL;
		side = 1 - side;
	}
}

static bool
begin_local(struct dial *d, const char *path, struct err *e)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&d->to[0].sa;

	if (strlen(path) >= sizeof un->sun_path)
		return err_set(e, ERR_CONFIG, "socket %s: too long", path);
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path, strlen(path) + 1);
	d->to[0].len = sizeof *un;
	d->n = 1;
	return true;
}

static bool
begin(struct dial *d, const struct dial_target *t, struct err *e)
{
	if (t->source_ip != NULL && !numeric(&d->from, t->source_ip, 0))
		return err_set(e, ERR_CONFIG,
		    "source_ip %s is not an IP address", t->source_ip);
	if (t->socket != NULL) {
		d->from.len = 0;
		return begin_local(d, t->socket, e);
	}
	if (!numeric(&d->to[0], t->host, t->port)) {
		d->resolve = resolve_begin(t->host, t->port, e);
		return d->resolve != NULL;
	}
	if (d->from.len > 0 && d->from.sa.ss_family != d->to[0].sa.ss_family)
		return err_set(e, ERR_CONFIG,
		    "source_ip %s is of another family than host %s",
		    t->source_ip, t->host);
	d->n = 1;
	return true;
}

struct dial *
dial_begin(const struct dial_target *t, struct err *e)
{
	struct dial *d = mem_alloc(sizeof *d);
	char port[8];
	size_t len;

	snprintf(port, sizeof port, "%d", t->port);
	len = strlen(t->socket != NULL ? t->socket : t->host) + 16;
	d->what = mem_alloc(len);
	if (t->socket != NULL)
		snprintf(d->what, len, "%s", t->socket);
	else
		snprintf(d->what, len, "%s:%s", t->host, port);
	for (size_t i = 0; i < ADDRESSES; i++)
		d->fd[i] = -1;
	if (!begin(d, t, e)) {
		dial_close(d);
		return NULL;
	}
	if (d->n > 0)
		attempt(d);
	return d;
}

/* A socket that became writable is connected, or has an error. */
static bool
settle(struct dial *d, size_t i)
{
	socklen_t len = sizeof(int);
	int error = 0;

	getsockopt(d->fd[i], SOL_SOCKET, SO_ERROR, &error, &len);
	if (error != 0)
		failed(d, i, error);
	return error == 0;
}

/* The sockets that are still connecting. */
static nfds_t
pending(const struct dial *d, struct pollfd *p, size_t *which)
{
	nfds_t n = 0;

	for (size_t i = 0; i < d->next; i++) {
		if (d->fd[i] < 0)
			continue;
		p[n].fd = d->fd[i];
		p[n].events = POLLOUT;
		which[n++] = i;
	}
	return n;
}

static bool
race(struct dial *d, int64_t until, size_t *winner, struct err *e)
{
	struct pollfd p[ADDRESSES];
	size_t which[ADDRESSES];
	int64_t turn;
	int ready;
	nfds_t n;

	for (;;) {
		n = pending(d, p, which);
		if (d->n == 0)
			return err_set(e, ERR_UNREACHABLE, "no usable address");
		if (n == 0 && d->next == d->n) {
			*e = d->why;
			return false;
		}
		if (n == 0) {
			attempt(d);
			continue;
		}
		turn = d->next < d->n ? clock_now() + ATTEMPT_MS : until;
		if (!wait_fds(p, n, turn < until ? turn : until, &ready, e))
			return false;
		for (nfds_t i = 0; i < n; i++) {
			if (p[i].revents == 0)
				continue;
			*winner = which[i];
			if (settle(d, which[i]))
				return true;
		}
		if (ready == 0 && clock_left(until) == 0)
			return err_set(e, ERR_UNREACHABLE, "timed out");
		/* A turn is over, or an attempt failed: the next one. */
		if (d->next < d->n)
			attempt(d);
	}
}

struct stream *
dial_finish(struct dial *d, int64_t until, struct facts *facts, struct err *e)
{
	const struct addrinfo *list;
	size_t i;
	int fd;

	if (d->resolve != NULL) {
		list = resolve_finish(d->resolve, until, e);
		if (list == NULL)
			return NULL;
		take_addresses(d, list);
	}
	if (!race(d, until, &i, e)) {
		err_in(e, "cannot connect to %s", d->what);
		return NULL;
	}
	fd = d->fd[i];
	d->fd[i] = -1;
	print_address(facts->address, sizeof facts->address, &d->to[i]);
	return stream_open(&tcp_layer, tcp_handle(fd));
}

void
dial_close(struct dial *d)
{
	if (d == NULL)
		return;
	resolve_close(d->resolve);
	for (size_t i = 0; i < ADDRESSES; i++)
		if (d->fd[i] >= 0)
			close(d->fd[i]);
	free(d->what);
	free(d);
}
