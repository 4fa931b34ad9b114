/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_LOCALS_H
#define PINMAIL_CMD_LOCALS_H

#include <stdbool.h>

#include "cmd/site.h"
#include "lib/base/err.h"
#include "lib/conf/account.h"
#include "lib/mail/envelope.h"
#include "lib/mail/expansion.h"
#include "lib/mail/header.h"

/*
 * Mail for people on this host, as an account has it.  The aliases are read
 * when the first of them gets mail.  All borrowed but those.
 */
struct locals {
	const struct account *a;
	const struct site *site;
	struct local rules;
	struct aliases aliases;
	bool read;        /* or it was tried */
	struct err fault; /* why the file could not be read */
};

/* Who is local to that account; to any, if it is NULL. */
struct local locals_rules(const struct account *, const struct site *);

void locals_begin(struct locals *, const struct account *, const struct site *);

/*
 * Who gets the mail for that mailbox: itself, if it is nobody's here; what
 * aliases and local_to make of it.  All that is in `to` has a domain; a fault
 * tells who is left out.
 */
void locals_expand(struct locals *, const struct mailbox *, struct expansion *);

/*
 * Put those in place of the envelope's local recipients.  One who is left out
 * stays, REFUSED, and one whose mail is thrown away, TAKEN, with code 0.
 */
void locals_envelope(struct locals *, struct envelope *);

/*
 * Put them into To and Cc; a name that nobody has gets a domain at least.
 * ERR_INPUT where a signature forbids it.
 */
bool locals_header(struct locals *, struct header *, struct err *);

void locals_clear(struct locals *);

#endif
