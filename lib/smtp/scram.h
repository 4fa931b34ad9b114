/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_SMTP_SCRAM_H
#define PINMAIL_SMTP_SCRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/digest.h"
#include "lib/base/err.h"

/*
 * The client's side of SCRAM (RFC 5802, RFC 7677), as messages in and out.
 * The caller sets the first group, the rest starts as zero; ends with
 * scram_clear, which wipes.
 */
struct scram {
	enum digest digest;
	char flag;                  /* of GS2: 'p', 'y' or 'n' */
	const char *binding;        /* with 'p': the type's name */
	const unsigned char *bound; /* with 'p': the data */
	size_t bound_len;

	struct buf nonce, first_bare;
	unsigned char server_signature[DIGEST_MAX];
};

/*
 * client-first-message, with a nonce of 18 bytes, printable.  The user is
 * ASCII.
 */
void scram_first(struct scram *, const char *user, const char *nonce,
    struct buf *out);

/*
 * client-final-message for a server-first-message.  ERR_PROTOCOL when that
 * is no answer to ours, or asks for too little or too much work.
 */
bool scram_final(struct scram *, const char *server_first, size_t,
    const char *password, struct buf *out, struct err *);

/*
 * Is the server-final-message proof that the server knows the password?
 * ERR_LOGIN when it is an error of the server's, ERR_UNTRUSTED when it is
 * wrong.
 */
bool scram_verify(const struct scram *, const char *server_final, size_t,
    struct err *);

void scram_clear(struct scram *);

#endif
