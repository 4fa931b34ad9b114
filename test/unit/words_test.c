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
check(const char *text, const char *charset)
{
	struct buf b = {0}, back = {0};

	words_encode(&b, text, NULL);
	decode(b.p, charset, &back);
	assert_string_equal(buf_str(&back), text);
	buf_clear(&b);
	buf_clear(&back);
}

static void
encodes(void **state)
{
	struct buf b = {0};

	(void)state;
	words_encode(&b, "caf\xc3\xa9", NULL);
	assert_string_equal(b.p, "=?utf-8?B?Y2Fmw6k=?=");
	buf_clear(&b);
	words_encode(&b, "caf\xe9", NULL);
	assert_string_equal(b.p, "=?unknown-8bit?B?Y2Fm6Q==?=");
	buf_clear(&b);
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
			check(text.p,
			    c == COUNT(chars) - 1 ? "unknown-8bit" : "utf-8");
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(encodes),
	    TEST(decodes),
	    TEST(splits_between_characters),
	};

	return RUN("words", tests);
}
