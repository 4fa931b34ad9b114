/* SPDX-License-Identifier: ISC */
#ifndef TEST_SERVER_CONTENT_H
#define TEST_SERVER_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "test/server/bytes.h"
#include "test/server/filing.h"

/* One message's content while it comes in: measured, hashed, filed. */
struct content {
	EVP_MD_CTX *sha;
	struct filing file;
	uint64_t size, nul, cr, lf, crlf, line, longest;
	bool eightbit;
	unsigned char last;
	enum { AT_BOL, AT_DOT, AT_DOTCR, AT_CR, AT_MID } state;
};

/* hash: is the SHA-256 wanted? dir: where to file it, may be NULL. */
void content_begin(struct content *, bool hash, const char *dir);
void content_add(struct content *, const void *, size_t);
/*
 * What follows DATA: undoes dot-stuffing and adds. Returns how many bytes
 * belong to the content with its end, and says whether the end, CRLF.CRLF
 * and nothing else, was among them.
 */
size_t content_data(struct content *, const unsigned char *, size_t, bool *);
/* Adds size, sha256, barecr, barelf, longest, eightbit and nul lines. */
void content_facts(struct content *, struct bytes *env);
/* Removes what was not filed. */
void content_end(struct content *);

#endif
