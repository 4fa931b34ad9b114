/* SPDX-License-Identifier: ISC */
#ifndef TEST_UNIT_TLSPEER_H
#define TEST_UNIT_TLSPEER_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/pin.h"
#include "lib/net/layer.h"

/* A certificate and its key. */
struct identity {
	X509 *cert;
	EVP_PKEY *key;
};

/*
 * Make one for a name (a DNS name or an IP address); from and to are days from
 * now.  The issuer may be NULL: it signs itself.
 */
struct identity identity_make(const char *name, const struct identity *issuer,
    bool ca, int from, int to);
void identity_clear(struct identity *);

/* SHA-256 of its key, as a pin has it. */
void identity_hash(const struct identity *, unsigned char hash[32]);

/* Add a pin of its certificate for PIN_CERT, else of its key; or of a file. */
void identity_pin(struct pins *, enum pin_kind, const struct identity *);
void identity_pin_file(struct pins *, enum pin_kind, const struct identity *);

/*
 * A TLS server in memory, as a layer: what the client writes reaches it, and
 * its answers come back, when the client waits.
 */
struct tlspeer {
	/* Set by the test after tlspeer_begin. */
	size_t piece;      /* bytes that a read or write takes; 0: no limit */
	bool hangs;        /* it never answers */
	bool closes;       /* it goes when the client has said something */
	bool floods;       /* it asks for a ClientHello without end */
	int busy;          /* so many writes are not taken yet */
	bool resets;       /* those after them fail */
	bool stops;        /* a wait is interrupted */
	const char *first; /* what it says once the handshake is done */
	bool bye;          /* and then close_notify */

	SSL_CTX *ctx;
	SSL *ssl;
	BIO *in, *out; /* ciphertext from and to the client */
	bool done, gone, ended;
	bool ticket, psk; /* in the ClientHello */
	char sni[256];
	struct buf got;   /* plaintext of the client */
	struct buf wrote; /* all bytes of the client */
};

extern const struct layer tlspeer_layer;

/* A server that shows the identity and these others behind it. */
void tlspeer_begin(struct tlspeer *, const struct identity *,
    const struct identity *const *others, size_t n);
void tlspeer_clear(struct tlspeer *);

/* Let it see what the client wrote last. */
void tlspeer_turn(struct tlspeer *);

#endif
