/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CONF_EXPAND_H
#define PINMAIL_CONF_EXPAND_H

#include "lib/base/buf.h"
#include "lib/conf/account.h"

/*
 * msmtp's patterns: %U the user's name, %H and %C the host's, %M what
 * /etc/mailname says (the host's name if nothing).  Owned; what is no
 * pattern stays.
 */
char *expand(const char *, const struct conf_world *);

/* Append what /etc/mailname says, or else the other name. */
void expand_mailname(struct buf *, const char *otherwise);

#endif
