/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/recode.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/mem.h"
#include "lib/mail/mediatype.h"
#include "lib/mail/mend.h"
#include "lib/mail/mime.h"

#define PIECE ((size_t)16 * 1024)

/* What becomes of a part. */
struct plan {
	bool encode; /* its content */
	bool label;  /* as a container of what is encoded */
	bool mend;   /* its header */
};

struct recoding {
	struct message *m;
	bool seven;
	struct mime mime;
	struct plan *plan;
	struct store out;
	uint64_t at; /* of the old body: up to there it is written */
};

static bool
is_container(const struct mime_part *part)
{
	return part->kind == MIME_MULTIPART || part->kind == MIME_MESSAGE;
}

static bool
needs(const struct recoding *r, struct scan_lines lines)
{
	return lines.longer || (r->seven && lines.eightbit);
}

/* Does anything have to be done? */
static bool
make_plan(struct recoding *r)
{
	const struct mime *m = &r->mime;
	const struct mime_part *part;
	bool any = false;

	r->plan = mem_alloc(m->n * sizeof *r->plan);
	for (size_t i = m->n; i-- > 0;) {
		part = &m->v[i];
		r->plan[i].mend = i > 0 && needs(r, part->in_header);
		if (is_container(part)) {
			for (size_t j = i + 1; j < part->next; j++)
				r->plan[i].label = r->plan[i].label
				    || r->plan[j].encode || r->plan[j].mend;
		} else if (needs(r, part->in_body)) {
			r->plan[i].encode = part->kind != MIME_SIGNED;
			if (part->kind == MIME_SIGNED)
				r->m->notes |= MESSAGE_SIGNED;
		}
		any = any || r->plan[i].encode || r->plan[i].mend;
	}
	return any;
}

/* Are there 8-bit bytes in what a part holds, when all is done? */
static bool
stays_eightbit(const struct recoding *r, size_t i)
{
	const struct mime_part *part = &r->mime.v[i];

	if (!is_container(part))
		return part->in_body.eightbit && !r->plan[i].encode;
	for (size_t j = i + 1; j < part->next; j++)
		if ((r->mime.v[j].in_header.eightbit && !r->seven)
		    || (!is_container(&r->mime.v[j]) && stays_eightbit(r, j)))
			return true;
	return false;
}

/* The charset of some of a body: of all that fits, the narrowest. */
static bool
charset_of(struct store *s, uint64_t from, uint64_t end, const char **name,
    struct err *e)
{
	char joined[4];
	size_t n, have = 0, len;
	const char *p;

	*name = "us-ascii";
	for (uint64_t at = from; at < end; at += n) {
		if (!store_read(s, at, &p, &n, e))
			return false;
		n = n < end - at ? n : (size_t)(end - at);
		for (size_t i = 0; i < n; i++) {
			if (have == 0 && (p[i] & 0x80) == 0)
				continue;
			/* A character may go on in the next view. */
			joined[have++] = p[i];
			len = ascii_utf8(joined, have);
			*name = "utf-8";
			if (len == 0 && have < sizeof joined)
				continue;
			if (len == 0) {
				*name = "unknown-8bit";
				return true;
			}
			have = 0;
		}
	}
	if (have > 0)
		*name = "unknown-8bit";
	return true;
}

static bool
put_type(struct recoding *r, struct header *h, const struct mime_part *part,
    struct err *e)
{
	struct buf value = {0};
	const char *charset;

	if (!charset_of(&r->m->body, part->body, part->end, &charset, e))
		return false;
	buf_addf(&value, "text/plain; charset=%s", charset);
	header_put(h, FIELD_CONTENT_TYPE, value.p);
	buf_clear(&value);
	return true;
}

/* What says how it is encoded stays so; but a broken one only says so. */
static bool
is_encoded(const struct mime_part *part)
{
	return part->encoding != ENCODING_NONE
	    && (part->kind == MIME_TEXT || part->kind == MIME_OTHER);
}

static enum encoding
encoding_for(const struct mime_part *part)
{
	if (is_encoded(part))
		return part->encoding;
	return part->kind == MIME_OTHER ? ENCODING_BASE64 : ENCODING_QP;
}

/* The header of part i says what becomes of its content. */
static bool
say(struct recoding *r, struct header *h, size_t i, struct err *e)
{
	const struct mime_part *part = &r->mime.v[i];
	const struct plan *plan = &r->plan[i];
	bool whole = i == 0 || part[-1].kind == MIME_MESSAGE;

	if (whole && (plan->encode || plan->label || i == 0)
	    && header_find(h, FIELD_MIME_VERSION, 0) == NULL)
		header_put(h, FIELD_MIME_VERSION, "1.0");
	if (plan->label
	    && header_find(h, FIELD_CONTENT_TRANSFER_ENCODING, 0) != NULL)
		header_put(h, FIELD_CONTENT_TRANSFER_ENCODING,
		    stays_eightbit(r, i) ? "8bit" : "7bit");
	if (!plan->encode || is_encoded(part))
		return true;
	header_put(h, FIELD_CONTENT_TRANSFER_ENCODING,
	    encode_name(encoding_for(part)));
	if (part->kind == MIME_BROKEN
	    || (part->kind == MIME_TEXT && !part->typed))
		return put_type(r, h, part, e);
	return true;
}

