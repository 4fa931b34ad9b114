/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/base/ascii.h"
#include "lib/mail/encode.h"
#include "test/unit/coding.h"

static const struct encoder qp = {.how = ENCODING_QP, .wrap = true};
static const struct encoder b64 = {.how = ENCODING_BASE64, .wrap = true};

static void
leaves_quoted_lines(void **state)
{
	static const char *const t[] = {
	    "",
	    "\r\n",
	    "a=3Db\r\n\r\nc",
	    "caf=C3=A9 =\r\nau lait=20\r\n=09\r\n",
	    "=\r\n=\r\n\r\n",
	    "caf=c3=a9 is lower case\r\n",
	    "a=",
	    "a=\r\n",
	    "a= \t\r\nb\r\n",
	    "a= ",
	    X74 "=\r\n" X74 "=\r\nz",
	    X74 "x=\r\nz",
	    X74 "x\r\nz",
	    X70 "xx=E9\r\n",
	    X70 "xx=E9=\r\nz",
	    "a  \r\nb\r\n",
	    "--x\r\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		coding_gives(&qp, t[i], t[i]);
}

static void
wraps_quoted_lines(void **state)
{
	static const struct {
		const char *in, *want;
	} t[] = {
	    {X74 "yz\r\n", X74 "y=\r\nz\r\n"},
	    {X74 "y" X74 "yz", X74 "y=\r\n" X74 "y=\r\nz"},
	    /* Escapes stay whole. */
	    {X70 "xxx=3D", X70 "xxx=\r\n=3D"},
	    {X74 "=c3z", X74 "=\r\n=c3z"},
	    {X74 "y=C3", X74 "y=\r\n=C3"},
	    {X74 "=ff", X74 "=\r\n=ff"},
	    {X74 "=Ff", X74 "=\r\n=Ff"},
	    {X74 "=a0", X74 "=\r\n=a0"},
	    {X74 "=9A", X74 "=\r\n=9A"},
	    {X74 "=g0", X74 "=\r\n=3Dg0"},
	    {X70 "xx=E9z\r\n", X70 "xx=E9=\r\nz\r\n"},
	    /* And soft breaks, with what was put behind them. */
	    {X74 "yz=\r\nz", X74 "y=\r\nz=\r\nz"},
	    {X74 "x=\r\n" X74 "yz=\r\nw", X74 "x=\r\n" X74 "y=\r\nz=\r\nw"},
	    {X74 "y= \r\nz", X74 "y=\r\n= \r\nz"},
	    {X74 "= \r\nz", X74 "= \r\nz"},
	    {X74 "y=", X74 "y="},
	    /* What should not have been there. */
	    {"caf\xc3\xa9\r\n", "caf=C3=A9\r\n"},
	    {X74 "\xe9", X74 "=\r\n=E9"},
	    {"\x1b=1B\x7f", "=1B=1B=7F"},
	    {".\r\n..", "=2E\r\n=2E."},
	    {X74 "y.=\r\n.", X74 "y=\r\n=2E=\r\n=2E"},
	    {X74 "y-\r\n-", X74 "y=\r\n=2D\r\n-"},
	    {"a=\r\n-b\r\n-c", "a=\r\n=2Db\r\n-c"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		coding_gives(&qp, t[i].in, t[i].want);
}

/* Blanks at the end of a line mean nothing (RFC 2045, 6.7 (3)). */
static void
unquote(struct buf *b, const struct buf *in)
{
	struct buf text = {0};

	coding_unquote(&text, in->p, in->n);
	buf_reset(b);
	for (size_t i = 0; i < text.n; i++) {
		while (b->n > 0 && text.p[i] == '\r'
		    && ascii_is_blank(b->p[b->n - 1]))
			b->n--;
		buf_addc(b, text.p[i]);
	}
	while (b->n > 0 && ascii_is_blank(b->p[b->n - 1]))
		b->p[--b->n] = '\0';
	buf_addc(b, '\n');
	buf_clear(&text);
}

static void
means_the_same(const struct buf *in)
{
	struct buf out = {0}, want = {0}, got = {0};

	coding_cut(&qp, in->p, in->n, &out);
	coding_fits(out.p, out.n);
	unquote(&want, in);
	unquote(&got, &out);
	if (strcmp(want.p, got.p) != 0)
		print_error("in: %s\n", in->p);
	assert_string_equal(got.p, want.p);
	buf_clear(&out);
	buf_clear(&want);
	buf_clear(&got);
}

/* Right, wrong and half escapes and breaks at the margin. */
static void
keeps_what_any_line_means(void **state)
{
	static const char *const units[] = {"x", ".", "-", " ", "\xe9", "=",
	    "=4", "=e9", "\r\n", "=\r\n", "= \t\r\n", "=3D", "\t"};
	struct buf in = {0};
	size_t u;

	(void)state;
	for (size_t shift = 0; shift < 7; shift++) {
		for (size_t k = 0; k < 13 * 13 * 13; k++) {
			buf_reset(&in);
			buf_adds(&in, &(X74)[shift]);
			u = k;
			for (int i = 0; i < 3; i++, u /= 13)
				buf_adds(&in, units[u % 13]);
			buf_adds(&in, k % 2 == 0 ? "" : "z\r\n");
			means_the_same(&in);
		}
	}
	buf_clear(&in);
}

static void
keeps_what_many_lines_mean(void **state)
{
	static const char *const units[] = {"=3D", "=0a", "=", "\r\n", "=\r\n",
	    "=4", " ", "\xc3\xa9", ".", "-", "words ", "and words", X70};
	struct buf in = {0};
	uint32_t seed = 11;

	(void)state;
	for (size_t n = 1; n < 300; n++) {
		buf_reset(&in);
		while (in.n < n)
			buf_adds(&in, units[unit_random(&seed) % COUNT(units)]);
		means_the_same(&in);
	}
	buf_clear(&in);
}

static void
wraps_base64(void **state)
{
	static const struct {
		const char *in, *want;
	} t[] = {
	    {"", ""},
	    {"Zm9v", "Zm9v"},
	    {"Zm8=\r\n", "Zm8="},
	    {"Zm\r\n9v\r\n\r\nYg=\r\n=", "Zm9vYg=="},
	    {X70 "xxxxxx", X70 "xxxxxx"},
	    {X70 "xxxxxx\r\n", X70 "xxxxxx"},
	    {X70 "xxxxxxy", X70 "xxxxxx\r\ny"},
	    {X10 "\r\n" X70, X70 "xxxxxx\r\nxxxx"},
	    {X70 X70 "xxxxxxxxxxxx", X70 "xxxxxx\r\n" X70 "xxxxxx"},
	    /* What is no digit is skipped. */
	    {" Zm 9v\t.-\xe9\x1b", "Zm9v"},
	    {".\r\n--\r\n", ""},
	    {"+/09AZaz=", "+/09AZaz="},
	    {"@[`{:*", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		coding_gives(&b64, t[i].in, t[i].want);
}

static void
stays_in_its_room(void **state)
{
	static const char *const all[] = {"\xff", " ", ".", "-", "=", "==4",
	    "= ", "=\r\n-", "=\r\n.", "\r\n", " \r\n", "= \t\r\n", "A"};
	struct buf in = {0}, out = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		buf_reset(&in);
		while (in.n < 1000)
			buf_adds(&in, all[i]);
		for (size_t piece = 1; piece < 2000; piece *= 7) {
			coding_feed(qp, in.p, in.n, 0, piece, &out);
			coding_feed(b64, in.p, in.n, 0, piece, &out);
		}
	}
	buf_clear(&in);
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(leaves_quoted_lines),
	    TEST(wraps_quoted_lines),
	    TEST(keeps_what_any_line_means),
	    TEST(keeps_what_many_lines_mean),
	    TEST(wraps_base64),
	    TEST(stays_in_its_room),
	};

	return RUN("encode_wrap", tests);
}
