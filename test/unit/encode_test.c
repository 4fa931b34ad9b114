/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdio.h>

#include "lib/base/ascii.h"
#include "lib/mail/encode.h"
#include "test/unit/coding.h"

static const struct encoder qp = {.how = ENCODING_QP};
static const struct encoder b64 = {.how = ENCODING_BASE64};
static const struct encoder b64_lf = {.how = ENCODING_BASE64, .lf = true};

/* A line that ends softly is as full as it can be. */
static void
is_full(const char *line, const char *eq)
{
	const char *next = eq + 3;
	size_t len = (size_t)(eq - line), first = *next == '=' ? 3 : 1;

	/* What is escaped only because it comes first. */
	if (strncmp(next, "=2E", 3) == 0 || strncmp(next, "=2D", 3) == 0)
		first = 1;
	assert_true(len + first > 75);
	assert_true(*next != '-' && *next != '\0' && *next != '\r');
}

static void
is_quoted_printable(const struct buf *out)
{
	const char *line = out->p, *end = out->p + out->n;
	char c;

	coding_fits(out->p, out->n);
	for (const char *p = out->p; p < end; p++) {
		if (*p == '\n')
			line = p + 1;
		if (ascii_is_blank(*p))
			assert_true(p + 1 < end && p[1] != '\r');
		if (*p == '=' && p[1] == '\r')
			is_full(line, p);
		else if (*p == '=')
			assert_true(coding_escape(p, end, &c) && p[1] <= 'F'
			    && p[2] <= 'F');
	}
}

