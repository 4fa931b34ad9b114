/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/fold.h"

#include <string.h>

#include "lib/base/ascii.h"

#define WANTED 78 /* RFC 5322, 2.1.1 */

/* The next line at p, with its LF if it has one. */
static size_t
line_at(const char *p, const char *end)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p));

	return (size_t)((lf != NULL ? lf + 1 : end) - p);
}

bool
fold_needed(const char *p, size_t n)
{
	const char *end = p + n;
	size_t len;

	for (; end - p > FOLD_LINE + 2; p += len) {
		len = line_at(p, end);
		if (len > FOLD_LINE + 2)
			return true;
	}
	return false;
}

/* What of a list of addresses a comma may be in, and mean nothing. */
struct quoting {
	bool quoted, escaped;
	int comments;
};

static bool
separates(struct quoting *q, char c)
{
	bool escaped = q->escaped;

	q->escaped = c == '\\' && !escaped && (q->quoted || q->comments > 0);
	if (escaped)
		return false;
	if (c == '"' && q->comments == 0)
		q->quoted = !q->quoted;
	if (!q->quoted && c == '(')
		q->comments++;
	if (!q->quoted && c == ')' && q->comments > 0)
		q->comments--;
	return c == ',' && !q->quoted && q->comments == 0;
}

/* A field's name does not stand alone, nor do blanks. */
static size_t
first_text(const char *p, size_t n)
{
	const char *colon = memchr(p, ':', n);
	size_t i = 0;

	if (n > 0 && !ascii_is_blank(*p) && colon != NULL)
		i = (size_t)(colon + 1 - p);
	while (i < n && ascii_is_blank(p[i]))
		i++;
	return i;
}

static void
put_line(struct buf *b, const char *p, size_t n, bool indent)
{
	buf_add(b, p, n);
	buf_adds(b, indent ? "\r\n " : "\r\n");
}

/*
 * A line without its CRLF.  A break stands between what is not blank and a
 * blank, or behind a comma of a list; what follows it is not all blank, which
 * some take for the end of the header.
 */
static void
fold_line(struct buf *b, const char *p, size_t n, struct quoting *list)
{
	size_t from = 0, at = 0, end = n, first = first_text(p, n);
	bool comma, indented = false;

	while (end > first && ascii_is_blank(p[end - 1]))
		end--;
	for (size_t i = 0; i < n; i++) {
		comma = list != NULL && separates(list, p[i]);
		if (at > from && i - from + indented >= WANTED) {
			indented = !ascii_is_blank(p[at]);
			put_line(b, p + from, at - from, indented);
			from = at;
		}
		if (i < first || i + 1 >= end)
			continue;
		if (ascii_is_blank(p[i]) && !ascii_is_blank(p[i - 1]))
			at = i;
		else if (comma && !ascii_is_blank(p[i + 1]))
			at = i + 1;
	}
	put_line(b, p + from, n - from, false);
}

void
fold_field(struct buf *b, const char *p, size_t n, bool list)
{
	struct quoting q = {0};
	const char *end = p + n;

	for (; p < end; p += n) {
		n = line_at(p, end);
		if (n > FOLD_LINE + 2) {
			fold_line(b, p, n - 2, list ? &q : NULL);
			continue;
		}
		buf_add(b, p, n);
		for (size_t i = 0; list && i < n; i++)
			separates(&q, p[i]);
	}
}