static bool
copy_to(struct recoding *r, uint64_t end, struct err *e)
{
	const char *p;
	size_t n;

	for (; r->at < end; r->at += n) {
		if (!store_read(&r->m->body, r->at, &p, &n, e))
			return false;
		n = n < end - r->at ? n : (size_t)(end - r->at);
		n = n < PIECE ? n : PIECE;
		if (!store_add(&r->out, p, n, e))
			return false;
	}
	return true;
}

static bool
write_header(struct recoding *r, size_t i, struct err *e)
{
	const struct mime_part *part = &r->mime.v[i];
	struct mediatype type = {0};
	struct header h = {0};
	struct buf text = {0};
	unsigned left = 0;
	bool ok;

	ok = copy_to(r, part->header, e)
	    && mime_header(&h, &r->m->body, part, e);
	if (ok && r->plan[i].mend) {
		mediatype_read(&type, &h);
		left = mend_header(&h, r->seven, true, buf_str(&type.charset));
	}
	ok = ok && say(r, &h, i, e);
	if (ok) {
		r->m->notes |= ((left & MEND_LONG) != 0 ? MESSAGE_LONG : 0U)
		    | ((left & MEND_RAW) != 0 ? MESSAGE_RAW : 0U);
		header_emit(&h, &text);
		buf_adds(&text, "\r\n");
		ok = store_add(&r->out, text.p, text.n, e);
		r->at = part->body;
	}
	mediatype_clear(&type);
	header_clear(&h);
	buf_clear(&text);
	return ok;
}

static bool
write_content(struct recoding *r, const struct mime_part *part, struct err *e)
{
	struct encoder encoder = {
	    .how = encoding_for(part),
	    .wrap = is_encoded(part),
	    .lf = !r->m->canon.crlf,
	};
	struct store *out = &r->out;
	uint64_t end = part->end;
	const char *p;
	bool ok = copy_to(r, part->body, e);
	size_t n;

	/* In base64 a line end that nobody wrote would be content. */
	if (part->kind == MIME_OTHER && r->m->canon.added
	    && end == r->m->body.size)
		end -= 2;
	for (; ok && r->at < end; r->at += n) {
		ok = store_read(&r->m->body, r->at, &p, &n, e);
		if (!ok)
			break;
		n = n < end - r->at ? n : (size_t)(end - r->at);
		n = n < PIECE ? n : PIECE;
		ok = store_took(out,
		    encode_piece(&encoder, p, n,
			store_room(out, ENCODE_ROOM(n))),
		    e);
	}
	ok = ok
	    && store_took(out,
		encode_end(&encoder, store_room(out, ENCODE_ROOM(0))), e);
	r->at = part->end;
	/* A body's last line ends, even one of base64. */
	if (ok && part->end == r->m->body.size && encoder.column > 0)
		ok = store_add(out, "\r\n", 2, e);
	return ok;
}

static bool
rewrite(struct recoding *r, struct err *e)
{
	struct message *m = r->m;
	const struct plan *plan;
	bool ok = true;

	store_begin(&r->out, m->body.dir);
	for (size_t i = 0; ok && i < r->mime.n; i++) {
		plan = &r->plan[i];
		if (i > 0 && r->mime.v[i].kind != MIME_REMARK
		    && (plan->encode || plan->label || plan->mend))
			ok = write_header(r, i, e);
		if (!plan->encode)
			continue;
		ok = ok && write_content(r, &r->mime.v[i], e);
		m->notes |= MESSAGE_ENCODED;
	}
	ok = ok && copy_to(r, m->body.size, e);
	ok = ok && say(r, &m->header, 0, e);
	if (!ok) {
		store_clear(&r->out);
		return false;
	}
	m->eightbit = stays_eightbit(r, 0);
	store_clear(&m->body);
	m->body = r->out;
	return true;
}

bool
recode_message(struct message *m, bool seven, struct err *e)
{
	struct recoding r = {.m = m, .seven = seven};
	bool ok = mime_read(&r.mime, &m->header, &m->body, e);

	if (ok && make_plan(&r)) {
		if (message_signed(m))
			m->notes |= MESSAGE_SIGNED;
		else
			ok = rewrite(&r, e);
	}
	free(r.plan);
	mime_clear(&r.mime);
	return ok;
}

bool
recode_label(struct message *m, struct err *e)
{
	struct header *h = &m->header;
	const char *charset;

	if (!m->eightbit || header_find(h, FIELD_MIME_VERSION, 0) != NULL
	    || header_find(h, FIELD_CONTENT_TYPE, 0) != NULL
	    || header_find(h, FIELD_CONTENT_TRANSFER_ENCODING, 0) != NULL
	    || message_signed(m))
		return true;
	if (!charset_of(&m->body, 0, m->body.size, &charset, e))
		return false;
	if (strcmp(charset, "utf-8") == 0) {
		header_put(h, FIELD_MIME_VERSION, "1.0");
		header_put(h, FIELD_CONTENT_TYPE, "text/plain; charset=utf-8");
		header_put(h, FIELD_CONTENT_TRANSFER_ENCODING, "8bit");
	}
	return true;
}
