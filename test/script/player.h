/* SPDX-License-Identifier: ISC */
#ifndef TEST_SCRIPT_PLAYER_H
#define TEST_SCRIPT_PLAYER_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/ssl.h>

#include "test/script/liar.h"
#include "test/script/script.h"
#include "test/server/bytes.h"

/* The server's side of one transcript, on a real socket. */
struct player {
	const struct script *s;
	SSL_CTX *ctx;
	int listener;
	int stop; /* readable or hung up: the client is dead */

	int fd;
	SSL *ssl;
	bool gone;
	struct bytes in, out;
	size_t pos, bdat;

	struct bytes said;  /* all that the client said, TLS taken off */
	struct bytes plain; /* what of it came before TLS */
	struct bytes hello; /* the ClientHello: in the clear as well */
	struct bytes wire;  /* its records until it had our proof */
	bool proved;
	struct liar liar;
	char why[512]; /* the step that went wrong, "" if none */
};

/* Serves one connection by the script; to be run beside the client. */
void player_run(struct player *);
void player_clear(struct player *);

#endif
