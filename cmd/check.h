/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_CHECK_H
#define PINMAIL_CMD_CHECK_H

#include "cmd/options.h"

/*
 * Go through all that a message would need, and print what was found
 * (--check).  The exit status.
 */
int check_all(const struct options *);

#endif
