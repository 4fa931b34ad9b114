/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdlib.h>

#include "cmd/author.h"
#include "cmd/sender.h"
#include "test/unit/scripted.h"

#define PIN                   \
	"host h\npin sha256:" \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
#define A "account a\n" PIN "from a@own.example\nsenders *@a.own.example\n"
#define B "account b\n" PIN "from b@own.example\n"
#define REWRITE "foreign_from rewrite\n"

static struct conf conf;
static struct err e;
static struct job job;
static struct message msg;
static const struct account *account;

static void
configure(const char *text)
{
	const struct conf_world w = {.system_file = "/nonexistent",
	    .user = "u",
	    .host = "web1"};

	conf_clear(&conf);
	if (!conf_load(&conf, &w, unit_file("c", 0600, text), &e))
		fail_msg("%s", e.text);
}

static struct site
site(void)
{
	static char user[] = "root", node[] = "web1",
		    fqdn[] = "web1.host.example", name[] = "Root";

	return (struct site){.user = user,
	    .full_name = name,
	    .node = node,
	    .fqdn = fqdn};
}

/* Of a header in lines that end in LF. */
static bool
settle(const char *a, const char *f, const char *header)
{
	const struct options o = {.account = a, .sender = f};
	const struct site here = site();

	job_clear(&job);
	message_clear(&msg);
	job = (struct job){.msg = &msg};
	scripted_message(&msg, header, strlen(header));
	e = (struct err){0};
	account = NULL;
	return sender_settle(&job, &o, &conf, &here, &account, &e)
	    && author_settle(&job, &o, account, &here, &e);
}

struct row {
	const char *f, *header;         /* -f, the message's header */
	const char *account, *envelope; /* NULL: it is refused */
	const char *result;             /* the header; NULL: as it was */
};

static void
check(const struct row *r, size_t n, enum err_kind refused)
{
	for (size_t i = 0; i < n; i++) {
		struct buf b = {0}, lf = {0};
		bool ok = settle(NULL, r[i].f, r[i].header);

		if (ok != (r[i].envelope != NULL) || (!ok && e.kind != refused))
			fail_msg("row %zu: %s", i, e.text);
		if (r[i].account != NULL) {
			assert_non_null(account);
			assert_string_equal(account->name, r[i].account);
			assert_string_equal(job.account, r[i].account);
		}
		if (!ok)
			continue;
		assert_string_equal(buf_str(&job.env.sender), r[i].envelope);
		header_emit(&msg.header, &b);
		for (size_t k = 0; k < b.n; k++)
			if (b.p[k] != '\r')
				buf_addc(&lf, b.p[k]);
		assert_string_equal(buf_str(&lf),
		    r[i].result != NULL ? r[i].result : r[i].header);
		buf_clear(&b);
		buf_clear(&lf);
	}
}

static void
lets_owners_send(void **state)
{
	static const struct row t[] = {
	    {NULL, "", "default", "d@own.example", NULL},
	    {NULL, "From: A <a@own.example>\n", "a", "a@own.example", NULL},
	    {NULL, "From: x@a.own.example\n", "a", "x@a.own.example", NULL},
	    {NULL, "From: b+x@own.example\n", "b", "b+x@own.example", NULL},
	    {NULL, "From: x@a.own.example, a@own.example\n", "a",
		"x@a.own.example", NULL},
	    {"a@own.example", "", "a", "a@own.example", NULL},
	    {"A Name <a@own.example>", "", "a", "a@own.example", NULL},
	    {"<a@own.example>", "From: y@a.own.example\n", "a", "a@own.example",
		NULL},
	    {"", "From: a@own.example\n", "a", "", NULL},
	    {"<>", "From: a@own.example\n", "a", "", NULL},
	    {" < > ", "From: d@own.example\n", "default", "", NULL},
	    {"<>", "", "default", "", NULL},
	};

	(void)state;
	configure(A B "account default\n" PIN "from d@own.example\n");
	check(t, COUNT(t), ERR_NONE);
}

static void
refuses_strangers(void **state)
{
	static const struct row t[] = {
	    {NULL, "From: x@other.example\n", "default", NULL, NULL},
	    {NULL, "From: d@own.example, x@other.example\n", "default", NULL,
		NULL},
	    {NULL, "From: x@own.example\n", "default", NULL, NULL},
	    /* One account's sender is a stranger to another. */
	    {"a@own.example", "From: b@own.example\n", "a", NULL, NULL},
	    {"b@own.example", "From: a@own.example\n", "b", NULL, NULL},
	    {NULL, "From: a@own.example, b@own.example\n", "a", NULL, NULL},
	    {"x@other.example", "", "default", NULL, NULL},
	    {"x@other.example", "From: d@own.example\n", "default", NULL, NULL},
	    {"x@other.example", "From: a@own.example\n", "a", NULL, NULL},
	    {"<>", "From: x@other.example\n", "default", NULL, NULL},
	    {"", "From: a@own.example, x@other.example\n", "a", NULL, NULL},
	};

	(void)state;
	configure(A B "account default\n" PIN "from d@own.example\n");
	check(t, COUNT(t), ERR_SENDER);
	assert_false(settle("a", NULL, "From: b@own.example\n"));
	assert_err(&e, ERR_SENDER, "From b@own.example");
	assert_has(e.text, "account a");
	assert_has(e.text, "senders b@own.example");
	assert_false(settle("none", NULL, ""));
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_null(account);
}

