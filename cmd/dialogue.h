/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_DIALOGUE_H
#define PINMAIL_CMD_DIALOGUE_H

#include "cmd/options.h"

/*
 * Speak SMTP on standard input and output (-bs), up to QUIT or their end.
 * Each message has a session of its own with a server, which MAIL opens.
 * The exit status.
 */
int dialogue_run(const struct options *);

#endif
