/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "test/server/bytes.h"
#include "test/server/cert.h"

#define DAY (24L * 3600)

static FILE *
create(struct bytes *tmp, const char *path, int mode)
{
	FILE *f = NULL;
	int fd;

	bytes_fmt(tmp, "%s.%ld", path, (long)getpid());
	fd = open(tmp->p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd >= 0)
		f = fdopen(fd, "w");
	if (f == NULL)
		die("%s: %s", tmp->p, strerror(errno));
	return f;
}

static void
finish(FILE *f, struct bytes *tmp, const char *path)
{
	if (fclose(f) != 0 || rename(tmp->p, path) != 0)
		die("%s: %s", path, strerror(errno));
	bytes_clear(tmp);
}

static bool
extend(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *ext;
	X509V3_CTX ctx;
	bool ok;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = ext != NULL && X509_add_ext(x, ext, -1) == 1;
	X509_EXTENSION_free(ext);
	return ok;
}

static X509 *
self_signed(EVP_PKEY *key)
{
	X509 *x = X509_new();
	X509_NAME *name = x != NULL ? X509_get_subject_name(x) : NULL;
	unsigned char serial[8];
	BIGNUM *bn = NULL;

	if (x == NULL || RAND_bytes(serial, sizeof(serial)) != 1)
		die("cannot make a certificate");
	serial[0] = (serial[0] & 0x3f) | 0x40;
	bn = BN_bin2bn(serial, sizeof(serial), NULL);
	if (X509_set_version(x, 2) != 1 || bn == NULL
	    || BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x)) == NULL
	    || X509_gmtime_adj(X509_getm_notBefore(x), -DAY) == NULL
	    || X509_gmtime_adj(X509_getm_notAfter(x), 3650 * DAY) == NULL
	    || X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		   (const unsigned char *)"localhost", -1, -1, 0)
		!= 1
	    || X509_set_issuer_name(x, name) != 1
	    || X509_set_pubkey(x, key) != 1
	    || !extend(x, NID_basic_constraints, "critical,CA:FALSE")
	    || !extend(x, NID_key_usage, "critical,digitalSignature")
	    || !extend(x, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1")
	    || X509_sign(x, key, EVP_sha256()) == 0)
		die("cannot make a certificate");
	BN_free(bn);
	return x;
}

void
cert_make(const char *certfile, const char *keyfile)
{
	struct bytes tmp = {0};
	EVP_PKEY *key;
	X509 *x;
	FILE *f;

	if (access(certfile, F_OK) == 0 && access(keyfile, F_OK) == 0)
		return;
	key = EVP_EC_gen("P-256");
	if (key == NULL)
		die("cannot make a key");
	x = self_signed(key);
	f = create(&tmp, keyfile, 0600);
	if (PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) != 1)
		die("%s: cannot write the key", keyfile);
	finish(f, &tmp, keyfile);
	f = create(&tmp, certfile, 0644);
	if (PEM_write_X509(f, x) != 1)
		die("%s: cannot write the certificate", certfile);
	finish(f, &tmp, certfile);
	X509_free(x);
	EVP_PKEY_free(key);
}

void
cert_pin(const char *certfile, char pin[CERT_PIN_SIZE])
{
	unsigned char hash[EVP_MAX_MD_SIZE], *der = NULL;
	FILE *f = fopen(certfile, "r");
	X509 *x;
	int n;

	if (f == NULL)
		die("%s: %s", certfile, strerror(errno));
	x = PEM_read_X509(f, NULL, NULL, NULL);
	fclose(f);
	if (x == NULL)
		die("%s: no certificate", certfile);
	n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
	if (n <= 0
	    || EVP_Digest(der, (size_t)n, hash, NULL, EVP_sha256(), NULL) != 1)
		die("%s: cannot hash the key", certfile);
	memcpy(pin, "sha256:", 7);
	hex_encode(pin + 7, hash, 32);
	OPENSSL_free(der);
	X509_free(x);
}
