/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_LOCAL_H
#define PINMAIL_MAIL_LOCAL_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/mail/mailbox.h"

/*
 * Is this the domain of people on this host: none at all, localhost, or the
 * host's node name?  With fqdn, which may be NULL, that one too.
 */
bool local_domain(const char *domain, const char *node, const char *fqdn);

/*
 * Append a display name that keeps who a local sender was, and where:
 * root@web1 (Cron Daemon).
 */
void local_origin(struct buf *, const struct mailbox *, const char *node);

#endif
