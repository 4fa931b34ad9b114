/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/canon.h"

#include <string.h>

#include "lib/base/ascii.h"

/* The nearest of three kinds of byte, each searched for only once. */
struct search {
	const char *end, *lf, *cr, *nul;
};

static const char *
find(const char *p, const char *end, char c)
{
	const char *q = memchr(p, c, (size_t)(end - p));

	return q != NULL ? q : end;
}

static const char *
next_special(struct search *s, const char *p)
{
	const char *q;

	if (s->lf < p)
		s->lf = find(p, s->end, '\n');
	if (s->cr < p)
		s->cr = find(p, s->end, '\r');
	if (s->nul < p)
		s->nul = find(p, s->end, '\0');
	q = s->lf < s->cr ? s->lf : s->cr;
	return q < s->nul ? q : s->nul;
}

static char *
end_line(struct canon *c, char *out)
{
	if (c->line > c->longest)
		c->longest = c->line;
	c->line = 0;
	*out++ = '\r';
	*out++ = '\n';
	return out;
}

/*
 * Most lines are short: a copy of so many bytes whatever they need is faster.
 * There is room for it where as many come in: each may need two.
 */
#define SHORT ((size_t)96)

static void
copy_line(char *o, const char *p, size_t n, const char *end)
{
	if (n <= SHORT && (size_t)(end - p) >= SHORT)
		memcpy(o, p, SHORT);
	else
		memcpy(o, p, n);
}

/* Lines up to the next one that does not just end in LF, as most do. */
static const char *
add_lines(struct canon *c, struct search *s, const char *p, char **out)
{
	const char *stop = s->cr < s->nul ? s->cr : s->nul, *lf = s->lf;
	char *o = *out;
	size_t n;

	while (lf < stop) {
		n = (size_t)(lf - p);
		copy_line(o, p, n, s->end);
		c->line += n;
		o = end_line(c, o + n);
		p = lf + 1;
		lf = find(p, s->end, '\n');
	}
	s->lf = lf;
	*out = o;
	return p;
}

/* Room for what follows is kept, however many CRs there were. */
static char *
add_strays(struct canon *c, char *out, const char *limit)
{
	size_t n = (size_t)(limit - out);

	if (n > c->stray)
		n = (size_t)c->stray;
	memset(out, ' ', n);
	c->stray -= n;
	c->line += n;
	return out + n;
}

size_t
canon_piece(struct canon *c, const char *in, size_t n, size_t *taken, char *out)
{
	const char *p = in, *q, *limit;
	struct search s;
	char *o = out;

	n = n < CANON_PIECE ? n : CANON_PIECE;
	s = (struct search){in + n, NULL, NULL, NULL};
	s.lf = find(p, s.end, '\n');
	s.cr = find(p, s.end, '\r');
	s.nul = find(p, s.end, '\0');
	c->eightbit = c->eightbit || ascii_has_8bit(in, n);

	while (p < s.end) {
		q = next_special(&s, p);
		if (c->stray == 0 && q == s.lf && q < s.end) {
			p = add_lines(c, &s, p, &o);
			continue;
		}
		if (c->stray > 0 && q > p) {
			/* Every byte left may need two of the room. */
			limit = out + CANON_ROOM - 2 * (s.end - p);
			o = add_strays(c, o, limit);
			if (c->stray > 0)
				break;
		}
		memcpy(o, p, (size_t)(q - p));
		o += q - p;
		c->line += (size_t)(q - p);
		p = q;
		if (p == s.end)
			break;
		if (*p == '\r') {
			c->stray++;
		} else if (*p == '\n') {
			c->crlf = c->crlf || c->stray > 0;
			c->stray = 0;
			o = end_line(c, o);
		}
		p++;
	}
	*taken = (size_t)(p - in);
	return (size_t)(o - out);
}

size_t
canon_end(struct canon *c, char *out)
{
	bool open = c->line > 0 || c->stray > 0;

	c->stray = 0;
	c->added = open;
	return open ? (size_t)(end_line(c, out) - out) : 0;
}
