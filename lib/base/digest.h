/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_BASE_DIGEST_H
#define PINMAIL_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum digest { DIGEST_SHA1, DIGEST_SHA256 };

#define DIGEST_MAX 32 /* bytes of the longest */

/* Bytes of a digest. */
size_t digest_size(enum digest);

/* All write digest_size bytes; false when libcrypto refuses. */
bool digest_hash(enum digest, const void *, size_t, unsigned char *out);
bool digest_hmac(enum digest, const void *key, size_t key_len, const void *,
    size_t, unsigned char *out);

/* PBKDF2 (RFC 8018, 5.2) with the HMAC of that digest: SCRAM's Hi. */
bool digest_pbkdf2(enum digest, const void *password, size_t, const void *salt,
    size_t salt_len, uint32_t iterations, unsigned char *out);

/* Equal, in a time that does not tell where they differ. */
bool digest_equal(const void *, const void *, size_t);

#endif
