/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/base/dsn.h"

static void
reads_notify(void **state)
{
	static const struct {
		const char *s;
		unsigned bits;
	} good[] = {
	    {"never", NOTIFY_NEVER},
	    {"NEVER", NOTIFY_NEVER},
	    {"success", NOTIFY_SUCCESS},
	    {"Failure,delay", NOTIFY_FAILURE | NOTIFY_DELAY},
	    {"delay,success,failure",
		NOTIFY_SUCCESS | NOTIFY_FAILURE | NOTIFY_DELAY},
	    {"delay,delay", NOTIFY_DELAY},
	};
	static const char *const bad[] = {"", ",", "success,", ",success",
	    "never,success", "success,never", "succes", "successful", "on",
	    "success failure", "success, failure", " never", "never\r\nDATA"};
	unsigned bits;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_true(dsn_parse_notify(good[i].s, &bits));
		assert_int_equal(bits, good[i].bits);
	}
	bits = 99;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (dsn_parse_notify(bad[i], &bits))
			fail_msg("\"%s\"", bad[i]);
	assert_int_equal(bits, 99);
}

static void
prints_notify(void **state)
{
	struct buf b = {0};
	unsigned bits;

	(void)state;
	dsn_print_notify(&b, NOTIFY_NEVER);
	assert_string_equal(b.p, "NEVER");
	for (unsigned i = 2; i < 16; i += 2) {
		buf_reset(&b);
		dsn_print_notify(&b, i);
		assert_true(dsn_parse_notify(b.p, &bits));
		assert_int_equal(bits, i);
	}
	assert_string_equal(b.p, "SUCCESS,FAILURE,DELAY");
	buf_clear(&b);
}

static void
reads_ret(void **state)
{
	enum dsn_ret r = RET_DEFAULT;

	(void)state;
	assert_true(dsn_parse_ret("full", &r) && r == RET_FULL);
	assert_true(dsn_parse_ret("HDRS", &r) && r == RET_HEADERS);
	assert_true(dsn_parse_ret("FULL", &r) && r == RET_FULL);
	assert_true(dsn_parse_ret("headers", &r) && r == RET_HEADERS);
	assert_false(dsn_parse_ret("", &r));
	assert_false(dsn_parse_ret("hdr", &r));
	assert_false(dsn_parse_ret("full ", &r));
	assert_int_equal(r, RET_HEADERS);
}

/* RFC 3461, 4: no byte but a printable one, and neither + nor =. */
static void
prints_xtext(void **state)
{
	struct buf b = {0};
	char all[256];

	(void)state;
	dsn_print_xtext(&b, "a+b=c d\r\n\xc3\xa4@x");
	assert_string_equal(b.p, "a+2Bb+3Dc+20d+0D+0A+C3+A4@x");
	for (int i = 1; i < 256; i++)
		all[i - 1] = (char)i;
	all[255] = '\0';
	buf_reset(&b);
	dsn_print_xtext(&b, all);
	for (size_t i = 0; i < b.n; i++)
		assert_true(b.p[i] > 32 && b.p[i] < 127 && b.p[i] != '=');
	buf_clear(&b);
}

static void
reads_xtext(void **state)
{
	static const char *const good[][2] = {
	    {"", ""},
	    {"a@x", "a@x"},
	    {"a+2Bb+3Dc+20d", "a+b=c d"},
	    {"+2B+2B", "++"},
	    {"+2B2", "+2"},
	    {"+C3+A4", "\xc3\xa4"},
	    {"!<>~", "!<>~"},
	};
	/* The last ones would be control characters in a command. */
	static const char *const bad[] = {"+", "a+", "+4", "+4g", "+g4", "+ 4",
	    "++2B", "+41+", "+41+4", "a=b", "a b", " a", "a\t", "a\x7f",
	    "\xc3\xa4", "a\r\nDATA", "+0D+0A", "a+00b", "+7F", "+1F"};
	struct buf b = {0}, back = {0};
	char all[256] = "";

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		buf_reset(&b);
		assert_true(dsn_parse_xtext(&b, good[i][0]));
		assert_string_equal(buf_str(&b), good[i][1]);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		if (dsn_parse_xtext(&b, bad[i]))
			fail_msg("\"%s\"", bad[i]);
	for (int i = 32, n = 0; i < 256; i++)
		if (i != 127)
			all[n++] = (char)i;
	buf_reset(&b);
	dsn_print_xtext(&b, all);
	assert_true(dsn_parse_xtext(&back, b.p));
	assert_string_equal(back.p, all);
	buf_clear(&b);
	buf_clear(&back);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(reads_notify),
	    TEST(prints_notify),
	    TEST(reads_ret),
	    TEST(prints_xtext),
	    TEST(reads_xtext),
	};

	return RUN("dsn", tests);
}
