/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdlib.h>

#include "cmd/author.h"
#include "cmd/sender.h"
#include "test/unit/scripted.h"

#define A                                                                    \
	"account a\nhost h\npin sha256:"                                     \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n" \
	"from a@own.example\nsenders *@a.own.example\nlocal_domains intern\n"
#define REWRITE A "foreign_from rewrite\n"
#define LOCAL "\"root@web1\" <a@own.example>"

static char user[] = "root", gecos[64], node[] = "web1",
	    fqdn[] = "web1.host.example";
static const struct site site = {.user = user,
    .full_name = gecos,
    .node = node,
    .fqdn = fqdn};
static struct conf conf;
static struct err e;
static struct job job;
static struct message msg;

static void
configure(const char *text)
{
	const struct conf_world w = {.system_file = "/nonexistent",
	    .user = user,
	    .host = fqdn};

	conf_clear(&conf);
	if (!conf_load(&conf, &w, unit_file("c", 0600, text), &e))
		fail_msg("%s", e.text);
}

/* Of a header in lines that end in LF. */
static bool
settle(const char *f, const char *name, const char *header)
{
	const struct options o = {.sender = f, .full_name = name};
	const struct account *a = NULL;

	job_clear(&job);
	message_clear(&msg);
	job = (struct job){.msg = &msg};
	scripted_message(&msg, header, strlen(header));
	e = (struct err){0};
	return sender_settle(&job, &o, &conf, &site, &a, &e)
	    && author_settle(&job, &o, a, &site, &e);
}

/* The header becomes that; NULL: it stays. */
static void
becomes(const char *f, const char *header, const char *want)
{
	struct buf b = {0}, lf = {0};

	if (!settle(f, NULL, header))
		fail_msg("%s: %s", header, e.text);
	header_emit(&msg.header, &b);
	for (size_t k = 0; k < b.n; k++)
		if (b.p[k] != '\r')
			buf_addc(&lf, b.p[k]);
	assert_string_equal(buf_str(&lf), want != NULL ? want : header);
	buf_clear(&b);
	buf_clear(&lf);
}

static void
replaces_local_people_in_all_fields(void **state)
{
	static const char *const names[] = {"From", "Sender", "Reply-To",
	    "Resent-From", "Resent-Sender", "Resent-Reply-To"};
	static const char *const values[][2] = {
	    {"root", LOCAL},
	    {"root@localhost", LOCAL},
	    {"<root@WEB1>", LOCAL},
	    {"root@web1.host.example", LOCAL},
	    {"root@intern", LOCAL},
	    {"root (Cron Daemon)",
		"\"root@web1 (Cron Daemon)\" <a@own.example>"},
	    {"\"(Cron Daemon)\" <root>",
		"\"root@web1 (Cron Daemon)\" <a@own.example>"},
	    {"root <root@localhost>", LOCAL},
	    {"\"A \\\"B\\\"\" <root>",
		"\"root@web1 (A \\\"B\\\")\" <a@own.example>"},
	    {"www-data, bob@intern,\n x@a.own.example",
		"\"www-data@web1\" <a@own.example>,\n"
		" \"bob@web1\" <a@own.example>,\n x@a.own.example"},
	};
	struct buf have = {0}, want = {0};

	(void)state;
	configure(A);
	for (size_t i = 0; i < COUNT(names) * COUNT(values); i++) {
		const char *name = names[i % COUNT(names)];
		const char *const *v = values[i / COUNT(names)];

		buf_reset(&have);
		buf_reset(&want);
		buf_addf(&have, "%s: %s\nX-Rest: root\n", name, v[0]);
		buf_addf(&want, "%s: %s\nX-Rest: root\n", name, v[1]);
		becomes(NULL, have.p, want.p);
		assert_string_equal(job.env.sender.p, "a@own.example");
	}
	buf_clear(&have);
	buf_clear(&want);
}

