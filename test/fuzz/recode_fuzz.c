/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/mime.h"
#include "lib/mail/recode.h"
#include "test/fuzz/decode.h"
#include "test/fuzz/fuzz.h"

/* A message at one moment: its bytes, and what a reader makes of them. */
struct state {
	struct buf all;
	const char *body;
	size_t size;
	struct mime mime;
};

static void
take(struct state *s, struct message *m)
{
	struct err e = {0};

	fuzz_emit(&s->all, m);
	must(s->all.n == message_size(m));
	must(fuzz_is_wire(s->all.p, s->all.n));
	s->size = (size_t)m->body.size;
	s->body = s->all.p + s->all.n - s->size;
	must(mime_read(&s->mime, &m->header, &m->body, &e));
}

static void
forget(struct state *s)
{
	buf_clear(&s->all);
	mime_clear(&s->mime);
}

/* What the server must never see. */
static void
check_wire(const struct state *s, const struct message *m, bool seven)
{
	const char *p = s->body, *end = p + s->size, *lf;
	unsigned longer = MESSAGE_SIGNED | MESSAGE_LONG;
	unsigned raw = MESSAGE_SIGNED | MESSAGE_RAW;
	bool eightbit = s->size > 0 && ascii_has_8bit(p, s->size);

	must(s->size == 0 || end[-1] == '\n');
	must(!seven || !eightbit || (m->notes & raw) != 0);
	must(message_eightbit(m) || !ascii_has_8bit(s->all.p, s->all.n)
	    || (m->notes & raw) != 0);
	must(m->eightbit || !eightbit || (m->notes & raw) != 0);
	for (; p < end; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		must(lf - p <= SCAN_LINE + 1 || (m->notes & longer) != 0);
	}
}

/* Is there anything to do? */
static bool
needs(const struct mime *m, bool seven)
{
	const struct mime_part *part;

	for (size_t i = 0; i < m->n; i++) {
		part = &m->v[i];
		if (part->in_header.longer || part->in_body.longer
		    || (seven
			&& (part->in_header.eightbit
			    || part->in_body.eightbit)))
			return true;
	}
	return false;
}

/* One in which nothing is may come and go with an empty line. */
static const struct mime_part *
next_part(const struct mime *m, size_t *i)
{
	while (*i < m->n
	    && (m->v[*i].kind == MIME_REMARK
		|| m->v[*i].header == m->v[*i].end))
		++*i;
	return *i < m->n ? &m->v[(*i)++] : NULL;
}

/* A line end of what is no text is what it was when it came in. */
static void
content(struct buf *b, const struct state *s, const struct mime_part *part,
    bool lf)
{
	decode(b, part->kind == MIME_BROKEN ? ENCODING_NONE : part->encoding,
	    s->body + part->body, (size_t)(part->end - part->body));
	for (size_t i = 0; lf && i < b->n; i++)
		if (b->p[i] == '\r' && i + 1 < b->n && b->p[i + 1] == '\n')
			memmove(b->p + i, b->p + i + 1, b->n-- - i);
}

/* A multipart that ends in its header is broken once it has an empty line. */
static bool
same_kind(const struct mime_part *was, const struct mime_part *is)
{
	if (is->kind == was->kind)
		return true;
	return was->kind == MIME_BROKEN ? is->kind == MIME_TEXT
					: was->kind == MIME_MULTIPART
		&& was->body == was->end && is->kind == MIME_BROKEN;
}

/* Each leaf decodes to the same. */
static void
check_content(const struct state *before, const struct state *after,
    const struct canon *c)
{
	const struct mime_part *was, *is;
	struct buf one = {0}, two = {0};
	size_t i = 0, j = 0;
	bool now; /* LF for CRLF */

	while ((was = next_part(&before->mime, &i)) != NULL) {
		is = next_part(&after->mime, &j);
		must(is != NULL && same_kind(was, is));
		if (was->kind == MIME_MULTIPART || was->kind == MIME_MESSAGE)
			continue;
		now = !c->crlf && is->encoding == ENCODING_BASE64;
		content(&one, before, was, now);
		content(&two, after, is, now);
		/* A line end that we added is no part of a file. */
		if (c->added && was->kind == MIME_OTHER && one.n > two.n
		    && was->end == before->size)
			one.n -= now ? 1 : 2;
		if (was->encoding == ENCODING_QP) {
			decode_trim(&one);
			decode_trim(&two);
		}
		must(fuzz_same(&one, &two)
		    || !decode_is_clear(was->encoding, before->body + was->body,
			(size_t)(was->end - was->body)));
		buf_reset(&one);
		buf_reset(&two);
	}
	must(next_part(&after->mime, &j) == NULL);
	buf_clear(&one);
	buf_clear(&two);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	unsigned how = fuzz_choice(&in), step = fuzz_choice(&in);
	bool seven = (how & 1) != 0;
	struct state before = {0}, after = {0}, again = {0};
	struct message m;
	struct err e = {0};

	if (fuzz_message(&m, in.p, in.n, step)) {
		must((how & 2) == 0 || recode_label(&m, &e));
		take(&before, &m);
		must(recode_message(&m, seven, &e));
		take(&after, &m);
		check_wire(&after, &m, seven);
		check_content(&before, &after, &m.canon);
		must(needs(&before.mime, seven)
		    || fuzz_same(&before.all, &after.all));
		/* What is fit needs nothing more. */
		if ((m.notes & ~(unsigned)MESSAGE_ENCODED) == 0) {
			m.notes = 0;
			must(recode_message(&m, seven, &e) && m.notes == 0);
			take(&again, &m);
			must(fuzz_same(&again.all, &after.all));
		}
	}
	forget(&before);
	forget(&after);
	forget(&again);
	message_clear(&m);
	return 0;
}
