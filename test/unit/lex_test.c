/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/conf/lex.h"

/* "line keyword=argument" of each, with a bar between. */
static void
reads(const char *text, const char *want)
{
	struct buf b = {0}, out = {0};
	struct lex l = {0};

	buf_adds(&b, text);
	for (l.next = b.p; lex_next(&l);)
		buf_addf(&out, "%s%d %s=%s", out.n > 0 ? "|" : "", l.line,
		    l.keyword, l.argument);
	assert_string_equal(buf_str(&out), want);
	assert_false(lex_next(&l));
	buf_clear(&b);
	buf_clear(&out);
}

static void
takes_lines_apart(void **state)
{
	static const char *const t[][2] = {
	    {"", ""},
	    {"\n\n", ""},
	    {"# comment\n  # more\n\t#\n#", ""},
	    {" \t \n \r\n", ""},
	    {"host x", "1 host=x"},
	    {"host x\n", "1 host=x"},
	    {"host x\r\n", "1 host=x"},
	    {"\n#\n\nhost x\nport 1\n", "4 host=x|5 port=1"},
	    {"  host \t x y \t\n", "1 host=x y"},
	    {"host\tx\n", "1 host=x"},
	    {"host\n", "1 host="},
	    {"host  \n", "1 host="},
	    {"host\r\n", "1 host="},
	    {"host \"\"\n", "1 host="},
	    {"host \"x y\"\n", "1 host=x y"},
	    {"host \" x \"\n", "1 host= x "},
	    {"host \"x\"  \n", "1 host=x"},
	    {"host \"\"x\"\"\n", "1 host=\"x\""},
	    {"host \"x\n", "1 host=\"x"},
	    {"host x\"\n", "1 host=x\""},
	    {"host \"\n", "1 host=\""},
	    {"password a#b # c\n", "1 password=a#b # c"},
	    {"password \"# x\"", "1 password=# x"},
	    {"account a : b,c\n", "1 account=a : b,c"},
	    {"\"host\" x\n", "1 \"host\"=x"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		reads(t[i][0], t[i][1]);
}

static void
takes_long_lines(void **state)
{
	struct buf text = {0}, want = {0};

	(void)state;
	buf_adds(&text, "password ");
	buf_adds(&want, "1 password=");
	for (int i = 0; i < 100000; i++) {
		buf_addc(&text, 'p');
		buf_addc(&want, 'p');
	}
	buf_adds(&text, "\nhost x\n");
	buf_adds(&want, "|2 host=x");
	reads(text.p, want.p);
	buf_clear(&text);
	buf_clear(&want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(takes_lines_apart),
	    TEST(takes_long_lines),
	};

	return RUN("lex", tests);
}
