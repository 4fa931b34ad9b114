/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_SUBMIT_H
#define PINMAIL_CMD_SUBMIT_H

#include <stdbool.h>

#include "cmd/job.h"
#include "lib/base/err.h"

/*
 * What is to be told of a delivery, of all recipients together: nothing, if
 * all have the message, or a kind and one line that names who does not.  e
 * holds what deliver said, and takes the result, as much of the line as it
 * can hold.
 */
void submit_outcome(const struct job *, bool delivered, struct err *e,
    struct buf *line);

#endif
