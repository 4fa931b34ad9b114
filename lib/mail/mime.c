/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/mime.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/mem.h"
#include "lib/mail/mediatype.h"

/* One pass over the body, line by line. */
struct scan {
	struct mime *m;
	struct store *body;
	struct err *e;
	struct buf line; /* the last one, if it was worth keeping */
	uint64_t start, at, end;
	bool in_header;
	enum { TEXT, DELIMITER, END, FAILED } last;
	size_t level; /* of the delimiter: whose boundary it has */
	bool closes;
	struct mime_lines seen;
	const char *open[MIME_DEPTH]; /* boundaries, outermost first */
	size_t n_open;
	size_t parts;
	bool too_much; /* for the multipart or message that is read */
};

static void
add_lines(struct mime_lines *to, struct mime_lines more)
{
	to->eightbit = to->eightbit || more.eightbit;
	to->longer = to->longer || more.longer;
}

/* RFC 2046, 5.1.1; what only begins like a delimiter is none. */
static bool
is_delimiter(struct scan *sc)
{
	const char *p = buf_str(&sc->line), *rest;
	size_t n = sc->line.n, len;

	if (n < sc->at - sc->start)
		return false;
	while (n > 0 && (p[n - 1] == '\n' || p[n - 1] == '\r'))
		n--;
	while (n > 0 && ascii_is_blank(p[n - 1]))
		n--;
	if (n < 3 || memcmp(p, "--", 2) != 0)
		return false;
	for (size_t i = sc->n_open; i-- > 0;) {
		len = strlen(sc->open[i]);
		if (n < len + 2 || memcmp(p + 2, sc->open[i], len) != 0)
			continue;
		rest = p + 2 + len;
		n -= 2 + len;
		sc->closes = n == 2 && memcmp(rest, "--", 2) == 0;
		sc->level = i;
		if (n == 0 || sc->closes)
			return true;
		n += 2 + len;
	}
	return false;
}

/* The next line into `line`, unless it cannot matter what it says. */
static bool
read_line(struct scan *sc)
{
	struct mime_lines now = {0};
	const char *p, *lf = NULL;
	bool keep = true;
	size_t n;

	buf_reset(&sc->line);
	for (sc->start = sc->at; lf == NULL && sc->at < sc->end;) {
		if (!store_read(sc->body, sc->at, &p, &n, sc->e)) {
			sc->last = FAILED;
			return false;
		}
		lf = memchr(p, '\n', n);
		n = lf != NULL ? (size_t)(lf - p) + 1 : n;
		if (sc->at == sc->start)
			keep = sc->in_header || *p == '-';
		if (keep && sc->line.n <= MIME_HEADER)
			buf_add(&sc->line, p, n);
		now.eightbit = now.eightbit || ascii_has_8bit(p, n);
		sc->at += n;
	}
	now.longer = sc->at - sc->start > MIME_LINE + 2;
	if (sc->at == sc->start)
		sc->last = END;
	else
		sc->last = is_delimiter(sc) ? DELIMITER : TEXT;
	/* One with so many blanks behind it cannot be sent, nor be changed. */
	if (sc->last == DELIMITER && now.longer) {
		sc->too_much = true;
		sc->last = TEXT;
	}
	if (sc->last == TEXT)
		add_lines(&sc->seen, now);
	return sc->last == TEXT;
}

/* Where content ends: its last CRLF belongs to the delimiter. */
static uint64_t
content_end(const struct scan *sc, uint64_t from)
{
	if (sc->last == END)
		return sc->at;
	return sc->start >= from + 2 ? sc->start - 2 : from;
}

static struct mime_part *
new_part(struct scan *sc, enum mime_kind kind)
{
	struct mime *m = sc->m;

	if (m->n == m->room) {
		m->room = m->room > 0 ? m->room * 2 : 8;
		m->v = mem_resize(m->v, m->room, sizeof *m->v);
	}
	m->v[m->n] = (struct mime_part){.kind = kind,
	    .next = m->n + 1,
	    .header = sc->at,
	    .body = sc->at};
	sc->parts += kind != MIME_REMARK;
	return &m->v[m->n++];
}

/* A preamble or an epilogue; only one that needs something is kept. */
static void
remark(struct scan *sc)
{
	struct mime_lines outer = sc->seen;
	uint64_t from = sc->at;
	struct mime_part *part;

	sc->seen = (struct mime_lines){0};
	while (read_line(sc))
		;
	if (sc->seen.eightbit || sc->seen.longer) {
		part = new_part(sc, MIME_REMARK);
		part->header = part->body = from;
		part->end = content_end(sc, from);
		part->in_body = sc->seen;
	}
	add_lines(&sc->seen, outer);
}

/* To the end of what was no multipart after all. */
static void
give_up(struct scan *sc, size_t i)
{
	struct mime *m = sc->m;

	for (; m->n > i + 1; m->n--)
		sc->parts -= m->v[m->n - 1].kind != MIME_REMARK;
	m->v[i].kind = MIME_BROKEN;
	sc->too_much = false;
	if (sc->last == TEXT
	    || (sc->last == DELIMITER && sc->level >= sc->n_open))
		while (read_line(sc))
			;
}

static enum mime_kind
kind_of(const struct mediatype *type, const struct mime_part *part, bool digest)
{
	const char *major = buf_str(&type->type);

	if (!part->typed && digest)
		return MIME_MESSAGE;
	if (*major == '\0' || strcmp(major, "text") == 0)
		return MIME_TEXT;
	if (mediatype_is_signed(type))
		return MIME_SIGNED;
	if (strcmp(major, "multipart") == 0)
		return MIME_MULTIPART;
	/* RFC 2045, 6.4 forbids it, but who encodes one means it. */
	if (strcmp(major, "message") == 0 && part->encoding == ENCODING_NONE)
		return MIME_MESSAGE;
	return MIME_OTHER;
}