static void
leaves_others_as_they_are(void **state)
{
	static const char *const t[] = {
	    "Sender: x@other.example\nReply-To: y@other.example\n",
	    "Sender: a@own.example\nReply-To: X@a.Own.example\n",
	    "Sender: two words\nReply-To: <root\n",
	    "Sender:\nReply-To: g:;\n",
	    "To: root\nCc: root\nErrors-To: root\n",
	    "Disposition-Notification-To: root\n",
	    "From : a@own.example\nSender: x@other.example\n",
	};

	(void)state;
	configure(A);
	for (size_t i = 0; i < COUNT(t); i++)
		becomes(NULL, t[i], NULL);
	/* What is rewritten in From may stay where nobody judges. */
	configure(REWRITE);
	becomes(NULL, "From: a@own.example\nSender: x@other.example\n", NULL);
	becomes(NULL, "Reply-To: root, X <x@other.example>\n",
	    "Reply-To: " LOCAL ",\n X <x@other.example>\n");
	/* This one will be replaced. */
	configure(A "set_from_header on\n");
	becomes(NULL, "From: root\n", NULL);
}

/* RFC 2047 where a name is not ASCII. */
static void
encodes_names(void **state)
{
	(void)state;
	configure(A);
	assert_true(settle(NULL, NULL, "From: root (J\xc3\xbcrgen)\n"));
	struct buf b = {0};
	header_emit(&msg.header, &b);
	assert_has(b.p, "=?utf-8?");
	assert_has(b.p, "<a@own.example>");
	assert_lacks(b.p, "\xc3");
	buf_clear(&b);
}

static void
judges_all_of_a_resent_message(void **state)
{
	(void)state;
	configure(A);
	/* An old From that is local is good for nothing outside. */
	becomes(NULL,
	    "Resent-From: a@own.example\nResent-Sender: root\nFrom: bob\n"
	    "Sender: bob\n",
	    "Resent-From: a@own.example\nResent-Sender: " LOCAL
	    "\nFrom: \"bob@web1\" <a@own.example>\n"
	    "Sender: \"bob@web1\" <a@own.example>\n");
	becomes(NULL,
	    "Resent-From: a@own.example\nResent-To: r@x\nResent-From: root\n"
	    "From: x@other.example\n",
	    "Resent-From: a@own.example\nResent-To: r@x\nResent-From: " LOCAL
	    "\nFrom: x@other.example\n");
	configure(REWRITE);
	becomes(NULL, "Resent-From: x@other.example\nFrom: y@other.example\n",
	    "Resent-From: a@own.example\nFrom: y@other.example\n");
}

/* A contact form, with From or with -f alone. */
static void
keeps_where_to_answer(void **state)
{
	(void)state;
	configure(REWRITE);
	becomes("x@other.example", "To: r@x\n",
	    "To: r@x\nReply-To: x@other.example\n");
	assert_string_equal(job.env.sender.p, "a@own.example");
	becomes("X Y <x@other.example>", "",
	    "Reply-To: X Y <x@other.example>\n");
	becomes("x@other.example", "Reply-To: r@z\n", NULL);
	becomes("x@other.example", "Reply-To: root\n", "Reply-To: " LOCAL "\n");
	becomes(NULL, "Reply-To: \nFrom: x@other.example\n",
	    "Reply-To: x@other.example\nFrom: a@own.example\n");
	becomes(NULL, "Reply-To: z@y.example\nFrom: x@other.example\n",
	    "Reply-To: z@y.example\nFrom: a@own.example\n");
	becomes("root", "", NULL);
	becomes("a@own.example", "", NULL);
	becomes("", "", NULL);
	becomes("root", "From: X <x@other.example>, b@other.example\n",
	    "From: X <a@own.example>,\n a@own.example\n"
	    "Reply-To: X <x@other.example>\n");
	becomes(NULL, "From: bob, x@other.example\n",
	    "From: \"bob@web1\" <a@own.example>,\n a@own.example\n"
	    "Reply-To: x@other.example\n");
	/* With any number of fields beside them. */
	for (int n = 0; n < 70; n++) {
		struct buf b = {0}, want = {0};

		buf_adds(&b, "From: bob, x@other.example\n");
		buf_adds(&want,
		    "From: \"bob@web1\" <a@own.example>,\n a@own.example\n");
		for (int i = 0; i < n; i++) {
			buf_adds(&b, "X: y\n");
			buf_adds(&want, "X: y\n");
		}
		buf_adds(&want, "Reply-To: x@other.example\n");
		becomes(NULL, b.p, want.p);
		buf_clear(&b);
		buf_clear(&want);
	}
	configure(REWRITE "allow_from_override off\n");
	becomes("x@other.example", "", NULL);
}

