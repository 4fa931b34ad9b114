/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/plain.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/plainlist.h"
#include "lib/mail/words.h"

#define LINE 76 /* of a line with encoded words (RFC 2047, 2) */

static const struct {
	const char *name;
	enum plain_grammar grammar;
} fields[] = {
    {"ARC-Authentication-Results", PLAIN_STRICT},
    {"ARC-Message-Signature", PLAIN_STRICT},
    {"ARC-Seal", PLAIN_STRICT},
    {"Authentication-Results", PLAIN_STRICT},
    {"Bcc", PLAIN_ADDRESSES},
    {"Cc", PLAIN_ADDRESSES},
    {"Content-Disposition", PLAIN_PARAMETERS},
    {"Content-ID", PLAIN_STRICT},
    {"Content-Transfer-Encoding", PLAIN_STRICT},
    {"Content-Type", PLAIN_PARAMETERS},
    {"DKIM-Signature", PLAIN_STRICT},
    {"Date", PLAIN_STRICT},
    {"Disposition-Notification-To", PLAIN_ADDRESSES},
    {"Errors-To", PLAIN_ADDRESSES},
    {"From", PLAIN_ADDRESSES},
    {"In-Reply-To", PLAIN_STRICT},
    {"MIME-Version", PLAIN_STRICT},
    {"Mail-Followup-To", PLAIN_ADDRESSES},
    {"Mail-Reply-To", PLAIN_ADDRESSES},
    {"Message-ID", PLAIN_STRICT},
    {"Received", PLAIN_STRICT},
    {"References", PLAIN_STRICT},
    {"Reply-To", PLAIN_ADDRESSES},
    {"Resent-Cc", PLAIN_ADDRESSES},
    {"Resent-Date", PLAIN_STRICT},
    {"Resent-From", PLAIN_ADDRESSES},
    {"Resent-Message-ID", PLAIN_STRICT},
    {"Resent-Reply-To", PLAIN_ADDRESSES},
    {"Resent-Sender", PLAIN_ADDRESSES},
    {"Resent-To", PLAIN_ADDRESSES},
    {"Return-Path", PLAIN_STRICT},
    {"Return-Receipt-To", PLAIN_ADDRESSES},
    {"Sender", PLAIN_ADDRESSES},
    {"To", PLAIN_ADDRESSES},
};

enum plain_grammar
plain_grammar(const char *field, size_t n)
{
	size_t len = 0;

	while (len < n && field[len] != ':' && !ascii_is_blank(field[len]))
		len++;
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (strlen(fields[i].name) == len
		    && ascii_ncasecmp(fields[i].name, field, len) == 0)
			return fields[i].grammar;
	return PLAIN_TEXT;
}

/* A run of blanks or of others, at p. */
static size_t
run(const char *p, bool blank)
{
	size_t n = 0;

	while (p[n] != '\0' && ascii_is_blank(p[n]) == blank)
		n++;
	return n;
}

/* An encoded word (RFC 2047, 2): =?charset?B?text?= */
static bool
is_word(const char *p, size_t n)
{
	const char *mark;

	if (n < 8 || memcmp(p, "=?", 2) != 0 || memcmp(p + n - 2, "?=", 2) != 0)
		return false;
	mark = memchr(p + 2, '?', n - 4);
	if (mark == NULL || mark == p + 2 || p + n - mark < 5 || mark[2] != '?'
	    || strchr("BbQq", mark[1]) == NULL)
		return false;
	return memchr(mark + 3, '?', (size_t)(p + n - 2 - (mark + 3))) == NULL;
}

/*
 * How much at p becomes words together: from one that is not ASCII to the last
 * of those that follow it.
 */
static size_t
foreign(const char *p)
{
	size_t n = 0, at = 0, len;

	for (;;) {
		len = run(p + at, false);
		if (len == 0 || !ascii_has_8bit(p + at, len))
			return n;
		n = at + len;
		at = n + run(p + n, true);
	}
}

static size_t
column(const struct buf *b)
{
	size_t n = 0;

	while (n < b->n && b->p[b->n - 1 - n] != '\n')
		n++;
	return n;
}

/* About as wide as the first encoded word of so many bytes. */
static size_t
width(size_t n)
{
	size_t all = 12 + 4 * ((n + 2) / 3);

	return all < LINE ? all : LINE - 1;
}

static void
put_words(struct buf *b, const char *p, const char *end, const char *charset)
{
	struct buf text = {0};

	buf_add(&text, p, (size_t)(end - p));
	words_encode(b, text.p, charset);
	buf_clear(&text);
}

