/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/shape.h"

#include "test/unit/unit.h"

struct shaped shaped = {.store.fd = -1};

void
shape_crlf(struct buf *to, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '\n')
			buf_addc(to, '\r');
		buf_addc(to, *s);
	}
}

bool
shape_read(const char *header, struct err *e)
{
	struct buf b = {0};

	shape_crlf(&b, header);
	for (char *p = b.p, *end; p != NULL && *p != '\0'; p = end) {
		end = strchr(p, '\n') + 1;
		assert_int_equal(header_push(&shaped.header, p,
				     (size_t)(end - p)),
		    HEADER_TAKEN);
	}
	buf_clear(&b);
	store_begin(&shaped.store, unit_dir);
	return store_add(&shaped.store, buf_str(&shaped.body), shaped.body.n, e)
	    && mime_read(&shaped.mime, &shaped.header, &shaped.store, e);
}

int
shape_forget(void **state)
{
	(void)state;
	header_clear(&shaped.header);
	buf_clear(&shaped.body);
	store_clear(&shaped.store);
	mime_clear(&shaped.mime);
	return 0;
}

/* The flags are those of the lines that stand there. */
static void
has_lines(struct scan_lines flags, uint64_t from, uint64_t end)
{
	bool eightbit = false, longer = false;
	uint64_t start = from;

	for (uint64_t i = from; i <= end; i++) {
		if (i == end || shaped.body.p[i] == '\n') {
			longer = longer || i - start - (i < end) > SCAN_LINE;
			start = i + 1;
		}
		eightbit =
		    eightbit || (i < end && (shaped.body.p[i] & 0x80) != 0);
	}
	assert_int_equal(flags.eightbit, eightbit);
	assert_int_equal(flags.longer, longer);
}

/* What mime_header reads is what stands there. */
static void
has_header(const struct mime_part *part)
{
	const char *p = buf_str(&shaped.body) + part->header, *end;
	struct header h = {0};
	struct buf b = {0};
	struct err e;

	end = buf_str(&shaped.body) + part->body;
	assert_true(mime_header(&h, &shaped.store, part, &e));
	header_emit(&h, &b);
	assert_true(b.n <= (size_t)(end - p));
	assert_memory_equal(buf_str(&b), p, b.n);
	p += b.n;
	assert_true(p == end || (end - p == 2 && memcmp(p, "\r\n", 2) == 0));
	header_clear(&h);
	buf_clear(&b);
}

/* A letter for each kind, and what it holds. */
static void
add(struct buf *b, size_t i, uint64_t from, uint64_t limit)
{
	const struct mime_part *part = &shaped.mime.v[i];
	size_t inner = i + 1;

	assert_true(from <= part->header && part->header <= part->body
	    && part->body <= part->end && part->end <= limit);
	assert_true(part->next > i && part->next <= shaped.mime.n);
	has_lines(part->in_body, part->body, part->end);
	if (i > 0 && part->kind != MIME_REMARK) {
		has_lines(part->in_header, part->header, part->body);
		has_header(part);
	}
	buf_addc(b, "TOMGSBr"[part->kind]);
	if (part->kind != MIME_REMARK && !part->typed)
		buf_addc(b, '?');
	buf_adds(b,
	    part->encoding == ENCODING_QP           ? "q"
		: part->encoding == ENCODING_BASE64 ? "b"
						    : "");
	buf_adds(b, part->in_body.eightbit ? "8" : "");
	buf_adds(b, part->in_body.longer ? "L" : "");
	if (inner == part->next)
		return;
	from = part->body;
	for (char c = '['; inner < part->next; c = ' ') {
		buf_addc(b, c);
		/* An empty line may end a header within and be a delimiter's.
		 */
		limit = part->end + (part->kind == MIME_MESSAGE ? 2 : 0);
		add(b, inner, from, limit);
		from = shaped.mime.v[inner].end;
		inner = shaped.mime.v[inner].next;
	}
	buf_addc(b, ']');
	assert_int_equal(inner, part->next);
}

void
shape_is(const char *header, const char *want)
{
	struct buf b = {0};
	struct err e;

	assert_true(shape_read(header, &e));
	assert_int_equal(shaped.mime.v[0].next, shaped.mime.n);
	assert_int_equal(shaped.mime.v[0].header, 0);
	assert_int_equal(shaped.mime.v[0].body, 0);
	assert_int_equal(shaped.mime.v[0].end, shaped.body.n);
	add(&b, 0, 0, shaped.body.n);
	assert_string_equal(b.p, want);
	buf_clear(&b);
	shape_forget(NULL);
}

void
shape_all(const struct shape *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		shape_crlf(&shaped.body, t[i].body);
		shape_is(t[i].header, t[i].want);
	}
}
