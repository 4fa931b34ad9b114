/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_PINS_H
#define PINMAIL_CMD_PINS_H

#include "cmd/options.h"

/*
 * --pin: what to pin of a server, of a file, or of an account's server.  What
 * to paste goes to stdout, what to think about to stderr.  No credentials are
 * read.  Returns the exit status.
 */
int pins_show(const struct options *);

#endif
