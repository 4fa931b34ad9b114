/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_NET_CHAIN_H
#define PINMAIL_NET_CHAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"

struct ssl_st; /* OpenSSL's SSL */

/* What a certificate or a key says, for people to read; strings are owned. */
struct chain_cert {
	char *subject, *issuer, *names; /* of a bare key: empty */
	char *key;                      /* its kind and bits */
	char from[11], until[11];       /* days, YYYY-MM-DD; of a key: empty */
	int days_left;
	unsigned char key_hash[32], cert_hash[32]; /* SHA-256 */
	bool is_cert, is_ca, self_signed;
	bool signs; /* is_ca, and nothing that a server needs says so */
	bool sent;  /* by the server; else the trust store has it */
};

/*
 * What a server shows, its own certificate first, and if public CAs vouch for
 * it and its name, up to their root.  Starts as {0}, ends with chain_clear.
 */
struct chain {
	struct chain_cert *v;
	size_t n;
	bool vouched;
	char why[128]; /* why not */
	/* Other roots that the CA's owner has in the trust store. */
	struct chain_cert *spare;
	size_t n_spare;
};

/* After a handshake that proved nothing. */
void chain_of(struct chain *, struct ssl_st *, const char *host);

/*
 * ERR_UNTRUSTED: why the handshake proved no pin, the pin line of the key that
 * was shown, and what to do; command shows what to pin, if there is one.  ca:
 * a CA is pinned.
 * False.
 */
bool chain_refused(struct ssl_st *, const char *host, const char *command,
    bool ca, struct err *);

/* Certificates or keys of a PEM file.  ERR_CONFIG. */
bool chain_file(struct chain *, const char *path, struct err *);

void chain_clear(struct chain *);

#endif
