/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdlib.h>

#include "lib/smtp/verb.h"

static void
knows_verbs(void **state)
{
	static const struct {
		const char *line;
		enum verb verb;
	} t[] = {
	    {"HELO x", VERB_HELO},
	    {"EHLO [192.0.2.1]", VERB_EHLO},
	    {"ehlo x", VERB_EHLO},
	    {"eHlO x y", VERB_EHLO},
	    {"DATA", VERB_DATA},
	    {"data ", VERB_DATA},
	    {"RSET", VERB_RSET},
	    {"NOOP ignore me", VERB_NOOP},
	    {"VRFY root", VERB_VRFY},
	    {"HELP", VERB_HELP},
	    {"HELP MAIL", VERB_HELP},
	    {"QUIT", VERB_QUIT},
	    {"MAIL FROM:<>", VERB_MAIL},
	    {"RCPT TO:<a@x>", VERB_RCPT},
	    {"EXPN list", VERB_NEVER},
	    {"AUTH PLAIN AGEAYg==", VERB_NEVER},
	    {"STARTTLS", VERB_NEVER},
	    {"BDAT 10 LAST", VERB_NEVER},
	    {"", VERB_UNKNOWN},
	    {" ", VERB_UNKNOWN},
	    {" NOOP", VERB_UNKNOWN},
	    {"NOO", VERB_UNKNOWN},
	    {"NOOPS", VERB_UNKNOWN},
	    {"MAILFROM:<a@x>", VERB_UNKNOWN},
	    {"MAIL\xc3\xa4 x", VERB_UNKNOWN},
	    {"GET / HTTP/1.1", VERB_UNKNOWN},
	};
	struct command c = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const char *wrong = command_parse(&c, t[i].line);

		if (wrong != NULL || c.verb != t[i].verb)
			fail_msg("%s: %s", t[i].line, wrong);
		command_clear(&c);
	}
}

/* A line, and the path in it; "<>" for none. */
static void
has_path(const char *line, const char *want)
{
	struct command c = {0};
	struct buf path = {0};
	const char *wrong = command_parse(&c, line);

	if (wrong != NULL)
		fail_msg("%s: %s", line, wrong);
	assert_true(c.path.n <= 1);
	if (c.path.n == 1)
		mailbox_path(&path, &c.path.v[0]);
	else
		buf_adds(&path, "<>");
	assert_string_equal(buf_str(&path), want);
	assert_int_equal(c.size, 0);
	assert_false(c.utf8);
	assert_int_equal(c.ret, RET_DEFAULT);
	assert_int_equal(c.notify, 0);
	assert_int_equal(c.envid.n + c.orcpt.n, 0);
	buf_clear(&path);
	command_clear(&c);
}

