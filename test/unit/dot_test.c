/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/mail/dot.h"

/* What a text comes to, as RFC 5321, 4.5.2 has it, line by line. */
struct outcome {
	struct buf kept; /* what belongs to the message */
	size_t used;     /* bytes, up to the end of the line with the dot */
	bool ended;
};

static void
reckon(struct outcome *o, const char *s, size_t n, bool stuffed)
{
	const char *lf;
	size_t len, bare;

	*o = (struct outcome){0};
	while (o->used < n && !o->ended) {
		const char *line = s + o->used;

		lf = memchr(line, '\n', n - o->used);
		len = lf != NULL ? (size_t)(lf - line) + 1 : n - o->used;
		o->used += len;
		bare = lf != NULL ? len - 1 : len;
		bare -= bare > 0 && line[bare - 1] == '\r';
		o->ended = bare == 1 && *line == '.' && lf != NULL;
		/* A lone dot without its line end may yet become one. */
		if (bare == 1 && *line == '.')
			continue;
		if (stuffed && *line == '.')
			buf_add(&o->kept, line + 1, len - 1);
		else
			buf_add(&o->kept, line, len);
	}
}

static bool
put(void *arg, const char *p, size_t n, struct err *e)
{
	(void)e;
	return buf_add(arg, p, n);
}

/* The message as it would go out, behind an empty header. */
static void
emit(struct message *m, struct buf *b)
{
	const struct message_sink sink = {put, b};
	struct err e;

	buf_reset(b);
	assert_true(message_end(m, &e));
	assert_true(message_emit(m, &sink, &e));
}

/* Feed pieces up to each end; what was used of all. */
static size_t
feed(struct dot *d, struct message *m, const char *s, const size_t *ends)
{
	const char *p = s;
	struct err e;

	for (; !d->ended; ends++) {
		assert_true(dot_add(d, m, &p, s + *ends, &e));
		assert_true(d->ended ? p <= s + *ends : p == s + *ends);
		if (ends[1] == 0)
			break;
	}
	return (size_t)(p - s);
}

/* In these pieces it comes to the same as line by line. */
static void
check(const char *s, size_t n, bool stuffed, const size_t *ends)
{
	struct buf got = {0}, want = {0};
	struct dot d = {.stuffed = stuffed}, nobody = d;
	struct message m, same;
	struct outcome o;
	struct err e;

	reckon(&o, s, n, stuffed);
	message_begin(&m, "/tmp");
	message_begin(&same, "/tmp");
	assert_true(message_add(&m, "\n", 1, &e));
	assert_true(message_add(&same, "\n", 1, &e));
	assert_true(message_add(&same, buf_str(&o.kept), o.kept.n, &e));
	assert_int_equal(feed(&d, &m, s, ends), o.used);
	assert_int_equal(d.ended, o.ended);
	emit(&m, &got);
	emit(&same, &want);
	assert_string_equal(got.p, want.p);
	/* It ends there, too, when nobody wants it. */
	assert_int_equal(feed(&nobody, NULL, s, ends), o.used);
	assert_int_equal(nobody.ended, o.ended);
	message_clear(&m);
	message_clear(&same);
	buf_clear(&o.kept);
	buf_clear(&got);
	buf_clear(&want);
}

/* Whole, byte by byte, and in any two pieces. */
static void
check_all(const char *s)
{
	size_t n = strlen(s), bytes[64] = {0};

	assert_true(n > 0 && n < COUNT(bytes));
	for (size_t i = 0; i < n; i++)
		bytes[i] = i + 1;
	for (int stuffed = 0; stuffed < 2; stuffed++) {
		check(s, n, stuffed, bytes);
		for (size_t cut = 1; cut <= n; cut++) {
			const size_t two[] = {cut, cut < n ? n : 0, 0};

			check(s, n, stuffed, two);
		}
	}
}

