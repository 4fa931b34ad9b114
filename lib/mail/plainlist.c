/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/plainlist.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/idna.h"
#include "lib/mail/words.h"

/*
 * Behind a quoted string, or a comment with those in it, or one character;
 * NULL: it does not end.
 */
static const char *
skip(const char *p)
{
	char end = *p == '"' ? '"' : *p == '(' ? ')' : '\0';
	int depth = 1;

	if (*p == '\\' && p[1] != '\0')
		return p + 2;
	if (end == '\0')
		return p + 1;
	for (p++; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == end && --depth == 0)
			return p + 1;
		else if (*p == '(' && end == ')')
			depth++;
	}
	return NULL;
}

/* To the first of some characters that nothing quotes. */
static const char *
find(const char *p, const char *stops)
{
	const char *next;

	for (; *p != '\0' && strchr(stops, *p) == NULL; p = next) {
		next = skip(p);
		if (next == NULL)
			return p + strlen(p);
	}
	return p;
}

/*
 * Text without its backslashes, and a name without its quotes; in an encoded
 * word control characters would only hide.
 */
static void
unquote(struct buf *b, const char *p, const char *end, bool name)
{
	for (; p < end; p++) {
		if (*p == '\\' && p + 1 < end)
			p++;
		else if (name && *p == '"')
			continue;
		if (!ascii_is_control(*p) || *p == '\t')
			buf_addc(b, *p);
	}
}

/* A name or the inside of a comment, which has words in it perhaps. */
static void
put_text(struct buf *b, const char *p, const char *end, bool name,
    const char *charset)
{
	struct buf raw = {0}, text = {0};

	unquote(&raw, p, end, name);
	words_decode(&text, buf_str(&raw));
	words_encode(b, buf_str(&text), charset);
	buf_clear(&raw);
	buf_clear(&text);
}

/* RFC 2047, 5 (3): an encoded word has a blank behind it. */
static void
put_name(struct buf *b, const char *p, const char *end, bool tight,
    const char *charset)
{
	put_text(b, p, end, true, charset);
	if (tight)
		buf_addc(b, ' ');
}

static void
put_comment(struct buf *b, const char *p, const char *end, const char *charset)
{
	buf_addc(b, '(');
	put_text(b, p + 1, end - 1, false, charset);
	buf_addc(b, ')');
}

static void
put_address(struct buf *b, const char *p, const char *end)
{
	struct buf path = {0}, ascii = {0};
	struct err none = {0};

	buf_add(&path, p, (size_t)(end - p));
	if (idna_path(&ascii, path.p, &none))
		buf_add(b, ascii.p, ascii.n);
	else
		buf_add(b, p, (size_t)(end - p));
	buf_clear(&path);
	buf_clear(&ascii);
}

/* A name, or an address without brackets, and the comments in it. */
static void
put_part(struct buf *b, const char *p, const char *end, bool name,
    const char *charset)
{
	const char *next, *last;

	for (; p < end; p = next) {
		while (p < end && ascii_is_blank(*p))
			buf_addc(b, *p++);
		next = *p == '(' ? skip(p) : find(p, "(");
		/* A comment that does not end may hide addresses. */
		if (next == NULL) {
			buf_add(b, p, (size_t)(end - p));
			return;
		}
		next = next < end ? next : end;
		for (last = next; last > p && ascii_is_blank(last[-1]);)
			last--;
		if (!ascii_has_8bit(p, (size_t)(last - p)))
			buf_add(b, p, (size_t)(last - p));
		else if (*p == '(')
			put_comment(b, p, last, charset);
		else if (name)
			put_name(b, p, last, last == next, charset);
		else
			put_address(b, p, last);
		buf_add(b, last, (size_t)(next - last));
	}
}

void
plainlist_put(struct buf *b, const char *p, const char *charset)
{
	const char *end;

	for (; *p != '\0'; p = end) {
		end = find(p, "<:,;");
		put_part(b, p, end, *end == '<' || *end == ':', charset);
		if (*end == '<') {
			buf_addc(b, '<');
			p = end + 1;
			end = find(p, ">");
			put_address(b, p, end);
		}
		if (*end != '\0')
			buf_addc(b, *end++);
		/* A line of its own for each, as encoded words are long. */
		if (end[-1] == ',' && *end != '\0') {
			while (ascii_is_blank(*end))
				end++;
			buf_adds(b, "\r\n ");
		}
	}
}
