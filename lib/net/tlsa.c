/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/net/tlsa.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/net/pem.h"

static void
add(struct tlsa_records *l, const struct pin *pin, unsigned char usage,
    unsigned char selector, const void *data, size_t n)
{
	struct tlsa_record *r;

	l->v = mem_resize(l->v, l->n + 1, sizeof *l->v);
	r = &l->v[l->n++];
	*r = (struct tlsa_record){.pin = pin,
	    .usage = usage,
	    .selector = selector,
	    .matching = n == 32 ? MATCH_SHA256 : MATCH_FULL,
	    .data = mem_alloc(n),
	    .len = n};
	memcpy(r->data, data, n);
}

static FILE *
open_pem(const char *path, struct err *e)
{
	struct file_trouble trouble;
	struct stat st;
	FILE *f = NULL;
	int fd;

	fd = file_open(path, &st, &trouble, e);
	if (fd >= 0 && (f = fdopen(fd, "r")) == NULL) {
		err_set(e, ERR_SYSTEM, "cannot be read");
		close(fd);
	}
	return f;
}

static bool
unusable(const struct pin *pin, struct err *e)
{
	err_in(e, "pin %s", pin->path);
	if (pin->file != NULL)
		err_in(e, "%s:%d", pin->file, pin->line);
	return false;
}

/* `pin cert FILE` is the first certificate of a file, `pin ca FILE` all. */
static bool
add_file(struct tlsa_records *l, const struct pin *pin, struct err *e)
{
	unsigned char hash[32], *der;
	size_t before = l->n;
	X509 *cert;
	FILE *f;
	int n;

	f = open_pem(pin->path, e);
	if (f == NULL)
		return unusable(pin, e);
	while (
	    (cert = PEM_read_X509(f, NULL, pem_no_passphrase, NULL)) != NULL) {
		der = NULL;
		n = i2d_X509(cert, &der);
		if (n > 0 && pin->kind == PIN_CA)
			add(l, pin, USAGE_DANE_TA, SELECT_CERT, der, (size_t)n);
		else if (n > 0
		    && X509_digest(cert, EVP_sha256(), hash, NULL) == 1)
			add(l, pin, USAGE_DANE_EE, SELECT_CERT, hash,
			    sizeof hash);
		OPENSSL_free(der);
		X509_free(cert);
		if (pin->kind != PIN_CA)
			break;
	}
	ERR_clear_error();
	fclose(f);
	if (l->n == before) {
		err_set(e, ERR_CONFIG, "there is no certificate in it (PEM)");
		return unusable(pin, e);
	}
	return true;
}

bool
tlsa_make(struct tlsa_records *l, const struct pins *pins, struct err *e)
{
	const struct pin *pin;
	size_t n = sizeof pin->hash;

	for (size_t i = 0; i < pins->n; i++) {
		pin = &pins->v[i];
		if (pin->path != NULL) {
			if (!add_file(l, pin, e))
				return false;
		} else if (pin->kind == PIN_KEY) {
			add(l, pin, USAGE_DANE_EE, SELECT_KEY, pin->hash, n);
		} else if (pin->kind == PIN_CERT) {
			add(l, pin, USAGE_DANE_EE, SELECT_CERT, pin->hash, n);
		} else {
			/* Sent by the server, or held by the trust store. */
			add(l, pin, USAGE_DANE_TA, SELECT_KEY, pin->hash, n);
			add(l, pin, USAGE_PKIX_TA, SELECT_KEY, pin->hash, n);
		}
	}
	return true;
}

/* Is it of this certificate, wherever that stands? */
static bool
is_of(const struct tlsa_record *r, X509 *x)
{
	unsigned char hash[32], *der = NULL;
	const unsigned char *data;
	size_t len;
	int n;

	n = r->selector == SELECT_KEY
	    ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der)
	    : i2d_X509(x, &der);
	data = der;
	len = n > 0 ? (size_t)n : 0;
	if (r->matching == MATCH_SHA256) {
		EVP_Digest(der, len, hash, NULL, EVP_sha256(), NULL);
		data = hash;
		len = sizeof hash;
	}
	n = len == r->len && memcmp(data, r->data, len) == 0;
	OPENSSL_free(der);
	return n != 0;
}

int
tlsa_backups(const struct tlsa_records *l, X509 *x)
{
	const struct tlsa_record *r = l->v;
	int n = 0;

	/* USAGE_PKIX_TA is the twin of another record. */
	for (size_t i = 0; i < l->n; i++, r++)
		n += r->usage != USAGE_PKIX_TA && (x == NULL || !is_of(r, x));
	return n;
}

bool
tlsa_wants_ca(const struct tlsa_records *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].usage != USAGE_DANE_EE)
			return true;
	return false;
}

void
tlsa_clear(struct tlsa_records *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i].data);
	free(l->v);
	*l = (struct tlsa_records){0};
}
