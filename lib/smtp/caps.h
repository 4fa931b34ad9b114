/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_SMTP_CAPS_H
#define PINMAIL_SMTP_CAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/smtp/reply.h"

/* What the server's answer to EHLO offers, of what we know. */
struct caps {
	bool starttls;       /* RFC 3207 */
	bool pipelining;     /* RFC 2920 */
	bool chunking;       /* RFC 3030 */
	bool eightbitmime;   /* RFC 6152 */
	bool smtputf8;       /* RFC 6531 */
	bool dsn;            /* RFC 3461 */
	bool size;           /* RFC 1870 */
	uint64_t size_max;   /* bytes; 0: no fixed limit */
	unsigned mechanisms; /* RFC 4954: bits 1 << enum sasl */
};

/* From a whole reply; the first line is the greeting. */
void caps_parse(struct caps *, const struct reply *);

#endif
