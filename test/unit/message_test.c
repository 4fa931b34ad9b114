/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdlib.h>

#include "lib/mail/message.h"

static bool
take(void *arg, const char *p, size_t n, struct err *e)
{
	(void)e;
	assert_true(n > 0);
	return buf_add(arg, p, n);
}

/* What goes out, whose size must have been told before. */
static void
emit(struct message *m, struct buf *b)
{
	const struct message_sink sink = {take, b};
	uint64_t size = message_size(m);
	struct err e;

	buf_reset(b);
	assert_true(message_emit(m, &sink, &e));
	assert_int_equal(b->n, size);
}

static bool
feed(struct message *m, const char *in, size_t n, size_t piece, struct err *e)
{
	size_t now;

	message_begin(m, unit_dir);
	for (; n > 0; in += now, n -= now) {
		now = n < piece ? n : piece;
		if (!message_add(m, in, now, e))
			return false;
	}
	return message_end(m, e);
}

static void
becomes(const char *in, size_t n, const char *want)
{
	struct buf b = {0};
	struct message m;
	struct err e;

	for (size_t piece = 1; piece < 40; piece += 3) {
		if (!feed(&m, in, n, piece, &e))
			fail_msg("%s: %s", in, e.text);
		emit(&m, &b);
		assert_string_equal(b.p, want);
		emit(&m, &b); /* and again: 452 */
		assert_string_equal(b.p, want);
		message_clear(&m);
	}
	buf_clear(&b);
}

#define BECOMES(in, want) becomes(in, sizeof(in) - 1, want)

static void
takes_all_kinds(void **state)
{
	(void)state;
	BECOMES("", "\r\n");
	BECOMES("\n", "\r\n");
	BECOMES("\r\n", "\r\n");
	BECOMES("A: b\n\nbody\n", "A: b\r\n\r\nbody\r\n");
	BECOMES("A: b\r\n\r\nbody\r\n", "A: b\r\n\r\nbody\r\n");
	BECOMES("A: b\n\nbody", "A: b\r\n\r\nbody\r\n");
	BECOMES("A: b\n\n", "A: b\r\n\r\n");
	BECOMES("A: b\n", "A: b\r\n\r\n");
	BECOMES("A: b", "A: b\r\n\r\n");
	BECOMES("A: b\n c\n", "A: b\r\n c\r\n\r\n");
	/* No empty line: the body begins where the header cannot go on. */
	BECOMES("A: b\nbody\nC: d\n", "A: b\r\n\r\nbody\r\nC: d\r\n");
	BECOMES("just text\n", "\r\njust text\r\n");
	BECOMES(" text: x\n", "\r\n text: x\r\n");
	BECOMES("\nA: b\n", "\r\nA: b\r\n");
	BECOMES("\n\n\nx", "\r\n\r\n\r\nx\r\n");
	BECOMES("From me Sat\nA: b\n\nFrom here\n",
	    "A: b\r\n\r\nFrom here\r\n");
	BECOMES("From me Sat\n\nbody\n", "\r\nbody\r\n");
	BECOMES("From me Sat\nbody\n", "\r\nbody\r\n");
	BECOMES("A: b\n\n.\n..\n.x\n", "A: b\r\n\r\n.\r\n..\r\n.x\r\n");
	BECOMES("A: b\rBcc: c\n\n", "A: b Bcc: c\r\n\r\n");
	BECOMES("A: b\r\r\n\r\r\nx", "A: b\r\n\r\nx\r\n");
	BECOMES("A: b\n\0\nx\0y\n", "A: b\r\n\r\nxy\r\n");
	BECOMES("\0A: b\n\n", "A: b\r\n\r\n");
	BECOMES("A: b\n\r", "A: b\r\n\r\n");
}

static void
edits_the_header_only(void **state)
{
	static const char in[] = "To: a\nBcc: b\n\nBcc: not a field\n";
	struct buf b = {0};
	struct message m;
	struct err e;

	(void)state;
	assert_true(feed(&m, in, sizeof in - 1, 100, &e));
	assert_true(header_drop_all(&m.header, "Bcc", &e));
	assert_true(header_append(&m.header, "Date", "now", &e));
	emit(&m, &b);
	assert_string_equal(b.p,
	    "To: a\r\nDate: now\r\n\r\nBcc: not a field\r\n");
	message_clear(&m);
	buf_clear(&b);
}

