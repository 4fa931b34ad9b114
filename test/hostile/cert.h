/* SPDX-License-Identifier: ISC */
#ifndef TEST_HOSTILE_CERT_H
#define TEST_HOSTILE_CERT_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "test/server/bytes.h"

enum recipe_kind { LEAF, CA };
enum recipe_fault {
	FAULTLESS,
	BAD_SIGNATURE,
	BAD_DATE,   /* notAfter is no date */
	NUL_NAME,   /* it goes on behind a NUL */
	MANY_NAMES, /* thousands, ours last; or constraints of them */
	VERSION_1,  /* no extensions */
	NOT_ITS_KEY /* a copy of the issuer, whose key its owner lacks */
};

/* How to make a certificate. Members that are 0 have good defaults. */
struct recipe {
	const char *name;
	enum recipe_kind kind;
	const char *issuer; /* NULL: itself */
	int from, to;       /* days; both 0: from yesterday, for 90 */
	/*
	 * NAME=VALUE of X.509 extensions with '|' between, in place of the
	 * kind's own; without a value: leave that one out.
	 */
	const char *extensions;
	const char *key; /* "=NAME": the key of that one */
	const char *md, *cn;
	enum recipe_fault fault;
};

extern const struct recipe recipes[];

/* A directory with keys that take long to make. */
void cert_data(const char *dir);

/*
 * Made when first asked for; both live as long as the process. `deepN` is the
 * Nth CA below root.
 */
X509 *cert_named(const char *name);
EVP_PKEY *cert_key(const char *name);

/* The certificates of a list `a b c*3 deep9..1`, in order. */
STACK_OF(X509) * cert_list(const char *names);

void cert_key_hash(const char *name, char hex[65]);
void cert_hash(const char *name, char hex[65]);
void cert_pem(struct bytes *, const char *names);
void cert_key_pem(struct bytes *, const char *name);

#endif
