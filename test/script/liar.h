/* SPDX-License-Identifier: ISC */
#ifndef TEST_SCRIPT_LIAR_H
#define TEST_SCRIPT_LIAR_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include "test/server/bytes.h"

/*
 * A server's half of SCRAM (RFC 5802) that says what a transcript has it say,
 * with the truth filled in where it wants it. Starts as {0}.
 *
 *	{nonce}    the client's
 *	{salt}     a salt in base64
 *	{v}        the right signature in base64, by the salt and the count that
 *	           were said
 *	{v-flip}   the same with its last bit flipped
 *	{v-short}  without its last byte
 *	{v-long}   with a byte more
 *	{v-other}  as if the password were another one
 *	{proof}    the client's own proof
 *	{c}        what its `c=` has to be
 */
struct liar {
	const char *password;
	bool sha1;
	/* gs2 header, client-first-bare, server-first and client-final. */
	struct bytes gs2, bare, first, final;
};

/* Takes in a line of the client's; adds it with what is base64 decoded. */
void liar_hear(struct liar *, const char *line, struct bytes *decoded);

/* Adds the text with what stands in braces computed. */
void liar_fill(struct liar *, SSL *, const char *text, struct bytes *out);

/* Adds a reply: `334 TEXT` with the text filled in, in base64, and CRLF. */
void liar_say(struct liar *, SSL *, const char *text, struct bytes *out);

void liar_clear(struct liar *);

#endif
