/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/mail/addr.h"

/* name|local|domain of each, with semicolons between. */
static void
dump(struct buf *b, const struct mailboxes *l)
{
	for (size_t i = 0; i < l->n; i++)
		buf_addf(b, "%s%s|%s|%s", i > 0 ? ";" : "", l->v[i].name,
		    l->v[i].local, l->v[i].domain);
}

static void
reads_as(const char *s, const char *want)
{
	struct mailboxes l = {0};
	struct buf b = {0};
	struct err e;

	if (!addr_parse(&l, s, strlen(s), &e))
		fail_msg("%s: %s", s, e.text);
	dump(&b, &l);
	assert_string_equal(buf_str(&b), want);
	buf_clear(&b);
	mailboxes_clear(&l);
}

static void
reads(const char *const t[][2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		reads_as(t[i][0], t[i][1]);
}

/* RFC 5322, appendix A. */
static void
reads_the_standards_examples(void **state)
{
	static const char *const t[][2] = {
	    {"John Doe <jdoe@machine.example>",
		"John Doe|jdoe|machine.example"},
	    {"\"Joe Q. Public\" <john.q.public@example.com>",
		"Joe Q. Public|john.q.public|example.com"},
	    {"Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
		"Mary Smith|mary|x.test;|jdoe|example.org;Who?|one|y.test"},
	    {"<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" "
	     "<sysservices@example.net>",
		"|boss|nil.test;Giant; \"Big\" Box|sysservices|example.net"},
	    {"A Group:Ed Jones <c@a.test>,joe@where.test,John "
	     "<jdoe@one.test>;",
		"Ed Jones|c|a.test;|joe|where.test;John|jdoe|one.test"},
	    {"Undisclosed recipients:;", ""},
	    {"Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>",
		"Pete|pete|silly.test"},
	    {"A Group(Some people)\r\n     :Chris Jones <c@(Chris's "
	     "host.)public.example>,\r\n         joe@example.org,\r\n  John "
	     "<jdoe@one.test> (my dear friend); (the end of the group)",
		"Chris Jones|c|public.example;|joe|example.org;"
		"John|jdoe|one.test"},
	    {"(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;",
		""},
	    {"Joe Q. Public <john.q.public@example.com>",
		"Joe Q. Public|john.q.public|example.com"},
	    {"Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example",
		"Mary Smith|mary|example.net;|jdoe|test.example"},
	    {"Mary Smith\r\n          \r\n  <mary@example.net>",
		"Mary Smith|mary|example.net"},
	};

	(void)state;
	reads(t, COUNT(t));
}

static void
reads_odd_forms(void **state)
{
	static const char *const t[][2] = {
	    {"", ""},
	    {" \t ", ""},
	    {",,, ,", ""},
	    {"(only a comment)", ""},
	    {"root", "|root|"},
	    {"<root>", "|root|"},
	    {"root, a@b", "|root|;|a|b"},
	    {"  a@b  ", "|a|b"},
	    {"\r\n a@b\r\n ", "|a|b"},
	    {"a@b,", "|a|b"},
	    {"a @ b", "|a|b"},
	    {"a . b @ c . d", "|a.b|c.d"},
	    {"\"a b\"@c", "|a b|c"},
	    {"\"a\\\"b\\\\c\"@d", "|a\"b\\c|d"},
	    {"\"a\".b.\"c d\"@e", "|a.b.c d|e"},
	    {"\"\"@c", "||c"},
	    {"\"a@b\"@c", "|a@b|c"},
	    {"\"a\r\n b\"@c", "|a b|c"},
	    {"a..b@c", "|a..b|c"},
	    {".a.@c", "|.a.|c"},
	    {"a+b=c/d@e", "|a+b=c/d|e"},
	    {"!#$%&'*+-/=?^_`{|}~@x", "|!#$%&'*+-/=?^_`{|}~|x"},
	    {"a@[192.0.2.1]", "|a|[192.0.2.1]"},
	    {"a@[IPv6:2001:db8::1]", "|a|[IPv6:2001:db8::1]"},
	    {"<@a,@b,@[1.2.3.4]:x@y>", "|x|y"},
	    {"<@a,,@b: x@y>", "|x|y"},
	    {"a@b (Comment)", "Comment|a|b"},
	    {"(One) a@b (Two)", "Two|a|b"},
	    {"(One (nested (deep))) a@b", "One (nested (deep))|a|b"},
	    {"Name <a@b> (comment)", "Name|a|b"},
	    {"<a@b> (comment)", "|a|b"},
	    {"\"(Cron Daemon)\" <root>", "(Cron Daemon)|root|"},
	    {"\"x\"y<a@b>", "xy|a|b"},
	    {"Dr. X. Y. <a@b>", "Dr. X. Y.|a|b"},
	    {"[tag] Name <a@b>", "[tag] Name|a|b"},
	    {"g:;,h:a@b;", "|a|b"},
	    {"g: a@b, , c@d;", "|a|b;|c|d"},
	    {"g: a@b; c@d", "|a|b;|c|d"},
	    {"\xc3\xa4@\xc3\xb6.example", "|\xc3\xa4|\xc3\xb6.example"},
	    {"J\xc3\xbcrgen <j@x>", "J\xc3\xbcrgen|j|x"},
	    {"a@x_y-z.1", "|a|x_y-z.1"},
	    {"a@b\t(c)\t", "c|a|b"},
	};

	(void)state;
	reads(t, COUNT(t));
}

static const char *const bad[] = {
    "two words",
    "Name a@b",
    "a@b c@d",
    "a@b c",
    "a b@c",
    "@",
    "@b",
    "a@",
    "a@,b@c",
    "<>",
    "<@b>",
    "<a@b",
    "a@b>",
    "<a@b>>",
    "<<a@b>>",
    "<a@b> x",
    "Name <a@b> <c@d>",
    "a@b..c",
    "a@.b",
    "a@b.",
    "a@b@c",
    "a@b c.d",
    "a@[1.2.3.4",
    "a@[]",
    "a@1.2.3.4]",
    "a@[1[2]",
    "a@[1 2]",
    "a@[1\\2]",
    "a@[1]x",
    "a@x[1]",
    "a@\"b\"",
    "a@b$c",
    "a@b/c",
    "\"a@b",
    "\"a",
    "(a",
    "a@b (c",
    "(a(b)",
    "a@b)",
    "g:a@b",
    "g:",
    ":;",
    ":a@b;",
    "g:h:a@b;;",
    ";",
    "a@b;",
    "g:;;",
    "<a@b>;",
    "<@a x@y>",
    "<@a>",
    "<@:x@y>",
    "<@a:>",
    "<@a:@b:x@y>",
    "\\a@b",
    "a\\@b",
    "a@b\\",
    "a\x01@b",
    "a@b\x01",
    "a@\x7f",
    "\x01",
    "\"a\x01\"@b",
    "\"a\x01\" <a@b>",
    "a\x01 <a@b>",
    "\"a\x7f\"@b",
    "a@b\nBcc: c@d",
    "a@b\r\nBcc: c@d",
    "a@b\r",
    "a@b\n",
    "\r\na@b",
    "a\xff@b",
    "a@\xff",
    "a@\xc3",
    "\xed\xa0\x80@b",
    "<a@b>,\x02",
};

static void
refuses(void **state)
{
	struct mailboxes l = {0};
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		e = (struct err){0};
		if (addr_parse(&l, bad[i], strlen(bad[i]), &e))
			fail_msg("\"%s\" (%zu) was read", bad[i], i);
		assert_int_equal(e.kind, ERR_INPUT);
		assert_true(strlen(e.text) > 0);
		mailboxes_clear(&l);
	}
	assert_false(addr_parse(&l, "a\0b@c", 5, &e));
	assert_false(addr_parse(&l, "\"a\0b\"@c", 7, &e));
	assert_false(addr_parse(&l, "a@b\0", 4, &e));
	mailboxes_clear(&l);
}

