/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/base/wait.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"

#define PATIENCE_MS 1000

static const int ends[] = {SIGTERM, SIGINT, SIGHUP};

static volatile sig_atomic_t caught, caught_signal;
static int held;

static void
catch_signal(int signal_number)
{
	caught_signal = signal_number;
	caught++;
}

void
wait_begin(void)
{
	struct sigaction old, sa = {.sa_handler = catch_signal};
	sigset_t set;

	sigemptyset(&set);
	sigfillset(&sa.sa_mask);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		sigaddset(&set, ends[i]);
		if (sigaction(ends[i], NULL, &old) == 0
		    && old.sa_handler != SIG_IGN)
			sigaction(ends[i], &sa, NULL);
	}
	/* Nobody reads our -v, or the log is full: no reason to die. */
	sigaddset(&set, SIGPIPE);
	sigaddset(&set, SIGXFSZ);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGCHLD, SIG_DFL);
}

/* The mask of a wait: what it was, with the three let in. */
static void
open_mask(sigset_t *set)
{
	sigprocmask(SIG_SETMASK, NULL, set);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		sigdelset(set, ends[i]);
}

/*
 * poll tells of ready descriptors first and lets a pending signal wait, so
 * that a fast peer would make us deaf to it.
 */
static void
take_pending(const sigset_t *mask)
{
	static const struct timespec now = {0, 0};
	sigset_t set;

	if (sigpending(&set) != 0)
		return;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		if (sigismember(&set, ends[i]) == 1) {
			ppoll(NULL, 0, &now, mask);
			return;
		}
	}
}

static bool
interrupted(struct err *e)
{
	if (caught <= held)
		return false;
	err_set(e, ERR_INTERRUPTED, "ended by %s",
	    caught_signal == SIGTERM      ? "SIGTERM"
		: caught_signal == SIGINT ? "SIGINT"
					  : "SIGHUP");
	return true;
}

bool
wait_fds(struct pollfd *fds, nfds_t n, int64_t until, int *ready, struct err *e)
{
	struct timespec ts;
	sigset_t mask;
	int left, r;

	/* One that was held, or that has ended a wait before. */
	if (interrupted(e))
		return false;
	open_mask(&mask);
	do {
		left = clock_left(until);
		ts.tv_sec = left / 1000;
		ts.tv_nsec = (long)(left % 1000) * 1000000;
		r = ppoll(fds, n, left < 0 ? NULL : &ts, &mask);
		if (r > 0)
			take_pending(&mask);
		if (interrupted(e))
			return false;
	} while (r < 0 && (errno == EINTR || errno == EAGAIN));
	if (r < 0)
		return err_set(e, ERR_SYSTEM, "poll: %s", strerror(errno));
	*ready = r;
	return true;
}

bool
wait_fd(int fd, short events, int64_t until, struct err *e)
{
	struct pollfd p = {.fd = fd, .events = events};
	int ready;

	if (!wait_fds(&p, 1, until, &ready, e))
		return false;
	if (ready == 0)
		return err_set(e, ERR_UNREACHABLE, "timed out");
	return true;
}

bool
wait_room(int fd)
{
	struct pollfd out = {.fd = fd, .events = POLLOUT};

	/* Who cannot wait writes, and sees. */
	return poll(&out, 1, PATIENCE_MS) != 0;
}

bool
wait_put(int fd, const char *p, size_t n)
{
	ssize_t r;

	for (; n > 0; p += r, n -= (size_t)r) {
		if (!wait_room(fd))
			return false;
		r = write(fd, p, n < PIPE_BUF ? n : PIPE_BUF);
		if (r < 0)
			return false;
	}
	return true;
}

void
wait_hold(bool on)
{
	held = on ? 1 : 0;
}

int
wait_signal(void)
{
	return caught > 0 ? caught_signal : 0;
}
