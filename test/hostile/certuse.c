/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>

#include "test/hostile/cert.h"

/* `deep9..1`: from the ninth up to the first; `NAME*3`: three times. */
static void
add_to(STACK_OF(X509) * list, char *word)
{
	char *times = strchr(word, '*'), *dots = strstr(word, ".."), name[40];
	long n = times != NULL ? strtol(times + 1, NULL, 10) : 1;

	if (times != NULL)
		*times = '\0';
	if (dots == NULL) {
		while (n-- > 0)
			sk_X509_push(list, cert_named(word));
		return;
	}
	for (n = strtol(word + 4, NULL, 10); n > 0; n--) {
		snprintf(name, sizeof(name), "deep%ld", n);
		sk_X509_push(list, cert_named(name));
	}
}

STACK_OF(X509) * cert_list(const char *names)
{
	char *copy = need_copy(names, strlen(names)), *save = NULL;
	STACK_OF(X509) *list = sk_X509_new_null();

	for (char *word = strtok_r(copy, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save))
		add_to(list, word);
	free(copy);
	return list;
}

void
cert_key_hash(const char *name, char hex[65])
{
	unsigned char hash[EVP_MAX_MD_SIZE], *der = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert_named(name)), &der);

	if (n <= 0
	    || EVP_Digest(der, (size_t)n, hash, NULL, EVP_sha256(), NULL) != 1)
		die("cannot hash a key");
	hex_encode(hex, hash, 32);
	OPENSSL_free(der);
}

void
cert_hash(const char *name, char hex[65])
{
	unsigned char hash[EVP_MAX_MD_SIZE];

	if (X509_digest(cert_named(name), EVP_sha256(), hash, NULL) != 1)
		die("cannot hash a certificate");
	hex_encode(hex, hash, 32);
}

static void
take(struct bytes *out, BIO *bio)
{
	char *p = NULL;
	long n = BIO_get_mem_data(bio, &p);

	bytes_add(out, p, (size_t)n);
	BIO_free(bio);
}

void
cert_pem(struct bytes *out, const char *names)
{
	STACK_OF(X509) *list = cert_list(names);
	BIO *bio = BIO_new(BIO_s_mem());

	for (int i = 0; i < sk_X509_num(list); i++)
		PEM_write_bio_X509(bio, sk_X509_value(list, i));
	take(out, bio);
	sk_X509_free(list);
}

void
cert_key_pem(struct bytes *out, const char *name)
{
	BIO *bio = BIO_new(BIO_s_mem());

	PEM_write_bio_PrivateKey(bio, cert_key(name), NULL, NULL, 0, NULL,
	    NULL);
	take(out, bio);
}
