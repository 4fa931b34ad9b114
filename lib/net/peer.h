/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_NET_PEER_H
#define PINMAIL_NET_PEER_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/facts.h"
#include "lib/base/pin.h"

struct ssl_st; /* OpenSSL's SSL and SSL_CTX */
struct ssl_ctx_st;
struct asn1_string_st; /* its ASN1_TIME */

/* A day for people, YYYY-MM-DD with its NUL; empty if it is none. */
#define PEER_DAY 11
void peer_day(char *out, const struct asn1_string_st *);

/* RFC 6698, 2.1 and 7. */
enum { USAGE_PKIX_TA = 0, USAGE_DANE_TA = 2, USAGE_DANE_EE = 3 };
enum { SELECT_CERT = 0, SELECT_KEY = 1 };
enum { MATCH_FULL = 0, MATCH_SHA256 = 1 };

/* A TLSA record made of a pin. */
struct peer_record {
	const struct pin *pin;
	unsigned char usage, selector, matching;
	unsigned char *data;
	size_t len;
};

/* Starts as {0}, ends with peer_records_clear. */
struct peer_records {
	struct peer_record *v;
	size_t n;
};

/* The records of these pins; files are read.  ERR_CONFIG. */
bool peer_records_make(struct peer_records *, const struct pins *,
    struct err *);

/* The name that certificates must have where a pin does not make it idle. */
bool peer_name(struct ssl_st *, const char *host);

/* Hand them to OpenSSL's verifier; each must be taken.  ERR_TLS. */
bool peer_expect(struct ssl_st *, const struct peer_records *, struct err *);

/* Has the peer proved one of them?  Then also facts: pin, depth, dates. */
bool peer_proved(struct ssl_st *, const struct peer_records *, struct facts *);

/* Version, cipher, group and channel bindings. */
void peer_facts(struct ssl_st *, struct facts *);

/* Show the peer our own certificate, if there is one.  ERR_CONFIG. */
bool peer_client(struct ssl_ctx_st *, const char *cert_file,
    const char *key_file, struct err *);

/*
 * Let the CAs of the file, or of the system's hashed directory, complete a
 * chain up to a `pin ca sha256:`, if there is one.  ERR_CONFIG, ERR_TLS.
 */
bool peer_trust(struct ssl_ctx_st *, const struct pins *,
    const char *trust_file, struct err *);

/* Is one of them about a CA? */
bool peer_wants_ca(const struct peer_records *);

void peer_records_clear(struct peer_records *);

#endif
