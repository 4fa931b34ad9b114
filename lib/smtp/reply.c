/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/smtp/reply.h"

#include <string.h>

#include "lib/base/ascii.h"

#define TEXT_MAX ((size_t)64 * 1024)

enum reply_push
reply_push(struct reply *r, const char *p, size_t n)
{
	int code;

	if (r->whole || r->text.n == 0) {
		r->text.max = TEXT_MAX;
		buf_reset(&r->text);
		r->code = 0;
		r->whole = false;
	}
	if (n < 3 || p[0] < '2' || p[0] > '5' || !ascii_is_digit(p[1])
	    || !ascii_is_digit(p[2]))
		return REPLY_BAD;
	/* A bare code is a whole reply (RFC 5321, 4.2). */
	if (n > 3 && p[3] != ' ' && p[3] != '-')
		return REPLY_BAD;
	code = (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');
	if (r->code != 0 && code != r->code)
		return REPLY_BAD;
	r->code = code;
	if ((n > 4 && !buf_add(&r->text, p + 4, n - 4))
	    || !buf_addc(&r->text, '\n'))
		return REPLY_BAD;
	r->whole = n == 3 || p[3] == ' ';
	return r->whole ? REPLY_WHOLE : REPLY_MORE;
}

int
reply_class(const struct reply *r)
{
	return r->code / 100;
}

const char *
reply_last(const struct reply *r, size_t *n)
{
	const char *text = buf_str(&r->text);
	size_t end = r->text.n > 0 ? r->text.n - 1 : 0, at = end;

	while (at > 0 && text[at - 1] != '\n')
		at--;
	*n = end - at;
	return text + at;
}

void
reply_status(const struct reply *r, char *out, size_t size)
{
	const char *text = buf_str(&r->text);
	size_t n = strspn(text, "0123456789."), dots = 0;

	for (size_t i = 0; i < n; i++)
		dots += text[i] == '.';
	out[0] = '\0';
	if (n < size && dots == 2 && text[0] == '0' + reply_class(r)
	    && text[1] == '.' && text[2] != '.' && text[n - 1] != '.'
	    && strchr(" \n", text[n]) != NULL) {
		memcpy(out, text, n);
		out[n] = '\0';
	}
}

void
reply_print(const struct reply *r, struct buf *b)
{
	const char *p = buf_str(&r->text), *end;

	buf_addf(b, "%d", r->code);
	for (; (end = memchr(p, '\n', r->text.n - (size_t)(p - r->text.p)))
	     != NULL;
	     p = end + 1) {
		if (end > p)
			buf_addc(b, ' ');
		ascii_clean(b, p, (size_t)(end - p));
	}
}

void
reply_clear(struct reply *r)
{
	buf_clear(&r->text);
	*r = (struct reply){0};
}
