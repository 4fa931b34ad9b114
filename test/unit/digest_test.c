/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/base/ascii.h"
#include "lib/base/digest.h"

static unsigned char out[DIGEST_MAX];

static void
is(enum digest d, const char *hex)
{
	char text[2 * DIGEST_MAX + 1];

	ascii_hex(text, out, digest_size(d));
	assert_string_equal(text, hex);
}

static void
hashes(void **state)
{

	(void)state;
	assert_int_equal(digest_size(DIGEST_SHA1), 20);
	assert_int_equal(digest_size(DIGEST_SHA256), 32);
	/* FIPS 180 */
	assert_true(digest_hash(DIGEST_SHA1, "abc", 3, out));
	is(DIGEST_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d");
	assert_true(digest_hash(DIGEST_SHA256, "abc", 3, out));
	is(DIGEST_SHA256,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_true(digest_hash(DIGEST_SHA256, "", 0, out));
	is(DIGEST_SHA256,
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void
authenticates(void **state)
{
	unsigned char key[131];

	(void)state;
	memset(key, 0xaa, sizeof key);
	/* RFC 4231, 4.3 and 4.7; RFC 2202, 3. */
	assert_true(digest_hmac(DIGEST_SHA256, "Jefe", 4,
	    "what do ya want for nothing?", 28, out));
	is(DIGEST_SHA256,
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	assert_true(digest_hmac(DIGEST_SHA256, key, sizeof key,
	    "Test Using Larger Than Block-Size Key - Hash Key First", 54, out));
	is(DIGEST_SHA256,
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	assert_true(digest_hmac(DIGEST_SHA1, "Jefe", 4,
	    "what do ya want for nothing?", 28, out));
	is(DIGEST_SHA1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

static void
stretches(void **state)
{
	(void)state;
	/* RFC 6070, RFC 7914, 11. */
	assert_true(
	    digest_pbkdf2(DIGEST_SHA1, "password", 8, "salt", 4, 1, out));
	is(DIGEST_SHA1, "0c60c80f961f0e71f3a9b524af6012062fe037a6");
	assert_true(
	    digest_pbkdf2(DIGEST_SHA1, "password", 8, "salt", 4, 4096, out));
	is(DIGEST_SHA1, "4b007901b765489abead49d926f721d065a429c1");
	assert_true(digest_pbkdf2(DIGEST_SHA1, "pass\0word", 9, "sa\0lt", 5,
	    4096, out));
	assert_memory_equal(out,
	    "\x56\xfa\x6a\xa7\x55\x48\x09\x9d\xcc\x37\xd7\xf0\x34\x25\xe0\xc3",
	    16);
	assert_true(
	    digest_pbkdf2(DIGEST_SHA256, "passwd", 6, "salt", 4, 1, out));
	is(DIGEST_SHA256,
	    "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
}

static void
compares(void **state)
{
	(void)state;
	assert_true(digest_equal("abc", "abc", 3));
	assert_true(digest_equal("abX", "abY", 2));
	assert_false(digest_equal("abc", "Abc", 3));
	assert_false(digest_equal("abc", "abd", 3));
	assert_true(digest_equal("a", "b", 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(hashes),
	    TEST(authenticates),
	    TEST(stretches),
	    TEST(compares),
	};

	return RUN("digest", tests);
}
