/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_FIT_H
#define PINMAIL_CMD_FIT_H

#include <stdbool.h>

#include "cmd/job.h"
#include "lib/base/err.h"
#include "lib/smtp/caps.h"

/*
 * Make a message, whose header and envelope are settled, fit for every
 * server: fields in ASCII, no lines that are too long, a label for UTF-8.
 * ERR_CREATE, ERR_IO.
 */
bool fit_message(struct job *, struct err *);

/* Make it fit for the server that is there: 7-bit, if it takes no more. */
bool fit_server(struct job *, const struct caps *, struct err *);

#endif
