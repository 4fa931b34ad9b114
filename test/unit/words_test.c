/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/base/ascii.h"
#include "lib/mail/words.h"

/* Decode words as RFC 2047 has them; each must stand for itself. */
static void
decode(const char *s, const char *charset, struct buf *out)
{
	struct buf word = {0};
	size_t n, len, head = strlen(charset) + 5;

	for (;; s += n + 3) {
		n = strcspn(s, "\r");
		assert_true(n + strlen("Resent-From: ") <= 76);
		assert_memory_equal(s, "=?", 2);
		assert_memory_equal(s + 2, charset, strlen(charset));
		assert_memory_equal(s + head - 3, "?B?", 3);
		assert_memory_equal(s + n - 2, "?=", 2);
		buf_reset(&word);
		assert_true(ascii_unbase64(&word, s + head, n - head - 2));
		for (size_t i = 0;
		     charset[0] == 'u' && charset[1] == 't' && i < word.n;
		     i += len) {
			len = ascii_utf8(word.p + i, word.n - i);
			assert_true(len > 0);
		}
		buf_add(out, word.p, word.n);
		if (s[n] == '\0')
			break;
		assert_memory_equal(s + n, "\r\n ", 3);
	}
	buf_clear(&word);
}

static void
check(const char *text, const char *said, const char *charset)
{
	struct buf b = {0}, back = {0};

	words_encode(&b, text, said);
	decode(b.p, charset, &back);
	assert_string_equal(buf_str(&back), text);
	buf_clear(&b);
	buf_clear(&back);
}

static void
encodes(void **state)
{
	static const struct {
		const char *text, *charset, *word;
	} t[] = {
	    {"caf\xc3\xa9", NULL, "=?utf-8?B?Y2Fmw6k=?="},
	    {"caf\xc3\xa9", "iso-8859-1", "=?utf-8?B?Y2Fmw6k=?="},
	    {"caf\xe9", NULL, "=?unknown-8bit?B?Y2Fm6Q==?="},
	    {"caf\xe9", "iso-8859-1", "=?iso-8859-1?B?Y2Fm6Q==?="},
	    {"caf\xe9", "utf-8", "=?unknown-8bit?B?Y2Fm6Q==?="},
	    {"caf\xe9", "a?b", "=?unknown-8bit?B?Y2Fm6Q==?="},
	    {"", NULL, ""},
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		words_encode(&b, t[i].text, t[i].charset);
		assert_string_equal(buf_str(&b), t[i].word);
		buf_clear(&b);
	}
}

/* Characters of all sizes at all places where a word may end. */
static void
splits_between_characters(void **state)
{
	static const char *const chars[] = {"\xc3\xa9", "\xe2\x82\xac",
	    "\xf0\x9f\x98\x80", "\xff"};
	struct buf text = {0};

	(void)state;
	for (size_t c = 0; c < COUNT(chars); c++) {
		for (int shift = 0; shift < 45; shift++) {
			buf_reset(&text);
			for (int i = 0; i < shift; i++)
				buf_addc(&text, 'x');
			for (int i = 0; i < 60; i++)
				buf_adds(&text, chars[c]);
			check(text.p, NULL,
			    c == COUNT(chars) - 1 ? "unknown-8bit" : "utf-8");
			check(text.p, "windows-1252",
			    c == COUNT(chars) - 1 ? "windows-1252" : "utf-8");
		}
	}
	buf_clear(&text);
}

