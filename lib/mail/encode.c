/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/encode.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/addr.h"

#define LINE 76 /* RFC 2045, 6.7 (5) and 6.8 */

static const char *const names[] = {
    [ENCODING_NONE] = "7bit",
    [ENCODING_QP] = "quoted-printable",
    [ENCODING_BASE64] = "base64",
};

static const char hex[] = "0123456789ABCDEF";
static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const char *
encode_name(enum encoding e)
{
	return names[e];
}

enum encoding
encode_known(const char *value, size_t n)
{
	const char *end = value + n, *p = addr_skip(value, end);

	for (n = 0; p + n < end && p[n] > 32 && p[n] < 127 && p[n] != '(';)
		n++;
	for (int e = ENCODING_QP; e <= ENCODING_BASE64; e++)
		if (strlen(names[e]) == n
		    && ascii_ncasecmp(names[e], p, n) == 0)
			return (enum encoding)e;
	return ENCODING_NONE;
}

static char *
soft_break(struct encoder *e, char *o)
{
	memcpy(o, "=\r\n", 3);
	e->column = 0;
	e->soft = true;
	return o + 3;
}

static char *
put_hex(struct encoder *e, char c, char *o)
{
	if (e->column + 3 > LINE - 1)
		o = soft_break(e, o);
	*o++ = '=';
	*o++ = hex[(unsigned char)c >> 4];
	*o++ = hex[c & 0xf];
	e->column += 3;
	return o;
}

static bool
is_letter(char c)
{
	return c > 32 && c < 127 && c != '=';
}

static bool
is_plain(char c)
{
	return is_letter(c) || ascii_is_blank(c);
}

/*
 * One character of text.  A dot that begins a line could end the message
 * where somebody forgets to stuff it, and a break of ours must not make the
 * rest of a line look like a delimiter.
 */
static char *
put_text(struct encoder *e, char c, char *o)
{
	if (!is_plain(c))
		return put_hex(e, c, o);
	if (e->column + 1 > LINE - 1)
		o = soft_break(e, o);
	if (e->column == 0 && (c == '.' || (c == '-' && e->soft)))
		return put_hex(e, c, o);
	*o++ = c;
	e->column++;
	return o;
}

static bool
is_hex(char c)
{
	return ascii_is_digit(c)
	    || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
}

/* Could it be the next byte of the escape, or of a soft break with blanks? */
static bool
goes_on(const struct encoder *e, char c)
{
	if (e->held[0] != '=' || e->n_held == 3)
		return false;
	return (is_hex(c) && (e->n_held == 1 || is_hex(e->held[1])))
	    || (ascii_is_blank(c)
		&& (e->n_held == 1 || ascii_is_blank(e->held[1])));
}

/* An escape, or a soft break, that came in: it stays in one piece. */
static char *
put_held(struct encoder *e, size_t columns, char *o)
{
	if (e->column + e->n_held > columns)
		o = soft_break(e, o);
	memcpy(o, e->held, e->n_held);
	e->column += e->n_held;
	return o + e->n_held;
}

/* What waited for the next byte; at the end of a line, if last. */
static char *
release(struct encoder *e, bool last, char *o)
{
	bool escape = e->held[0] == '=';

	if (escape && e->n_held == 3 && is_hex(e->held[1])) {
		o = put_held(e, LINE - 1, o);
	} else if (escape && last && (e->n_held == 1 || !is_hex(e->held[1]))) {
		o = put_held(e, LINE, o);
	} else if (escape || (last && !e->wrap)) {
		/* An equal sign that begins no escape stands for itself. */
		o = put_hex(e, e->held[0], o);
		for (size_t i = 1; i < e->n_held; i++)
			o = put_text(e, e->held[i], o);
	} else {
		o = put_text(e, e->held[0], o);
	}
	e->n_held = 0;
	return o;
}

static char *
end_line(struct encoder *e, char *o)
{
	bool soft = e->n_held > 0 && e->held[0] == '=';

	if (e->n_held > 0)
		o = release(e, true, o);
	e->soft = soft;
	e->column = 0;
	*o++ = '\r';
	*o++ = '\n';
	return o;
}

