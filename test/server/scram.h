/* SPDX-License-Identifier: ISC */
#ifndef TEST_SERVER_SCRAM_H
#define TEST_SERVER_SCRAM_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>

#include "test/server/bytes.h"

/* The server's side of RFC 5802 and 7677. Starts with md set, the rest 0. */
struct scram {
	const EVP_MD *md;
	char flag;        /* n, y or p */
	char binding[32]; /* after p= */
	struct bytes gs2, authzid, user, bare, nonce, first;
};

/* Reads the client-first-message; false: it is not one. */
bool scram_client_first(struct scram *, const char *, size_t);
/* Adds the server-first-message. */
void scram_server_first(struct scram *, const unsigned char salt[16],
    int iterations, struct bytes *out);

enum scram_end { SCRAM_OK, SCRAM_SYNTAX, SCRAM_BINDING, SCRAM_PROOF };
/*
 * Judges the client-final-message; cbdata is what the channel binding has to
 * be. Adds the server-final-message if it is good.
 */
enum scram_end scram_client_final(struct scram *, const char *, size_t,
    const struct bytes *cbdata, const unsigned char *salted, struct bytes *out);
void scram_clear(struct scram *);

/*
 * The salt and the salted password of a login, made once in the life of the
 * server. A NULL password gives a salt, and a password that nobody has.
 */
void scram_secret(const EVP_MD *, const char *login, const char *password,
    int iterations, unsigned char salt[16],
    unsigned char salted[EVP_MAX_MD_SIZE]);

#endif