static void
has_limits(void **state)
{
	struct mailboxes l = {0};
	struct buf b = {0};
	struct err e;

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_addc(&b, '(');
	assert_false(addr_parse(&l, b.p, b.n, &e));
	assert_err(&e, ERR_INPUT, "comment");
	buf_reset(&b);
	for (int i = 0; i < 321; i++)
		buf_addc(&b, 'a');
	assert_false(addr_parse(&l, b.p, b.n, &e));
	buf_reset(&b);
	buf_adds(&b, "a@");
	for (int i = 0; i < 256; i++)
		buf_addc(&b, 'b');
	assert_false(addr_parse(&l, b.p, b.n, &e));
	assert_true(addr_parse(&l, b.p, b.n - 1, &e));
	mailboxes_clear(&l);
	buf_clear(&b);
}

static void
appends(void **state)
{
	struct mailboxes l = {0};
	struct err e;

	(void)state;
	assert_true(addr_parse(&l, "a@b", 3, &e));
	assert_true(addr_parse(&l, "c@dXX", 3, &e)); /* n counts */
	assert_int_equal(l.n, 2);
	assert_string_equal(l.v[1].domain, "d");
	mailboxes_clear(&l);
}

static void
skips(void **state)
{
	static const struct {
		const char *s;
		size_t n;
	} t[] = {{"", 0}, {"x", 0}, {"  x", 2}, {"(c) \t(d)x", 8},
	    {"\r\n x", 3}, {"\r\nx", 0}, {"(open", 0}, {"((a)\\))x", 7}};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		assert_int_equal(addr_skip(t[i].s, t[i].s + strlen(t[i].s))
			- t[i].s,
		    t[i].n);
}

