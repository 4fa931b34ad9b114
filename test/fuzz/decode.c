/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/fuzz/decode.h"

#include <string.h>

static int
hex(char c)
{
	static const char digits[] = "0123456789ABCDEFabcdef";
	const char *d = c != '\0' ? strchr(digits, c) : NULL;
	int v = d != NULL ? (int)(d - digits) : -1;

	return v < 16 ? v : v - 6;
}

/* 6.7: escapes; what is none stands for itself, as its note (2) has it. */
static void
qp_line(struct buf *b, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '=' && i + 2 < n && hex(p[i + 1]) >= 0
		    && hex(p[i + 2]) >= 0) {
			buf_addc(b, (char)(hex(p[i + 1]) << 4 | hex(p[i + 2])));
			i += 2;
		} else {
			buf_addc(b, p[i]);
		}
	}
}

/* Blanks at the end of a line go (3), and then "=" is a soft break (5). */
static void
qp(struct buf *b, const char *p, size_t n)
{
	const char *end = p + n, *lf, *stop;

	for (; p < end; p = lf != NULL ? lf + 1 : end) {
		lf = memchr(p, '\n', (size_t)(end - p));
		stop = lf != NULL ? lf - 1 : end;
		while (stop > p && (stop[-1] == ' ' || stop[-1] == '\t'))
			stop--;
		if (stop > p && stop[-1] == '=') {
			qp_line(b, p, (size_t)(stop - p) - 1);
			continue;
		}
		qp_line(b, p, (size_t)(stop - p));
		if (lf != NULL)
			buf_adds(b, "\r\n");
	}
}

/* 6.8: what is no digit is skipped, and "=" ends it. */
static void
base64(struct buf *b, const char *p, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned long v = 0;
	const char *d;
	int bits = 0;

	for (size_t i = 0; i < n && p[i] != '='; i++) {
		d = p[i] != '\0' ? strchr(digits, p[i]) : NULL;
		if (d == NULL)
			continue;
		v = (v << 6 | (unsigned long)(d - digits)) & 0xffffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_addc(b, (char)(v >> bits & 255));
		}
	}
}

void
decode(struct buf *b, enum encoding how, const char *p, size_t n)
{
	if (how == ENCODING_QP)
		qp(b, p, n);
	else if (how == ENCODING_BASE64)
		base64(b, p, n);
	else
		buf_add(b, p, n);
}

bool
decode_is_clear(enum encoding how, const char *p, size_t n)
{
	size_t blanks = 0;
	bool equal = false; /* and then only blanks */

	for (size_t i = 0; how == ENCODING_QP && i < n; i++) {
		if (p[i] != ' ' && p[i] != '\t') {
			equal = p[i] == '=';
			blanks = 0;
		} else if (++blanks == 3 && equal) {
			return false;
		}
	}
	return true;
}

void
decode_trim(struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		b->p[n++] = b->p[i];
		if (i + 1 < b->n && b->p[i + 1] != '\r')
			continue;
		while (n > 0 && (b->p[n - 1] == ' ' || b->p[n - 1] == '\t'))
			n--;
	}
	b->n = n;
}

/* 4.2: "_" is a blank. */
static void
q_word(struct buf *b, const char *p, size_t n)
{
	struct buf text = {0};

	buf_add(&text, p, n);
	for (size_t i = 0; i < n; i++)
		if (text.p[i] == '_')
			text.p[i] = ' ';
	qp_line(b, text.p, n);
	buf_clear(&text);
}

/* =?charset?B?text?=, of n bytes; false: that is no word (2). */
static bool
word(struct buf *b, const char *p, size_t n)
{
	const char *end = p + n, *how, *text;

	if (n < 8 || memcmp(p, "=?", 2) != 0 || memcmp(end - 2, "?=", 2) != 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((p[i] & 0x80) != 0)
			return false;
	how = memchr(p + 2, '?', n - 4);
	if (how == NULL || how == p + 2 || end - how < 5 || how[2] != '?')
		return false;
	text = how + 3;
	n = (size_t)(end - 2 - text);
	if (memchr(text, '?', n) != NULL)
		return false;
	if (strchr("bB", how[1]) != NULL)
		base64(b, text, n);
	else if (strchr("qQ", how[1]) != NULL)
		q_word(b, text, n);
	else
		return false;
	return true;
}

void
decode_text(struct buf *b, const char *p)
{
	bool after = false;
	size_t blanks, n;
	struct buf text = {0};

	for (; *p != '\0'; p += n) {
		blanks = strspn(p, " \t");
		n = strcspn(p + blanks, " \t");
		buf_reset(&text);
		if (!word(&text, p + blanks, n)) {
			after = false;
			buf_add(b, p, blanks + n);
		} else {
			/* Blanks between words say nothing (6.2). */
			buf_add(b, p, after ? 0 : blanks);
			buf_add(b, text.p, text.n);
			after = true;
		}
		n += blanks;
	}
	buf_clear(&text);
}
