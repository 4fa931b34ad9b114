/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/base/digest.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

static const EVP_MD *
method(enum digest d)
{
	/* Whoever calls first must not load code named by OPENSSL_CONF. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	return d == DIGEST_SHA1 ? EVP_sha1() : EVP_sha256();
}

size_t
digest_size(enum digest d)
{
	return d == DIGEST_SHA1 ? 20 : 32;
}

bool
digest_hash(enum digest d, const void *p, size_t n, unsigned char *out)
{
	return EVP_Digest(p, n, out, NULL, method(d), NULL) == 1;
}

bool
digest_hmac(enum digest d, const void *key, size_t key_len, const void *p,
    size_t n, unsigned char *out)
{
	return key_len <= INT_MAX
	    && HMAC(method(d), key, (int)key_len, p, n, out, NULL) != NULL;
}

bool
digest_pbkdf2(enum digest d, const void *password, size_t n, const void *salt,
    size_t salt_len, uint32_t iterations, unsigned char *out)
{
	return n <= INT_MAX && salt_len <= INT_MAX && iterations <= INT_MAX
	    && PKCS5_PBKDF2_HMAC(password, (int)n, salt, (int)salt_len,
		   (int)iterations, method(d), (int)digest_size(d), out)
	    == 1;
}

bool
digest_equal(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}
