/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_COLLECT_H
#define PINMAIL_CMD_COLLECT_H

#include <stdbool.h>

#include "cmd/job.h"
#include "cmd/options.h"
#include "lib/base/err.h"

/*
 * Read the next piece of what a caller writes; *n is 0 at the end.  Waits as
 * long as it takes.  ERR_IO, ERR_INTERRUPTED.
 */
bool collect_piece(int fd, char *, size_t room, size_t *n, struct err *);

/*
 * Read the message from a descriptor to its end - with dot, or to a line that
 * is a lone dot; nothing has touched the network yet.  A signal or a read
 * error sends nothing.
 */
bool collect_message(struct message *, int fd, bool dot, struct err *);

/* The recipients: operands, and with -t the message's, if any.  ERR_INPUT. */
bool collect_recipients(struct job *, const struct options *, struct err *);

#endif
