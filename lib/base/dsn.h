/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_BASE_DSN_H
#define PINMAIL_BASE_DSN_H

#include <stdbool.h>

#include "lib/base/buf.h"

/* Bits of NOTIFY (RFC 3461, 4.1); 0 leaves it to the server. */
enum {
	NOTIFY_NEVER = 1,
	NOTIFY_SUCCESS = 2,
	NOTIFY_FAILURE = 4,
	NOTIFY_DELAY = 8
};

/* RET (RFC 3461, 4.3). */
enum dsn_ret { RET_DEFAULT, RET_FULL, RET_HEADERS };

/* `never`, or success, failure, delay with commas between; in any case. */
bool dsn_parse_notify(const char *, unsigned *);

/* `full`, `hdrs`, `headers`; in any case. */
bool dsn_parse_ret(const char *, enum dsn_ret *);

/* Append the NOTIFY value of these bits; there is at least one. */
void dsn_print_notify(struct buf *, unsigned);

/* Append s as xtext (RFC 3461, 4). */
void dsn_print_xtext(struct buf *, const char *);

/*
 * Append what the xtext s stands for.  False: it is none, or stands for a
 * control character, which neither ENVID nor ORCPT may hold (4.2, 4.4).
 */
bool dsn_parse_xtext(struct buf *, const char *s);

#endif
