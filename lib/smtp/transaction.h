/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_SMTP_TRANSACTION_H
#define PINMAIL_SMTP_TRANSACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/mail/envelope.h"
#include "lib/mail/message.h"
#include "lib/smtp/client.h"

/* A mail transaction (RFC 5321, 3.3).  The caller sets the first group. */
struct transaction {
	struct client *c;
	struct envelope *env;
	struct message *msg;

	uint64_t size; /* of the message, or what its source says of it */
	size_t n_accepted;
	bool full; /* the server takes no more recipients this time */
};

/*
 * In steps, each waiting for its reply: begin, mail, rcpt for each
 * recipient, content, end.  The message may be NULL up to content, and
 * recipients may be added.  rcpt leaves what the server said in the verdict:
 * DEFERRED, REFUSED, or PENDING when it accepted, or has no more room
 * (`full`).  content makes the accepted ones TAKEN.
 *
 * ERR_INPUT or ERR_MESSAGE when the server cannot take such a message,
 * ERR_AGAIN, ERR_MESSAGE or ERR_SERVER when it refuses, ERR_MAYBE when it was
 * lost after the last byte of content, and what client_reply fails with.
 */
bool transaction_begin(struct transaction *, struct err *);
bool transaction_mail(struct transaction *, struct err *);
bool transaction_rcpt(struct transaction *, size_t i, struct err *);
bool transaction_content(struct transaction *, struct err *);
void transaction_end(struct transaction *);

/*
 * The whole of it for the recipients that are PENDING, in as few flights as
 * PIPELINING and CHUNKING allow, and again for those that the server had no
 * room for.  With partial false a refused recipient means that nobody gets
 * the message.  Verdicts tell what became of each; those that are still
 * PENDING have the error in common.
 */
bool transaction_run(struct client *, struct envelope *, struct message *,
    bool partial, struct err *);

#endif
