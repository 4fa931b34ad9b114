/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/addr.h"

#include <string.h>

#include "lib/base/ascii.h"

#define PATH_MAX_BYTES 320 /* 64 @ 255, RFC 5321, 4.5.3.1 */
#define COMMENT_DEPTH 64

struct parser {
	const char *p, *end;
	struct buf comment; /* the last one */
	struct mailboxes *list;
	struct err *e;
};

/* Words up to a special: a phrase, or a local part, we shall see. */
struct words {
	struct buf local;  /* unquoted, as written without spaces */
	struct buf phrase; /* unquoted, one space between */
	size_t n;
	bool split;  /* two words with no dot between: no local part */
	bool quoted; /* the only word was, or is, quoted */
};

/* The content of a comment to b, if there is a b; behind it, or NULL. */
static const char *
skip_comment(const char *p, const char *end, struct buf *b)
{
	int depth = 1;

	if (b != NULL)
		buf_reset(b);
	for (p++; p < end; p++) {
		if (*p == '(' && ++depth > COMMENT_DEPTH)
			return NULL;
		if (*p == ')' && --depth == 0)
			return p + 1;
		if (*p == '\\' && p + 1 < end)
			p++;
		if (b != NULL && (!ascii_is_control(*p) || *p == '\t'))
			buf_addc(b, *p);
	}
	return NULL;
}

static const char *
skip_space(const char *p, const char *end)
{
	for (;;) {
		if (p < end && ascii_is_blank(*p))
			p++;
		else if (end - p > 2 && p[0] == '\r' && p[1] == '\n'
		    && ascii_is_blank(p[2]))
			p += 3;
		else
			return p;
	}
}

const char *
addr_skip(const char *p, const char *end)
{
	const char *behind;

	for (;;) {
		p = skip_space(p, end);
		if (p == end || *p != '(')
			return p;
		behind = skip_comment(p, end, NULL);
		if (behind == NULL)
			return p;
		p = behind;
	}
}

static bool
fail(struct parser *ps, const char *what)
{
	return err_set(ps->e, ERR_INPUT, "%s", what);
}

static bool
skip(struct parser *ps)
{
	for (;;) {
		ps->p = skip_space(ps->p, ps->end);
		if (ps->p == ps->end || *ps->p != '(')
			return true;
		ps->p = skip_comment(ps->p, ps->end, &ps->comment);
		if (ps->p == NULL)
			return fail(ps, "a comment does not end");
	}
}

static bool
at(const struct parser *ps, char c)
{
	return ps->p < ps->end && *ps->p == c;
}

static bool
quoted_string(struct parser *ps, struct words *w)
{
	for (ps->p++; ps->p < ps->end && *ps->p != '"'; ps->p++) {
		if (*ps->p == '\\' && ps->p + 1 < ps->end)
			ps->p++;
		if (*ps->p == '\r' || *ps->p == '\n')
			continue; /* a fold; its blank stays */
		if (ascii_is_control(*ps->p) && *ps->p != '\t')
			return fail(ps, "a control character in quotes");
		buf_addc(&w->local, *ps->p);
		buf_addc(&w->phrase, *ps->p);
	}
	if (ps->p == ps->end)
		return fail(ps, "a quoted string does not end");
	ps->p++;
	return true;
}

/* A run of an atom's characters, dots and, for sloppy names, brackets. */
static void
run(struct parser *ps, struct words *w)
{
	const char *from = ps->p;

	for (; ps->p < ps->end; ps->p++) {
		if (*ps->p == '[' || *ps->p == ']')
			w->split = true;
		else if (!mailbox_atext(*ps->p) && *ps->p != '.')
			break;
	}
	buf_add(&w->local, from, (size_t)(ps->p - from));
	buf_add(&w->phrase, from, (size_t)(ps->p - from));
}

static bool
words(struct parser *ps, struct words *w)
{
	bool dot = true; /* may the next word join the local part? */
	const char *before;

	for (;;) {
		before = ps->p;
		if (!skip(ps))
			return false;
		if (ps->p == ps->end)
			return true;
		if (*ps->p != '"' && *ps->p != '.' && *ps->p != '['
		    && *ps->p != ']' && !mailbox_atext(*ps->p))
			return true;
		if (!dot && *ps->p != '.')
			w->split = true;
		if (w->n++ > 0 && ps->p > before)
			buf_addc(&w->phrase, ' ');
		if (*ps->p == '"') {
			w->quoted = true;
			if (!quoted_string(ps, w))
				return false;
			dot = false;
		} else {
			run(ps, w);
			dot = ps->p[-1] == '.';
		}
	}
}

static void
words_clear(struct words *w)
{
	buf_clear(&w->local);
	buf_clear(&w->phrase);
}

static bool
valid_utf8(const char *s, size_t n)
{
	size_t len;

	for (size_t i = 0; i < n; i += len) {
		len = ascii_utf8(s + i, n - i);
		if (len == 0)
			return false;
	}
	return true;
}

static bool
valid_local(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ascii_is_control(s[i]))
			return false;
	return valid_utf8(s, n);
}