/* The display name of a From that will be added. */
static void
author(const char *f, const char *name, const char *header, const char *want)
{
	assert_true(settle(f, name, header));
	if (want == NULL)
		assert_null(job.author);
	else
		assert_string_equal(job.author, want);
}

static void
names_the_author(void **state)
{
	(void)state;
	configure(A);
	strcpy(gecos, "Al B");
	author(NULL, NULL, "", "Al B");
	author("a@own.example", NULL, "", "Al B");
	author("", NULL, "", "Al B");
	author(NULL, "F N", "", "F N");
	author(NULL, "", "", "");
	author("bob", NULL, "", "bob@web1");
	author("bob@web1.host.example", NULL, "", "bob@web1");
	author("Bob B <bob>", NULL, "", "bob@web1 (Bob B)");
	author("bob", "F N", "", "F N");
	/* The name that everybody has is none. */
	strcpy(gecos, "root");
	author(NULL, NULL, "", "root@web1");
	author("bob", NULL, "", "bob@web1");
	strcpy(gecos, "");
	author(NULL, NULL, "", "root@web1");
	author("a@own.example", NULL, "", "root@web1");
	author("", NULL, "", "root@web1");
	configure(A "from_full_name C D\n");
	strcpy(gecos, "Al B");
	author(NULL, NULL, "", "C D");
	author("bob", NULL, "", "C D");
	author(NULL, "F N", "", "F N");
	author(NULL, "", "", "");
}

/* One that takes another's place has a name only if it was given one. */
static void
names_no_author_in_place_of_another(void **state)
{
	(void)state;
	strcpy(gecos, "Al B");
	configure(A "set_from_header on\n");
	author(NULL, NULL, "From: x@other.example\n", NULL);
	author(NULL, NULL, "From: root\n", NULL);
	author("bob", NULL, "From: root\n", NULL);
	author(NULL, "F N", "From: root\n", "F N");
	author(NULL, NULL, "", "Al B");
	configure(A "set_from_header on\nfrom_full_name C D\n");
	author(NULL, NULL, "From: root\n", "C D");
}

/* What is signed stays; who is not good for the world is told so. */
static void
changes_nothing_that_is_signed(void **state)
{
	static const char *const bad[] = {"From", "Sender", "Reply-To"};
	struct buf b = {0};

	(void)state;
	configure(A);
	for (size_t i = 0; i < COUNT(bad); i++) {
		buf_reset(&b);
		buf_addf(&b, "DKIM-Signature: v=1; h=Date:%s\n%s: root\n",
		    bad[i], bad[i]);
		assert_false(settle(NULL, NULL, b.p));
		assert_err(&e, ERR_INPUT, bad[i]);
	}
	becomes(NULL, "DKIM-Signature: v=1; h=From\nFrom: a@own.example\n",
	    NULL);
	configure(REWRITE);
	assert_false(settle(NULL, NULL,
	    "DKIM-Signature: v=1; h=Reply-To\nFrom: x@other.example\n"));
	assert_err(&e, ERR_INPUT, "Reply-To");
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(replaces_local_people_in_all_fields),
	    TEST(leaves_others_as_they_are),
	    TEST(encodes_names),
	    TEST(judges_all_of_a_resent_message),
	    TEST(keeps_where_to_answer),
	    TEST(names_the_author),
	    TEST(names_no_author_in_place_of_another),
	    TEST(changes_nothing_that_is_signed),
	};
	int failed;

	message_begin(&msg, "/tmp");
	failed = RUN_WITH_DIR("author", tests);
	job_clear(&job);
	message_clear(&msg);
	conf_clear(&conf);
	return failed;
}
