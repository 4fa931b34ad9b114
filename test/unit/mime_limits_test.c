/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <unistd.h>

#include "lib/mail/mime.h"
#include "test/unit/shape.h"

#define MESSAGE "Content-Type: message/rfc822\n"

/* A field of n bytes, with its CRLF. */
static void
add_field(struct buf *b, size_t n)
{
	buf_addf(b, "X: %0*d\r\n", (int)n - 5, 0);
}

/* n bytes of lines. */
static void
add_lines(struct buf *b, size_t n)
{
	for (; n > 200; n -= 100)
		buf_addf(b, "%098d\r\n", 0);
	buf_addf(b, "%0*d\r\n", (int)n - 2, 0);
}

static void
knows_where_everything_is(void **state)
{
	static const char *const want[] = {
	    "",
	    "",
	    "|pre\xe9",
	    "X: y/ z//|one",
	    "/|",
	    "|two//three/",
	    "Content-Type: multipart/mixed; boundary=c//|/--c//in/--c--",
	    "/|in",
	    "Content-Type: message/rfc822//|S: x//x",
	    "S: x//|x",
	    "|epi\xe9/",
	};
	struct buf b = {0};
	struct err e;

	(void)state;
	shape_crlf(&shaped.body,
	    "pre\xe9\n--b\nX: y\n z\n\none\n--b\n\n\n"
	    "--b\ntwo\n\nthree\n\n--b\n" MULTI(
		"c") "\n\n"
		     "--c\n\nin\n--c--\n--b\n" MESSAGE "\n"
		     "S: x\n\nx\n--b--\nepi\xe9\n");
	assert_true(shape_read(MULTI("b"), &e));
	assert_int_equal(shaped.mime.n + 1, COUNT(want));
	for (size_t i = 1; i < shaped.mime.n; i++) {
		const struct mime_part *part = &shaped.mime.v[i];

		buf_reset(&b);
		for (uint64_t k = part->header; k < part->end; k++) {
			if (k == part->body)
				buf_addc(&b, '|');
			if (shaped.body.p[k] != '\r')
				buf_addc(&b,
				    shaped.body.p[k] == '\n'
					? '/'
					: shaped.body.p[k]);
		}
		if (part->body == part->end)
			buf_addc(&b, '|');
		assert_string_equal(b.p, want[i + 1]);
	}
	buf_clear(&b);
}

static void
has_16_floors(void **state)
{
	struct buf want = {0};

	(void)state;
	for (int depth = 1; depth < 20; depth++) {
		int floors = depth < 16 ? depth : 16;

		buf_reset(&want);
		for (int i = 1; i < depth; i++)
			buf_addf(&shaped.body,
			    "--b%d\r\nContent-Type: multipart/x; "
			    "boundary=b%d\r\n\r\n",
			    i, i + 1);
		buf_addf(&shaped.body, "--b%d\r\n\r\nx\r\n", depth);
		for (int i = depth; i > 0; i--)
			buf_addf(&shaped.body, "--b%d--\r\n", i);
		for (int i = 0; i < floors; i++)
			buf_adds(&want, "M[");
		buf_adds(&want, depth > 16 ? "B" : "T?");
		for (int i = 0; i < floors; i++)
			buf_adds(&want, "]");
		shape_is(MULTI("b1"), want.p);

		for (int i = 1; i < depth; i++)
			buf_adds(&shaped.body,
			    "Content-Type: message/x\r\n\r\n");
		buf_adds(&shaped.body, "\r\nx\r\n");
		buf_reset(&want);
		for (int i = 0; i < floors; i++)
			buf_adds(&want, "G[");
		buf_adds(&want, depth > 16 ? "B" : "T?");
		for (int i = 0; i < floors; i++)
			buf_adds(&want, "]");
		shape_is(MESSAGE, want.p);
	}
	buf_clear(&want);
}

/* So many parts, each with a delimiter of its own. */
static void
add_parts(const char *boundary, int n)
{
	for (int i = 0; i < n; i++)
		buf_addf(&shaped.body, "--%s\r\n\r\nx\r\n", boundary);
}

