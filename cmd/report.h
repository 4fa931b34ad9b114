/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_REPORT_H
#define PINMAIL_CMD_REPORT_H

#include "cmd/job.h"
#include "cmd/site.h"
#include "lib/base/err.h"
#include "lib/base/facts.h"
#include "lib/base/log.h"
#include "lib/conf/account.h"

/* The exit status of that kind of error (sysexits(3)); 0 for none. */
int report_exit(enum err_kind);

/* The one line for people, on standard error. */
void report_line(const char *);

/* Where an account's log goes; where it goes before there is an account. */
struct log report_log_to(const struct account *);

/* Will what the server proved be void in less than 14 days? */
bool report_ends_soon(const struct facts *);

/* The one line for the log.  The account may be NULL. */
void report_log(const struct job *, const struct account *, const struct site *,
    const struct facts *, const struct err *);

#endif
