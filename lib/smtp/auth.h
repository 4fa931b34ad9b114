/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_SMTP_AUTH_H
#define PINMAIL_SMTP_AUTH_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/smtp/client.h"
#include "lib/smtp/sasl.h"

/* All borrowed. */
struct login {
	enum sasl named; /* SASL_NONE: choose the best that is offered */
	const char *user;
	const char *password; /* or token; "" where none is needed */
	int port;             /* for OAUTHBEARER */
};

/*
 * Log in (RFC 4954) on a stream that is proved.  Fills mechanism and login
 * of the facts.  ERR_LOGIN when the server offers no mechanism of ours, or
 * refuses; ERR_UNTRUSTED when it cannot prove what SCRAM wants of it.
 */
bool auth_login(struct client *, const struct login *, struct err *);

#endif
