/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_SUBMIT_H
#define PINMAIL_CMD_SUBMIT_H

#include <stdbool.h>

#include "cmd/job.h"
#include "lib/base/err.h"

/*
 * What is to be told of a delivery, of all recipients together: nobody is
 * missing, or a kind and one line that names who does not have the message.
 * e holds what deliver said, and takes the result.
 */
void submit_outcome(const struct job *, bool delivered, struct err *e);

#endif
