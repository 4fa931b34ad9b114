/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <unistd.h>

#include "lib/mail/recode.h"
#include "test/unit/coding.h"

static void
add_many(struct buf *b, const char *s, size_t n)
{
	while (n-- > 0)
		buf_adds(b, s);
}

/* Characters that a view of the file cuts, whole and not. */
static void
knows_utf8_across_views(void **state)
{
	static const struct {
		const char *text, *charset;
	} t[] = {
	    {"\xc3\xa9", "utf-8"},
	    {"\xe2\x82\xac", "utf-8"},
	    {"\xf0\x9f\x98\x80", "utf-8"},
	    {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "utf-8"},
	    {"\xc3", "unknown-8bit"},
	    {"\xe2\x82", "unknown-8bit"},
	    {"\xf0\x9f\x98", "unknown-8bit"},
	    {"\xa9", "unknown-8bit"},
	    {"\xc3\xa9\xa9", "unknown-8bit"},
	    {"\xed\xa0\x80", "unknown-8bit"},
	};
	struct buf in = {0}, out = {0}, want = {0};
	struct message m;
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		for (size_t before = 0; before < 12; before++) {
			buf_reset(&in);
			buf_adds(&in, "\r\n");
			add_many(&in, "x", STORE_MEMORY - before);
			buf_addf(&in, "%s\r\n", t[i].text);
			add_many(&in, "x", 20);
			coding_read(&m, &in, unit_dir);
			assert_true(m.body.fd >= 0);
			assert_true(recode_message(&m, false, &e));
			coding_emit(&m, &out);
			buf_reset(&want);
			buf_addf(&want, "text/plain; charset=%s\r\n",
			    t[i].charset);
			assert_has(out.p, want.p);
			message_clear(&m);
		}
	}
	buf_clear(&in);
	buf_clear(&out);
	buf_clear(&want);
}

static void
encodes_a_large_one(void **state)
{
	static const char *const types[] = {"text/plain", "image/png"};
	struct buf in = {0}, out = {0}, back = {0};
	uint32_t seed = 77;
	struct message m;
	struct err e;
	const char *body;

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		buf_reset(&in);
		buf_addf(&in, "Content-Type: %s\r\n\r\n", types[i]);
		body = strstr(in.p, "\r\n\r\n") + 4;
		while (in.n < 5 * STORE_MEMORY) {
			char c = (char)unit_random(&seed);

			if (c != '\r' && c != '\n' && c != '\0')
				buf_addc(&in, c);
		}
		buf_adds(&in, "\r\n");
		coding_read(&m, &in, unit_dir);
		assert_true(recode_message(&m, i == 0, &e));
		assert_true(m.body.fd >= 0);
		assert_int_equal(unit_entries(unit_dir), 0);
		coding_emit(&m, &out);
		body = strstr(out.p, "\r\n\r\n") + 4;
		coding_fits(body, out.n - (size_t)(body - out.p));
		(i == 0 ? coding_unquote : coding_unbase64)(&back, body,
		    out.n - (size_t)(body - out.p));
		body = strstr(in.p, "\r\n\r\n") + 4;
		assert_int_equal(back.n, in.n - (size_t)(body - in.p));
		assert_memory_equal(back.p, body, back.n);
		message_clear(&m);
	}
	buf_clear(&in);
	buf_clear(&out);
	buf_clear(&back);
}

static void
labels_utf8(void **state)
{
	static const char labels[] =
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: 8bit\r\n";
	static const struct {
		const char *field, *text;
		bool labelled;
	} t[] = {
	    {"Subject: x", "caf\xc3\xa9", true},
	    {"Subject: x", "\xf0\x9f\x98\x80", true},
	    {"Subject: \xc3\xa9", "caf\xc3\xa9", true},
	    {"Subject: \xe9", "caf\xc3\xa9", true},
	    {"Subject: x", "cafe", false},
	    {"Subject: \xc3\xa9", "cafe", false},
	    {"Subject: x", "caf\xe9", false},
	    {"Subject: x", "\xc3\xa9\xc3", false},
	    {"Subject: x", "\xc0\xaf", false},
	    {"Subject: x", "\xed\xa0\x80", false},
	    {"MIME-Version: 1.0", "caf\xc3\xa9", false},
	    {"Content-Type: text/html", "caf\xc3\xa9", false},
	    {"Content-Transfer-Encoding: 8bit", "caf\xc3\xa9", false},
	    {"DKIM-Signature: x", "caf\xc3\xa9", false},
	};
	struct buf in = {0}, out = {0}, want = {0};
	struct message m;
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		buf_reset(&in);
		buf_addf(&in, "%s\r\n\r\n%s\r\n", t[i].field, t[i].text);
		coding_read(&m, &in, unit_dir);
		assert_true(recode_label(&m, &e));
		coding_emit(&m, &out);
		buf_reset(&want);
		buf_addf(&want, "%s\r\n%s\r\n%s\r\n", t[i].field,
		    t[i].labelled ? labels : "", t[i].text);
		assert_string_equal(out.p, want.p);
		assert_int_equal(m.notes, 0);
		message_clear(&m);
	}
	buf_clear(&in);
	buf_clear(&out);
	buf_clear(&want);
}

static void
tells_where_there_is_no_room(void **state)
{
	struct buf in = {0}, out = {0}, before = {0};
	struct message m;
	struct err e;

	(void)state;
	buf_adds(&in, "\n");
	add_many(&in, "\xc3\xa9", STORE_MEMORY / 4);
	coding_read(&m, &in, "/nonexistent/dir");
	coding_emit(&m, &before);
	assert_false(recode_message(&m, true, &e));
	assert_err(&e, ERR_CREATE, "/nonexistent/dir");
	/* It is as it was. */
	coding_emit(&m, &out);
	assert_string_equal(out.p, before.p);
	message_clear(&m);
	buf_clear(&in);
	buf_clear(&out);
	buf_clear(&before);
}

static void
tells_of_a_file_that_ends(void **state)
{
	struct buf in = {0};
	struct message m;
	struct err e;
	const char *p;
	size_t n;

	(void)state;
	buf_adds(&in, "\n\xc3\xa9\n");
	add_many(&in, "line\n", STORE_MEMORY);
	for (int label = 0; label < 2; label++) {
		coding_read(&m, &in, unit_dir);
		assert_true(store_read(&m.body, 0, &p, &n, &e));
		assert_int_equal(ftruncate(m.body.fd, STORE_MEMORY), 0);
		assert_false(label == 1 ? recode_label(&m, &e)
					: recode_message(&m, true, &e));
		assert_err(&e, ERR_IO, "too short");
		message_clear(&m);
	}
	buf_clear(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(knows_utf8_across_views),
	    TEST(encodes_a_large_one),
	    TEST(labels_utf8),
	    TEST(tells_where_there_is_no_room),
	    TEST(tells_of_a_file_that_ends),
	};

	return RUN_WITH_DIR("recode_large", tests);
}
