/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/words.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/ascii.h"

/*
 * A line with such a word has 76 characters at most (RFC 2047, 2): 44 digits
 * of base64, "=?unknown-8bit?B?" and "?=" leave room for a field's name.
 */
#define WORD_BYTES 33
#define CHARSET_MAX 20
#define UNKNOWN "unknown-8bit"

bool
words_utf8(const char *s, size_t n)
{
	size_t len;

	for (size_t i = 0; i < n; i += len) {
		len = ascii_utf8(s + i, n - i);
		if (len == 0)
			return false;
	}
	return true;
}

const char *
words_charset(const char *s, size_t n, const char *said)
{
	size_t len = 0;

	if (words_utf8(s, n))
		return "utf-8";
	if (said == NULL || ascii_casecmp(said, "utf-8") == 0
	    || ascii_casecmp(said, "us-ascii") == 0)
		return UNKNOWN;
	while (ascii_is_alpha(said[len]) || ascii_is_digit(said[len])
	    || said[len] == '-' || said[len] == '_')
		len++;
	return len > 0 && len < CHARSET_MAX && said[len] == '\0' ? said
								 : UNKNOWN;
}

/*
 * Bytes of the character at s: it stays in one word (RFC 2047, 5).  Of what
 * is not UTF-8, East Asian charsets have characters of several bytes.
 */
static size_t
character(const char *charset, const char *s, size_t n)
{
	static const char *const wide[] = {"big5", "euc-", "gb", "ks_c_5601",
	    "shift_jis", "sjis", "windows-31j"};
	unsigned char c = (unsigned char)s[0];
	bool several = false;
	size_t len = 2;

	if (strcmp(charset, "utf-8") == 0)
		return ascii_utf8(s, n);
	for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
		several = several
		    || ascii_ncasecmp(charset, wide[i], strlen(wide[i])) == 0;
	if (!several || c < 0x80 || n < 2)
		return 1;
	if (strstr(charset, "jis") != NULL && c > 0xa0 && c < 0xe0)
		len = 1;
	else if (ascii_casecmp(charset, "gb18030") == 0 && ascii_is_digit(s[1]))
		len = 4;
	else if (ascii_casecmp(charset, "euc-jp") == 0 && c == 0x8f)
		len = 3;
	return len < n ? len : n;
}

void
words_encode(struct buf *b, const char *s, const char *charset)
{
	size_t n = strlen(s), len, take;

	charset = words_charset(s, n, charset);
	for (size_t i = 0; i < n; i += take) {
		for (take = 0; i + take < n; take += len) {
			len = character(charset, s + i + take, n - i - take);
			if (take + len > WORD_BYTES)
				break;
		}
		if (i > 0)
			buf_adds(b, "\r\n ");
		buf_addf(b, "=?%s?B?", charset);
		ascii_base64(b, s + i, take);
		buf_adds(b, "?=");
	}
}

/* RFC 2047, 4.2. */
static bool
decode_q(struct buf *b, const char *s, size_t n)
{
	char hex[3] = "";
	unsigned char c;

	for (size_t i = 0; i < n; i++) {
		if (s[i] != '=') {
			buf_addc(b, s[i] == '_' ? ' ' : s[i]);
			continue;
		}
		if (i + 2 >= n)
			return false;
		memcpy(hex, s + i + 1, 2);
		if (!ascii_unhex(&c, 1, hex))
			return false;
		buf_addc(b, (char)c);
		i += 2;
	}
	return true;
}

/* The bytes of a charset as UTF-8, without control characters. */
static bool
add_text(struct buf *b, const char *charset, size_t n, const struct buf *bytes)
{
	bool latin1 = n == 10 && ascii_ncasecmp(charset, "iso-8859-1", n) == 0;
	unsigned char c;
	size_t len;

	if (!latin1 && !(n == 5 && ascii_ncasecmp(charset, "utf-8", n) == 0)
	    && !(n == 8 && ascii_ncasecmp(charset, "us-ascii", n) == 0))
		return false;
	for (size_t i = 0; i < bytes->n; i += len) {
		len = latin1 ? 1 : ascii_utf8(bytes->p + i, bytes->n - i);
		c = (unsigned char)bytes->p[i];
		if (len == 0 || ascii_is_control((char)c)
		    || (latin1 && c >= 0x80 && c < 0xa0))
			return false;
	}
	for (size_t i = 0; i < bytes->n; i++) {
		c = (unsigned char)bytes->p[i];
		if (latin1 && c >= 0x80) {
			buf_addc(b, (char)(0xc0 | c >> 6));
			c = 0x80 | (c & 0x3f);
		}
		buf_addc(b, (char)c);
	}
	return true;
}

/* One word at s, "=?charset?B?text?="; its length, or 0. */
static size_t
decode_word(struct buf *b, const char *s)
{
	struct buf bytes = {0};
	const char *charset, *text;
	size_t n, len;
	char how;
	bool ok;

	if (strncmp(s, "=?", 2) != 0)
		return 0;
	charset = s + 2;
	n = strcspn(charset, "? ");
	if (charset[n] != '?' || charset[n + 1] == '\0'
	    || charset[n + 2] != '?')
		return 0;
	how = ascii_lower(charset[n + 1]);
	text = charset + n + 3;
	len = strcspn(text, "? ");
	if (strncmp(text + len, "?=", 2) != 0)
		return 0;
	ok = (how == 'q' && decode_q(&bytes, text, len))
	    || (how == 'b' && ascii_unbase64(&bytes, text, len));
	/* RFC 2231, 5: a language may follow the charset. */
	ok = ok && add_text(b, charset, strcspn(charset, "?*"), &bytes);
	buf_clear(&bytes);
	return ok ? (size_t)(text - s) + len + 2 : 0;
}

void
words_decode(struct buf *b, const char *s)
{
	bool after = false; /* a word: blanks up to the next one go */
	size_t n, blanks;

	while (*s != '\0') {
		blanks = after ? strspn(s, " \t\r\n") : 0;
		n = decode_word(b, s + blanks);
		after = n > 0;
		if (n > 0)
			s += blanks + n;
		else
			buf_addc(b, *s++);
	}
}
