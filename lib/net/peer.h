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
struct tlsa_records;

/* A day for people, YYYY-MM-DD with its NUL; empty if it is none. */
#define PEER_DAY 11
void peer_day(char *out, const struct asn1_string_st *);

/* The name that certificates must have where a pin does not make it idle. */
bool peer_name(struct ssl_st *, const char *host);

/* Hand the records to OpenSSL's verifier; each must be taken.  ERR_TLS. */
bool peer_expect(struct ssl_st *, const struct tlsa_records *, struct err *);

/* Has the peer proved one of them?  Facts: pin, depth, dates, backups. */
bool peer_proved(struct ssl_st *, const struct tlsa_records *, struct facts *);

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

#endif
