/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <locale.h>
#include <stdlib.h>

#include "lib/base/ascii.h"

static void
classes_are_ascii(void **state)
{
	(void)state;
	for (int i = 0; i < 256; i++) {
		char c = (char)i;
		bool upper = i >= 'A' && i <= 'Z', lower = i >= 'a' && i <= 'z';

		assert_int_equal(ascii_is_alpha(c), upper || lower);
		assert_int_equal(ascii_is_digit(c), i >= '0' && i <= '9');
		assert_int_equal(ascii_is_blank(c), i == ' ' || i == '\t');
		assert_int_equal(ascii_is_control(c), i < 32 || i == 127);
		assert_int_equal((unsigned char)ascii_lower(c),
		    upper ? i + 32 : i);
	}
}

static void
compares(void **state)
{
	(void)state;
	assert_int_equal(ascii_casecmp("AbC", "aBc"), 0);
	assert_int_equal(ascii_casecmp("", ""), 0);
	assert_true(ascii_casecmp("ab", "abc") < 0);
	assert_true(ascii_casecmp("abc", "ab") > 0);
	assert_true(ascii_casecmp("a", "b") < 0);
	assert_true(ascii_casecmp("a", "\xc3\xa4") < 0);
	assert_int_equal(ascii_ncasecmp("abX", "ABy", 2), 0);
	assert_true(ascii_ncasecmp("abX", "ABy", 3) < 0);
	assert_int_equal(ascii_ncasecmp("a", "b", 0), 0);
	assert_int_equal(ascii_ncasecmp("a", "a", 9), 0);
}

static void
finds_control_anywhere(void **state)
{
	char s[] = "x\x80 ~\xff";

	(void)state;
	assert_false(ascii_has_control(""));
	assert_false(ascii_has_control(s));
	for (size_t i = 0; s[i] != '\0'; i++) {
		for (int c = 1; c <= 0x7f; c += c == 0x1f ? 0x60 : 1) {
			char kept = s[i];

			s[i] = (char)c;
			assert_true(ascii_has_control(s));
			s[i] = kept;
		}
	}
}

static void
finds_8bit_anywhere(void **state)
{
	char s[40];

	(void)state;
	memset(s, 'x', sizeof s);
	for (size_t n = 0; n <= sizeof s; n++) {
		assert_false(ascii_has_8bit(s, n));
		for (size_t i = 0; i < n; i++) {
			s[i] = (char)0x80;
			assert_true(ascii_has_8bit(s, n));
			assert_false(ascii_has_8bit(s, i));
			s[i] = 'x';
		}
	}
}