static void
quotes(void **state)
{
	static const struct {
		const char *in, *want;
	} t[] = {
	    {"", ""},
	    {"a", "a"},
	    {"\r\n", "\r\n"},
	    {"a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"},
	    {"1 + 1 = 2\r\n", "1 + 1 =3D 2\r\n"},
	    {"caf\xc3\xa9\r\n", "caf=C3=A9\r\n"},
	    {"\x80\xff", "=80=FF"},
	    {"\x01\x0b\x0c\x1b[0m\x1f\x7f", "=01=0B=0C=1B[0m=1F=7F"},
	    {"!\"#$%&'()*+,/09:;<>?@AZ[\\]^_`az{|}~",
		"!\"#$%&'()*+,/09:;<>?@AZ[\\]^_`az{|}~"},
	    /* Blanks: only where a line ends. */
	    {" a\tb c\r\n", " a\tb c\r\n"},
	    {"a \r\n", "a=20\r\n"},
	    {"a\t\r\nb", "a=09\r\nb"},
	    {" \r\n\t\r\n", "=20\r\n=09\r\n"},
	    {"a ", "a=20"},
	    {"\t", "=09"},
	    /* Dots and dashes: only in front, dashes only where we break. */
	    {".", "=2E"},
	    {".\r\n", "=2E\r\n"},
	    {"..x.\r\na.\r\n.\xe9", "=2E.x.\r\na.\r\n=2E=E9"},
	    {"--x--\r\n-\r\n", "--x--\r\n-\r\n"},
	    {"From here\r\n", "From here\r\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		coding_gives(&qp, t[i].in, t[i].want);
}

static void
breaks_quoted_lines(void **state)
{
	static const struct {
		const char *in, *want;
	} t[] = {
	    {X74 "y\r\n", X74 "y\r\n"},
	    {X74 "y", X74 "y"},
	    {X74 "yz\r\n", X74 "y=\r\nz\r\n"},
	    {X74 "yz", X74 "y=\r\nz"},
	    {X74 "y" X74 "y", X74 "y=\r\n" X74 "y"},
	    {X74 "y" X74 "yz", X74 "y=\r\n" X74 "y=\r\nz"},
	    /* An escape is never cut. */
	    {X70 "xx\xe9", X70 "xx=E9"},
	    {X70 "xx\xe9\r\n", X70 "xx=E9\r\n"},
	    {X70 "xx\xe9y", X70 "xx=E9=\r\ny"},
	    {X70 "xxx\xe9\r\n", X70 "xxx=\r\n=E9\r\n"},
	    {X70 "xxx\xe9y", X70 "xxx=\r\n=E9y"},
	    {X70 "xx=\r\n", X70 "xx=3D\r\n"},
	    {X74 "\xe9", X74 "=\r\n=E9"},
	    {X74 "y\xe9", X74 "y=\r\n=E9"},
	    {X74 "=\r\n", X74 "=\r\n=3D\r\n"},
	    /* A dash behind a break might make a delimiter. */
	    {X74 "-\r\n", X74 "-\r\n"},
	    {X74 "y-", X74 "y=\r\n=2D"},
	    {X74 "y--\r\n", X74 "y=\r\n=2D-\r\n"},
	    {X74 "y--b--", X74 "y=\r\n=2D-b--"},
	    {X74 "-x-\r\n", X74 "-=\r\nx-\r\n"},
	    {X74 "yz\r\n-\r\n", X74 "y=\r\nz\r\n-\r\n"},
	    {X74 ".\r\n", X74 ".\r\n"},
	    {X74 "y..\r\n", X74 "y=\r\n=2E.\r\n"},
	    /* Blanks before a break, behind one, and at the end. */
	    {X74 " y\r\n", X74 " =\r\ny\r\n"},
	    {X74 "y z\r\n", X74 "y=\r\n z\r\n"},
	    {X70 "xx \r\n", X70 "xx=20\r\n"},
	    {X74 "y \r\n", X74 "y=\r\n=20\r\n"},
	    {X74 "\t", X74 "=\r\n=09"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		coding_gives(&qp, t[i].in, t[i].want);
}

/* Whatever may stand where a line is full. */
static void
quotes_all_at_the_margin(void **state)
{
	static const char *const units[] = {"x", ".", "-", " ", "\t", "\xe9",
	    "=", "\r\n"};
	struct buf in = {0}, out = {0}, back = {0};

	(void)state;
	for (size_t shift = 0; shift < 6; shift++) {
		for (size_t k = 0; k < 8 * 8 * 8 * 8; k++) {
			buf_reset(&in);
			buf_adds(&in, &(X74)[shift]);
			for (size_t u = k, i = 0; i < 4; i++, u /= 8)
				buf_adds(&in, units[u % 8]);
			buf_adds(&in, k % 3 == 0 ? "" : "z\r\n");
			coding_feed(qp, in.p, in.n, 0, k % 2 == 0 ? 1 : 73,
			    &out);
			is_quoted_printable(&out);
			coding_unquote(&back, out.p, out.n);
			assert_string_equal(back.p, in.p);
		}
	}
	buf_clear(&in);
	buf_clear(&out);
	buf_clear(&back);
}

static void
makes_base64(void **state)
{
	static const struct {
		const char *in, *want, *lf;
	} t[] = {
	    {"", "", ""},
	    /* RFC 4648, 10. */
	    {"f", "Zg==", "Zg=="},
	    {"fo", "Zm8=", "Zm8="},
	    {"foo", "Zm9v", "Zm9v"},
	    {"foob", "Zm9vYg==", "Zm9vYg=="},
	    {"fooba", "Zm9vYmE=", "Zm9vYmE="},
	    {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
	    {"\xfb\xef\xbe\xff\xff\xff", "++++////", "++++////"},
	    {"\x01\x7f\x80", "AX+A", "AX+A"},
	    {"\r\n", "DQo=", "Cg=="},
	    {"a\r\nb", "YQ0KYg==", "YQpi"},
	    {"a\r\n\r\n", "YQ0KDQo=", "YQoK"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		coding_gives(&b64, t[i].in, t[i].want);
		coding_gives(&b64_lf, t[i].in, t[i].lf);
	}
}

static void
breaks_base64(void **state)
{
	char in[200], want[400];

	(void)state;
	memset(in, 'a', sizeof in); /* YWFh */
	for (size_t n = 54; n <= 172; n++) {
		char *w = want;

		for (size_t i = 0; i < n; i += 3)
			w += sprintf(w, "%s%s",
			    i > 0 && i % 57 == 0 ? "\r\n" : "",
			    n - i == 1       ? "YQ=="
				: n - i == 2 ? "YWE="
					     : "YWFh");
		in[n] = '\0';
		coding_gives(&b64, in, want);
		coding_gives(&b64_lf, in, want);
		in[n] = 'a';
	}
}

/* Canonical bytes: lines, and any other byte but NUL. */
static void
make_up(struct buf *in, size_t n, uint32_t *seed)
{
	static const char often[] = " \t.-=";

	buf_reset(in);
	while (in->n < n) {
		uint32_t r = unit_random(seed);
		char c = (char)(r >> 16);

		if (r % 32 == 0)
			buf_adds(in, "\r\n");
		else if (r % 32 < 8)
			buf_addc(in, often[r % 5]);
		else if (n % 2 == 0)
			buf_addc(in, 'x');
		else if (c != '\r' && c != '\n' && c != '\0')
			buf_addc(in, c);
	}
}

static void
decodes_to_the_same(void **state)
{
	struct buf in = {0}, out = {0}, back = {0}, lf = {0};
	uint32_t seed = 4;

	(void)state;
	for (size_t n = 1; n < 260; n++) {
		make_up(&in, n, &seed);
		coding_cut(&qp, in.p, in.n, &out);
		is_quoted_printable(&out);
		coding_unquote(&back, out.p, out.n);
		assert_string_equal(back.p, in.p);

		coding_cut(&b64, in.p, in.n, &out);
		coding_fits(out.p, out.n);
		coding_unbase64(&back, out.p, out.n);
		assert_string_equal(back.p, in.p);

		buf_reset(&lf);
		for (size_t i = 0; i < in.n; i++)
			if (in.p[i] != '\r')
				buf_addc(&lf, in.p[i]);
		coding_cut(&b64_lf, in.p, in.n, &out);
		coding_fits(out.p, out.n);
		coding_unbase64(&back, out.p, out.n);
		assert_string_equal(back.p, lf.p);
	}
	buf_clear(&in);
	buf_clear(&out);
	buf_clear(&back);
	buf_clear(&lf);
}

/* What makes most of one byte, at every size of a piece. */
static void
stays_in_its_room(void **state)
{
	static const char *const all[] = {"\xff", " ", ".", "-", "=", "\r\n",
	    " \r\n", ".\r\n", "=\r\n", "a\xff ", "\xff\r\n"};
	struct buf in = {0}, out = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		buf_reset(&in);
		while (in.n < 1000)
			buf_adds(&in, all[i]);
		for (size_t piece = 1; piece < 2000; piece *= 7) {
			coding_feed(qp, in.p, in.n, 0, piece, &out);
			coding_feed(b64, in.p, in.n, 0, piece, &out);
			coding_feed(b64_lf, in.p, in.n, 0, piece, &out);
		}
	}
	buf_clear(&in);
	buf_clear(&out);
}

static void
leaves_what_has_no_encoding(void **state)
{
	static const struct encoder none = {.how = ENCODING_NONE};

	(void)state;
	coding_gives(&none, "", "");
	coding_gives(&none, ".\r\ncaf\xe9 \r\n\x1b" X74 X74,
	    ".\r\ncaf\xe9 \r\n\x1b" X74 X74);
}

static void
knows_names(void **state)
{
	static const struct {
		const char *value;
		enum encoding is;
	} t[] = {
	    {"base64", ENCODING_BASE64},
	    {" Base64 ", ENCODING_BASE64},
	    {"\tBASE64\t\r\n ", ENCODING_BASE64},
	    {"\r\n base64", ENCODING_BASE64},
	    {" (not (really)) base64 (\\) yes)", ENCODING_BASE64},
	    {"base64(x)", ENCODING_BASE64},
	    {"quoted-printable", ENCODING_QP},
	    {" Quoted-Printable\r\n\t(x)", ENCODING_QP},
	    {"", ENCODING_NONE},
	    {" ", ENCODING_NONE},
	    {"7bit", ENCODING_NONE},
	    {"8BIT", ENCODING_NONE},
	    {"binary", ENCODING_NONE},
	    {"x-uuencode", ENCODING_NONE},
	    {"base6", ENCODING_NONE},
	    {"base644", ENCODING_NONE},
	    {"base64!", ENCODING_NONE},
	    {"x-base64", ENCODING_NONE},
	    {"(base64)", ENCODING_NONE},
	    {"(base64", ENCODING_NONE},
	    {"quoted-printable2", ENCODING_NONE},
	    {"quoted", ENCODING_NONE},
	    {"quoted printable", ENCODING_NONE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (encode_known(t[i].value, strlen(t[i].value)) != t[i].is)
			fail_msg("\"%s\"", t[i].value);
	/* Only the bytes that are there. */
	assert_int_equal(encode_known("base64", 5), ENCODING_NONE);
	assert_int_equal(encode_known("base64x", 6), ENCODING_BASE64);
	assert_string_equal(encode_name(ENCODING_NONE), "7bit");
	assert_string_equal(encode_name(ENCODING_QP), "quoted-printable");
	assert_string_equal(encode_name(ENCODING_BASE64), "base64");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(quotes),
	    TEST(breaks_quoted_lines),
	    TEST(quotes_all_at_the_margin),
	    TEST(makes_base64),
	    TEST(breaks_base64),
	    TEST(decodes_to_the_same),
	    TEST(stays_in_its_room),
	    TEST(leaves_what_has_no_encoding),
	    TEST(knows_names),
	};

	return RUN("encode", tests);
}
