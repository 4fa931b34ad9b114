/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_LOCAL_H
#define PINMAIL_MAIL_LOCAL_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/base/strv.h"
#include "lib/mail/mailbox.h"

/* What tells the people on this host from others; all borrowed. */
struct local {
	const char *node;           /* the host's name, up to the first dot */
	const char *fqdn;           /* all of it, or NULL */
	const struct strv *domains; /* more that are here, or NULL */
	/* Is the domain one that our account sends for?  NULL: none is. */
	bool (*owned)(const void *owner, const char *domain);
	const void *owner;
};

/*
 * Is this the domain of people on this host: none at all, localhost, the
 * host's node name, or one of domains?
 */
bool local_domain(const struct local *, const char *domain);

/* The same for a sender's: the whole host name is here too. */
bool local_sender(const struct local *, const char *domain);

/* Is it the whole host name, where both kinds of people may be? */
bool local_fqdn(const struct local *, const char *domain);

/*
 * Append a display name that keeps who a local sender was, and where:
 * root@web1 (Cron Daemon).
 */
void local_origin(struct buf *, const struct mailbox *, const char *node);

#endif
