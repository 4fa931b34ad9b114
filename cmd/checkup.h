/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_CHECKUP_H
#define PINMAIL_CMD_CHECKUP_H

#include "cmd/findings.h"
#include "cmd/options.h"
#include "cmd/session.h"
#include "cmd/site.h"
#include "lib/base/facts.h"
#include "lib/conf/account.h"

/* What --check goes through. */
struct checkup {
	const struct options *o;
	struct site site;
	struct conf conf;
	const struct account *a; /* NULL: there is none to check */
	struct session session;
	struct facts facts;
	struct findings found;
};

/*
 * What can be seen on this host: configuration, account, aliases, secret,
 * keys.  False: there is no use in asking a server.
 */
bool inspect_setup(struct checkup *);
void inspect_log(struct checkup *);

/* What a server says: from its name up to RSET.  False: it would not send. */
bool probe_server(struct checkup *);

/* Send a message to the address that was named. */
void probe_message(struct checkup *);

#endif