/*
 * Unstructured text, unfolded.  Blanks between two encoded words say nothing
 * (RFC 2047, 6.2), so next to one that came in they go into ours as well.
 */
static void
put_text(struct buf *b, const char *value, const char *charset)
{
	const char *from, *to, *behind, *p;
	bool coded, after = false; /* an encoded word that came in */
	size_t n, wide;

	for (p = value; *p != '\0'; p += n) {
		from = p + run(p, true);
		n = foreign(from);
		coded = n > 0;
		to = from + (coded ? n : run(from, false));
		n = (size_t)(to - p);
		behind = to + run(to, true);
		if (coded && is_word(behind, run(behind, false)))
			to = behind;
		wide = (size_t)(to - (coded && after ? p : from));
		if (p > value && from > p && to > from
		    && column(b) + (size_t)(from - p)
			    + (coded ? width(wide) : wide)
			> LINE)
			buf_adds(b, "\r\n");
		buf_add(b, p, (size_t)(from - p));
		if (coded)
			put_words(b, to - wide, to, charset);
		else
			buf_add(b, from, wide);
		after = !coded && is_word(from, wide);
	}
}

/* RFC 2231, 4: name*=charset''value. */
static void
put_extended(struct buf *b, const char *name, size_t n, const struct buf *value,
    const char *charset)
{
	buf_addf(b, "%.*s*=%s''", (int)n, name,
	    words_charset(value->p, value->n, charset));
	for (size_t i = 0; i < value->n; i++) {
		char c = value->p[i];

		if (ascii_is_alpha(c) || ascii_is_digit(c)
		    || (c != '\0' && strchr("!#$&+-.^_`{|}~", c) != NULL))
			buf_addc(b, c);
		else
			buf_addf(b, "%%%02X", (unsigned char)c);
	}
}

/* Up to the quote that ends it. */
static const char *
unquote(struct buf *text, const char *p)
{
	for (p++; *p != '\0' && *p != '"'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		buf_addc(text, *p);
	}
	return *p == '"' ? p + 1 : p;
}

/* One parameter at p, to its semicolon; unfolded. */
static const char *
put_parameter(struct buf *b, const char *p, const char *charset)
{
	const char *from = p, *end, *equal;
	struct buf text = {0};
	size_t name;

	p += run(p, true);
	name = strcspn(p, " \t=;\"");
	equal = p + name + run(p + name, true);
	end = equal;
	if (*equal == '=') {
		end = equal + 1 + run(equal + 1, true);
		if (*end == '"')
			end = unquote(&text, end);
		else
			buf_add(&text, end, strcspn(end, "; \t"));
	}
	end += strcspn(end, ";");
	if (ascii_has_8bit(buf_str(&text), text.n) && name > 0
	    && p[name - 1] != '*' && ascii_ncasecmp(p, "boundary", 8) != 0
	    && !ascii_has_8bit(p, name)) {
		buf_adds(b, "\r\n ");
		put_extended(b, p, name, &text, charset);
	} else {
		buf_add(b, from, (size_t)(end - from));
	}
	buf_clear(&text);
	return end;
}

static void
put_parameters(struct buf *b, const char *p, const char *charset)
{
	size_t n = strcspn(p, ";");

	buf_add(b, p, n);
	for (p += n; *p == ';';) {
		buf_addc(b, *p++);
		p = put_parameter(b, p, charset);
	}
}

static void
unfold(struct buf *b, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != '\r' && p[i] != '\n')
			buf_addc(b, p[i]);
}

void
plain_field(struct buf *b, const char *field, size_t n, const char *charset)
{
	enum plain_grammar grammar = plain_grammar(field, n);
	const char *colon = memchr(field, ':', n);
	size_t name = colon != NULL ? (size_t)(colon + 1 - field) : 0;
	struct buf value = {0};

	unfold(&value, field + name, n - name);
	buf_add(b, field, name);
	if (grammar == PLAIN_TEXT)
		put_text(b, buf_str(&value), charset);
	else if (grammar == PLAIN_PARAMETERS)
		put_parameters(b, buf_str(&value), charset);
	else if (grammar == PLAIN_ADDRESSES)
		plainlist_put(b, buf_str(&value), charset);
	else
		buf_add(b, field + name, n - name - 2);
	buf_adds(b, "\r\n");
	buf_clear(&value);
}
