/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/net/tcp.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/base/wait.h"

struct tcp {
	int fd;
};

static bool
again(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static ssize_t
tcp_read(void *handle, void *p, size_t n, struct err *e)
{
	struct tcp *t = handle;
	ssize_t r = recv(t->fd, p, n, 0);

	if (r >= 0)
		return r;
	if (again(errno))
		return LAYER_WANT_READ;
	err_set(e, ERR_UNREACHABLE, "connection lost: %s", strerror(errno));
	return LAYER_ERROR;
}

static ssize_t
tcp_write(void *handle, const void *p, size_t n, struct err *e)
{
	struct tcp *t = handle;
	ssize_t r = n > 0 ? send(t->fd, p, n, MSG_NOSIGNAL) : 0;

	if (r >= 0)
		return r;
	if (again(errno))
		return LAYER_WANT_WRITE;
	err_set(e, ERR_UNREACHABLE, "connection lost: %s", strerror(errno));
	return LAYER_ERROR;
}

static bool
tcp_wait(void *handle, short events, int64_t until, struct err *e)
{
	struct tcp *t = handle;
#ifdef TCP_QUICKACK
	const int one = 1;

	/*
	 * A server may hold back its greeting until we acknowledge the TLS
	 * tickets before it, and we would do that 40 ms later.
	 */
	if (events == POLLIN)
		setsockopt(t->fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
#endif
	return wait_fd(t->fd, events, until, e);
}

static void
tcp_end(void *handle)
{
	struct tcp *t = handle;

	shutdown(t->fd, SHUT_WR);
}

static void
tcp_close(void *handle)
{
	struct tcp *t = handle;

	close(t->fd);
	free(t);
}

const struct layer tcp_layer = {tcp_read, tcp_write, tcp_wait, tcp_end,
    tcp_close};

void *
tcp_handle(int fd)
{
	struct tcp *t = mem_alloc(sizeof *t);

	t->fd = fd;
	return t;
}
