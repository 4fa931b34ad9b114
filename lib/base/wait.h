/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_BASE_WAIT_H
#define PINMAIL_BASE_WAIT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

/*
 * The one place that blocks, and the one place where SIGTERM, SIGINT and
 * SIGHUP are seen.  Times are clock_now()'s.
 */

/*
 * Block the three signals; from now on only a wait lets them in.  One that
 * was ignored when we were started stays ignored.  SIGPIPE and SIGXFSZ
 * are blocked for good: writing says what is wrong.  SIGCHLD is not ignored,
 * even if it was: a child's end is to be seen.
 */
void wait_begin(void);

/*
 * Wait for one of the descriptors.  *ready is how many are, 0 when time ran
 * out.  False: ERR_INTERRUPTED by a signal, ERR_SYSTEM.
 */
bool wait_fds(struct pollfd *, nfds_t, int64_t until, int *ready, struct err *);

/*
 * Wait for one descriptor.  False also when time ran out: ERR_UNREACHABLE
 * "timed out".
 */
bool wait_fd(int fd, short events, int64_t until, struct err *);

/*
 * Has the reader of a descriptor made room, for PIPE_BUF bytes at least,
 * within a second?  Signals do not cut it.  Also true where that cannot be
 * told: writing says what is wrong.
 */
bool wait_room(int fd);

/* Write a line that somebody may read, or not.  False: it was not taken. */
bool wait_put(int fd, const char *, size_t);

/*
 * What is under way should not be cut: the first signal is remembered, and
 * only a second one ends a wait.
 */
void wait_hold(bool);

/* The signal that came, or 0. */
int wait_signal(void);

#endif
