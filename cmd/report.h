/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_REPORT_H
#define PINMAIL_CMD_REPORT_H

#include "cmd/job.h"
#include "cmd/site.h"
#include "lib/base/err.h"
#include "lib/base/facts.h"
#include "lib/conf/account.h"

/* The exit status of that kind of error (sysexits(3)); 0 for none. */
int report_exit(enum err_kind);

/* The one line for people, on standard error. */
void report_line(const char *);

/* The one line for the log.  The account may be NULL. */
void report_log(const struct job *, const struct account *, const struct site *,
    const struct facts *, const struct err *);

#endif
