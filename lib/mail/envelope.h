/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_ENVELOPE_H
#define PINMAIL_MAIL_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/dsn.h"
#include "lib/base/err.h"
#include "lib/mail/header.h"
#include "lib/mail/mailbox.h"

/* What became of a recipient. */
struct verdict {
	enum { PENDING, TAKEN, DEFERRED, REFUSED } state;
	int code;        /* the server's reply, 0: it was settled here */
	char status[12]; /* enhanced status (RFC 3463), or empty */
	char text[256];  /* the reply, cleaned */
};

struct recipient {
	struct buf mailbox; /* a path (RFC 5321, 4.1.2) without brackets */
	struct buf orcpt;   /* where it came from, or empty */
	unsigned notify;    /* NOTIFY_ bits */
	bool accepted;      /* 250 to its RCPT in the transaction under way */
	struct verdict v;
};

/* Sender and recipients.  Starts as {0}, ends with envelope_clear. */
struct envelope {
	struct buf sender; /* a path; empty is the null sender */
	struct recipient *rcpt;
	size_t n, room;
	size_t *slots; /* hash of the paths, to find doubles; index + 1 */
	size_t nslots;
	struct buf envid; /* RFC 3461, 4.4, as given */
	enum dsn_ret ret;
	bool utf8; /* an address needs SMTPUTF8 (RFC 6531, 3.4) */
};

void envelope_sender(struct envelope *, const char *path);

/*
 * Add a recipient, unless it is there: the domain matches in any case.  The
 * one that is there now, until the next is added.
 */
struct recipient *envelope_add(struct envelope *, const struct mailbox *);

/* The recipients of `from` in place of its own; `from` is {0} then. */
void envelope_replace(struct envelope *, struct envelope *from);

/*
 * Domains that are not ASCII become A-labels, so that only local parts need
 * SMTPUTF8.  ERR_INPUT as of idna_path.
 */
bool envelope_ascii(struct envelope *, struct err *);

/* How many recipients are in that state. */
size_t envelope_count(const struct envelope *, int state);

/*
 * Add what the header says: To, Cc and Bcc, or those of the latest Resent-
 * block.  ERR_INPUT names the field.
 */
bool envelope_from_header(struct envelope *, const struct header *,
    struct err *);

void envelope_clear(struct envelope *);

#endif
