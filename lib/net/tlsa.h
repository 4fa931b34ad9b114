/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_NET_TLSA_H
#define PINMAIL_NET_TLSA_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/pin.h"

struct x509_st; /* OpenSSL's X509 */

/* RFC 6698, 2.1 and 7. */
enum { USAGE_PKIX_TA = 0, USAGE_DANE_TA = 2, USAGE_DANE_EE = 3 };
enum { SELECT_CERT = 0, SELECT_KEY = 1 };
enum { MATCH_FULL = 0, MATCH_SHA256 = 1 };

/* A TLSA record made of a pin. */
struct tlsa_record {
	const struct pin *pin;
	unsigned char usage, selector, matching;
	unsigned char *data;
	size_t len;
};

/* Starts as {0}, ends with tlsa_clear. */
struct tlsa_records {
	struct tlsa_record *v;
	size_t n;
};

/* The records of these pins; files are read.  ERR_CONFIG. */
bool tlsa_make(struct tlsa_records *, const struct pins *, struct err *);

/* Is one of them about a CA? */
bool tlsa_wants_ca(const struct tlsa_records *);

/*
 * How many are not of the certificate that was proved: these would still match
 * when it goes.  Each CA of a file counts.
 */
int tlsa_backups(const struct tlsa_records *, struct x509_st *proved);

void tlsa_clear(struct tlsa_records *);

#endif
