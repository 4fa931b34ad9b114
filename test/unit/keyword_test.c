/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdio.h>

#include "lib/conf/account.h"

/* What the lines about senders and local people come to. */

static struct conf conf;
static struct err e;

static bool
load(const char *text)
{
	const struct conf_world w = {.system_file = "/nonexistent",
	    .home = "/home/alice",
	    .user = "alice",
	    .host = "web1.example"};

	conf_clear(&conf);
	e = (struct err){0};
	return conf_load(&conf, &w, unit_file("c", 0600, text), &e);
}

static const struct account *
get(const char *name)
{
	for (size_t i = 0; i < conf.n; i++)
		if (strcmp(conf.v[i]->name, name) == 0)
			return conf.v[i];
	fail_msg("no account %s", name);
	return NULL;
}

static void
good(const char *text)
{
	if (!load(text))
		fail_msg("%s", e.text);
}

static void
has(const struct strv *l, const char *want)
{
	struct buf b = {0};

	for (size_t i = 0; i < l->n; i++)
		buf_addf(&b, "%s%s", i > 0 ? " " : "", l->v[i]);
	assert_string_equal(buf_str(&b), want);
	buf_clear(&b);
}

static void
splits_lists(void **state)
{
	static const char *const t[][2] = {
	    {"a@x", "a@x"},
	    {"a@x b@x", "a@x b@x"},
	    {"a@x,b@x", "a@x b@x"},
	    {" *@x ,\tb?@x ,, c ", "*@x b?@x c"},
	    {"\"a b\"", "a b"},
	    {",", ""},
	    {"", ""},
	};
	char text[100];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		snprintf(text, sizeof text,
		    "senders %s\nlocal_domains %s\nsenders z@z\n", t[i][0],
		    t[i][0]);
		good(text);
		has(&get("default")->local_domains, t[i][1]);
		snprintf(text, sizeof text, "%s%sz@z", t[i][1],
		    *t[i][1] != '\0' ? " " : "");
		has(&get("default")->senders, text);
	}
	good("from f@x\nsenders *@a.example, b@b.example\n");
	assert_true(account_owns(get("default"), "x@a.example"));
	assert_true(account_owns(get("default"), "b@b.example"));
	assert_false(account_owns(get("default"), "*@a.example,"));
}

static void
inherits_lists(void **state)
{
	(void)state;
	good("defaults\nlocal_domains a b\nsenders s1, s2\n"
	     "account one\n"
	     "account two\nlocal_domains c\nlocal_domains d, e\nsenders s3\n"
	     "account three : two\n"
	     "account four : two\nlocal_domains\nsenders\n"
	     "account five : two\nsenders\nsenders s4\n");
	has(&get("one")->local_domains, "a b");
	has(&get("one")->senders, "s1 s2");
	has(&get("two")->local_domains, "c d e");
	has(&get("two")->senders, "s3");
	has(&get("three")->local_domains, "c d e");
	has(&get("three")->senders, "s3");
	has(&get("four")->local_domains, "");
	has(&get("four")->senders, "");
	has(&get("five")->local_domains, "c d e");
	has(&get("five")->senders, "s4");
}

static void
finds_aliases(void **state)
{
	(void)state;
	good("account none\n"
	     "account off\naliases off\n"
	     "account rel\naliases my.aliases\n"
	     "account home\naliases ~/aliases\n"
	     "account heir : off\n"
	     "account back : off\naliases /etc/aliases\n"
	     "defaults\naliases off\n"
	     "account later\n");
	assert_string_equal(get("none")->aliases, "/etc/aliases");
	assert_null(get("off")->aliases);
	assert_string_equal(get("rel")->aliases, unit_path("my.aliases"));
	assert_string_equal(get("home")->aliases, "/home/alice/aliases");
	assert_null(get("heir")->aliases);
	assert_string_equal(get("back")->aliases, "/etc/aliases");
	assert_null(get("later")->aliases);
}

static void
knows_where_the_rest_goes(void **state)
{
	static const char *const bad[] = {"root", "a b@x", "<a@x>", "A <a@x>",
	    "a@x,b@x", "a@x, b@x"};
	char text[100];

	(void)state;
	good("defaults\nlocal_to admin@example.com\n"
	     "account a\n"
	     "account b\nlocal_to off\n"
	     "account c\nlocal_to\n"
	     "account d\nlocal_to %U+root@%H\n"
	     "account e : b\n");
	assert_string_equal(get("a")->local_to, "admin@example.com");
	assert_null(get("b")->local_to);
	assert_null(get("c")->local_to);
	assert_string_equal(get("d")->local_to, "alice+root@web1.example");
	assert_null(get("e")->local_to);
	for (size_t i = 0; i < COUNT(bad); i++) {
		snprintf(text, sizeof text, "host h\nlocal_to %s\n", bad[i]);
		if (load(text))
			fail_msg("%s", text);
		assert_err(&e, ERR_CONFIG, "c:2: local_to");
	}
}

static void
knows_whether_a_dot_ends_it(void **state)
{
	(void)state;
	good("account a\ndot_ends_message on\naccount b\ndot_ends_message\n"
	     "account c : a\ndot_ends_message off\naccount d : a\n");
	assert_int_equal(get("a")->dot_ends, 1);
	assert_int_equal(get("b")->dot_ends, 1);
	assert_int_equal(get("c")->dot_ends, 0);
	assert_int_equal(get("d")->dot_ends, 1);
	assert_false(load("dot_ends_message yes\n"));
	assert_err(&e, ERR_CONFIG, "dot_ends_message");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(splits_lists),
	    TEST(inherits_lists),
	    TEST(finds_aliases),
	    TEST(knows_where_the_rest_goes),
	    TEST(knows_whether_a_dot_ends_it),
	};
	int failed = RUN_WITH_DIR("keyword", tests);

	conf_clear(&conf);
	return failed;
}
