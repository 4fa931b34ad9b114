/* SPDX-License-Identifier: ISC */
#ifndef TEST_SERVER_TLSCONF_H
#define TEST_SERVER_TLSCONF_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include "test/server/bytes.h"
#include "test/server/options.h"

/* What a ClientHello carried: extensions 35 and 41. */
struct hello {
	bool ticket, psk;
};

/*
 * The server's context; ends the process on failure. Every SSL made of it
 * needs a struct hello as its app data before the handshake.
 */
SSL_CTX *tlsconf_make(const struct options *);

/* The SHA-256 of the client's SPKI in hex, or "" without a certificate. */
void tlsconf_client(SSL *, char hex[65]);

/*
 * Adds the channel binding data of the type `tls-exporter` (RFC 9266) or
 * `tls-server-end-point` (RFC 5929 section 4); false: there is none.
 */
bool tlsconf_binding(SSL *, const char *type, struct bytes *);

#endif