static void
add_shapes(struct buf *want, const char *head, int n)
{
	buf_reset(want);
	buf_adds(want, head);
	for (int i = 0; i < n; i++)
		buf_adds(want, i + 1 < n ? "T? " : "T?]");
}

static void
has_1024_parts(void **state)
{
	struct buf want = {0};

	(void)state;
	for (int n = 1022; n < 1028; n++) {
		add_parts("b", n);
		buf_adds(&shaped.body, "--b--\r\n");
		add_shapes(&want, "M[", n);
		shape_is(MULTI("b"), n > 1024 ? "B" : want.p);

		/* An inner one is a part, and what it holds. */
		buf_adds(&shaped.body,
		    "--b\r\nContent-Type: multipart/x; boundary=c\r\n\r\n"
		    "--c\r\n\r\n--c--\r\n");
		add_parts("b", n - 2);
		buf_adds(&shaped.body, "--b--\r\n");
		add_shapes(&want, "M[M[T?] ", n - 2);
		shape_is(MULTI("b"), n > 1024 ? "B" : want.p);

		/* One that is given up is one part, and so is a message. */
		buf_adds(&shaped.body,
		    "\xe9\r\n--b\r\nContent-Type: multipart/x; boundary=c\r\n"
		    "\r\n\xe9\r\n");
		add_parts("c", 1100);
		buf_adds(&shaped.body, "--c--\r\n");
		add_parts("b", n - 3);
		buf_adds(&shaped.body,
		    "--b\r\nContent-Type: message/x\r\n\r\n\r\n"
		    "--b--\r\n\xe9\r\n");
		add_shapes(&want, "M8[r8 B8 ", n - 3);
		want.p[--want.n] = '\0';
		buf_adds(&want, n > 1024 ? " B r8]" : " G[T?] r8]");
		shape_is(MULTI("b"), n > 1025 ? "B8" : want.p);
	}
	buf_clear(&want);
}

static void
limits_headers(void **state)
{
	(void)state;
	for (size_t n = MIME_HEADER - 4; n < MIME_HEADER + 4; n++) {
		bool ok = n <= MIME_HEADER;

		buf_adds(&shaped.body, "--b\r\n");
		add_field(&shaped.body, n);
		buf_adds(&shaped.body, "\r\nx\r\n--b--\r\n");
		shape_is(MULTI("b"), ok ? "ML[T?]" : "BL");

		/* Many fields, in an inner one; the outer one is well. */
		buf_adds(&shaped.body,
		    "--b\r\nContent-Type: multipart/x; boundary=c\r\n\r\n"
		    "--c\r\n");
		for (size_t i = 0; i < 100; i++)
			add_field(&shaped.body, 600);
		for (size_t k = n - 60000; k > 0; k -= k > 900 ? 800 : k)
			add_field(&shaped.body, k > 900 ? 800 : k);
		buf_adds(&shaped.body, "\r\nx\r\n--c--\r\n--b--\r\n");
		shape_is(MULTI("b"), ok ? "M[M[T?]]" : "M[B]");

		add_field(&shaped.body, n);
		buf_adds(&shaped.body, "\r\nx\r\n");
		shape_is(MESSAGE, ok ? "GL[T?]" : "BL");
	}
}