static void
globs(void **state)
{
	static const struct {
		const char *pattern, *s;
		bool matches;
	} t[] = {
	    {"", "", true},
	    {"", "a", false},
	    {"a", "", false},
	    {"*", "", true},
	    {"*", "anything", true},
	    {"*", "a@b", false},
	    {"*@*", "a@b", true},
	    {"*@*", "a@b@c", false},
	    {"*@example.com", "alice@example.com", true},
	    {"*@example.com", "alice@evil.com@example.com", false},
	    {"*@example.com", "alice@EXAMPLE.Com", true},
	    {"*@*.example.com", "alice@a.example.com", true},
	    {"*@*.example.com", "alice@example.com", false},
	    {"*@*example.com", "alice@a@example.com", false},
	    {"alice*", "alice@example.com", false},
	    {"alice*", "alice+x", true},
	    {"*example.com", "alice@example.com", false},
	    {"alice?example.com", "alice@example.com", false},
	    {"alic?@example.com", "ALICE@example.com", true},
	    {"?", "", false},
	    {"??", "ab", true},
	    {"a*b*c", "aXbXbXc", true},
	    {"a*b*c", "aXbXbX", false},
	    {"*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
	    {"a**", "a", true},
	    {"[ab]", "a", false},
	    {"[ab]", "[ab]", true},
	    {"\\*", "\\x", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (ascii_glob(t[i].pattern, t[i].s) != t[i].matches)
			fail_msg("glob \"%s\" \"%s\"", t[i].pattern, t[i].s);
}

static void
reads_numbers(void **state)
{
	static const struct {
		const char *s;
		uint64_t min, max;
		bool ok;
		uint64_t n;
	} t[] = {
	    {"0", 0, 0, true, 0},
	    {"1", 0, 0, false, 0},
	    {"5", 1, 5, true, 5},
	    {"6", 1, 5, false, 0},
	    {"0", 1, 5, false, 0},
	    {"007", 1, 9, true, 7},
	    {"65535", 1, 65535, true, 65535},
	    {"65536", 1, 65535, false, 0},
	    {"18446744073709551615", 0, UINT64_MAX, true, UINT64_MAX},
	    {"18446744073709551616", 0, UINT64_MAX, false, 0},
	    {"99999999999999999999999999", 0, UINT64_MAX, false, 0},
	    {"", 0, 9, false, 0},
	    {" 1", 0, 9, false, 0},
	    {"1 ", 0, 9, false, 0},
	    {"+1", 0, 9, false, 0},
	    {"-1", 0, 9, false, 0},
	    {"0x1", 0, 9, false, 0},
	    {"1.0", 0, 9, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		uint64_t n = 4711;

		if (ascii_uint(t[i].s, t[i].min, t[i].max, &n) != t[i].ok)
			fail_msg("\"%s\"", t[i].s);
		assert_true(n == (t[i].ok ? t[i].n : 4711));
	}
}

static void
knows_utf8(void **state)
{
	static const struct {
		const char *s;
		size_t n, len;
	} t[] = {
	    {"", 0, 0},
	    {"a", 1, 1},
	    {"\0", 1, 1},
	    {"\x7f", 1, 1},
	    {"\x80", 1, 0},
	    {"\xbf", 1, 0},
	    {"\xc0\x80", 2, 0}, /* overlong NUL */
	    {"\xc1\xbf", 2, 0},
	    {"\xc2\x80", 2, 2},
	    {"\xc2", 1, 0},
	    {"\xc2\x7f", 2, 0},
	    {"\xc2\xc0", 2, 0},
	    {"\xdf\xbf", 2, 2},
	    {"\xe0\x9f\xbf", 3, 0}, /* overlong */
	    {"\xe0\xa0\x80", 3, 3},
	    {"\xe2\x82\xac", 3, 3},
	    {"\xe2\x82\xac", 2, 0},
	    {"\xe2\x82\x41", 3, 0},
	    {"\xed\x9f\xbf", 3, 3},
	    {"\xed\xa0\x80", 3, 0}, /* surrogates */
	    {"\xed\xbf\xbf", 3, 0},
	    {"\xee\x80\x80", 3, 3},
	    {"\xef\xbf\xbf", 3, 3},
	    {"\xf0\x8f\xbf\xbf", 4, 0}, /* overlong */
	    {"\xf0\x90\x80\x80", 4, 4},
	    {"\xf0\x9f\x98\x80", 4, 4},
	    {"\xf0\x9f\x98", 3, 0},
	    {"\xf4\x8f\xbf\xbf", 4, 4},
	    {"\xf4\x90\x80\x80", 4, 0}, /* beyond U+10FFFF */
	    {"\xf5\x80\x80\x80", 4, 0},
	    {"\xf8\x88\x80\x80\x80", 5, 0},
	    {"\xff", 1, 0},
	    {"\xfe", 1, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (ascii_utf8(t[i].s, t[i].n) != t[i].len)
			fail_msg("row %zu", i);
}

static void
cleans(void **state)
{
	static const char in[] =
	    "a\r\n\0\x1b[0m\x7f \xc3\xa4\xc2\x9b\xff\xe2\x82";
	struct buf b = {0};

	(void)state;
	ascii_clean(&b, in, sizeof in - 1);
	assert_string_equal(buf_str(&b),
	    "a\\x0d\\x0a\\x00\\x1b[0m\\x7f \xc3\xa4\\xc2\\x9b\\xff\\xe2\\x82");
	buf_clear(&b);
	ascii_clean(&b, "", 0);
	assert_string_equal(buf_str(&b), "");
	buf_clear(&b);
}

static void
writes_base64(void **state)
{
	static const char *const t[][2] = {
	    {"", ""},
	    {"f", "Zg=="},
	    {"fo", "Zm8="},
	    {"foo", "Zm9v"},
	    {"foob", "Zm9vYg=="},
	    {"fooba", "Zm9vYmE="},
	    {"foobar", "Zm9vYmFy"},
	    {"\xff\xfe\xfb\xef", "//777w=="},
	};
	struct buf b = {0}, back = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		buf_reset(&b);
		buf_reset(&back);
		ascii_base64(&b, t[i][0], strlen(t[i][0]));
		assert_string_equal(buf_str(&b), t[i][1]);
		assert_true(ascii_unbase64(&back, t[i][1], strlen(t[i][1])));
		assert_string_equal(buf_str(&back), t[i][0]);
		buf_reset(&back);
		assert_true(
		    ascii_unbase64(&back, t[i][1], strcspn(t[i][1], "=")));
		assert_string_equal(buf_str(&back), t[i][0]);
	}
	buf_clear(&b);
	buf_clear(&back);
}

static void
refuses_base64(void **state)
{
	static const char *const t[] = {
	    "=",
	    "==",
	    "===",
	    "====",
	    "A",
	    "A=",
	    "A==",
	    "A===",
	    "Zg=",
	    "Zm8==",
	    "Zm9v=",
	    "Zm9v==",
	    "Zm9v====",
	    "Zh==",
	    "Zm9=",
	    "Zh",
	    "Zm9",
	    "Zg==Zg==",
	    "Zm 9v",
	    "Zm9v\n",
	    "Zm9v ",
	    "Zm-_",
	    "Z===",
	    "Zg.=",
	    "\303\244AA",
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (ascii_unbase64(&b, t[i], strlen(t[i])))
			fail_msg("\"%s\"", t[i]);
	assert_false(ascii_unbase64(&b, "Zm\0v", 4));
	buf_clear(&b);
	b.max = 2;
	assert_false(ascii_unbase64(&b, "Zm9v", 4));
	buf_clear(&b);
}

static void
hexes(void **state)
{
	unsigned char out[4];
	char text[9];

	(void)state;
	ascii_hex(text, "\x00\x9f\xff\x10", 4);
	assert_string_equal(text, "009fff10");
	assert_true(ascii_unhex(out, 4, "009fFF10"));
	assert_memory_equal(out, "\x00\x9f\xff\x10", 4);
	assert_true(ascii_unhex(out, 4, "00:9F:ff:11"));
	assert_memory_equal(out, "\x00\x9f\xff\x11", 4);
	assert_true(ascii_unhex(out, 1, "aB"));
	assert_int_equal(out[0], 0xab);
	assert_true(ascii_unhex(out, 0, ""));

	assert_false(ascii_unhex(out, 4, ""));
	assert_false(ascii_unhex(out, 4, "009fFF1"));
	assert_false(ascii_unhex(out, 4, "009fFF100"));
	assert_false(ascii_unhex(out, 4, "009fFF1g"));
	assert_false(ascii_unhex(out, 4, "00:9fff11"));
	assert_false(ascii_unhex(out, 4, "009f:ff:11"));
	assert_false(ascii_unhex(out, 4, "00:9f:ff:11:"));
	assert_false(ascii_unhex(out, 4, ":00:9f:ff:11"));
	assert_false(ascii_unhex(out, 4, "00:9f:ff::11"));
	assert_false(ascii_unhex(out, 4, "00 9f ff 11"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(classes_are_ascii),
	    TEST(compares),
	    TEST(finds_8bit_anywhere),
	    TEST(finds_control_anywhere),
	    TEST(globs),
	    TEST(reads_numbers),
	    TEST(knows_utf8),
	    TEST(cleans),
	    TEST(writes_base64),
	    TEST(refuses_base64),
	    TEST(hexes),
	};

	setlocale(LC_ALL, "");
	return RUN("ascii", tests);
}