static bool
valid_domain(const char *s, size_t n)
{
	if (n == 0 || n > 255 || s[0] == '.' || s[n - 1] == '.')
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '.' && s[i + 1] == '.')
			return false;
		if (!ascii_is_alpha(s[i]) && !ascii_is_digit(s[i])
		    && s[i] != '-' && s[i] != '_' && s[i] != '.'
		    && (s[i] & 0x80) == 0)
			return false;
	}
	return valid_utf8(s, n);
}

/* Behind the @.  Appends to an empty buffer. */
static bool
domain(struct parser *ps, struct buf *d)
{
	struct words w = {0};
	bool ok = false;

	if (!skip(ps))
		return false;
	if (at(ps, '[')) {
		do {
			if (!ascii_is_alpha(*ps->p) && !ascii_is_digit(*ps->p)
			    && memchr("[]:.-", *ps->p, 5) == NULL)
				return fail(ps, "a bad address literal");
			buf_addc(d, *ps->p);
			ps->p++;
		} while (ps->p < ps->end && ps->p[-1] != ']');
		if (d->p[d->n - 1] != ']' || d->n < 3
		    || memchr(d->p + 1, '[', d->n - 1) != NULL)
			return fail(ps, "a bad address literal");
		return skip(ps);
	}
	if (words(ps, &w)) {
		buf_add(d, w.local.p, w.local.n);
		ok = !w.split && !w.quoted && valid_domain(d->p, d->n);
		if (!ok)
			fail(ps, "a bad domain");
	}
	words_clear(&w);
	return ok;
}

static bool
add_mailbox(struct parser *ps, const char *name, const struct words *w,
    const struct buf *dom)
{
	if (w->n == 0)
		return fail(ps, "an address is missing");
	if (w->split)
		return fail(ps, "words without an address in <>");
	if (w->local.n == 0 && !w->quoted)
		return fail(ps, "an empty local part");
	if (w->local.n + dom->n > PATH_MAX_BYTES)
		return fail(ps, "an address is too long");
	if (!valid_local(buf_str(&w->local), w->local.n))
		return fail(ps, "an address that is not printable UTF-8");
	mailboxes_add(ps->list, *name != '\0' ? name : buf_str(&ps->comment),
	    buf_str(&w->local), buf_str(dom));
	return true;
}

/* RFC 5322, 4.4: <@a,@b:user@host>; the route leads nowhere any more. */
static bool
route(struct parser *ps)
{
	struct buf d = {0};
	bool ok = true;

	while (ok && (at(ps, '@') || at(ps, ','))) {
		if (*ps->p++ == '@')
			ok = domain(ps, &d);
		buf_reset(&d);
		ok = ok && skip(ps);
	}
	buf_clear(&d);
	if (!ok)
		return false;
	if (!at(ps, ':'))
		return fail(ps, "a bad route");
	ps->p++;
	return true;
}

/* local [@ domain], into the list. */
static bool
addr_spec(struct parser *ps, const char *name, const struct words *local)
{
	struct buf d = {0};
	bool ok = true;

	if (at(ps, '@')) {
		ps->p++;
		ok = domain(ps, &d);
	}
	ok = ok && skip(ps) && add_mailbox(ps, name, local, &d);
	buf_clear(&d);
	return ok;
}

static bool
angle(struct parser *ps, const char *name)
{
	struct words w = {0};
	bool ok;

	ps->p++;
	ok = skip(ps) && (!at(ps, '@') || route(ps)) && words(ps, &w)
	    && addr_spec(ps, name, &w);
	words_clear(&w);
	if (!ok)
		return false;
	if (!at(ps, '>'))
		return fail(ps, "a < without its >");
	ps->p++;
	return skip(ps);
}

/* One mailbox or the name of a group, in front of *in_group's list. */
static bool
address(struct parser *ps, bool *in_group)
{
	struct words w = {0};
	bool ok;

	ok = words(ps, &w);
	if (ok && at(ps, '<')) {
		ok = angle(ps, buf_str(&w.phrase));
	} else if (ok && at(ps, ':') && !*in_group && w.n > 0) {
		*in_group = true;
		ps->p++;
		words_clear(&w);
		return true;
	} else if (ok) {
		ok = addr_spec(ps, "", &w);
	}
	words_clear(&w);
	if (ok && ps->p < ps->end && *ps->p != ',' && *ps->p != ';')
		return fail(ps,
		    ascii_is_control(*ps->p) ? "a control character"
					     : "something behind an address");
	return ok;
}

bool
addr_parse(struct mailboxes *list, const char *s, size_t n, struct err *e)
{
	struct parser ps = {.p = s, .end = s + n, .list = list, .e = e};
	bool in_group = false, ok = true;

	for (;; buf_reset(&ps.comment)) {
		ok = ok && skip(&ps);
		if (!ok || ps.p == ps.end)
			break;
		if (*ps.p == ',') {
			ps.p++;
		} else if (*ps.p == ';') {
			ok = in_group || fail(&ps, "a ; without its group");
			in_group = false;
			ps.p++;
		} else {
			ok = address(&ps, &in_group);
		}
	}
	if (ok && in_group)
		ok = fail(&ps, "a group does not end with ;");
	buf_clear(&ps.comment);
	return ok;
}