static void
reads_across_windows(void **state)
{
	static const struct {
		const char *chunk, *want;
	} t[] = {
	    {"\n--b \nContent-Type: text/html\nX: y\n\n\xe9\n--b--\n",
		"M8[T? T8]"},
	    {"--b\nno header\n\n\xe9\n--b-- \n", "M8[T? T?8]"},
	    {"--b\n" MULTI("bb") "\n--bb\nX: y\n--bb--\n--b--\n",
		"M[T? M[T?]]"},
	    {"--bb\n--b x\n--b--x\n--b--\n", "M[T?]"},
	    {"--b\n" MESSAGE "\n\n\xe9\n--b--\n", "M8[T? G8[T?8]]"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		for (size_t k = 0; k < strlen(t[i].chunk) + 8; k++) {
			buf_adds(&shaped.body, "--b\r\n\r\n");
			add_lines(&shaped.body,
			    STORE_MEMORY - k - shaped.body.n);
			shape_crlf(&shaped.body, t[i].chunk);
			add_lines(&shaped.body, 1000);
			shape_is(MULTI("b"), t[i].want);
		}
	}
}

static void
measures_across_windows(void **state)
{
	static const size_t before[] = {0, 1, 2, 500, 997, 998, 999, 1000,
	    1001};

	(void)state;
	for (size_t i = 0; i < COUNT(before); i++) {
		for (int n = 998; n < 1000; n++) {
			add_lines(&shaped.body, STORE_MEMORY - before[i]);
			buf_addf(&shaped.body, "%0*d\xc3\xa9\r\n", n - 2, 0);
			shape_is("", n > 998 ? "T?8L" : "T?8");
		}
	}
	/* Longer than a window. */
	buf_adds(&shaped.body, "--b\r\n\r\n--b");
	add_lines(&shaped.body, 100);
	buf_addf(&shaped.body, "--b%0*d\r\n--b--\r\n", (int)STORE_MEMORY * 3,
	    0);
	shape_is(MULTI("b"), "ML[T?L]");
}

/* One that is too long to be sent would have to be changed. */
static void
takes_no_delimiter_that_is_long(void **state)
{
	static const int blanks[] = {994, 995, 996, 65533, 65536, 70000, 262140,
	    262150, 600000};

	(void)state;
	for (size_t i = 0; i < COUNT(blanks); i++) {
		bool ok = blanks[i] <= 995;

		buf_addf(&shaped.body, "--b%*s\r\n\r\nx\r\n--b--\r\n",
		    blanks[i], "");
		shape_is(MULTI("b"), ok ? "M[T?]" : "BL");
		buf_addf(&shaped.body, "--b\r\n\r\nx\r\n--b--%*s\r\n",
		    blanks[i] - 2, "");
		shape_is(MULTI("b"), ok ? "M[T?]" : "BL");

		buf_addf(&shaped.body, "--b\r\n\r\nx\r\n--b%*s.\r\n--b--\r\n",
		    blanks[i] - 1, "");
		shape_is(MULTI("b"), ok ? "M[T?]" : "ML[T?L]");
	}
}

/* What is no header line begins the body, however long it is. */
static void
reads_a_long_line_without_header(void **state)
{
	(void)state;
	for (int n = 60000; n < 400000; n *= 2) {
		buf_addf(&shaped.body, "--b\r\n%0*d\r\n--b--\r\n", n, 0);
		shape_is(MULTI("b"), "ML[T?L]");
	}
}

static void
tells_of_a_file_that_ends(void **state)
{
	static const char type[] = "Content-Type: multipart/x; boundary=b\r\n";
	struct err e;
	const char *p;
	size_t n;

	(void)state;
	for (size_t size = 0; size < 3; size++) {
		buf_adds(&shaped.body, "--b\r\nX: ");
		add_lines(&shaped.body, size == 0 ? 3 * STORE_MEMORY : 99);
		buf_adds(&shaped.body, "\r\n");
		add_lines(&shaped.body, 2 * STORE_MEMORY);
		buf_adds(&shaped.body, "--b--\r\n");
		store_begin(&shaped.store, unit_dir);
		assert_true(
		    store_add(&shaped.store, shaped.body.p, shaped.body.n, &e));
		assert_true(store_read(&shaped.store, 0, &p, &n, &e));
		assert_int_equal(ftruncate(shaped.store.fd,
				     (off_t)(size == 2 ? 5 : STORE_MEMORY)),
		    0);
		header_push(&shaped.header, type, strlen(type));
		assert_false(
		    mime_read(&shaped.mime, &shaped.header, &shaped.store, &e));
		assert_err(&e, ERR_IO, "too short");
		shape_forget(NULL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    SHAPE_TEST(knows_where_everything_is),
	    SHAPE_TEST(has_16_floors),
	    SHAPE_TEST(has_1024_parts),
	    SHAPE_TEST(limits_headers),
	    SHAPE_TEST(reads_across_windows),
	    SHAPE_TEST(measures_across_windows),
	    SHAPE_TEST(takes_no_delimiter_that_is_long),
	    SHAPE_TEST(reads_a_long_line_without_header),
	    SHAPE_TEST(tells_of_a_file_that_ends),
	};

	return RUN_WITH_DIR("mime_limits", tests);
}