/* RFC 5321, 4.1.1.2, 4.1.1.3, 4.1.2 */
static void
reads_paths(void **state)
{
	static const char *const t[][2] = {
	    {"MAIL FROM:<>", "<>"},
	    {"mail from:<>", "<>"},
	    {"MAIL FROM:<a@x>", "a@x"},
	    {"RCPT TO:<a@x>", "a@x"},
	    {"rcpt To:<a@x>", "a@x"},
	    {"RCPT TO:<Postmaster>", "Postmaster"},
	    {"RCPT TO:<root>", "root"},
	    {"RCPT TO:<A.b+c=d@X.example>", "A.b+c=d@X.example"},
	    {"RCPT TO:<\"a b\"@x>", "\"a b\"@x"},
	    {"RCPT TO:<\"a>b\"@x>", "\"a>b\"@x"},
	    {"RCPT TO:<\"a\\\">b\"@x>", "\"a\\\">b\"@x"},
	    {"RCPT TO:<\"a\\b\"@x>", "ab@x"},
	    {"RCPT TO:<a@[192.0.2.1]>", "a@[192.0.2.1]"},
	    {"RCPT TO:<a@[IPv6:2001:db8::1]>", "a@[IPv6:2001:db8::1]"},
	    /* Source routes are taken and forgotten. */
	    {"RCPT TO:<@a.example,@b.example:c@d>", "c@d"},
	    {"MAIL FROM:<@a.example:c@d>", "c@d"},
	    {"MAIL FROM:<\xc3\xa4@\xc3\xb6.example>",
		"\xc3\xa4@\xc3\xb6.example"},
	    /* What many programs write. */
	    {"MAIL FROM: <a@x>", "a@x"},
	    {"MAIL FROM: <>", "<>"},
	    {"MAIL FROM:a@x", "a@x"},
	    {"RCPT TO: a@x ", "a@x"},
	    {"RCPT  TO:<a@x>  ", "a@x"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		has_path(t[i][0], t[i][1]);
}

static void
refused(const char *line, const char *code)
{
	struct command c = {0};
	const char *wrong = command_parse(&c, line);

	if (wrong == NULL || strncmp(wrong, code, strlen(code)) != 0)
		fail_msg("%s: %s", line, wrong);
	/* One line of a reply (RFC 5321, 4.2.1; RFC 2034, 4). */
	assert_true(wrong[3] == ' ' && wrong[4] == wrong[0] && wrong[5] == '.');
	assert_null(strpbrk(wrong, "\r\n"));
	command_clear(&c);
}

static void
refuses_bad_paths(void **state)
{
	static const char *const t[] = {"MAIL", "MAIL ", "MAIL FROM",
	    "MAIL FROM:", "MAIL FROM: ", "MAIL <a@x>", "MAIL TO:<a@x>",
	    "RCPT FROM:<a@x>", "RCPT TO:<>", "RCPT TO: <>",
	    "RCPT TO:", "MAIL FROM :<a@x>", "MAIL FROM:<a@x", "MAIL FROM:a@x>",
	    "MAIL FROM:<<a@x>>", "MAIL FROM:<a@x>>", "MAIL FROM:<a@x>SIZE=1",
	    "MAIL FROM:<a@x><b@x>", "RCPT TO:<a@x,b@x>", "RCPT TO:a@x,b@x",
	    "RCPT TO:<g:a@x;>", "RCPT TO:<a b@x>", "RCPT TO:<\"a@x>",
	    "RCPT TO:\"a@x", "RCPT TO:<@x>", "RCPT TO:<a@>", "RCPT TO:<a@@x>",
	    "RCPT TO:<a@.x>", "RCPT TO:<a@x..y>", "RCPT TO:< >",
	    "RCPT TO:<@a@b:>", "MAIL FROM:<\xff@x>", "MAIL FROM:,",
	    "MAIL FROM:;"};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		refused(t[i], "501 ");
}

/* Nothing that could become a line of its own, of any command. */
static void
refuses_control_characters(void **state)
{
	static const char *const t[] = {"MAIL FROM:<a@x>\rDATA",
	    "RCPT TO:<a\r\n@x>", "RCPT TO:<\"a\nb\"@x>", "NOOP \x01",
	    "EHLO x\x7f", "MAIL FROM:<a@x>\tSIZE=1", "QUIT \r",
	    "RCPT TO:<a@x> ORCPT=rfc822;a\x1b"};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		refused(t[i], "501 ");
}

static void
reads_parameters(void **state)
{
	struct command c = {0};

	(void)state;
	assert_null(command_parse(&c,
	    "MAIL FROM:<a@x> SIZE=18446744073709551615 BODY=8BITMIME "
	    "SMTPUTF8 RET=HDRS ENVID=a+2Bb"));
	assert_true(c.size == UINT64_MAX);
	assert_true(c.utf8);
	assert_int_equal(c.ret, RET_HEADERS);
	assert_string_equal(c.envid.p, "a+b");
	command_clear(&c);
	assert_null(command_parse(&c,
	    "mail from:<>  size=0  body=7bit  ret=full  envid=id "));
	assert_int_equal(c.path.n, 0);
	assert_int_equal(c.ret, RET_FULL);
	assert_string_equal(c.envid.p, "id");
	command_clear(&c);
	assert_null(command_parse(&c,
	    "RCPT TO:<a@x> NOTIFY=SUCCESS,delay ORCPT=rfc822;b+2Bc@y"));
	assert_int_equal(c.notify, NOTIFY_SUCCESS | NOTIFY_DELAY);
	assert_string_equal(c.orcpt.p, "b+c@y");
	command_clear(&c);
	assert_null(
	    command_parse(&c, "rcpt to:<a@x> notify=never orcpt=RFC822;b"));
	assert_int_equal(c.notify, NOTIFY_NEVER);
	assert_string_equal(c.orcpt.p, "b");
	command_clear(&c);
	/* Other kinds of address are not handed on. */
	assert_null(command_parse(&c, "RCPT TO:<a@x> ORCPT=utf-8;b"));
	assert_int_equal(c.orcpt.n, 0);
	command_clear(&c);
}

static void
refuses_bad_parameters(void **state)
{
	static const char *const values[] = {"MAIL FROM:<a@x> SIZE",
	    "MAIL FROM:<a@x> SIZE=", "MAIL FROM:<a@x> SIZE=-1",
	    "MAIL FROM:<a@x> SIZE=1k",
	    "MAIL FROM:<a@x> SIZE=18446744073709551616",
	    "MAIL FROM:<a@x> BODY=BINARYMIME", "MAIL FROM:<a@x> BODY",
	    "MAIL FROM:<a@x> BODY=8BITMIME,", "MAIL FROM:<a@x> SMTPUTF8=1",
	    "MAIL FROM:<a@x> RET=ALL", "MAIL FROM:<a@x> RET",
	    "MAIL FROM:<a@x> ENVID=a+", "MAIL FROM:<a@x> ENVID=a=b",
	    "MAIL FROM:<a@x> ENVID=a+0D+0ADATA", "MAIL FROM:<a@x> ENVID=a+00b",
	    "RCPT TO:<a@x> NOTIFY=", "RCPT TO:<a@x> NOTIFY=NEVER,DELAY",
	    "RCPT TO:<a@x> ORCPT=b@x",
	    "RCPT TO:<a@x> ORCPT=", "RCPT TO:<a@x> ORCPT=rfc822;b+zz"};
	static const char *const names[] = {"MAIL FROM:<a@x> AUTH=<>",
	    "MAIL FROM:<a@x> X", "MAIL FROM:<a@x> =", "MAIL FROM:<a@x> SIZ=1",
	    "MAIL FROM:<a@x> SIZES=1", "MAIL FROM:<a@x> NOTIFY=NEVER",
	    "MAIL FROM:<a@x> ORCPT=rfc822;a", "RCPT TO:<a@x> SIZE=1",
	    "RCPT TO:<a@x> RET=FULL", "RCPT TO:<a@x> SMTPUTF8",
	    "MAIL FROM:a@x <b@x>", "MAIL FROM:<a@x> SIZE=1 ,",
	    "MAIL FROM:<> SIZE=1 AUTH=<>"};

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++)
		refused(values[i], "501 ");
	for (size_t i = 0; i < COUNT(names); i++)
		refused(names[i], "555 ");
}

/* No garbage is more than it is; ASan looks on. */
static void
survives_garbage(void **state)
{
	static const char *const parts[] = {"MAIL FROM:", "RCPT TO:", "<", ">",
	    "<>", "a", "@x", "\"", "\\", " ", "SIZE=", "ORCPT=", "rfc822;",
	    "ENVID=", "NOTIFY=", "+", "+4", "=", ",", ":", ";", "(", ")",
	    "\xc3", "[", "]", "1"};
	struct command c = {0};
	struct buf b = {0};
	uint32_t seed = 5;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		buf_reset(&b);
		for (size_t n = unit_random(&seed) % 12; n > 0; n--)
			buf_adds(&b, parts[unit_random(&seed) % COUNT(parts)]);
		if (command_parse(&c, buf_str(&b)) == NULL) {
			if (c.verb == VERB_MAIL)
				assert_true(c.path.n <= 1);
			if (c.verb == VERB_RCPT)
				assert_int_equal(c.path.n, 1);
		}
		command_clear(&c);
	}
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(knows_verbs),
	    TEST(reads_paths),
	    TEST(refuses_bad_paths),
	    TEST(refuses_control_characters),
	    TEST(reads_parameters),
	    TEST(refuses_bad_parameters),
	    TEST(survives_garbage),
	};

	return RUN("verb", tests);
}
