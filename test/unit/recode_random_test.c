/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/mail/mime.h"
#include "lib/mail/recode.h"
#include "test/unit/coding.h"

static void
add_many(struct buf *b, const char *s, size_t n)
{
	while (n-- > 0)
		buf_adds(b, s);
}

static uint32_t seed = 1;

static unsigned
any(unsigned n)
{
	return unit_random(&seed) / 8 % n;
}

static void
add_lines(struct buf *b)
{
	static const char *const lines[] = {"text\n", "\n", "caf\xc3\xa9\n",
	    "\xe9\n", ".\n", "..\n", "-- \n", "--b\n", "a = b \t\n", "--\xe9\n",
	    "From x\n", "=\n", "\x1b[0m\n"};

	for (unsigned n = any(5); n > 0; n--) {
		if (any(6) == 0)
			add_many(b, any(2) == 0 ? "word -" : "\xc3\xa9.",
			    300 + any(200));
		buf_adds(b, lines[any(COUNT(lines))]);
	}
}

static void
add_coded(struct buf *b)
{
	if (any(2) == 0) {
		buf_adds(b, "Content-Transfer-Encoding: base64\n\n");
		add_many(b, "QUJDRA+/", any(300));
		buf_adds(b, "QUI=\n");
		return;
	}
	buf_adds(b, "Content-Transfer-Encoding: quoted-printable\n\n");
	add_many(b, "=C3=A9 =3D", any(200));
	buf_adds(b, any(2) == 0 ? " caf\xc3\xa9=20\n" : "=\n-=2E-\n");
}

static void add_entity(struct buf *, int depth);

static void
add_multipart(struct buf *b, int depth)
{
	static const char *const kinds[] = {"mixed", "digest", "alternative"};
	static unsigned next;
	unsigned boundary = next++;

	buf_addf(b, "Content-Type: multipart/%s; boundary=\"=_%u\"\n%s\n",
	    kinds[any(3)], boundary,
	    any(2) == 0 ? "Content-Transfer-Encoding: 8bit\n" : "");
	if (any(3) == 0)
		add_lines(b);
	for (unsigned n = any(4) + 1; n > 0; n--) {
		buf_addf(b, "--=_%u%s\n", boundary, any(4) == 0 ? " " : "");
		add_entity(b, depth + 1);
	}
	if (any(12) == 0)
		return; /* and so it is broken */
	buf_addf(b, "--=_%u--\n", boundary);
	if (any(3) == 0)
		add_lines(b);
}

static void
add_entity(struct buf *b, int depth)
{
	unsigned kind = any(depth < 4 ? 8 : 5);

	if (any(8) == 0)
		buf_adds(b, "Content-Description: caf\xc3\xa9\n");
	if (kind == 0)
		buf_adds(b, "Content-Type: text/html\n");
	else if (kind == 1)
		buf_adds(b, "Content-Type: image/png\n");
	else if (kind == 2)
		buf_adds(b, "Content-Type: multipart/signed\n\n--b\n\nx\n");
	if (kind == 3) {
		add_coded(b);
	} else if (kind == 5) {
		buf_adds(b, "Content-Type: message/rfc822\n\n");
		add_entity(b, depth + 1);
	} else if (kind > 5) {
		add_multipart(b, depth);
	} else if (kind != 2) {
		buf_adds(b, "\n");
		add_lines(b);
	}
}

static void
content(struct message *m, const struct mime_part *part, struct buf *b)
{
	struct buf raw = {0};
	struct err e;
	const char *p;
	size_t n;

	buf_reset(b);
	for (uint64_t at = part->body; at < part->end; at += n) {
		assert_true(store_read(&m->body, at, &p, &n, &e));
		n = n < part->end - at ? n : (size_t)(part->end - at);
		buf_add(&raw, p, n);
	}
	if (part->encoding == ENCODING_QP && part->kind == MIME_TEXT)
		coding_unquote(b, buf_str(&raw), raw.n);
	else if (part->encoding == ENCODING_BASE64 && part->kind != MIME_BROKEN)
		coding_unbase64(b, buf_str(&raw), raw.n);
	else
		buf_add(b, buf_str(&raw), raw.n);
	buf_clear(&raw);
}

static void
lf_only(struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		if (b->p[i] != '\r')
			b->p[n++] = b->p[i];
	b->n = n;
}

/* The next part that somebody reads. */
static const struct mime_part *
next_part(const struct mime *mime, size_t *i)
{
	while (*i < mime->n && mime->v[*i].kind == MIME_REMARK)
		++*i;
	return *i < mime->n ? &mime->v[(*i)++] : NULL;
}

static void
same_parts(struct message *one, struct message *other)
{
	const struct mime_part *p, *q;
	struct mime old = {0}, new = {0};
	struct buf a = {0}, b = {0};
	size_t i = 0, k = 0;
	struct err e;

	assert_true(mime_read(&old, &one->header, &one->body, &e));
	assert_true(mime_read(&new, &other->header, &other->body, &e));
	while ((p = next_part(&old, &i)) != NULL) {
		q = next_part(&new, &k);
		assert_non_null(q);
		if (p->kind != q->kind) {
			assert_int_equal(p->kind, MIME_BROKEN);
			assert_int_equal(q->kind, MIME_TEXT);
			assert_int_equal(q->encoding, ENCODING_QP);
		}
		if (p->kind == MIME_MULTIPART || p->kind == MIME_MESSAGE)
			continue;
		content(one, p, &a);
		content(other, q, &b);
		if (p->kind == MIME_OTHER && q->encoding == ENCODING_BASE64)
			lf_only(&a);
		assert_int_equal(a.n, b.n);
		assert_memory_equal(buf_str(&a), buf_str(&b), a.n);
	}
	assert_null(next_part(&new, &k));
	mime_clear(&old);
	mime_clear(&new);
	buf_clear(&a);
	buf_clear(&b);
}

static void
fits_any_server(const struct buf *out, bool seven)
{
	size_t line = 0;

	for (size_t i = 0; i < out->n; i++) {
		bool cr = out->p[i] == '\r', lf = out->p[i] == '\n';

		assert_int_equal(cr, out->p[i + 1] == '\n');
		assert_true(!seven || (out->p[i] & 0x80) == 0);
		line = lf ? 0 : line + !cr;
		assert_true(line <= 998);
	}
}

static void
keeps_what_any_message_has(void **state)
{
	struct buf in = {0}, out = {0};
	struct message one, other;
	struct err e;

	(void)state;
	for (int round = 0; round < 1500; round++) {
		buf_reset(&in);
		add_multipart(&in, 0);
		coding_read(&one, &in, unit_dir);
		coding_read(&other, &in, unit_dir);
		assert_true(recode_message(&other, false, &e));
		coding_emit(&other, &out);
		fits_any_server(&out, false);
		assert_true(recode_message(&other, true, &e));
		coding_emit(&other, &out);
		fits_any_server(&out, true);
		same_parts(&one, &other);
		message_clear(&one);
		message_clear(&other);
	}
	buf_clear(&in);
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(keeps_what_any_message_has),
	};

	return RUN_WITH_DIR("recode_random", tests);
}
