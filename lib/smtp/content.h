/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_SMTP_CONTENT_H
#define PINMAIL_SMTP_CONTENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/mail/message.h"
#include "lib/smtp/client.h"

/*
 * How content goes up.  When its last byte has left, the client is `away`:
 * from then on the message may have been delivered, whatever happens.
 */

/*
 * BDAT and all of it (RFC 3030, 2), behind commands whose replies were not
 * read yet; content_verdict comes after those.
 */
bool content_flight(struct client *, struct message *, uint64_t size,
    struct err *);

/*
 * BDAT chunks, or the text with its dots stuffed (RFC 5321, 4.5.2) once DATA
 * was answered; then the verdict, or the reply that came early and ended it.
 */
bool content_chunks(struct client *, struct message *, uint64_t size,
    struct err *);
bool content_text(struct client *, struct message *, struct err *);

/* Read the reply to the content.  ERR_MAYBE if the client is away. */
bool content_verdict(struct client *, struct err *);

#endif
