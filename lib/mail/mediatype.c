/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/mediatype.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/addr.h"

/* RFC 2046, 5.1.1 has 70; some programs need more. */
#define BOUNDARY_MAX 250

static bool
is_space(char c)
{
	return ascii_is_blank(c) || c == '\r' || c == '\n';
}

/* RFC 2045, 5.1, but with what people do not care to quote. */
static const char *
token(struct buf *b, const char *p, const char *end, const char *stops)
{
	for (; p < end && !is_space(*p) && *p != '\0'
	     && strchr(stops, *p) == NULL;
	     p++)
		buf_addc(b, *p);
	return p;
}

static const char *
quoted(struct buf *b, const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++) {
		if (*p == '\\' && p + 1 < end)
			p++;
		if (*p != '\r' && *p != '\n')
			buf_addc(b, *p);
	}
	return p < end ? p + 1 : end;
}

/* To the next parameter, however this one ended. */
static const char *
next(const char *p, const char *end)
{
	p = addr_skip(p, end);
	while (p < end && *p != ';')
		p++;
	return p < end ? addr_skip(p + 1, end) : end;
}

static void
lower(struct buf *b)
{
	for (size_t i = 0; i < b->n; i++)
		b->p[i] = ascii_lower(b->p[i]);
}

/* RFC 2231, 3 and 4: boundary*=charset'language'%41, boundary*0=, ... */
static void
add_section(struct mediatype *m, const char *stars, const struct buf *value)
{
	const char *p = buf_str(value), *quote = strchr(p, '\'');
	char number[24], hex[3] = "";
	bool coded = stars[strlen(stars) - 1] == '*';
	unsigned char c;

	snprintf(number, sizeof number, "*%u", m->sections);
	if (strncmp(stars, number, strlen(number)) != 0
	    && (m->sections > 0 || strcmp(stars, "*") != 0))
		return;
	quote = quote != NULL ? strchr(quote + 1, '\'') : NULL;
	if (coded && m->sections == 0 && quote != NULL)
		p = quote + 1;
	for (m->sections++; *p != '\0'; p++) {
		if (coded && *p == '%' && p[1] != '\0') {
			memcpy(hex, p + 1, 2);
			if (ascii_unhex(&c, 1, hex)) {
				buf_addc(&m->boundary, (char)c);
				p += 2;
				continue;
			}
		}
		buf_addc(&m->boundary, *p);
	}
}

/* A boundary does not end in a blank (RFC 2046, 5.1.1). */
static void
trim(struct buf *b)
{
	while (b->n > 0 && is_space(b->p[b->n - 1]))
		b->p[--b->n] = '\0';
}

static void
keep(struct mediatype *m, const char *name, struct buf *value)
{
	trim(value);
	if (ascii_casecmp(name, "boundary") == 0 && m->boundary.n == 0) {
		buf_add(&m->boundary, buf_str(value), value->n);
	} else if (ascii_ncasecmp(name, "boundary*", 9) == 0
	    && (m->boundary.n == 0 || m->sections > 0)) {
		add_section(m, name + 8, value);
	} else if (ascii_casecmp(name, "charset") == 0 && m->charset.n == 0) {
		buf_add(&m->charset, buf_str(value), value->n);
		lower(&m->charset);
	}
}

static void
parameters(struct mediatype *m, const char *p, const char *end)
{
	struct buf name = {0}, value = {0};

	for (p = next(p, end); p < end; p = next(p, end)) {
		buf_reset(&name);
		buf_reset(&value);
		p = addr_skip(token(&name, p, end, "=;("), end);
		if (p < end && *p == '=') {
			p = addr_skip(p + 1, end);
			p = p < end && *p == '"' ? quoted(&value, p, end)
						 : token(&value, p, end, ";");
			keep(m, buf_str(&name), &value);
		}
	}
	buf_clear(&name);
	buf_clear(&value);
}

void
mediatype_parse(struct mediatype *m, const char *s, size_t n)
{
	const char *end = s + n, *p;

	p = addr_skip(token(&m->type, addr_skip(s, end), end, "/;=("), end);
	if (p < end && *p == '/')
		p = token(&m->subtype, addr_skip(p + 1, end), end, "/;=(");
	if (m->type.n == 0 || m->subtype.n == 0) {
		buf_reset(&m->type);
		buf_reset(&m->subtype);
		return;
	}
	lower(&m->type);
	lower(&m->subtype);
	parameters(m, p, end);
	trim(&m->boundary);
	/* What no line of ours could hold, or no line of anybody's. */
	if (m->boundary.n > BOUNDARY_MAX
	    || ascii_has_8bit(buf_str(&m->boundary), m->boundary.n)
	    || strlen(buf_str(&m->boundary)) < m->boundary.n
	    || strpbrk(buf_str(&m->boundary), "\r\n") != NULL)
		buf_reset(&m->boundary);
}

bool
mediatype_read(struct mediatype *m, const struct header *h)
{
	const struct field *f = header_find(h, FIELD_CONTENT_TYPE, 0);
	const char *p;
	size_t n;

	if (f == NULL)
		return false;
	p = header_outgoing(h, f, &n);
	mediatype_parse(m, p, n);
	return true;
}

bool
mediatype_is(const struct mediatype *m, const char *type, const char *subtype)
{
	return strcmp(buf_str(&m->type), type) == 0
	    && strcmp(buf_str(&m->subtype), subtype) == 0;
}

bool
mediatype_is_signed(const struct mediatype *m)
{
	return mediatype_is(m, "multipart", "signed")
	    || mediatype_is(m, "multipart", "encrypted");
}

void
mediatype_clear(struct mediatype *m)
{
	buf_clear(&m->type);
	buf_clear(&m->subtype);
	buf_clear(&m->boundary);
	buf_clear(&m->charset);
	m->sections = 0;
}
