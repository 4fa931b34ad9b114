/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdlib.h>

#include "lib/mail/canon.h"

/* All of it through canon, in pieces of a size or of random sizes (0). */
static struct canon
convert(struct buf *b, const char *in, size_t n, size_t piece, uint32_t seed)
{
	static char out[2 * CANON_ROOM]; /* for one that goes too far */
	struct canon c = {0};
	size_t taken, some, now;

	while (n > 0) {
		some = piece > 0 ? piece : 1 + unit_random(&seed) % 7;
		some = some < n ? some : n;
		for (; some > 0; some -= taken) {
			now = canon_piece(&c, in, some, &taken, out);
			assert_true(now <= CANON_ROOM && taken <= some);
			assert_true(taken > 0 || now > 0);
			buf_add(b, out, now);
			in += taken;
			n -= taken;
		}
	}
	now = canon_end(&c, out);
	assert_true(now <= 2);
	buf_add(b, out, now);
	return c;
}

/* What canon.h promises, one byte after the other. */
static void
expect(struct buf *b, const char *in, size_t n)
{
	size_t crs = 0, line = 0;

	for (size_t i = 0; i < n; i++) {
		if (in[i] == '\r') {
			crs++;
		} else if (in[i] == '\n') {
			buf_adds(b, "\r\n");
			crs = line = 0;
		} else if (in[i] != '\0') {
			for (; crs > 0; crs--, line++)
				buf_addc(b, ' ');
			buf_addc(b, in[i]);
			line++;
		}
	}
	if (line > 0 || crs > 0)
		buf_adds(b, "\r\n");
}

static void
converts_all_mixtures(void **state)
{
	static const struct {
		const char *in;
		size_t n;
		const char *out;
	} t[] = {
	    {"", 0, ""},
	    {"a", 1, "a\r\n"},
	    {"a\n", 2, "a\r\n"},
	    {"a\r\n", 3, "a\r\n"},
	    {"a\r", 2, "a\r\n"},
	    {"a\r\r", 3, "a\r\n"},
	    {"a\r\r\r\nb", 6, "a\r\nb\r\n"},
	    {"\n", 1, "\r\n"},
	    {"\r", 1, "\r\n"},
	    {"\n\n", 2, "\r\n\r\n"},
	    {"\n\r", 2, "\r\n\r\n"},
	    {"\n\r\n\r", 4, "\r\n\r\n\r\n"},
	    {"a\rb", 3, "a b\r\n"},
	    {"a\r\rb\n", 5, "a  b\r\n"},
	    {"\ra\n", 3, " a\r\n"},
	    {"a\0b\n", 4, "ab\r\n"},
	    {"\0", 1, ""},
	    {"\0\n", 2, "\r\n"},
	    {"a\r\0\n", 4, "a\r\n"},
	    {"a\r\0b", 4, "a b\r\n"},
	    {"a\nb\r\nc\n", 7, "a\r\nb\r\nc\r\n"},
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		for (size_t piece = 1; piece < 9; piece++) {
			buf_reset(&b);
			convert(&b, t[i].in, t[i].n, piece, 0);
			assert_string_equal(buf_str(&b), t[i].out);
		}
	}
	buf_clear(&b);
}

static void
check_wire(const struct buf *b)
{
	for (size_t i = 0; i < b->n; i++) {
		assert_true(b->p[i] != '\0');
		if (b->p[i] == '\r')
			assert_int_equal(b->p[i + 1], '\n');
		if (b->p[i] == '\n')
			assert_true(i > 0 && b->p[i - 1] == '\r');
	}
	if (b->n > 0)
		assert_int_equal(b->p[b->n - 1], '\n');
}

