/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_EDIT_H
#define PINMAIL_CMD_EDIT_H

#include <stdbool.h>

#include "cmd/job.h"
#include "cmd/options.h"
#include "lib/base/err.h"
#include "lib/conf/account.h"

/*
 * The header's edits once the sender is settled: what leaves (Bcc and its
 * like), what is missing (Date, Message-ID, From), what the account asks for.
 * Sets the job's id.  ERR_INPUT where a signature forbids it, ERR_SYSTEM
 * without randomness.
 */
bool edit_header(struct job *, const struct options *, const struct account *,
    struct err *);

#endif
