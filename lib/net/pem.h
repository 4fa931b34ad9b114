/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_NET_PEM_H
#define PINMAIL_NET_PEM_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

struct bio_st; /* OpenSSL's BIO, X509 and EVP_PKEY */
struct x509_st;
struct evp_pkey_st;

/*
 * All of a file, which must be ours or not, into an empty buffer that becomes
 * secret: a private key may stand in it.  Errors as of base/file, or
 * ERR_CONFIG, without the path.
 */
bool pem_load(struct buf *, const char *path, bool ours, struct err *);

/* The next certificate of a BIO, or NULL; what it passes by is wiped. */
struct x509_st *pem_cert(struct bio_st *);

/*
 * The private key in a PEM text, whose encoding is left nowhere else; NULL:
 * there is none, or it has a passphrase.
 */
struct evp_pkey_st *pem_private(const struct buf *text, bool *has_passphrase);

/* The public key in it, or NULL. */
struct evp_pkey_st *pem_public(const struct buf *text);

/*
 * For OpenSSL, which would ask on the terminal: there is no passphrase.  Sets
 * *asked, a bool, unless it is NULL.
 */
int pem_no_passphrase(char *, int, int, void *asked);

#endif
