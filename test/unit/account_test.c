/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "lib/conf/account.h"

#define PIN           \
	"pin sha256:" \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"

static struct conf conf;
static struct err e;

static void
load(const char *text)
{
	const struct conf_world w = {.system_file = "/nonexistent",
	    .user = "alice",
	    .host = "web1"};

	conf_clear(&conf);
	if (!conf_load(&conf, &w, unit_file("c", 0600, text), &e))
		fail_msg("%s", e.text);
}

static void
knows_its_senders(void **state)
{
	static const struct {
		const char *path;
		bool owned;
	} t[] = {
	    {"alice@example.com", true},
	    {"Alice@Example.COM", true},
	    {"alice+lists@example.com", true},
	    {"alice+a+b@example.com", true},
	    {"alice+@example.com", true},
	    {"alic@example.com", false},
	    {"alice2@example.com", false},
	    {"+alice@example.com", false},
	    {"alice@example.com+x", false},
	    {"x@alice.example.com", true},
	    {"x.y+z@alice.example.com", true},
	    {"x@sub.alice.example.com", false},
	    {"x@y@alice.example.com", false},
	    {"news-7@example.com", true},
	    {"news-@example.com", true},
	    {"news@example.com", false},
	    {"news-7@example.org", false},
	    {"news-a@b@example.com", false},
	    {"bot+x@plus.example", true},
	    {"bot+y@plus.example", false},
	    {"bot@plus.example", false},
	    {"root", false},
	    {"", false},
	};

	(void)state;
	load("from alice@example.com\nsenders *@alice.example.com\n"
	     "senders news-*@example.com\nsenders bot+x@plus.example\n");
	for (size_t i = 0; i < COUNT(t); i++)
		if (account_owns(conf.v[0], t[i].path) != t[i].owned)
			fail_msg("%s", t[i].path);
}

static void
knows_its_domains(void **state)
{
	(void)state;
	load("from a@Example.com\nsenders x@*.sub.example\nsenders nodomain\n");
	assert_true(account_owns_domain(conf.v[0], "example.COM"));
	assert_true(account_owns_domain(conf.v[0], "a.sub.example"));
	assert_false(account_owns_domain(conf.v[0], "sub.example"));
	assert_false(account_owns_domain(conf.v[0], "x.example.com"));
	assert_false(account_owns_domain(conf.v[0], ""));
	/* A star is no claim to people without a domain. */
	load("from a@x\nsenders *@*\n");
	assert_false(account_owns_domain(conf.v[0], ""));
	assert_true(account_owns_domain(conf.v[0], "any.example"));
	load("host h\n");
	assert_false(account_owns_domain(conf.v[0], "x"));
	assert_false(account_owns(conf.v[0], "a@x"));
}

static const char *
choice(const char *name, const char *sender, const char *from)
{
	const struct account *a;

	e = (struct err){0};
	a = conf_choose(&conf, name, sender, from, &e);
	return a != NULL ? a->name : "-";
}

#define ACCOUNT(name) "account " name "\nhost h\n" PIN "from " name "@x\n"

static void
chooses(void **state)
{
	(void)state;
	load(ACCOUNT("a") ACCOUNT("b") "senders both@y\n" ACCOUNT(
	    "c") "senders both@y\n" ACCOUNT("default"));
	assert_string_equal(choice("c", "a@x", "b@x"), "c");
	assert_string_equal(choice(NULL, "a@x", "b@x"), "a");
	assert_string_equal(choice(NULL, NULL, "b@x"), "b");
	assert_string_equal(choice(NULL, "other@y", "b@x"), "b");
	assert_string_equal(choice(NULL, "both@y", NULL), "b");
	assert_string_equal(choice(NULL, "c+d@x", NULL), "c");
	assert_string_equal(choice(NULL, "other@y", "other@z"), "default");
	assert_string_equal(choice(NULL, NULL, NULL), "default");
	assert_string_equal(choice("none", NULL, NULL), "-");
	assert_err(&e, ERR_CONFIG, "no account none");

	load(ACCOUNT("only"));
	assert_string_equal(choice(NULL, "other@y", NULL), "only");
	load(ACCOUNT("a") ACCOUNT("b"));
	assert_string_equal(choice(NULL, "other@y", NULL), "-");
	assert_err(&e, ERR_CONFIG, "account default : NAME");
	load(ACCOUNT("a") ACCOUNT("b") "account default : b\n");
	assert_string_equal(choice(NULL, "other@y", NULL), "default");
	load("");
	assert_string_equal(choice(NULL, NULL, NULL), "-");
	assert_int_equal(e.kind, ERR_CONFIG);
}