static void
keeps_a_large_one(void **state)
{
	struct buf in = {0}, want = {0}, got = {0};
	uint32_t seed = 99;
	struct message m;
	struct err e;

	(void)state;
	buf_adds(&in, "A: b\n\n");
	buf_adds(&want, "A: b\r\n\r\n");
	while (in.n < 3 * STORE_MEMORY) {
		for (uint32_t k = unit_random(&seed) % 300; k > 0; k--) {
			char c = (char)('!' + unit_random(&seed) % 90);

			buf_addc(&in, c);
			buf_addc(&want, c);
		}
		buf_addc(&in, '\n');
		buf_adds(&want, "\r\n");
	}
	for (size_t piece = 1023; piece < 2000000; piece *= 11) {
		assert_true(feed(&m, in.p, in.n, piece, &e));
		assert_true(m.body.fd >= 0);
		for (int i = 0; i < 2; i++) {
			emit(&m, &got);
			assert_int_equal(got.n, want.n);
			assert_memory_equal(got.p, want.p, want.n);
		}
		message_clear(&m);
	}
	assert_int_equal(unit_entries(unit_dir), 0);
	buf_clear(&in);
	buf_clear(&want);
	buf_clear(&got);
}

static void
long_lines(struct buf *in, const char *start, size_t n, const char *end)
{
	buf_reset(in);
	buf_adds(in, start);
	buf_reserve(in, n);
	memset(in->p + in->n, 'x', n);
	in->n += n;
	buf_adds(in, end);
}

static void
limits_the_header(void **state)
{
	struct buf in = {0}, got = {0};
	struct message m;
	struct err e;

	(void)state;
	for (size_t piece = 4096; piece < 5000000; piece *= 30) {
		/* One line that is a whole header of the largest size. */
		long_lines(&in, "A: ", HEADER_MAX - 5, "\n\nbody\n");
		assert_true(feed(&m, in.p, in.n, piece, &e));
		assert_int_equal(message_size(&m), HEADER_MAX + 2 + 6);
		message_clear(&m);

		long_lines(&in, "A: ", HEADER_MAX - 4, "\n\nbody\n");
		assert_false(feed(&m, in.p, in.n, piece, &e));
		assert_err(&e, ERR_INPUT, "1024 KiB");
		message_clear(&m);

		/* Many lines. */
		buf_reset(&in);
		while (in.n < HEADER_MAX)
			buf_adds(&in, "Received: by somebody\n for somebody\n");
		assert_false(feed(&m, in.p, in.n, piece, &e));
		assert_int_equal(e.kind, ERR_INPUT);
		message_clear(&m);

		/* A long first line that is no header. */
		long_lines(&in, "x", 3 * HEADER_MAX, "\nA: b\n");
		assert_true(feed(&m, in.p, in.n, piece, &e));
		assert_int_equal(m.header.n, 0);
		assert_int_equal(m.canon.longest, 3 * HEADER_MAX + 1);
		emit(&m, &got);
		assert_int_equal(got.n, 2 + 3 * HEADER_MAX + 1 + 2 + 6);
		assert_memory_equal(got.p, "\r\nxxx", 5);
		assert_memory_equal(got.p + got.n - 8, "\r\nA: b\r\n", 8);
		message_clear(&m);
	}
	buf_clear(&in);
	buf_clear(&got);
}

static void
knows_8bit(void **state)
{
	struct message m;
	struct err e;

	(void)state;
	assert_true(feed(&m, "A: b\n\nascii\n", 12, 5, &e));
	assert_false(message_eightbit(&m));
	assert_true(header_append(&m.header, "X", "caf\xc3\xa9", &e));
	assert_true(message_eightbit(&m));
	message_clear(&m);
	assert_true(feed(&m, "A: b\n\ncaf\xe9\n", 11, 5, &e));
	assert_true(message_eightbit(&m));
	message_clear(&m);
	assert_true(feed(&m, "A: caf\xe9\n\nx\n", 11, 5, &e));
	assert_true(message_eightbit(&m));
	message_clear(&m);
}

static bool
refuse(void *arg, const char *p, size_t n, struct err *e)
{
	int *calls = arg;

	(void)p;
	(void)n;
	return ++*calls < 2 || err_set(e, ERR_AGAIN, "stop");
}

static void
stops_when_told(void **state)
{
	int calls = 0;
	const struct message_sink sink = {refuse, &calls};
	struct buf in = {0};
	struct message m;
	struct err e = {0};

	(void)state;
	long_lines(&in, "A: b\n\n", 4 * STORE_MEMORY, "\n");
	assert_true(feed(&m, in.p, in.n, in.n, &e));
	assert_false(message_emit(&m, &sink, &e));
	assert_err(&e, ERR_AGAIN, "stop");
	assert_int_equal(calls, 2);
	message_clear(&m);
	buf_clear(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(takes_all_kinds),
	    TEST(edits_the_header_only),
	    TEST(keeps_a_large_one),
	    TEST(limits_the_header),
	    TEST(knows_8bit),
	    TEST(stops_when_told),
	};

	return RUN_WITH_DIR("message", tests);
}
