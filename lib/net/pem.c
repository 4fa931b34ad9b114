/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/net/pem.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"

#define PEM_MAX ((size_t)16 * 1024 * 1024)

bool
pem_load(struct buf *text, const char *path, bool ours, struct err *e)
{
	struct file_trouble trouble;
	struct stat st;
	bool ok;
	int fd;

	text->max = PEM_MAX;
	text->secret = true;
	fd = ours ? file_open(path, &st, &trouble, e)
		  : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 && !ours)
		err_set(e, ERR_CONFIG, "%s", strerror(errno));
	ok = fd >= 0 && file_read(fd, text, e);
	if (!ok && !ours)
		e->kind = ERR_CONFIG; /* only a person asks for it */
	if (fd >= 0)
		close(fd);
	return ok;
}

int
pem_no_passphrase(char *p, int n, int writing, void *asked)
{
	(void)p, (void)n, (void)writing;
	if (asked != NULL)
		*(bool *)asked = true;
	return -1;
}

EVP_PKEY *
pem_private(const struct buf *text, bool *has_passphrase)
{
	BIO *bio = BIO_new_mem_buf(buf_str(text), (int)text->n);
	unsigned char *der = NULL;
	const unsigned char *p;
	EVP_PKEY *key = NULL;
	char *name = NULL;
	long n = 0;

	*has_passphrase = false;
	/* This one wipes all that it has read. */
	if (bio != NULL
	    && PEM_bytes_read_bio_secmem(&der, &n, &name, PEM_STRING_EVP_PKEY,
		   bio, pem_no_passphrase, has_passphrase)
		== 1) {
		p = der;
		*has_passphrase = strcmp(name, PEM_STRING_PKCS8) == 0;
		if (!*has_passphrase)
			key = d2i_AutoPrivateKey(NULL, &p, n);
	}
	OPENSSL_secure_clear_free(der, (size_t)n);
	OPENSSL_secure_free(name);
	BIO_free(bio);
	ERR_clear_error();
	return key;
}

X509 *
pem_cert(BIO *bio)
{
	unsigned char *der = NULL;
	const unsigned char *p;
	X509 *x = NULL;
	long n;

	if (bio != NULL
	    && PEM_bytes_read_bio_secmem(&der, &n, NULL, PEM_STRING_X509, bio,
		   pem_no_passphrase, NULL)
		== 1) {
		p = der;
		x = d2i_X509(NULL, &p, n);
	}
	OPENSSL_secure_free(der);
	return x;
}

EVP_PKEY *
pem_public(const struct buf *text)
{
	BIO *bio = BIO_new_mem_buf(buf_str(text), (int)text->n);
	EVP_PKEY *key = NULL;

	if (bio != NULL)
		key = PEM_read_bio_PUBKEY(bio, NULL, pem_no_passphrase, NULL);
	BIO_free(bio);
	ERR_clear_error();
	return key;
}
