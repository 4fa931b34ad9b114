/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_VERIFY_H
#define PINMAIL_CMD_VERIFY_H

#include "cmd/options.h"

/*
 * Print what would become of mail for each operand (-bv).  The exit status:
 * that of the first one that would not be delivered.
 */
int verify_addresses(const struct options *);

/* Look for mistakes in the aliases of all accounts (-bi). */
int verify_aliases(const struct options *);

#endif
