/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_SMTP_SASL_H
#define PINMAIL_SMTP_SASL_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"

/* Mechanisms; those before SASL_CHOSEN stand in the order of our liking. */
enum sasl {
	SASL_SCRAM_SHA256_PLUS,
	SASL_SCRAM_SHA1_PLUS,
	SASL_SCRAM_SHA256,
	SASL_SCRAM_SHA1,
	SASL_PLAIN,
	SASL_LOGIN,
	SASL_EXTERNAL,
	SASL_OAUTHBEARER,
	SASL_XOAUTH2,
	SASL_NONE
};

#define SASL_CHOSEN SASL_EXTERNAL /* from here on only when named */

const char *sasl_name(enum sasl);

/* SASL_NONE when it is none of ours; names have no case. */
enum sasl sasl_find(const char *, size_t);

/* Append the initial response; host and port are for OAUTHBEARER. */
void sasl_plain(struct buf *, const char *user, const char *password);
void sasl_oauthbearer(struct buf *, const char *user, const char *token,
    const char *host, int port);
void sasl_xoauth2(struct buf *, const char *user, const char *token);

#endif