static void
chooses_only_what_can_send(void **state)
{
	(void)state;
	load("account a\n" PIN "from a@x\n");
	assert_string_equal(choice("a", NULL, NULL), "-");
	assert_err(&e, ERR_CONFIG, "c:1: account a has no server");
	load("account a\nhost h\nfrom a@x\n");
	assert_string_equal(choice("a", NULL, NULL), "-");
	assert_err(&e, ERR_CONFIG, "has no pin");
	assert_has(e.text, " -C ");
	assert_has(e.text, " --pin -a a");
	load("account a\nhost h\n" PIN);
	assert_string_equal(choice("a", NULL, NULL), "-");
	assert_err(&e, ERR_CONFIG, "from you@example.com");
	load(ACCOUNT("a") "tls_cert_file c\n");
	assert_string_equal(choice("a", NULL, NULL), "-");
	assert_err(&e, ERR_CONFIG, "tls_key_file");
	load(ACCOUNT("a") "tls_cert_file c\ntls_key_file k\n");
	assert_string_equal(choice("a", NULL, NULL), "a");
	load("account a\nsocket s\n" PIN "from a@x\n");
	assert_string_equal(choice("a", NULL, NULL), "a");
}

static bool
load_both(const char *home, const char *xdg)
{
	const struct conf_world w = {.system_file = unit_path("system"),
	    .home = home,
	    .xdg = xdg,
	    .user = "alice",
	    .host = "web1"};

	conf_clear(&conf);
	return conf_load(&conf, &w, NULL, &e);
}

/* The account of the user replaces the system's; and his come first. */
static void
merges_two_files(void **state)
{
	char home[600];

	(void)state;
	strcpy(home, unit_path("home"));
	mkdir(home, 0700);
	unit_file("system", 0600,
	    "defaults\nport 25\n"
	    "account default\nhost system\naccount s\nhost system\n");
	assert_true(load_both(NULL, NULL));
	assert_int_equal(conf.n, 2);
	assert_true(load_both(home, NULL));
	assert_int_equal(conf.n, 2);

	unit_file("home/.pinmailrc", 0600, "account s\nhost rc\n");
	assert_true(load_both(home, NULL));
	assert_int_equal(conf.n, 2);
	assert_string_equal(conf.v[0]->host, "rc");
	assert_int_equal(conf.v[0]->port, 0); /* not the system's defaults */
	assert_string_equal(conf.v[1]->name, "default");

	mkdir(unit_path("home/.config"), 0700);
	mkdir(unit_path("home/.config/pinmail"), 0700);
	unit_file("home/.config/pinmail/config", 0600, "account u\nhost u\n");
	assert_true(load_both(home, NULL));
	assert_int_equal(conf.n, 3);
	assert_string_equal(conf.v[0]->host, "u");
	/* XDG_CONFIG_HOME stands for ~/.config, if it is absolute. */
	mkdir(unit_path("xdg"), 0700);
	mkdir(unit_path("xdg/pinmail"), 0700);
	assert_true(load_both(home, unit_path("xdg")));
	assert_string_equal(conf.v[0]->host, "rc");
	unit_file("xdg/pinmail/config", 0600, "account u\nhost xdg\n");
	assert_true(load_both(home, unit_path("xdg")));
	assert_string_equal(conf.v[0]->host, "xdg");
	assert_true(load_both(home, "relative"));
	assert_string_equal(conf.v[0]->host, "u");
	/* A bad file of the user's is not passed over. */
	chmod(unit_path("home/.config/pinmail/config"), 0606);
	assert_false(load_both(home, NULL));
	assert_err(&e, ERR_CONFIG, "chmod go-w");
	unlink(unit_path("system"));
	chmod(unit_path("home/.config/pinmail/config"), 0600);
	assert_true(load_both(home, NULL));
	assert_int_equal(conf.n, 1);
}

static void
do_skips_what_it_may_not_read(void)
{
	must(load_both(unit_path("home2"), NULL));
	must(conf.n == 1 && strcmp(conf.v[0]->host, "u") == 0);
	must(!load_both(NULL, NULL));
	must(e.kind == ERR_CONFIG && strstr(e.text, "may not read") != NULL);
	must(load_both(unit_path("closed"), NULL) == false);
	conf_clear(&conf);
}

static void
skips_what_it_may_not_read(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		print_message("# SKIP only root has files of two users\n");
		return;
	}
	mkdir(unit_path("home2"), 0755);
	unit_file("home2/.pinmailrc", 0600, "account u\nhost u\n");
	assert_int_equal(chown(unit_path("home2/.pinmailrc"), 65534, 65534), 0);
	mkdir(unit_path("closed"), 0700);
	unit_file("system", 0600, "account s\nhost s\n");
	unit_as_nobody(do_skips_what_it_may_not_read);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(knows_its_senders),
	    TEST(knows_its_domains),
	    TEST(chooses),
	    TEST(chooses_only_what_can_send),
	    TEST(merges_two_files),
	    TEST(skips_what_it_may_not_read),
	};
	int failed = RUN_WITH_DIR("account", tests);

	conf_clear(&conf);
	return failed;
}
