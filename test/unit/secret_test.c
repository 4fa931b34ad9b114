/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/conf/account.h"
#include "lib/conf/secret.h"

static struct conf conf;
static struct err e;

static const struct account *
account(const char *lines)
{
	const struct conf_world w = {.system_file = "/nonexistent",
	    .user = "alice",
	    .host = "web1"};
	struct buf b = {0};

	conf_clear(&conf);
	buf_addf(&b, "account a\n%s", lines);
	if (!conf_load(&conf, &w, unit_file("c", 0600, b.p), &e))
		fail_msg("%s", e.text);
	buf_clear(&b);
	return conf.v[0];
}

static void
gives(const char *lines, const char *want)
{
	struct buf b = {.secret = true};

	if (!secret_password(account(lines), NULL, &b, &e))
		fail_msg("%s", e.text);
	assert_string_equal(b.p, want);
	assert_int_equal(b.n, strlen(want));
	buf_clear(&b);
}

static void
gives_none(const char *lines, const char *why)
{
	struct buf b = {.secret = true};

	e.kind = ERR_NONE;
	assert_false(secret_password(account(lines), NULL, &b, &e));
	assert_err(&e, ERR_SECRET, why);
	assert_lacks(e.text, "hunter2");
	buf_clear(&b);
}

static void
takes_it_from_anywhere(void **state)
{
	(void)state;
	gives("password p w\n", "p w");
	unit_file("s", 0600, "first \nsecond\n");
	gives("passwordfile s\n", "first ");
	unit_file("s", 0400, "no end");
	gives("passwordfile s\n", "no end");
	unit_file("s", 0640, "crlf\r\nx");
	gives("passwordfile s\n", "crlf");
	gives("passwordeval printf 'a b\\nc\\n'\n", "a b");
	gives("passwordeval echo $((1+1))\n", "2");
	gives("passwordeval printf x\n", "x");
}

static void
tells_where_there_is_none(void **state)
{
	(void)state;
	gives_none("user u\n", "c:1: account a has no password");
	gives_none("passwordfile nothing\n", unit_path("nothing"));
	unit_file("s", 0600, "");
	gives_none("passwordfile s\n", "first line is empty");
	unit_file("s", 0600, "\nhunter2\n");
	gives_none("passwordfile s\n", "first line is empty");
	unit_file("s", 0600, "\r\n");
	gives_none("passwordfile s\n", "first line is empty");
	unit_file("s", 0644, "hunter2\n");
	gives_none("passwordfile s\n", "chmod o-r");
	unit_file("s", 0660, "hunter2\n");
	gives_none("passwordfile s\n", "chmod go-w");
	gives_none("passwordeval true\n", "first line is empty");
	gives_none("passwordeval echo; echo hunter2\n", "first line is empty");
	gives_none("passwordeval echo hunter2; exit 3\n", "exited with 3");
	assert_has(e.text, "passwordeval of account a");
	gives_none("passwordeval /nonexistent/x\n", "127");
}

static void
has_a_limit(void **state)
{
	struct buf b = {0}, text = {0};

	(void)state;
	for (int i = 0; i < 16384; i++)
		buf_addc(&text, 'p');
	unit_file("s", 0600, text.p);
	gives("passwordfile s\n", text.p);
	gives("passwordeval head -c 16384 /dev/zero | tr '\\0' p\n", text.p);
	buf_addc(&text, 'p');
	unit_file("s", 0600, text.p);
	gives_none("passwordfile s\n", "16384");
	gives_none("passwordeval yes\n", "16384");
	buf_clear(&b);
	buf_clear(&text);
}

/* Below a place that only we can enter, modes tell nothing. */
static void
trusts_sheltered_files(void **state)
{
	struct buf b = {.secret = true};

	(void)state;
	mkdir(unit_path("creds"), 0700);
	unit_file("creds/s", 0444, "shared\n");
	gives_none("passwordfile creds/s\n", "chmod o-r");
	assert_true(secret_password(account("passwordfile creds/s\n"),
	    unit_path("creds"), &b, &e));
	assert_string_equal(b.p, "shared");
	buf_clear(&b);
}

static void
names_the_user(void **state)
{
	struct buf b = {.secret = true};

	(void)state;
	assert_true(secret_user(account("user alice\n"), NULL, &b, &e));
	assert_string_equal(b.p, "alice");
	buf_reset(&b);
	/* A name is no secret. */
	unit_file("u", 0644, "bob\nx\n");
	assert_true(secret_user(account("userfile u\n"), NULL, &b, &e));
	assert_string_equal(b.p, "bob");
	buf_reset(&b);
	assert_false(secret_user(account("host h\n"), NULL, &b, &e));
	assert_err(&e, ERR_CONFIG, "account a has no user");
	assert_false(secret_user(account("userfile none\n"), NULL, &b, &e));
	assert_err(&e, ERR_SECRET, unit_path("none"));
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(takes_it_from_anywhere),
	    TEST(tells_where_there_is_none),
	    TEST(has_a_limit),
	    TEST(trusts_sheltered_files),
	    TEST(names_the_user),
	};
	int failed = RUN_WITH_DIR("secret", tests);

	conf_clear(&conf);
	return failed;
}
