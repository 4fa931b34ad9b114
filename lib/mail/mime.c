/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/mime.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/mem.h"
#include "lib/mail/mediatype.h"

/* One pass over the body. */
struct reader {
	struct scan sc;
	struct mime *m;
	size_t parts; /* of the m->n that are no remarks */
};

static struct mime_part *
new_part(struct reader *r, enum mime_kind kind)
{
	struct mime *m = r->m;

	if (m->n == m->room) {
		m->room = m->room > 0 ? m->room * 2 : 8;
		m->v = mem_resize(m->v, m->room, sizeof *m->v);
	}
	m->v[m->n] = (struct mime_part){.kind = kind,
	    .next = m->n + 1,
	    .header = r->sc.at,
	    .body = r->sc.at};
	r->parts += kind != MIME_REMARK;
	return &m->v[m->n++];
}

/* A preamble or an epilogue; only one that needs something is kept. */
static void
remark(struct reader *r)
{
	struct scan_lines outer = r->sc.seen;
	uint64_t from = r->sc.at;
	struct mime_part *part;

	r->sc.seen = (struct scan_lines){0};
	while (scan_line(&r->sc))
		;
	if (r->sc.seen.eightbit || r->sc.seen.longer) {
		part = new_part(r, MIME_REMARK);
		part->header = part->body = from;
		part->end = scan_end(&r->sc, from);
		part->in_body = r->sc.seen;
	}
	scan_add(&r->sc.seen, outer);
}

/* To the end of what was no multipart after all. */
static void
give_up(struct reader *r, size_t i)
{
	struct mime *m = r->m;

	for (; m->n > i + 1; m->n--)
		r->parts -= m->v[m->n - 1].kind != MIME_REMARK;
	m->v[i].kind = MIME_BROKEN;
	r->sc.too_much = false;
	if (r->sc.last == SCAN_TEXT
	    || (r->sc.last == SCAN_DELIMITER && r->sc.level >= r->sc.n_open))
		while (scan_line(&r->sc))
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
	part->typed = mediatype_read(type, h);
	part->kind = kind_of(type, part, digest);
}

static void content(struct reader *, size_t, const struct mediatype *,
    size_t depth);

/* Lines up to the empty one, or to the first that is no header. */
static void
read_header(struct reader *r, struct header *h, uint64_t from)
{
	enum header_push pushed = HEADER_TAKEN;
	struct scan_lines before = r->sc.seen;

	r->sc.in_header = true;
	while (pushed == HEADER_TAKEN && !r->sc.too_much && scan_line(&r->sc)) {
		pushed = header_push(h, r->sc.line.p, r->sc.line.n);
		if (pushed == HEADER_TAKEN)
			before = r->sc.seen;
		if (pushed == HEADER_TAKEN && r->sc.at - from > MIME_HEADER)
			r->sc.too_much = true;
	}
	r->sc.in_header = false;
	if (pushed == HEADER_BODY) {
		r->sc.at = r->sc.start;
		r->sc.seen = before;
	}
}

/* The header of the next entity, which is a new part; false: too many. */
static bool
head(struct reader *r, struct mediatype *type, bool digest, size_t *i)
{
	struct scan_lines outer = r->sc.seen;
	struct header h = {0};
	struct mime_part *part;

	*i = r->m->n;
	if (r->parts > MIME_PARTS) {
		r->sc.too_much = true;
		return false;
	}
	part = new_part(r, MIME_TEXT);
	r->sc.seen = (struct scan_lines){0};
	read_header(r, &h, part->header);
	part->in_header = r->sc.seen;
	part->body = r->sc.last == SCAN_TEXT ? r->sc.at : r->sc.start;
	part->end = part->body;
	classify(part, &h, type, digest);
	header_clear(&h);
	scan_add(&r->sc.seen, outer);
	return true;
}

/* A part of a multipart, or what a message/... holds. */
static void
entity(struct reader *r, size_t depth, bool digest)
{
	struct mediatype type = {0};
	size_t i;

	if (head(r, &type, digest, &i) && r->sc.last == SCAN_TEXT
	    && !r->sc.too_much)
		content(r, i, &type, depth);
	mediatype_clear(&type);
}