/* Bytes that stand for themselves inside of a line; all in one go. */
static size_t
plain_run(const struct encoder *e, const char *p, const char *end)
{
	size_t n = 0, max = (size_t)(end - p);

	if (e->n_held > 0 || e->column == 0)
		return 0;
	if (max > LINE - 1 - e->column)
		max = LINE - 1 - e->column;
	while (n < max
	    && (is_letter(p[n])
		|| (p[n] == ' ' && p + n + 1 < end && is_letter(p[n + 1]))))
		n++;
	return n;
}

/* RFC 2045, 6.7: a blank must know what follows, and so must an escape. */
static char *
quote(struct encoder *e, const char *p, size_t n, char *o)
{
	for (const char *end = p + n; p < end; p++) {
		n = plain_run(e, p, end);
		memcpy(o, p, n);
		o += n;
		e->column += n;
		p += n;
		if (p == end)
			break;
		if (*p == '\r')
			continue;
		if (*p == '\n') {
			o = end_line(e, o);
			continue;
		}
		if (e->n_held > 0 && !goes_on(e, *p))
			o = release(e, false, o);
		if (e->n_held > 0 || ascii_is_blank(*p)
		    || (e->wrap && *p == '='))
			e->held[e->n_held++] = *p;
		else
			o = put_text(e, *p, o);
	}
	return o;
}

static char *
put_digits(struct encoder *e, const char *p, size_t n, char *o)
{
	for (size_t i = 0; i < n; i++) {
		if (e->column == LINE) {
			*o++ = '\r';
			*o++ = '\n';
			e->column = 0;
		}
		*o++ = p[i];
		e->column++;
	}
	return o;
}

/* The bytes held, three unless they are the last ones. */
static char *
put_group(struct encoder *e, char *o)
{
	const unsigned char *h = (const unsigned char *)e->held;
	size_t n = e->n_held;
	char four[4] = "====";

	four[0] = digits[h[0] >> 2];
	four[1] = digits[(h[0] & 3) << 4 | (n > 1 ? h[1] >> 4 : 0)];
	if (n > 1)
		four[2] = digits[(h[1] & 15) << 2 | (n > 2 ? h[2] >> 6 : 0)];
	if (n > 2)
		four[3] = digits[h[2] & 63];
	e->n_held = 0;
	return put_digits(e, four, 4, o);
}

static char *
to_base64(struct encoder *e, const char *p, size_t n, char *o)
{
	for (size_t i = 0; i < n; i++) {
		if (e->lf && p[i] == '\r')
			continue;
		e->held[e->n_held++] = p[i];
		if (e->n_held == 3)
			o = put_group(e, o);
	}
	return o;
}

/* Decoders skip what is no digit (RFC 2045, 6.8). */
static char *
wrap_base64(struct encoder *e, const char *p, size_t n, char *o)
{
	for (size_t i = 0; i < n; i++)
		if (ascii_is_alpha(p[i]) || ascii_is_digit(p[i]) || p[i] == '+'
		    || p[i] == '/' || p[i] == '=')
			o = put_digits(e, p + i, 1, o);
	return o;
}

size_t
encode_piece(struct encoder *e, const char *in, size_t n, char *out)
{
	char *o = out;

	switch (e->how) {
	case ENCODING_QP:
		o = quote(e, in, n, out);
		break;
	case ENCODING_BASE64:
		o = e->wrap ? wrap_base64(e, in, n, out)
			    : to_base64(e, in, n, out);
		break;
	case ENCODING_NONE:
		memcpy(out, in, n);
		o += n;
		break;
	}
	return (size_t)(o - out);
}

size_t
encode_end(struct encoder *e, char *out)
{
	char *o = out;

	if (e->n_held > 0)
		o = e->how == ENCODING_QP ? release(e, true, out)
					  : put_group(e, out);
	return (size_t)(o - out);
}
