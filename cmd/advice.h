/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_ADVICE_H
#define PINMAIL_CMD_ADVICE_H

#include "lib/conf/account.h"
#include "lib/net/chain.h"

/* What --pin says: to read on standard error, to paste on standard output. */

/* The certificates that a server shows, who vouches for them, what to do. */
void advice_chain(const struct chain *);

/* An account for that server. */
void advice_account(const struct account *, const struct chain *);

/*
 * Which lines of an account to keep, to drop and to add.  proved is the pin
 * that a delivery would find proved, or empty.
 */
void advice_changes(const struct account *, const struct chain *,
    const char *proved);

/* The lines for what is in that file. */
void advice_file(const struct chain *, const char *path);

#endif
