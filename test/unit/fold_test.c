/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/base/ascii.h"
#include "lib/mail/fold.h"

#define X10 "xxxxxxxxxx"
#define X100 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define X900 X100 X100 X100 X100 X100 X100 X100 X100 X100
#define X70 X10 X10 X10 X10 X10 X10 X10
#define NAME "Subject: "

/* In and out with LF. */
static void
gives(const char *in, bool list, const char *want)
{
	struct buf text = {0}, out = {0}, lf = {0};

	for (const char *p = in; *p != '\0'; p++)
		buf_adds(&text, *p == '\n' ? "\r\n" : (char[]){*p, '\0'});
	fold_field(&out, text.p, text.n, list);
	for (size_t i = 0; i < out.n; i++) {
		assert_int_equal(out.p[i] == '\r', out.p[i + 1] == '\n');
		if (out.p[i] != '\r')
			buf_addc(&lf, out.p[i]);
	}
	assert_string_equal(lf.p, want);
	buf_clear(&text);
	buf_clear(&out);
	buf_clear(&lf);
}

static void
knows_when(void **state)
{
	struct buf b = {0};

	(void)state;
	for (int n = 900; n < 1100; n++) {
		for (int where = 0; where < 3; where++) {
			buf_reset(&b);
			buf_adds(&b, where > 0 ? "X: y\r\n " : "");
			buf_addf(&b, "%0*d\r\n", where > 0 ? n - 1 : n, 0);
			buf_adds(&b, where > 1 ? " z\r\n" : "");
			assert_int_equal(fold_needed(b.p, b.n), n > 998);
		}
	}
	assert_false(fold_needed("", 0));
	buf_clear(&b);
}

