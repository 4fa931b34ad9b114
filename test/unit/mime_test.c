/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/mail/mime.h"
#include "test/unit/shape.h"

static void
knows_leaves(void **state)
{
	static const struct shape t[] = {
	    {"", "", "T?"},
	    {"", "x\n", "T?"},
	    {"Content-Type: text/html\n", "caf\xc3\xa9\n", "T8"},
	    {"Content-Type: text\n", "x\n", "T"},
	    {"Content-Type:\n", "x\n", "T"},
	    {"content-type: TEXT/x-y\n", "x\n", "T"},
	    {"Content-Type: application/pdf\n", "x\n", "O"},
	    {"Content-Type: textual/x\n", "x\n", "O"},
	    {"Content-Type: image/png\nContent-Transfer-Encoding: base64\n",
		"AAAA\n", "Ob"},
	    {"Content-Transfer-Encoding: Quoted-Printable\n", "x\n", "T?q"},
	    {"Content-Transfer-Encoding: 8bit\n", "\xff\n", "T?8"},
	    {"X-Content-Type: image/png\n", "x\n", "T?"},
	    {"Content-Type: multipart/signed; boundary=b\n",
		"--b\n\nx\n--b\n\n\xff\n--b--\n", "S8"},
	    {"Content-Type: Multipart/Encrypted\n", "x\n", "S"},
	};

	(void)state;
	shape_all(t, COUNT(t));
}

static void
measures_lines(void **state)
{
	static const char *const ends[] = {"\n", "\nx\n", "\n\n"};

	(void)state;
	for (size_t i = 0; i < COUNT(ends); i++) {
		for (size_t n = 996; n < 1002; n++) {
			struct buf b = {0};

			for (size_t k = 0; k < n; k++)
				buf_addc(&b, 'x');
			buf_adds(&b, ends[i]);
			shape_crlf(&shaped.body, b.p);
			shape_is("", n > 998 ? "T?L" : "T?");
			buf_reset(&b);
			buf_addf(&b, "x\n\n%0*d\xe9%s", (int)n - 1, 0, ends[i]);
			shape_crlf(&shaped.body, b.p);
			shape_is("", n > 998 ? "T?8L" : "T?8");
			buf_clear(&b);
		}
	}
}

static void
reads_multiparts(void **state)
{
	static const struct shape t[] = {
	    {MULTI("b"), "--b\n\nx\n--b--\n", "M[T?]"},
	    {MULTI("b"), "--b\n\nx\n--b--", "M[T?]"},
	    {MULTI("b"),
		"pre\n\n--b\nContent-Type: text/html\n\nx\n--b\n"
		"Content-Transfer-Encoding: base64\nContent-Type: image/png\n\n"
		"AAAA\n\n--b--\nepi\n\n",
		"M[T Ob]"},
	    {MULTI("\"a b\""), "--a b\n\nx\n--a b--\n", "M[T?]"},
	    {MULTI("b"), "--b \t \n\nx\n--b\t\n\ny\n--b-- \t\n", "M[T? T?]"},
	    /* Parts without header, without body, without anything. */
	    {MULTI("b"), "--b\nx\n\ny\n--b--\n", "M[T?]"},
	    {MULTI("b"), "--b\n\xe9\n\ny\n--b--\n", "M8[T?8]"},
	    {MULTI("b"), "--b\n\n\n--b\n\n--b\n--b\n\n\n\n--b--\n",
		"M[T? T? T? T?]"},
	    {MULTI("b"),
		"--b\nContent-Type: a/b\n\n--b\nContent-Type: a/b\n--b--\n",
		"M[O O]"},
	    {MULTI("a:b"), "--a:b\nX: y\n--a:b\n--a:b--\n", "M[T? T?]"},
	    /* Each within another, with ends behind ends. */
	    {MULTI("a"),
		"--a\n" MULTI("b") "\n--b\n\nx\n--b\n\ny\n--b--\n--a\n\nz\n"
				   "--a--\n",
		"M[M[T? T?] T?]"},
	    {MULTI("a"),
		"--a\n" MULTI("b") "\n--b\n" MULTI("c") "\n--c\n\nx\n--c--\n"
							"--b--\n--a--\n",
		"M[M[M[T?]]]"},
	    {MULTI("a"),
		"--a\n" MULTI("c") "\n--c\n\nx\n--c--\n\n--a\n" MULTI(
		    "c") "\n"
			 "--c\n\nx\n--c--\n\n--a--\n",
		"M[M[T?] M[T?]]"},
	    {MULTI("a"), "--a\n" MULTI("ab") "\n--ab\n\nx\n--ab--\n--a--\n",
		"M[M[T?]]"},
	    {MULTI("ab"), "--ab\n" MULTI("a") "\n--a\n\nx\n--a--\n--ab--\n",
		"M[M[T?]]"},
	    {MULTI("a"), "--a\n" MULTI("a--") "\n--a--\n\nx\n--a----\n--a--\n",
		"M[B]"},
	    {MULTI("a"),
		"--a\nContent-Type: multipart/signed; boundary=b\n\n--b\n\n"
		"\xe9\n--b--\n--a\n\ny\n--a--\n",
		"M8[S8 T?]"},
	    {MULTI("a") "Content-Transfer-Encoding: 8bit\n",
		"--a\nContent-Type: multipart/related; boundary=b\n"
		"Content-Transfer-Encoding: 8bit\n\n--b\n\n\xe9\n--b--\n"
		"--a--\n",
		"M8[M8[T?8]]"},
	};

	(void)state;
	shape_all(t, COUNT(t));
}

