/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_EDIT_H
#define PINMAIL_CMD_EDIT_H

#include <stdbool.h>

#include "cmd/job.h"
#include "cmd/locals.h"
#include "cmd/options.h"
#include "lib/base/err.h"

/*
 * The header's edits once the sender is settled: what leaves (Bcc and its
 * like), what is missing (Date, Message-ID, From), what the account asks for,
 * and the local people in To and Cc.
 * Sets the job's id.  ERR_INPUT where a signature forbids it, ERR_SYSTEM
 * without randomness.
 */
bool edit_header(struct job *, const struct options *, struct locals *,
    struct err *);

#endif
