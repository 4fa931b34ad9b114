/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_MESSAGE_H
#define PINMAIL_MAIL_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/mail/canon.h"
#include "lib/mail/header.h"
#include "lib/mail/store.h"

/*
 * A message as it will stand on the wire, but for dots: the header with its
 * edits, the empty line, the body.  Bytes are made canonical before any of
 * them is looked at, so that what was checked is what is sent.
 */
struct message {
	struct header header;
	struct store body;
	struct canon canon; /* also: longest line */
	struct buf line;    /* of the header, until it is whole */
	bool in_body;
	bool eightbit;  /* the body, once it is whole */
	unsigned notes; /* MESSAGE_ bits */
};

/* What was done for servers that do not take everything, and what was not. */
enum {
	MESSAGE_ENCODED = 1, /* some of the body */
	MESSAGE_SIGNED = 2,  /* it would have been, but for a signature */
	MESSAGE_LONG = 4,    /* a line of the header is too long */
	MESSAGE_RAW = 8,     /* a field is not ASCII */
	MESSAGE_UTF8 = 16    /* an address in it is not: SMTPUTF8 if there is */
};

/* Takes pieces of the message; false ends the emission. */
struct message_sink {
	bool (*put)(void *, const char *, size_t, struct err *);
	void *arg;
};

/* dir is for a temporary file, borrowed. */
void message_begin(struct message *, const char *dir);

/* The next bytes as they were read.  ERR_INPUT, ERR_CREATE, ERR_IO. */
bool message_add(struct message *, const char *, size_t, struct err *);

/* There are no more.  ERR_CREATE, ERR_IO. */
bool message_end(struct message *, struct err *);

/* Bytes that message_emit gives. */
uint64_t message_size(const struct message *);

/* Is there an 8-bit byte, in the header or the body? */
bool message_eightbit(const struct message *);

/* Does somebody vouch for its bytes (DKIM, S/MIME, PGP)?  Encrypted is too. */
bool message_signed(const struct message *);

bool message_emit(struct message *, const struct message_sink *, struct err *);

void message_clear(struct message *);

#endif