static void
ends_at_a_lone_dot(void **state)
{
	static const char *const t[] = {".\n", ".\r\n", "a\n.\n", "a\r\n.\r\n",
	    "a\n.\r\nQUIT\r\n", "a\r\n.\nMAIL\n", "\n.\n.\n", "\r\n.\r\n.\r\n",
	    /* These go on. */
	    "a.\n", "a\n..\n.\n", "..\r\n.\r\n", ".a\n.\n", "..a\n.\n", "...\n",
	    ". \n.\n", " .\n.\n", ".\r\r\n.\n", ".\ra\n.\n", "a\r.\r\n.\r\n",
	    "a\n.\r", "a\n.", ".", ".\r", "..", ".\r.\n", "\r.\n.\n",
	    "a\n.b\n..c\n...d\n.\nRSET\n"};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		check_all(t[i]);
}

/* Every text of these four characters up to a length. */
static void
ends_right_whatever_comes(void **state)
{
	static const char letters[] = "\n\r.a";
	char s[7];

	(void)state;
	for (unsigned n = 1; n < 6; n++)
		for (unsigned i = 0; i < 1U << 2 * n; i++) {
			for (unsigned k = 0; k < n; k++)
				s[k] = letters[i >> 2 * k & 3];
			s[n] = '\0';
			check_all(s);
		}
}

static void
keeps_or_drops_dots(void **state)
{
	static const char text[] = "\n.a\n..\n...b\n.\nrest";
	static const char *const want[] = {"\r\n.a\r\n..\r\n...b\r\n",
	    "\r\na\r\n.\r\n..b\r\n"};
	const size_t ends[] = {sizeof text - 1, 0};
	struct buf b = {0};
	struct message m;

	(void)state;
	for (int stuffed = 0; stuffed < 2; stuffed++) {
		struct dot d = {.stuffed = stuffed};

		message_begin(&m, "/tmp");
		assert_int_equal(feed(&d, &m, text, ends), sizeof text - 5);
		assert_true(d.ended);
		emit(&m, &b);
		assert_string_equal(b.p, want[stuffed]);
		message_clear(&m);
	}
	buf_clear(&b);
}

/* NULs and long lines do not matter. */
static void
takes_any_bytes(void **state)
{
	static const char head[] = "\n\0.\n", tail[] = "\n.\0\n..\n.\n";
	size_t ends[] = {100, 0, 0};
	struct dot d = {.stuffed = true};
	struct message m;
	struct buf b = {0};

	(void)state;
	buf_add(&b, head, sizeof head - 1);
	while (b.n < 300000)
		buf_add(&b, "\0.", 2);
	buf_add(&b, tail, sizeof tail - 1);
	ends[1] = b.n;
	message_begin(&m, "/tmp");
	assert_int_equal(feed(&d, &m, b.p, ends), b.n);
	assert_true(d.ended);
	emit(&m, &b);
	assert_memory_equal(b.p + b.n - 7, "\r\n\r\n.\r\n", 7);
	message_clear(&m);
	buf_clear(&b);
}

/* A message that cannot be kept is still read to its end. */
static void
outlives_a_failure(void **state)
{
	struct dot d = {0};
	struct buf b = {0};
	struct message m;
	const char *p, *end;
	struct err e = {0};
	size_t failures = 0;

	(void)state;
	buf_adds(&b, "X: ");
	while (b.n <= HEADER_MAX)
		buf_adds(&b, "more and more ");
	buf_adds(&b, "\r\n.x\r\n.\r\nQUIT\r\n");
	p = b.p;
	end = b.p + b.n;
	message_begin(&m, "/tmp");
	while (p < end && !d.ended)
		failures += !dot_add(&d, failures > 0 ? NULL : &m, &p, end, &e);
	assert_int_equal(failures, 1);
	assert_err(&e, ERR_INPUT, "header");
	assert_true(d.ended);
	assert_string_equal(p, "QUIT\r\n");
	message_clear(&m);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(ends_at_a_lone_dot),
	    TEST(ends_right_whatever_comes),
	    TEST(keeps_or_drops_dots),
	    TEST(takes_any_bytes),
	    TEST(outlives_a_failure),
	};

	return RUN("dot", tests);
}
