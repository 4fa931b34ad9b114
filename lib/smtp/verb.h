/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_SMTP_VERB_H
#define PINMAIL_SMTP_VERB_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/dsn.h"
#include "lib/mail/mailbox.h"

enum verb {
	VERB_DATA,
	VERB_EHLO,
	VERB_HELO,
	VERB_HELP,
	VERB_MAIL,
	VERB_NOOP,
	VERB_QUIT,
	VERB_RCPT,
	VERB_RSET,
	VERB_VRFY,
	VERB_NEVER, /* known, but not for us */
	VERB_UNKNOWN
};

/*
 * A command that a client of ours gave (RFC 5321, 4.1.1).  Starts as {0},
 * ends with command_clear.
 */
struct command {
	enum verb verb;
	struct mailboxes path; /* of MAIL and RCPT: one, or none for <> */
	uint64_t size;         /* SIZE, 0: not given */
	bool utf8;             /* SMTPUTF8 */
	enum dsn_ret ret;      /* RET */
	struct buf envid;      /* ENVID, decoded */
	unsigned notify;       /* NOTIFY */
	struct buf orcpt;      /* ORCPT=rfc822, decoded */
};

/*
 * Read a line, without its end.  NULL, or the reply that says what is wrong
 * with it.
 */
const char *command_parse(struct command *, const char *line);

void command_clear(struct command *);

#endif
