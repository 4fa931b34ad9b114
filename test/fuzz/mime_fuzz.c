/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/mime.h"
#include "test/fuzz/fuzz.h"

static void
check_lines(const struct store *s, uint64_t from, uint64_t end,
    struct scan_lines said)
{
	struct scan_lines is = {0};
	const char *p, *cr;
	size_t n;

	for (; from < end; from += n + 2) {
		p = buf_str(&s->mem) + from;
		cr = memchr(p, '\r', (size_t)(end - from));
		n = cr != NULL ? (size_t)(cr - p) : (size_t)(end - from);
		is.longer = is.longer || n > SCAN_LINE;
		is.eightbit = is.eightbit || ascii_has_8bit(p, n);
	}
	must(is.longer == said.longer && is.eightbit == said.eightbit);
}

/* The header that is read again is within the part's. */
static void
check_header(struct store *s, const struct mime_part *part)
{
	struct header h = {0};
	struct err e = {0};

	must(mime_header(&h, s, part, &e));
	must(h.text.n <= part->body - part->header + 2);
	must(part->typed == (header_find(&h, FIELD_CONTENT_TYPE, 0) != NULL));
	header_clear(&h);
}

/* What a container holds stands in it, in order; the depth of it. */
static size_t
check_part(const struct mime *m, size_t i, struct store *s)
{
	const struct mime_part *part = &m->v[i];
	uint64_t at = part->body;
	size_t depth, deepest = 0, j;

	must(part->header <= part->body && part->body <= part->end);
	must(part->next > i && part->next <= m->n);
	must(part->kind == MIME_MULTIPART || part->kind == MIME_MESSAGE
	    || part->next == i + 1);
	if (i > 0 && part->kind != MIME_REMARK) {
		check_lines(s, part->header, part->body, part->in_header);
		check_header(s, part);
	}
	check_lines(s, part->body, part->end, part->in_body);
	for (j = i + 1; j < part->next; j = m->v[j].next) {
		must(m->v[j].header >= at);
		/* The CRLF of a delimiter can be an empty line as well. */
		must(m->v[j].end <= part->end
		    || (m->v[j].body == m->v[j].end
			&& m->v[j].end == part->end + 2));
		at = m->v[j].end;
		depth = 1 + check_part(m, j, s);
		deepest = depth > deepest ? depth : deepest;
	}
	must(j == part->next);
	return deepest;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct message msg;
	struct mime m = {0};
	struct err e = {0};
	size_t parts = 0;

	if (fuzz_message(&msg, (const char *)data, n, 0)) {
		must(mime_read(&m, &msg.header, &msg.body, &e) && m.n > 0);
		must(m.v[0].header == 0 && m.v[0].body == 0
		    && m.v[0].end == msg.body.size && m.v[0].next == m.n);
		must(check_part(&m, 0, &msg.body) <= MIME_DEPTH);
		for (size_t i = 0; i < m.n; i++)
			parts += m.v[i].kind != MIME_REMARK;
		must(parts <= MIME_PARTS + 1);
	}
	mime_clear(&m);
	message_clear(&msg);
	return 0;
}
