/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CONF_KEYWORD_H
#define PINMAIL_CONF_KEYWORD_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/conf/account.h"

/* Where a line stands. */
struct place {
	const struct conf_world *world;
	const char *file;
	int line;
	bool exposed; /* others may read the file */
};

/*
 * Carry out one line about an account.  ERR_CONFIG without the place.
 * `account`, `defaults` and `include` are not for here.
 */
bool keyword_apply(struct account *, const struct place *, const char *keyword,
    const char *argument, struct err *);

/* An account in which nothing was said, with the defaults. */
struct account *account_new(void);

/* What base says, the account says too. */
void account_inherit(struct account *, const struct account *base);

void account_free(struct account *);

/* A path as the file means it: ~, relative to the file; owned. */
char *conf_path(const struct place *, const char *);

#endif
