/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/smtp/reply.h"

static enum reply_push
push(struct reply *r, const char *line)
{
	return reply_push(r, line, strlen(line));
}

static void
takes_whole_replies(void **state)
{
	static const struct {
		const char *line;
		int code;
		const char *printed;
	} t[] = {
	    {"250 OK", 250, "250 OK"},
	    {"250", 250, "250"},
	    {"250 ", 250, "250"},
	    {"599 x", 599, "599 x"},
	    {"334 ", 334, "334"},
	    {"550 a\x1b[31m\xff\x7f", 550, "550 a\\x1b[31m\\xff\\x7f"},
	    {"550 caf\xc3\xa9", 550, "550 caf\xc3\xa9"},
	};
	struct reply r = {0};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		assert_int_equal(push(&r, t[i].line), REPLY_WHOLE);
		assert_int_equal(r.code, t[i].code);
		assert_int_equal(reply_class(&r), t[i].code / 100);
		buf_reset(&b);
		reply_print(&r, &b);
		assert_string_equal(b.p, t[i].printed);
	}
	assert_int_equal(reply_push(&r, "250 a\0b", 7), REPLY_WHOLE);
	buf_reset(&b);
	reply_print(&r, &b);
	assert_string_equal(b.p, "250 a\\x00b");
	buf_clear(&b);
	reply_clear(&r);
}

static void
joins_lines(void **state)
{
	struct reply r = {0};
	struct buf b = {0};
	const char *last;
	size_t n;

	(void)state;
	assert_int_equal(push(&r, "550-first"), REPLY_MORE);
	assert_int_equal(push(&r, "550-"), REPLY_MORE);
	assert_int_equal(push(&r, "550 last one"), REPLY_WHOLE);
	assert_string_equal(r.text.p, "first\n\nlast one\n");
	reply_print(&r, &b);
	assert_string_equal(b.p, "550 first last one");
	last = reply_last(&r, &n);
	assert_int_equal(n, 8);
	assert_memory_equal(last, "last one", 8);
	/* The next begins anew. */
	assert_int_equal(push(&r, "250-x"), REPLY_MORE);
	assert_int_equal(push(&r, "250"), REPLY_WHOLE);
	assert_string_equal(r.text.p, "x\n\n");
	last = reply_last(&r, &n);
	assert_int_equal(n, 0);
	assert_string_equal(last, "\n");
	reply_clear(&r);
	last = reply_last(&r, &n);
	assert_int_equal(n, 0);
	assert_string_equal(last, "");
	buf_clear(&b);
}

static void
refuses_what_is_none(void **state)
{
	static const char *const bad[] = {"", " ", "2", "25", "25x OK",
	    "2 0 OK", "050 x", "150 x", "600 x", "999 x", "250x", "250\tOK",
	    "250_", "-250 x", "SSH-2.0-OpenSSH_9.2", "* OK IMAP4rev1",
	    "+OK POP3", "HTTP/1.1 400 Bad Request", "2500 x", " 250 x"};
	struct reply r = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (push(&r, bad[i]) != REPLY_BAD)
			fail_msg("\"%s\"", bad[i]);
		reply_clear(&r);
		assert_int_equal(push(&r, "250-x"), REPLY_MORE);
		assert_int_equal(push(&r, bad[i]), REPLY_BAD);
		reply_clear(&r);
	}
	assert_int_equal(push(&r, "250-x"), REPLY_MORE);
	assert_int_equal(push(&r, "251 y"), REPLY_BAD);
	reply_clear(&r);
}

static void
limits_the_text(void **state)
{
	struct reply r = {0};
	size_t n = 0;

	(void)state;
	while (push(&r, "250-0123456789abcdef") == REPLY_MORE)
		n++;
	assert_in_range(n, 60 * 1024 / 17, 64 * 1024 / 17);
	reply_clear(&r);
	/* Of empty lines, too. */
	for (n = 0; n < 100000 && push(&r, "250-") == REPLY_MORE; n++)
		;
	assert_int_equal(n, 65536);
	reply_clear(&r);
}

static void
finds_the_status(void **state)
{
	static const char *const t[][2] = {
	    {"250 2.1.5 OK", "2.1.5"},
	    {"550 5.7.1 no", "5.7.1"},
	    {"550 5.7.1", "5.7.1"},
	    {"450 4.255.255 x", "4.255.255"},
	    {"550 2.1.5 x", ""},
	    {"550 5.1 x", ""},
	    {"550 5.1.", ""},
	    {"550 5.1.1.1 x", ""},
	    {"550 5..1 x", ""},
	    {"550 5.1..1 x", ""},
	    {"550 no 5.1.1", ""},
	    {"550 5.1.1x y", ""},
	    {"550", ""},
	    {"550 5.111111111111.1", ""},
	};
	struct reply r = {0};
	char status[12];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		push(&r, t[i][0]);
		memset(status, 'x', sizeof status);
		reply_status(&r, status, sizeof status);
		if (strcmp(status, t[i][1]) != 0)
			print_error("%s\n", t[i][0]);
		assert_string_equal(status, t[i][1]);
	}
	reply_clear(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(takes_whole_replies),
	    TEST(joins_lines),
	    TEST(refuses_what_is_none),
	    TEST(limits_the_text),
	    TEST(finds_the_status),
	};

	return RUN("reply", tests);
}