static void
folds_before_blanks(void **state)
{
	static const struct {
		const char *in, *want;
	} t[] = {
	    /* Nothing is long: nothing changes. */
	    {NAME "x " X900 X70 X10 "xxxxxxx\n", NULL}, /* 998 */
	    {NAME X100 " x\n\t" X100 " x\n", NULL},
	    {NAME "x " X900 X70 X10 "xxxxxxxx\n",
		NAME "x\n " X900 X70 X10 "xxxxxxxx\n"},
	    /* No place at all, or none that helps. */
	    {NAME X900 X100 "\n", NULL},
	    {NAME X900 X100 " \n", NULL},
	    {NAME X900 X100 " \t \n", NULL},
	    {"Subject:" X900 X100 "\n", NULL},
	    {NAME "   " X900 X100 "\n", NULL},
	    {NAME "\n " X900 X100 "\n", NULL},
	    /* Blanks stay together, and whole, and what they are. */
	    {NAME X900 X100 "  \t x\n", NAME X900 X100 "\n  \t x\n"},
	    {NAME "x\t" X900 X100 "\ty z\n",
		NAME "x\n\t" X900 X100 "\n\ty z\n"},
	    {NAME X900 X100 " x \n", NAME X900 X100 "\n x \n"},
	    /* Only the long line of a field. */
	    {NAME X100 " y\n z\n x " X900 X100 "\n y z\n",
		NAME X100 " y\n z\n x\n " X900 X100 "\n y z\n"},
	    {NAME "x\n " X900 X100 " z\n", NAME "x\n " X900 X100 "\n z\n"},
	    /* A colon ends a name only where one is. */
	    {NAME "x\n y z:" X900 X100 "\n", NAME "x\n y\n z:" X900 X100 "\n"},
	    /* A comma is nothing here. */
	    {NAME X900 X100 ",x\n", NULL},
	    {NAME X900 X100 ", x\n", NAME X900 X100 ",\n x\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		gives(t[i].in, false, t[i].want != NULL ? t[i].want : t[i].in);
}

static void
folds_lists_behind_commas(void **state)
{
	static const struct {
		const char *in, *want;
	} t[] = {
	    {"To: a@b," X900 X100 "\n", "To: a@b,\n " X900 X100 "\n"},
	    {"To: a@b, " X900 X100 "\n", "To: a@b,\n " X900 X100 "\n"},
	    {"To: " X900 X100 ",b@c\n", "To: " X900 X100 ",\n b@c\n"},
	    {"To: " X900 X100 ",\n", NULL},
	    {"To: " X900 X100 ", \n", NULL},
	    {"To:," X900 X100 "\n", "To:,\n " X900 X100 "\n"},
	    /* In quotes and comments it means nothing. */
	    {"To: \"a,b\"" X900 X100 "\n", NULL},
	    {"To: \"a\\\",b\"" X900 X100 "\n", NULL},
	    {"To: \"a\\\\\"," X900 X100 "\n",
		"To: \"a\\\\\",\n " X900 X100 "\n"},
	    {"To: (a,(b,\\),\"),c)" X900 X100 "\n", NULL},
	    {"To: (a(b)\"c)," X900 X100 "\n",
		"To: (a(b)\"c),\n " X900 X100 "\n"},
	    {"To: (\\),b)" X900 X100 "\n", NULL},
	    {"To: \"(\"," X900 X100 "\n", "To: \"(\",\n " X900 X100 "\n"},
	    {"To: a)," X900 X100 "\n", "To: a),\n " X900 X100 "\n"},
	    {"To: a\\\"b," X900 X100 "\n", NULL},
	    /* Quotes go on behind a fold. */
	    {"To: \"a\n b," X900 X100 "\" <a@b>,c@d\n",
		"To: \"a\n b," X900 X100 "\"\n <a@b>,c@d\n"},
	    {"To: \"a\n b\"," X900 X100 "\n",
		"To: \"a\n b\",\n " X900 X100 "\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		gives(t[i].in, true, t[i].want != NULL ? t[i].want : t[i].in);
}

static void
makes_lines_of_78(void **state)
{
	struct buf in = {0}, want = {0};

	(void)state;
	/* 9 + 7 * 9 = 72; another would make 81.  Then 8 * 9 = 72. */
	buf_adds(&in, NAME "yyyyyyyy");
	buf_adds(&want, NAME "yyyyyyyy");
	for (int i = 1; i < 120; i++) {
		buf_adds(&in, " yyyyyyyy");
		buf_adds(&want, (i - 7) % 8 == 0 ? "\n yyyyyyyy" : " yyyyyyyy");
	}
	buf_adds(&in, "\n");
	buf_adds(&want, "\n");
	gives(in.p, false, want.p);
	gives(in.p, true, want.p);
	buf_reset(&in);
	buf_reset(&want);
	/* 4 + 8 * 9 = 76; 1 + 8 * 9 = 73. */
	buf_adds(&in, "To: yyyyyy@z,");
	buf_adds(&want, "To: yyyyyy@z,");
	for (int i = 1; i < 120; i++) {
		buf_adds(&in, "yyyyyy@z,");
		buf_adds(&want, i % 8 == 0 ? "\n yyyyyy@z," : "yyyyyy@z,");
	}
	buf_adds(&in, "z@z\n");
	buf_adds(&want, "z@z\n");
	gives(in.p, true, want.p);
	buf_reset(&in);
	buf_reset(&want);
	/* The blank in front counts: 4 + 5 * 13 = 69; 1 + 6 * 13 = 79. */
	buf_adds(&in, "To: ");
	buf_adds(&want, "To: ");
	for (int i = 0; i < 100; i++) {
		buf_adds(&in, "yyyyyyyyyy@z,");
		buf_adds(&want, i > 0 && i % 5 == 0 ? "\n " : "");
		buf_adds(&want, "yyyyyyyyyy@z,");
	}
	buf_adds(&in, "z@z\n");
	buf_adds(&want, "z@z\n");
	gives(in.p, true, want.p);
	buf_clear(&in);
	buf_clear(&want);
}

/* The field as one line. */
static void
unfold(struct buf *b, const char *p, size_t n)
{
	buf_reset(b);
	for (size_t i = 0; i < n; i++)
		if (p[i] != '\r' && p[i] != '\n')
			buf_addc(b, p[i]);
}

/* Where a line may be broken; 0: nowhere. */
static size_t
place(const char *p, size_t n, size_t i)
{
	size_t end = n;

	while (end > 0 && ascii_is_blank(p[end - 1]))
		end--;
	for (; i < end; i++)
		if (i > 0 && ascii_is_blank(p[i]) && !ascii_is_blank(p[i - 1]))
			return i;
	return 0;
}

static void
is_folded_well(const struct buf *b)
{
	const char *p = b->p, *eol, *next;
	size_t n, first;

	for (bool top = true; *p != '\0'; p = eol + 2, top = false) {
		eol = strstr(p, "\r\n");
		n = (size_t)(eol - p);
		first = top ? strlen(NAME) : 1;
		assert_true(top || ascii_is_blank(*p));
		assert_true(strspn(p, " \t") < n);
		if (n > 78)
			assert_int_equal(place(p, n, first), 0);
		next = eol + 2;
		if (*next == '\0')
			return;
		/* What comes next would not have had room. */
		assert_non_null(strstr(next, "\r\n"));
		first = place(next, strcspn(next, "\r"), 1);
		first = first > 0 ? first : strcspn(next, "\r");
		assert_true(n + first >= 78);
	}
}

static void
keeps_every_word(void **state)
{
	struct buf in = {0}, out = {0}, one = {0}, other = {0};
	uint32_t seed = 3, n;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		buf_reset(&in);
		buf_reset(&out);
		buf_adds(&in, NAME);
		while (in.n < 999 || unit_random(&seed) % 8 != 0) {
			n = unit_random(&seed) % 64;
			for (n = n < 60 ? n % 20 : n; n > 0; n--)
				buf_addc(&in, 'w');
			n = unit_random(&seed) % 16;
			buf_adds(&in, n == 0 ? "\t  " : n == 1 ? "  " : " ");
		}
		if (round % 2 == 0)
			buf_adds(&in, "end");
		buf_adds(&in, "\r\n");
		fold_field(&out, in.p, in.n, round % 3 == 0);
		assert_false(fold_needed(out.p, out.n));
		is_folded_well(&out);
		unfold(&one, in.p, in.n);
		unfold(&other, out.p, out.n);
		assert_string_equal(one.p, other.p);
	}
	buf_clear(&in);
	buf_clear(&out);
	buf_clear(&one);
	buf_clear(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(knows_when),
	    TEST(folds_before_blanks),
	    TEST(folds_lists_behind_commas),
	    TEST(makes_lines_of_78),
	    TEST(keeps_every_word),
	};

	return RUN("fold", tests);
}