/* What only looks like a delimiter is content (RFC 2046, 5.1.1). */
static void
knows_delimiters(void **state)
{
	static const char *const others[] = {"--bb", "--b x", "--b-", "--b---",
	    "--b --", " --b", "-b", "b", "--B", "--", "-", "--b--x", "--b-- x",
	    "--\"b\"", "--b.", "---b", "--b\x01", "--b\x1f", "--b\x80",
	    "--b--\x7f", "> --b"};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		bool high = strchr(others[i], 0x80) != NULL;

		buf_reset(&b);
		buf_addf(&b, "%s\n--b\n\nx\n%s\n\ny\n--b--\n%s\n", others[i],
		    others[i], others[i]);
		shape_crlf(&shaped.body, b.p);
		shape_is(MULTI("b"), high ? "M8[r8 T?8 r8]" : "M[T?]");
		buf_reset(&b);
		buf_addf(&b, "%s\n\nx\n%s--\n", others[i], others[i]);
		shape_crlf(&shaped.body, b.p);
		shape_is(MULTI("b"), high ? "B8" : "B");
	}
	buf_clear(&b);
}

static void
gives_up_where_it_breaks(void **state)
{
	static const struct shape t[] = {
	    {"Content-Type: multipart/mixed\n", "--b\n\nx\n--b--\n", "B"},
	    {MULTI("\"\""), "--\n\nx\n----\n", "B"},
	    {MULTI("b"), "", "B"},
	    {MULTI("b"), "x\n", "B"},
	    {MULTI("b"), "--b--\n", "B"},
	    {MULTI("b"), "\xe9\n--b--\n\xe9\n", "B8"},
	    {MULTI("\xc3\xa9"), "--\xc3\xa9\n\nx\n", "B8"},
	    {MULTI("b"), "\xe9\n", "B8"},
	    {MULTI("b"), "--b\n", "B"},
	    {MULTI("b"), "--b\n\n\xe9\n", "B8"},
	    {MULTI("b"), "--b\n\nx\n--b\n", "B"},
	    {MULTI("b"), "\xe9\n--b\nContent-Type: a/b\n\n\n--b\n\nx\n", "B8"},
	    /* An inner one's end is missing: the outer one goes on. */
	    {MULTI("a"), "--a\n" MULTI("b") "\n--b\n\nx\n--a\n\ny\n--a--\n",
		"M[B T?]"},
	    {MULTI("a"),
		"--a\n" MULTI("b") "\n--b\n\n\xe9\n--b\n--a\n\ny\n--a--\n",
		"M8[B8 T?]"},
	    {MULTI("a"), "--a\n" MULTI("b") "\nx\n--a--\n", "M[B]"},
	    {MULTI("a"),
		"--a\n" MULTI("b") "\n--b\n" MULTI("c") "\n--c\n\nx\n--b--\n"
							"--a--\n",
		"M[M[B]]"},
	    {MULTI("a"),
		"--a\n" MULTI("b") "\n--b\n" MULTI("c") "\n--c\n\nx\n--a\n\n\n"
							"--a--\n",
		"M[B T?]"},
	    {MULTI("a"),
		"--a\n" MULTI("b") "\n--b\n" MULTI("c") "\n--c\n\nx\n--c--\n"
							"--a\n\n\n--a--\n",
		"M[B T?]"},
	    {MULTI("a"), "--a\n" MULTI("b") "\n--b\n\nx\n--b--\n", "B"},
	    {MULTI("a"), "--a\n" MULTI("b") "\n--b\n\nx\n", "B"},
	    {MULTI("a"),
		"--a\nContent-Type: multipart/mixed\n\n--b\n\nx\n--b--\n"
		"--a\n\n\xe9\n--a--\n",
		"M8[B T?8]"},
	    /* The boundary of an open one is that one's. */
	    {MULTI("b"), "--b\n" MULTI("b") "\n--b\n\nx\n--b--\n", "M[B T?]"},
	    {MULTI("a"),
		"--a\n" MULTI("b") "\n--b\n" MULTI("a") "\n--a\n\nx\n--a--\n",
		"M[B T?]"},
	};

	(void)state;
	shape_all(t, COUNT(t));
}