static void
rewrites_strangers(void **state)
{
	static const struct row t[] = {
	    {NULL, "From: X Y <x@other.example>\n", "a", "a@own.example",
		"From: X Y <a@own.example>\n"
		"Reply-To: X Y <x@other.example>\n"},
	    {NULL, "From: x@other.example\nReply-To: r@z\n", "a",
		"a@own.example", "From: a@own.example\nReply-To: r@z\n"},
	    {NULL, "From: a@own.example, x@other.example\n", "a",
		"a@own.example",
		"From: a@own.example,\n a@own.example\n"
		"Reply-To: x@other.example\n"},
	    {"x@other.example", "From: a@own.example\n", "a", "a@own.example",
		NULL},
	    {"x@other.example", "From: y@other.example\n", "a", "a@own.example",
		"From: a@own.example\nReply-To: y@other.example\n"},
	    {"", "From: x@other.example\n", "a", "",
		"From: a@own.example\nReply-To: x@other.example\n"},
	};

	(void)state;
	configure(A REWRITE);
	check(t, COUNT(t), ERR_NONE);
	/* What is signed is not changed. */
	assert_false(settle(NULL, NULL,
	    "DKIM-Signature: v=1; h=From:To\nFrom: x@other.example\n"));
	assert_err(&e, ERR_INPUT, "DKIM");
}

static void
lets_local_people_be_the_account(void **state)
{
	static const struct row t[] = {
	    {"root", "", "a", "a@own.example", NULL},
	    {"root@localhost", "", "a", "a@own.example", NULL},
	    {"root@web1", "", "a", "a@own.example", NULL},
	    {"root@WEB1.host.example", "", "a", "a@own.example", NULL},
	    {NULL, "From: root\n", "a", "a@own.example",
		"From: \"root@web1\" <a@own.example>\n"},
	    {NULL, "From: root (Cron Daemon)\n", "a", "a@own.example",
		"From: \"root@web1 (Cron Daemon)\" <a@own.example>\n"},
	    {NULL, "From: \"(Cron Daemon)\" <root>\n", "a", "a@own.example",
		"From: \"root@web1 (Cron Daemon)\" <a@own.example>\n"},
	    {NULL, "From: W <www-data@web1.host.example>\n", "a",
		"a@own.example",
		"From: \"www-data@web1 (W)\" <a@own.example>\n"},
	    {"root", "From: x@a.own.example\n", "a", "a@own.example", NULL},
	};
	static const struct row more[] = {
	    {"root@Intern", "", "a", "a@own.example", NULL},
	    {NULL, "From: bob@vm.example\n", "a", "a@own.example",
		"From: \"bob@web1\" <a@own.example>\n"},
	};

	(void)state;
	configure(A);
	check(t, COUNT(t), ERR_NONE);
	configure(A "local_domains intern vm.example\n");
	check(more, COUNT(more), ERR_NONE);
	/* Never a domain that the account owns. */
	configure("account a\n" PIN "from a@web1\n");
	assert_false(settle(NULL, "b@web1", ""));
	assert_int_equal(e.kind, ERR_SENDER);
	assert_true(settle(NULL, "a@web1", ""));
	assert_string_equal(job.env.sender.p, "a@web1");
}

/* A local sender chooses no account, but an owned one does at any name. */
static void
chooses_by_owners_only(void **state)
{
	static const struct row t[] = {
	    {"root", "From: a@own.example\n", "a", "a@own.example", NULL},
	    {"root@localhost", "", "default", "d@own.example", NULL},
	    {NULL, "From: root@web1\n", "default", "d@own.example",
		"From: \"root@web1\" <d@own.example>\n"},
	    {"b@vm", "", "vm", "b@vm", NULL},
	    {NULL, "From: b@localhost\n", "here", "b@localhost", NULL},
	    {"b@web1.host.example", "", "fqdn", "b@web1.host.example", NULL},
	};

	(void)state;
	/* A pattern without a domain is for nobody outside. */
	configure("account star\n" PIN "from s@own.example\nsenders * ro*\n"
		  "account default\n" PIN "from d@own.example\n");
	assert_true(settle(NULL, "root", "From: root\n"));
	assert_string_equal(account->name, "default");
	assert_true(settle("star", "root", "From: root\n"));
	assert_string_equal(job.env.sender.p, "s@own.example");
	configure(A "local_domains vm\n"
		    "account vm\n" PIN "from b@vm\naccount here\n" PIN
		    "from b@localhost\naccount fqdn\n" PIN
		    "from b@web1.host.example\naccount default\n" PIN
		    "from d@own.example\n");
	check(t, COUNT(t), ERR_NONE);
}