static void
decodes(void **state)
{
	static const struct {
		const char *text, *plain;
	} t[] = {
	    {"", ""},
	    {"plain =text", "plain =text"},
	    {"=?utf-8?Q?J=C3=B6rg?=", "J\xc3\xb6rg"},
	    {"=?UTF-8?b?SsO2cmc=?=", "J\xc3\xb6rg"},
	    {"=?utf-8*de?q?J=c3=b6rg_A?= (web)", "J\xc3\xb6rg A (web)"},
	    {"=?iso-8859-1?Q?J=F6rg?=", "J\xc3\xb6rg"},
	    {"=?us-ascii?Q?a?= =?us-ascii?Q?b?=", "ab"},
	    {"=?us-ascii?Q?a?=\r\n =?us-ascii?Q?b?= c", "ab c"},
	    {"=?us-ascii?Q?a?= b", "a b"},
	    /* What cannot be, stays. */
	    {"=?koi8-r?Q?=C1?=", "=?koi8-r?Q?=C1?="},
	    {"=?utf-8?Q?=FF?=", "=?utf-8?Q?=FF?="},
	    {"=?utf-8?Q?a=0D=0AX:_y?=", "=?utf-8?Q?a=0D=0AX:_y?="},
	    {"=?utf-8?B?AA==?=", "=?utf-8?B?AA==?="},
	    {"=?utf-8?Q?=C3?=", "=?utf-8?Q?=C3?="},
	    {"=?utf-8?Q?=?=", "=?utf-8?Q?=?="},
	    {"=?utf-8?Q?a b?=", "=?utf-8?Q?a b?="},
	    {"=?iso-8859-1?Q?=85?=", "=?iso-8859-1?Q?=85?="},
	    {"=?utf-8?X?a?=", "=?utf-8?X?a?="},
	    {"=?utf-8", "=?utf-8"},
	    {"=?utf-8?", "=?utf-8?"},
	    {"=?utf-8?Q", "=?utf-8?Q"},
	    {"=?utf-8?Q?a?", "=?utf-8?Q?a?"},
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		buf_reset(&b);
		words_decode(&b, t[i].text);
		assert_string_equal(buf_str(&b), t[i].plain);
	}
	buf_clear(&b);
}

static void
knows_utf8(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} t[] = {
	    {"", true},
	    {"plain", true},
	    {"\x7f", true},
	    {"\xc2\x80", true},
	    {"\xdf\xbf\xe0\xa0\x80", true},
	    {"\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf", true},
	    {"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", true},
	    {"\x80", false},
	    {"a\xbf", false},
	    {"\xc3", false},
	    {"\xc3(", false},
	    {"\xc3\xa9\xe9", false},
	    {"\xe2\x82", false},
	    {"\xe2\x82(", false},
	    {"\xf0\x9f\x98", false},
	    /* Too long for what they mean (RFC 3629, 3). */
	    {"\xc0\xaf", false},
	    {"\xc1\xbf", false},
	    {"\xe0\x9f\xbf", false},
	    {"\xf0\x8f\xbf\xbf", false},
	    /* No characters. */
	    {"\xed\xa0\x80", false},
	    {"\xed\xbf\xbf", false},
	    {"\xf4\x90\x80\x80", false},
	    {"\xf5\x80\x80\x80", false},
	    {"\xff", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (words_utf8(t[i].text, strlen(t[i].text)) != t[i].is)
			fail_msg("%zu: %s", i, t[i].text);
	/* Only the bytes that are there. */
	assert_false(words_utf8("\xc3\xa9", 1));
	assert_true(words_utf8("\xc3\xa9\xc3", 2));
}

static void
names_charsets(void **state)
{
	static const struct {
		const char *text, *said, *is;
	} t[] = {
	    {"\xc3\xa9", NULL, "utf-8"},
	    {"\xc3\xa9", "koi8-r", "utf-8"},
	    {"\xe9", NULL, "unknown-8bit"},
	    {"\xe9", "", "unknown-8bit"},
	    {"\xe9", "koi8-r", "koi8-r"},
	    {"\xe9", "Shift_JIS", "Shift_JIS"},
	    {"\xe9", "windows-1252", "windows-1252"},
	    /* What it cannot be. */
	    {"\xe9", "UTF-8", "unknown-8bit"},
	    {"\xe9", "us-ascii", "unknown-8bit"},
	    {"\xe9", "US-ASCII", "unknown-8bit"},
	    /* No names that can stand in a word. */
	    {"\xe9", "a b", "unknown-8bit"},
	    {"\xe9", "a?b", "unknown-8bit"},
	    {"\xe9", "?", "unknown-8bit"},
	    {"\xe9", "a*en", "unknown-8bit"},
	    {"\xe9", "a\r\nb", "unknown-8bit"},
	    {"\xe9", "latin\xe9", "unknown-8bit"},
	    {"\xe9", "a-name-of-19-letters", "unknown-8bit"},
	    {"\xe9", "a-name-of-19-letter", "a-name-of-19-letter"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		assert_string_equal(words_charset(t[i].text, strlen(t[i].text),
					t[i].said),
		    t[i].is);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(encodes),
	    TEST(decodes),
	    TEST(splits_between_characters),
	    TEST(knows_utf8),
	    TEST(names_charsets),
	};

	return RUN("words", tests);
}