static void
does_not_depend_on_the_pieces(void **state)
{
	static const char bytes[] = {'\r', '\r', '\n', '\0', 'a', '.', ' ',
	    (char)0xe4};
	struct buf want = {0}, got = {0}, again = {0};
	uint32_t seed = 20261121;
	char in[200];
	size_t n;

	(void)state;
	for (int round = 0; round < 4000; round++) {
		n = unit_random(&seed) % sizeof in;
		for (size_t i = 0; i < n; i++)
			in[i] = bytes[unit_random(&seed) % sizeof bytes];
		buf_reset(&want);
		buf_reset(&got);
		buf_reset(&again);
		expect(&want, in, n);
		convert(&got, in, n, 0, unit_random(&seed));
		assert_int_equal(got.n, want.n);
		assert_string_equal(buf_str(&got), buf_str(&want));
		check_wire(&got);
		/* What is canonical stays. */
		convert(&again, buf_str(&got), got.n, 0, unit_random(&seed));
		assert_string_equal(buf_str(&again), buf_str(&got));
	}
	buf_clear(&want);
	buf_clear(&got);
	buf_clear(&again);
}

static void
try_crs(size_t crs, const char *end, size_t piece)
{
	struct buf in = {0}, want = {0}, got = {0};

	buf_addc(&in, 'a');
	buf_reserve(&in, crs);
	memset(in.p + in.n, '\r', crs);
	in.n += crs;
	buf_adds(&in, end);
	for (int k = 0; k < 20000; k++)
		buf_addc(&in, '\n');
	expect(&want, in.p, in.n);
	convert(&got, in.p, in.n, piece, 0);
	assert_int_equal(got.n, want.n);
	assert_memory_equal(got.p, want.p, want.n);
	buf_clear(&in);
	buf_clear(&want);
	buf_clear(&got);
}

/* More stray CRs than there is room for, or nearly, and then something. */
static void
survives_many_crs(void **state)
{
	static const char *const ends[] = {"x", "\n", "\r\nx", "", "\nx\n"};
	static const size_t crs[] = {3 * CANON_ROOM + 17, CANON_ROOM + 1,
	    CANON_ROOM, CANON_ROOM - 1, CANON_ROOM - 100, CANON_ROOM - 30000,
	    CANON_ROOM - 2 * CANON_PIECE, CANON_PIECE};

	(void)state;
	for (size_t i = 0; i < COUNT(ends); i++)
		for (size_t k = 0; k < COUNT(crs); k++)
			for (size_t piece = 1000; piece < 400000; piece *= 19)
				try_crs(crs[k], ends[i], piece);
}

/* A piece that doubles: room must be enough. */
static void
fits_its_room(void **state)
{
	char *in = malloc(CANON_PIECE), *out = malloc(CANON_ROOM);
	struct canon c = {0};
	size_t taken;

	(void)state;
	assert_non_null(in);
	assert_non_null(out);
	memset(in, '\n', CANON_PIECE);
	assert_int_equal(canon_piece(&c, in, CANON_PIECE, &taken, out),
	    2 * CANON_PIECE);
	assert_int_equal(taken, CANON_PIECE);
	/* Never more than a piece. */
	memset(in, 'x', CANON_PIECE);
	canon_piece(&c, in, SIZE_MAX, &taken, out);
	assert_int_equal(taken, CANON_PIECE);
	free(in);
	free(out);
}

static void
measures(void **state)
{
	struct buf b = {0};
	struct canon c;

	(void)state;
	for (size_t piece = 1; piece < 12; piece++) {
		c = convert(&b, "ab\r\nabc\rd\r\r\nx\n", 15, piece, 0);
		assert_int_equal(c.longest, 5);
		assert_false(c.eightbit);
		c = convert(&b, "a\n123456789", 11, piece, 0);
		assert_int_equal(c.longest, 9);
		c = convert(&b, "a\xff\n", 3, piece, 0);
		assert_true(c.eightbit);
		c = convert(&b, "a\0b\0\n", 5, piece, 0);
		assert_int_equal(c.longest, 2);
	}
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(converts_all_mixtures),
	    TEST(does_not_depend_on_the_pieces),
	    TEST(survives_many_crs),
	    TEST(fits_its_room),
	    TEST(measures),
	};

	return RUN("canon", tests);
}
