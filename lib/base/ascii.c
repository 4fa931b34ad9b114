/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/base/ascii.h"

#include <string.h>

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool
ascii_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
ascii_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool
ascii_is_control(char c)
{
	return (unsigned char)c < 32 || c == 127;
}

char
ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

int
ascii_casecmp(const char *a, const char *b)
{
	return ascii_ncasecmp(a, b, SIZE_MAX);
}

int
ascii_ncasecmp(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int d = (unsigned char)ascii_lower(a[i])
		    - (unsigned char)ascii_lower(b[i]);

		if (d != 0 || a[i] == '\0')
			return d;
	}
	return 0;
}

bool
ascii_has_control(const char *s)
{
	while (*s != '\0')
		if (ascii_is_control(*s++))
			return true;
	return false;
}

/* Into a register: a password may be asked for, and the stack is not wiped. */
static inline uint64_t
word(const char *s)
{
	uint64_t w;

	memcpy(&w, s, sizeof w);
	return w;
}

bool
ascii_has_8bit(const char *s, size_t n)
{
	uint64_t all = 0;
	size_t i;

	for (i = 0; i + 32 <= n; i += 32)
		all |= word(s + i) | word(s + i + 8) | word(s + i + 16)
		    | word(s + i + 24);
	if ((all & UINT64_C(0x8080808080808080)) != 0)
		return true;
	for (; i < n; i++)
		if ((s[i] & 0x80) != 0)
			return true;
	return false;
}

bool
ascii_glob(const char *pattern, const char *s)
{
	const char *star = NULL, *from = NULL;

	/* On a mismatch the last star takes one more character, if it may. */
	while (*s != '\0') {
		if (*pattern == '*') {
			star = ++pattern;
			from = s;
		} else if ((*pattern == '?' && *s != '@')
		    || (*pattern != '\0'
			&& ascii_lower(*pattern) == ascii_lower(*s))) {
			pattern++;
			s++;
		} else if (star != NULL && *from != '@') {
			pattern = star;
			s = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

bool
ascii_uint(const char *s, uint64_t min, uint64_t max, uint64_t *n)
{
	uint64_t v = 0, d;

	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++) {
		if (!ascii_is_digit(*s))
			return false;
		d = (uint64_t)(*s - '0');
		if (d > max || v > (max - d) / 10)
			return false;
		v = v * 10 + d;
	}
	if (v < min)
		return false;
	*n = v;
	return true;
}

size_t
ascii_utf8(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	unsigned char low = 0x80, high = 0xbf;
	size_t len;

	if (n == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (n < len)
		return 0;
	/* Overlong forms, surrogates and beyond U+10FFFF (RFC 3629, 4). */
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

void
ascii_clean(struct buf *b, const char *s, size_t n)
{
	size_t len;

	for (size_t i = 0; i < n; i += len) {
		len = ascii_utf8(s + i, n - i);
		/* U+0080 to U+009F are control characters too. */
		if (len == 0 || ascii_is_control(s[i])
		    || (len == 2 && (unsigned char)s[i] == 0xc2
			&& (unsigned char)s[i + 1] < 0xa0)) {
			buf_addf(b, "\\x%02x", (unsigned char)s[i]);
			len = 1;
		} else {
			buf_add(b, s + i, len);
		}
	}
}

void
ascii_base64(struct buf *b, const void *data, size_t n)
{
	const unsigned char *p = data;
	uint32_t v;
	char q[4];

	for (size_t i = 0; i < n; i += 3) {
		v = (uint32_t)p[i] << 16;
		if (i + 1 < n)
			v |= (uint32_t)p[i + 1] << 8;
		if (i + 2 < n)
			v |= p[i + 2];
		q[0] = base64_digits[v >> 18];
		q[1] = base64_digits[v >> 12 & 63];
		q[2] = i + 1 < n ? base64_digits[v >> 6 & 63] : '=';
		q[3] = i + 2 < n ? base64_digits[v & 63] : '=';
		buf_add(b, q, sizeof q);
	}
}

bool
ascii_unbase64(struct buf *b, const char *s, size_t n)
{
	uint32_t v = 0;
	size_t len = n;
	int bits = 0;
	const char *d;

	while (len > 0 && n - len < 2 && s[len - 1] == '=')
		len--;
	if (len % 4 == 1 || (len < n && n % 4 != 0))
		return false;
	for (size_t i = 0; i < len; i++) {
		d = s[i] != '\0' ? strchr(base64_digits, s[i]) : NULL;
		if (d == NULL)
			return false;
		v = v << 6 | (uint32_t)(d - base64_digits);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			if (!buf_addc(b, (char)(v >> bits & 255)))
				return false;
		}
	}
	return (v & ((1U << bits) - 1)) == 0;
}

void
ascii_hex(char *out, const void *data, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = data;

	for (size_t i = 0; i < n; i++) {
		*out++ = digits[p[i] >> 4];
		*out++ = digits[p[i] & 15];
	}
	*out = '\0';
}

static int
hex_digit(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
ascii_unhex(void *out, size_t n, const char *s)
{
	unsigned char *p = out;
	bool colons = strlen(s) > 2 && s[2] == ':';
	int high, low;

	for (size_t i = 0; i < n; i++) {
		if (colons && i > 0 && *s++ != ':')
			return false;
		high = hex_digit(s[0]);
		low = high < 0 ? -1 : hex_digit(s[1]);
		if (low < 0)
			return false;
		p[i] = (unsigned char)(high << 4 | low);
		s += 2;
	}
	return *s == '\0';
}