static void
reads_messages(void **state)
{
	static const struct shape t[] = {
	    {"Content-Type: message/rfc822\n", "Subject: x\n\nx\n", "G[T?]"},
	    {"Content-Type: message/rfc822\n", "", "G[T?]"},
	    {"Content-Type: message/rfc822\n", "no header\n", "G[T?]"},
	    {"Content-Type: MESSAGE/global\nContent-Transfer-Encoding: 8bit\n",
		"Subject: \xc3\xa9\n\nx\n", "G8[T?]"},
	    {"Content-Type: message/rfc822\n",
		MULTI("b") "\n--b\n\n\xe9\n--b--\n", "G8[M8[T?8]]"},
	    {"Content-Type: message/rfc822\n", MULTI("b") "\n--b\n\nx\n",
		"G[B]"},
	    {"Content-Type: message/rfc822\n",
		"Content-Type: message/rfc822\n\nContent-Type: a/b\n\nx\n",
		"G[G[O]]"},
	    {MULTI("a"),
		"--a\nContent-Type: message/rfc822\n\nSubject: x\n\nx\n--a\n"
		"Content-Type: message/delivery-status\n\nReporting-MTA: x\n\n"
		"Action: failed\n--a--\n",
		"M[G[T?] G[T? T?]]"},
	    /* Reports are groups of fields (RFC 3464, 2.1). */
	    {"Content-Type: message/delivery-status\n",
		"A: b\n\nA: c\n d\n\n\nA: e\n", "G[T? T? T? T?]"},
	    {"Content-Type: message/disposition-notification\n", "A: \xe9\n\n",
		"G8[T? T?]"},
	    {"Content-Type: message/feedback-report\n", "A: b\n", "G[T?]"},
	    {"Content-Type: message/x-report-x\n", "A: b\n\nA: c\n", "G[T?]"},
	    {"Content-Type: message/delivery-status\n", "A: b\n\nno field\n",
		"B"},
	    {"Content-Type: message/delivery-status\n",
		"A: b\n\nContent-Type: "
		"message/rfc822\n\nA: b\n\n",
		"G[T? T T? T?]"},
	    {MULTI("a"),
		"--a\nContent-Type: message/delivery-status\n\nno\n--a\n"
		"Content-Type: message/delivery-status\n\nA: b\n\n--a\n"
		"Content-Type: message/delivery-status\n\n--a--\n",
		"M[B G[T? T?] G[T?]]"},
	    {MULTI("a"),
		"--a\nContent-Type: message/rfc822\n\n" MULTI("b") "\n--b\n\n"
								   "x\n--a--\n",
		"M[G[B]]"},
	    /* Encoded against RFC 2045, 6.4: then it is what it says. */
	    {"Content-Type: message/rfc822\nContent-Transfer-Encoding: "
	     "base64\n",
		"AAAA\n", "Ob"},
	    /* RFC 2046, 5.1.5. */
	    {"Content-Type: multipart/digest; boundary=b\n",
		"--b\n\nSubject: x\n\n\xe9\n--b\nContent-Type: text/plain\n\n"
		"x\n--b--\n",
		"M8[G?8[T?8] T]"},
	    {"Content-Type: multipart/digest; boundary=b\n",
		"--b\n\n" MULTI("c") "\n--c\n\nx\n--c--\n--b--\n",
		"M[G?[M[T?]]]"},
	};

	(void)state;
	shape_all(t, COUNT(t));
}

static void
keeps_remarks_that_matter(void **state)
{
	static const struct shape t[] = {
	    {MULTI("b"), "\xe9\n--b\n\nx\n--b--\n", "M8[r8 T?]"},
	    {MULTI("b"), "\n--b\n\nx\n--b--\n\xe9", "M8[T? r8]"},
	    {MULTI("a"),
		"--a\n" MULTI("b") "\n\xe9\n--b\n\nx\n--b--\n\xe9\n--a--\nz\n",
		"M8[M8[r8 T? r8]]"},
	    {MULTI("a"),
		"--a\n" MULTI("b") "\n--b\n\nx\n--b--\nx\n--a--\n\xe9\n",
		"M8[M[T?] r8]"},
	    {MULTI("a"), "\xe9\n--a\n" MULTI("b") "\n\xe9\n--b\n\nx\n--a--\n",
		"M8[r8 B8]"},
	};

	(void)state;
	shape_all(t, COUNT(t));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    SHAPE_TEST(knows_leaves),
	    SHAPE_TEST(measures_lines),
	    SHAPE_TEST(reads_multiparts),
	    SHAPE_TEST(knows_delimiters),
	    SHAPE_TEST(gives_up_where_it_breaks),
	    SHAPE_TEST(reads_messages),
	    SHAPE_TEST(keeps_remarks_that_matter),
	};

	return RUN_WITH_DIR("mime", tests);
}
