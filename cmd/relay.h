/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_RELAY_H
#define PINMAIL_CMD_RELAY_H

#include <stdbool.h>

#include "cmd/job.h"
#include "cmd/locals.h"
#include "cmd/options.h"
#include "cmd/session.h"
#include "cmd/site.h"
#include "lib/smtp/transaction.h"
#include "lib/smtp/verb.h"

/*
 * One message of a dialogue (-bs) and the session that takes it away.  Starts
 * as {0} with what is borrowed; each step appends the reply for the caller,
 * without its line end.
 */
struct relay {
	const struct options *o;
	const struct site *site;
	const struct conf *conf;      /* NULL: it could not be loaded */
	const struct err *conf_fault; /* why */

	bool open; /* MAIL was taken */
	const struct account *a;
	struct options options; /* with MAIL's sender */
	struct buf sender;
	struct job job;
	struct message msg;
	struct locals locals;
	struct session session;
	struct transaction t;
	struct facts facts;
	int64_t began;
};

/* MAIL: choose the account, open its session, and say MAIL there. */
void relay_mail(struct relay *, const struct command *, struct buf *reply);

/* RCPT: say it for all that aliases make of the recipient. */
void relay_rcpt(struct relay *, const struct command *, struct buf *reply);

/* DATA: true if content is to come, for msg. */
bool relay_data(struct relay *, struct buf *reply);

/*
 * The message is whole: judge its From, complete it, and hand it on.  e is
 * what was wrong with reading it, if anything.  Ends the message.
 */
void relay_content(struct relay *, struct err *e, struct buf *reply);

/* Forget the message, if there is one; QUIT the session. */
void relay_end(struct relay *);

#endif
