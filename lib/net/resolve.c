/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/net/resolve.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/base/wait.h"

struct resolve {
	pthread_mutex_t lock;
	int users;   /* we and the thread: the last one frees it */
	int done[2]; /* a pipe whose end tells that the thread is done */
	char *host, port[8];
	struct addrinfo *list;
	int result, saved_errno;
};

static const struct addrinfo hints = {
    .ai_family = AF_UNSPEC,
    .ai_socktype = SOCK_STREAM,
    .ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG,
};

static void
leave(struct resolve *r)
{
	int users;

	pthread_mutex_lock(&r->lock);
	users = --r->users;
	pthread_mutex_unlock(&r->lock);
	if (users > 0)
		return;
	if (r->list != NULL)
		freeaddrinfo(r->list);
	close(r->done[0]);
	pthread_mutex_destroy(&r->lock);
	free(r->host);
	free(r);
}

static void *
look_up(void *arg)
{
	struct resolve *r = arg;
	struct addrinfo *list = NULL, any = hints;
	int result, saved;

	result = getaddrinfo(r->host, r->port, &hints, &list);
	/* A host with nothing but a loopback interface has no "configured" */
	if (result == EAI_NONAME || result == EAI_ADDRFAMILY) {
		any.ai_flags &= ~AI_ADDRCONFIG;
		result = getaddrinfo(r->host, r->port, &any, &list);
	}
	saved = errno;
	pthread_mutex_lock(&r->lock);
	r->list = list;
	r->result = result;
	r->saved_errno = saved;
	close(r->done[1]);
	pthread_mutex_unlock(&r->lock);
	leave(r);
	return NULL;
}

struct resolve *
resolve_begin(const char *host, int port, struct err *e)
{
	struct resolve *r = mem_alloc(sizeof *r);
	pthread_attr_t attr;
	pthread_t thread;
	int error;

	if (pipe(r->done) != 0) {
		err_set(e, ERR_SYSTEM, "pipe: %s", strerror(errno));
		free(r);
		return NULL;
	}
	r->host = mem_dup(host);
	snprintf(r->port, sizeof r->port, "%d", port);
	pthread_mutex_init(&r->lock, NULL);
	r->users = 2;
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	error = pthread_create(&thread, &attr, look_up, r);
	pthread_attr_destroy(&attr);
	if (error != 0) {
		err_set(e, ERR_SYSTEM, "thread: %s", strerror(error));
		close(r->done[1]);
		r->users = 1;
		leave(r);
		return NULL;
	}
	return r;
}

const struct addrinfo *
resolve_finish(struct resolve *r, int64_t until, struct err *e)
{
	struct addrinfo *list;
	int result, saved;

	if (!wait_fd(r->done[0], POLLIN, until, e)) {
		err_in(e, "looking up %s", r->host);
		return NULL;
	}
	pthread_mutex_lock(&r->lock);
	list = r->list;
	result = r->result;
	saved = r->saved_errno;
	pthread_mutex_unlock(&r->lock);
	if (result == 0 && list != NULL)
		return list;
	if (result == EAI_NONAME || result == EAI_NODATA)
		err_set(e, ERR_NOHOST,
		    "there is no host %s; check the host line", r->host);
	else
		err_set(e, ERR_UNREACHABLE, "looking up %s: %s", r->host,
		    result == EAI_SYSTEM ? strerror(saved)
					 : gai_strerror(result));
	return NULL;
}

void
resolve_close(struct resolve *r)
{
	if (r != NULL)
		leave(r);
}