/* Before there is a message, as in a dialogue. */
static void
settles_without_a_message(void **state)
{
	static const struct {
		const char *f, *account, *envelope;
	} t[] = {{NULL, "default", "d@own.example"}, {"", "default", ""},
	    {"root", "default", "d@own.example"},
	    {"x@a.own.example", "a", "x@a.own.example"},
	    {"x@other.example", "default", NULL}};
	const struct site here = site();

	(void)state;
	configure(A "account default\n" PIN "from d@own.example\n");
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct options o = {.sender = t[i].f};
		struct job j = {0};
		bool ok;

		e = (struct err){0};
		ok = sender_settle(&j, &o, &conf, &here, &account, &e);
		assert_int_equal(ok, t[i].envelope != NULL);
		assert_string_equal(j.account, t[i].account);
		if (ok)
			assert_string_equal(buf_str(&j.env.sender),
			    t[i].envelope);
		else
			assert_int_equal(e.kind, ERR_SENDER);
		job_clear(&j);
	}
}

static void
judges_a_resent_message_by_its_resender(void **state)
{
	static const struct row good[] = {
	    {NULL, "Resent-From: a@own.example\nFrom: x@other.example\n", "a",
		"a@own.example", NULL},
	    {NULL, "Resent-From: root\nResent-To: r@x\nFrom: x@other.example\n",
		"a", "a@own.example",
		"Resent-From: \"root@web1\" <a@own.example>\nResent-To: r@x\n"
		"From: x@other.example\n"},
	    {NULL,
		"Resent-From: a@own.example\nResent-To: r@x\n"
		"Resent-From: y@other.example\nFrom: x@other.example\n",
		"a", "a@own.example", NULL},
	};
	static const struct row bad[] = {
	    {NULL, "Resent-From: x@other.example\nFrom: a@own.example\n", "a",
		NULL, NULL},
	    /* The earlier resender has no say. */
	    {NULL,
		"Resent-From: x@other.example\nResent-To: r@x\n"
		"Resent-From: a@own.example\nFrom: a@own.example\n",
		"a", NULL, NULL},
	    {NULL, "Resent-To: r@x\nFrom: x@other.example\n", "a", NULL, NULL},
	};

	(void)state;
	configure(A);
	check(good, COUNT(good), ERR_NONE);
	check(bad, COUNT(bad), ERR_SENDER);
}

static void
refuses_what_it_cannot_read(void **state)
{
	static const struct row t[] = {
	    {NULL, "From: a@own.example\nFrom: a@own.example\n", NULL, NULL,
		NULL},
	    {NULL, "From: a@own.example\nfrom : x@other.example\n", NULL, NULL,
		NULL},
	    {NULL, "From: two words\n", NULL, NULL, NULL},
	    {NULL, "From:\n", NULL, NULL, NULL},
	    {NULL, "From: g:;\n", NULL, NULL, NULL},
	    {NULL, "From: <>\n", NULL, NULL, NULL},
	    {NULL, "From: a@own.example <x@other.example>\n", NULL, NULL, NULL},
	    {"a@own.example, b@own.example", "", NULL, NULL, NULL},
	    {"a@own.example> SIZE=1", "", NULL, NULL, NULL},
	    {"a@own.example\r\nDATA", "", NULL, NULL, NULL},
	    {"a@own.example\x01", "", NULL, NULL, NULL},
	    {"g:;", "", NULL, NULL, NULL},
	    {"(comment)", "", NULL, NULL, NULL},
	};

	(void)state;
	configure(A REWRITE);
	check(t, COUNT(t), ERR_INPUT);
}

static void
minds_the_settings(void **state)
{
	static const struct row override_off[] = {
	    {"x@other.example", "From: a@own.example\n", "a", "a@own.example",
		NULL},
	    {"", "From: a@own.example\n", "a", "a@own.example", NULL},
	};
	static const struct row set_from[] = {
	    {NULL, "From: x@other.example\n", "a", "a@own.example", NULL},
	};
	static const struct row resent[] = {
	    {NULL, "Resent-From: x@other.example\nFrom: a@own.example\n", "a",
		NULL, NULL},
	};

	(void)state;
	configure(A "allow_from_override off\n");
	check(override_off, COUNT(override_off), ERR_NONE);
	/* From will be replaced; whose it was does not matter. */
	configure(A "set_from_header on\n");
	check(set_from, COUNT(set_from), ERR_NONE);
	check(resent, COUNT(resent), ERR_SENDER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(lets_owners_send),
	    TEST(refuses_strangers),
	    TEST(rewrites_strangers),
	    TEST(lets_local_people_be_the_account),
	    TEST(chooses_by_owners_only),
	    TEST(settles_without_a_message),
	    TEST(judges_a_resent_message_by_its_resender),
	    TEST(refuses_what_it_cannot_read),
	    TEST(minds_the_settings),
	};
	int failed;

	message_begin(&msg, "/tmp");
	failed = RUN_WITH_DIR("sender", tests);
	job_clear(&job);
	message_clear(&msg);
	conf_clear(&conf);
	return failed;
}