/* A mailbox that was read is read again from its path, whatever it is. */
static void
check_round_trip(const struct mailbox *m)
{
	struct mailboxes again = {0};
	struct buf path = {0}, text = {0};
	struct err e;

	mailbox_path(&path, m);
	for (size_t i = 0; i < path.n; i++)
		assert_true((unsigned char)path.p[i] >= 32 && path.p[i] != 127);
	if (!addr_parse(&again, buf_str(&path), path.n, &e))
		fail_msg("path %s: %s", path.p, e.text);
	assert_int_equal(again.n, 1);
	assert_string_equal(again.v[0].local, m->local);
	assert_string_equal(again.v[0].domain, m->domain);
	mailbox_print(&text, m->name, path.p);
	if (!addr_parse(&again, text.p, text.n, &e)) {
		/* A comment as a name may hold what a word may not. */
		assert_has(e.text, "control character");
	} else {
		assert_int_equal(again.n, 2);
		assert_string_equal(again.v[1].local, m->local);
		assert_string_equal(again.v[1].domain, m->domain);
	}
	buf_clear(&path);
	buf_clear(&text);
	mailboxes_clear(&again);
}

static void
survives_anything(void **state)
{
	static const char *const seeds[] = {
	    "A (c) <@r,@s:\"l o\\\"c\".x@d.e>, g: h@[1.2.3.4], i;,\r\n j@k",
	    "\"Joe \\\\ Q.\" <joe@example.com> (a (b) c), \xc3\xa4@\xc3\xb6, r",
	};
	static const char bits[] = "\"\\()<>@,;:.[] \t\r\nab\x01\xc3\xa4\xff\0";
	struct mailboxes l = {0};
	uint32_t seed = 5322;
	char s[200];
	size_t n, at, read = 0;
	struct err e;

	(void)state;
	for (int round = 0; round < 60000; round++) {
		const char *from = seeds[unit_random(&seed) % COUNT(seeds)];

		at = unit_random(&seed) % strlen(from);
		n = unit_random(&seed) % (strlen(from) - at + 1);
		memcpy(s, from + at, n);
		for (uint32_t k = unit_random(&seed) % 6; k > 0 && n > 0; k--)
			s[unit_random(&seed) % n] =
			    bits[unit_random(&seed) % (sizeof bits - 1)];
		if (addr_parse(&l, s, n, &e))
			for (size_t i = 0; i < l.n; i++, read++)
				check_round_trip(&l.v[i]);
		mailboxes_clear(&l);
	}
	assert_true(read > 3000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(reads_the_standards_examples),
	    TEST(reads_odd_forms),
	    TEST(refuses),
	    TEST(has_limits),
	    TEST(appends),
	    TEST(skips),
	    TEST(survives_anything),
	};

	return RUN("addr", tests);
}
