/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/smtp/sasl.h"

static void
knows_names(void **state)
{
	(void)state;
	for (int i = 0; i < SASL_NONE; i++) {
		const char *name = sasl_name((enum sasl)i);

		assert_int_equal(sasl_find(name, strlen(name)), i);
		assert_int_equal(sasl_find(name, strlen(name) - 1), SASL_NONE);
	}
	assert_int_equal(sasl_find("plain", 5), SASL_PLAIN);
	assert_int_equal(sasl_find("PLAINX", 5), SASL_PLAIN);
	assert_int_equal(sasl_find("", 0), SASL_NONE);
	assert_int_equal(sasl_find("CRAM-MD5", 8), SASL_NONE);
	/* The order is that of our liking. */
	assert_true(SASL_SCRAM_SHA256_PLUS < SASL_SCRAM_SHA1_PLUS);
	assert_true(SASL_SCRAM_SHA1_PLUS < SASL_SCRAM_SHA256);
	assert_true(SASL_SCRAM_SHA256 < SASL_SCRAM_SHA1);
	assert_true(SASL_SCRAM_SHA1 < SASL_PLAIN);
	assert_true(SASL_PLAIN < SASL_LOGIN);
	assert_true(SASL_LOGIN < SASL_CHOSEN);
}

static void
says_all_at_once(void **state)
{
	struct buf b = {0};

	(void)state;
	sasl_plain(&b, "tim", "tanstaaftanstaaf");
	assert_int_equal(b.n, 21);
	assert_memory_equal(b.p, "\0tim\0tanstaaftanstaaf", 21);
	buf_reset(&b);
	/* RFC 7628, 4.1, but for the missing authzid. */
	sasl_oauthbearer(&b, "user@example.com",
	    "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGE=", "server.example.com", 143);
	assert_string_equal(b.p,
	    "n,a=user@example.com,\001host=server.example.com\001port=143\001"
	    "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGE=\001\001");
	buf_reset(&b);
	sasl_oauthbearer(&b, "a,b=c", "t", "h", 1);
	assert_string_equal(b.p,
	    "n,a=a=2Cb=3Dc,\001host=h\001port=1\001auth=Bearer t\001\001");
	buf_reset(&b);
	sasl_xoauth2(&b, "someuser@example.com", "ya29.vF9d");
	assert_string_equal(b.p,
	    "user=someuser@example.com\001auth=Bearer ya29.vF9d\001\001");
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(knows_names),
	    TEST(says_all_at_once),
	};

	return RUN("sasl", tests);
}