/* What the header says of the part. */
static void
classify(struct mime_part *part, const struct header *h, struct mediatype *type,
    bool digest)
{
	const struct field *f;
	const char *p;
	size_t n;

	f = header_find(h, FIELD_CONTENT_TRANSFER_ENCODING, 0);
	if (f != NULL) {
		p = header_outgoing(h, f, &n);
		part->encoding = encode_known(p, n);
	}
	f = header_find(h, FIELD_CONTENT_TYPE, 0);
	part->typed = f != NULL;
	if (f != NULL) {
		p = header_outgoing(h, f, &n);
		mediatype_parse(type, p, n);
	}
	part->kind = kind_of(type, part, digest);
}

static void content(struct scan *, size_t, const struct mediatype *,
    size_t depth);

/* Lines up to the empty one, or to the first that is no header. */
static void
read_header(struct scan *sc, struct header *h, uint64_t from)
{
	enum header_push pushed = HEADER_TAKEN;
	struct mime_lines before = sc->seen;

	sc->in_header = true;
	while (pushed == HEADER_TAKEN && !sc->too_much && read_line(sc)) {
		pushed = header_push(h, sc->line.p, sc->line.n);
		if (pushed == HEADER_TAKEN)
			before = sc->seen;
		if (pushed == HEADER_TAKEN && sc->at - from > MIME_HEADER)
			sc->too_much = true;
	}
	sc->in_header = false;
	if (pushed == HEADER_BODY) {
		sc->at = sc->start;
		sc->seen = before;
	}
}

/* A part of a multipart, or what a message/... holds. */
static void
entity(struct scan *sc, size_t depth, bool digest)
{
	struct mime_lines outer = sc->seen;
	struct mediatype type = {0};
	struct header h = {0};
	struct mime_part *part;

	if (sc->parts > MIME_PARTS) {
		sc->too_much = true;
		return;
	}
	part = new_part(sc, MIME_TEXT);
	sc->seen = (struct mime_lines){0};
	read_header(sc, &h, part->header);
	part->in_header = sc->seen;
	part->body = sc->last == TEXT ? sc->at : sc->start;
	part->end = part->body;
	classify(part, &h, &type, digest);
	header_clear(&h);
	if (sc->last == TEXT && !sc->too_much)
		content(sc, (size_t)(part - sc->m->v), &type, depth);
	add_lines(&sc->seen, outer);
	mediatype_clear(&type);
}

static bool
is_open(const struct scan *sc, const char *boundary)
{
	for (size_t i = 0; i < sc->n_open; i++)
		if (strcmp(sc->open[i], boundary) == 0)
			return true;
	return false;
}

static void
multipart(struct scan *sc, size_t i, const struct mediatype *type, size_t depth)
{
	bool digest = strcmp(buf_str(&type->subtype), "digest") == 0;
	const char *boundary = buf_str(&type->boundary);
	size_t own = sc->n_open;
	bool any = false, whole;

	if (*boundary == '\0' || depth >= MIME_DEPTH || is_open(sc, boundary)) {
		give_up(sc, i);
		return;
	}
	sc->open[sc->n_open++] = boundary;
	remark(sc);
	while (sc->last == DELIMITER && sc->level == own && !sc->closes
	    && !sc->too_much) {
		entity(sc, depth + 1, digest);
		any = true;
	}
	sc->n_open--;
	whole = any && sc->last == DELIMITER && sc->level == own && sc->closes
	    && !sc->too_much;
	if (whole)
		remark(sc);
	else if (sc->last != FAILED)
		give_up(sc, i);
}

static void
message(struct scan *sc, size_t i, size_t depth)
{
	if (depth < MIME_DEPTH)
		entity(sc, depth + 1, false);
	if (depth >= MIME_DEPTH || sc->too_much)
		give_up(sc, i);
}

/* From the first line behind the header; depth is that of the part. */
static void
content(struct scan *sc, size_t i, const struct mediatype *type, size_t depth)
{
	struct mime_lines outer = sc->seen;

	sc->seen = (struct mime_lines){0};
	switch (sc->m->v[i].kind) {
	case MIME_MULTIPART:
		multipart(sc, i, type, depth);
		break;
	case MIME_MESSAGE:
		message(sc, i, depth);
		break;
	default:
		while (read_line(sc))
			;
	}
	sc->m->v[i].end = content_end(sc, sc->m->v[i].body);
	sc->m->v[i].next = sc->m->n;
	sc->m->v[i].in_body = sc->seen;
	add_lines(&sc->seen, outer);
}

bool
mime_read(struct mime *m, const struct header *h, struct store *body,
    struct err *e)
{
	struct scan sc = {.m = m, .body = body, .e = e, .end = body->size};
	struct mediatype type = {0};

	classify(new_part(&sc, MIME_TEXT), h, &type, false);
	content(&sc, 0, &type, 0);
	mediatype_clear(&type);
	buf_clear(&sc.line);
	return sc.last != FAILED;
}

bool
mime_header(struct header *h, struct store *body, const struct mime_part *part,
    struct err *e)
{
	struct mime none = {0};
	struct scan sc = {.m = &none,
	    .body = body,
	    .e = e,
	    .at = part->header,
	    .end = part->body};

	read_header(&sc, h, part->header);
	buf_clear(&sc.line);
	return sc.last != FAILED;
}

void
mime_clear(struct mime *m)
{
	free(m->v);
	*m = (struct mime){0};
}