static bool
is_open(const struct reader *r, const char *boundary)
{
	for (size_t i = 0; i < r->sc.n_open; i++)
		if (strcmp(r->sc.open[i], boundary) == 0)
			return true;
	return false;
}

static void
multipart(struct reader *r, size_t i, const struct mediatype *type,
    size_t depth)
{
	bool digest = strcmp(buf_str(&type->subtype), "digest") == 0;
	const char *boundary = buf_str(&type->boundary);
	size_t own = r->sc.n_open;
	bool any = false, whole;

	if (*boundary == '\0' || depth >= MIME_DEPTH || is_open(r, boundary)) {
		give_up(r, i);
		return;
	}
	r->sc.open[r->sc.n_open++] = boundary;
	remark(r);
	while (r->sc.last == SCAN_DELIMITER && r->sc.level == own
	    && !r->sc.closes && !r->sc.too_much) {
		entity(r, depth + 1, digest);
		any = true;
	}
	r->sc.n_open--;
	whole = any && r->sc.last == SCAN_DELIMITER && r->sc.level == own
	    && r->sc.closes && !r->sc.too_much;
	if (whole)
		remark(r);
	else if (r->sc.last != SCAN_FAILED)
		give_up(r, i);
}

/* RFC 3464 and its like: groups of fields and nothing else. */
static bool
is_report(const struct mediatype *type)
{
	static const char *const ends[] = {"-notification", "-report",
	    "-status"};
	const char *subtype = buf_str(&type->subtype);
	size_t n = strlen(subtype), len;

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		len = strlen(ends[i]);
		if (n > len && strcmp(subtype + n - len, ends[i]) == 0)
			return true;
	}
	return false;
}

/* Each group is an entity without a body; what is no field is no report. */
static void
report(struct reader *r)
{
	struct mediatype type = {0};
	uint64_t from;
	size_t i;

	while (r->sc.last == SCAN_TEXT && !r->sc.too_much) {
		from = r->sc.at;
		if (head(r, &type, false, &i))
			r->m->v[i].kind = MIME_TEXT;
		if (r->sc.last == SCAN_TEXT && r->sc.at == from)
			r->sc.too_much = true;
		mediatype_clear(&type);
	}
}

static void
message(struct reader *r, size_t i, const struct mediatype *type, size_t depth)
{
	if (depth < MIME_DEPTH && is_report(type))
		report(r);
	else if (depth < MIME_DEPTH)
		entity(r, depth + 1, false);
	if (depth >= MIME_DEPTH || r->sc.too_much)
		give_up(r, i);
}

/* From the first line behind the header; depth is that of the part. */
static void
content(struct reader *r, size_t i, const struct mediatype *type, size_t depth)
{
	struct scan_lines outer = r->sc.seen;

	r->sc.seen = (struct scan_lines){0};
	switch (r->m->v[i].kind) {
	case MIME_MULTIPART:
		multipart(r, i, type, depth);
		break;
	case MIME_MESSAGE:
		message(r, i, type, depth);
		break;
	default:
		while (scan_line(&r->sc))
			;
	}
	r->m->v[i].end = scan_end(&r->sc, r->m->v[i].body);
	r->m->v[i].next = r->m->n;
	r->m->v[i].in_body = r->sc.seen;
	scan_add(&r->sc.seen, outer);
}

bool
mime_read(struct mime *m, const struct header *h, struct store *body,
    struct err *e)
{
	struct reader r = {.sc = {.body = body, .e = e, .end = body->size},
	    .m = m};
	struct mediatype type = {0};

	classify(new_part(&r, MIME_TEXT), h, &type, false);
	content(&r, 0, &type, 0);
	mediatype_clear(&type);
	buf_clear(&r.sc.line);
	return r.sc.last != SCAN_FAILED;
}

bool
mime_header(struct header *h, struct store *body, const struct mime_part *part,
    struct err *e)
{
	struct reader r = {.sc = {.body = body,
			       .e = e,
			       .at = part->header,
			       .end = part->body}};

	read_header(&r, h, part->header);
	buf_clear(&r.sc.line);
	return r.sc.last != SCAN_FAILED;
}

void
mime_clear(struct mime *m)
{
	free(m->v);
	*m = (struct mime){0};
}
