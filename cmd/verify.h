/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_VERIFY_H
#define PINMAIL_CMD_VERIFY_H

#include "cmd/options.h"
#include "cmd/site.h"

/*
 * Print what would become of mail for each operand (-bv).  The exit status:
 * that of the first one that would not be delivered.
 */
int verify_addresses(const struct options *);

/*
 * The first mistake in a file of aliases; the account may be NULL.  What we
 * only do not do, such as |command, is none.  ERR_CONFIG.
 */
bool verify_file(const char *path, const struct account *, const struct site *,
    struct err *);

/* Look for mistakes in the aliases of all accounts (-bi). */
int verify_aliases(const struct options *);

#endif
