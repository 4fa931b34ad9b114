/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_JOB_H
#define PINMAIL_CMD_JOB_H

#include "lib/mail/envelope.h"
#include "lib/mail/message.h"

/*
 * What travels: sources make one, a delivery consumes it.  Starts as {0} with
 * a message; the account, the envelope and the header's edits are settled
 * before it is delivered.
 */
struct job {
	char *account; /* its name, once one is chosen; owned */
	struct envelope env;
	struct message *msg;
	char *author; /* display name of a From that we add, or NULL */
	char *id;     /* the Message-ID, owned */
};

void job_clear(struct job *);

#endif
