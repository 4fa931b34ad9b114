/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "lib/conf/account.h"
#include "lib/conf/keyword.h"

#define HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define OTHER "00b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static struct conf conf;
static struct err e;

static struct conf_world
world(void)
{
	return (struct conf_world){.system_file = unit_path("system.conf"),
	    .home = NULL,
	    .user = "alice",
	    .host = "web1.example"};
}

static bool
load(mode_t mode, const char *text)
{
	const struct conf_world w = world();

	conf_clear(&conf);
	e = (struct err){0};
	return conf_load(&conf, &w, unit_file("c", mode, text), &e);
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
	if (!load(0600, text))
		fail_msg("%s", e.text);
}

static void
has_defaults(void **state)
{
	const struct account *a;

	(void)state;
	good("host h\n");
	a = get("default");
	assert_int_equal(a->line, 1);
	assert_string_equal(a->file, unit_path("c"));
	assert_string_equal(a->host, "h");
	assert_null(a->user);
	assert_int_equal(a->auth, AUTH_OFF);
	assert_int_equal(a->foreign_from, FOREIGN_REFUSE);
	assert_int_equal(a->from_override, 1);
	assert_int_equal(a->partial, 1);
	assert_int_equal(a->tls13, -1);
	assert_int_equal(a->syslog, LOG_MAIL);
	assert_int_equal(a->timeout, 0);
	assert_int_equal(a->set_from, SET_AUTO);
	assert_int_equal(a->set_to, TO_KEPT);
	assert_int_equal(a->pins.n, 0);
	assert_string_equal(a->aliases, CONF_ALIASES);
	assert_null(a->local_to);
	assert_int_equal(a->local_domains.n, 0);
	assert_int_equal(a->dot_ends, 0);
	good("account a\nuser u\n");
	assert_int_equal(get("a")->auth, AUTH_ANY);
	good("account a\nuserfile u\n");
	assert_int_equal(get("a")->auth, AUTH_ANY);
	good("account a\nuser u\nauth off\n");
	assert_int_equal(get("a")->auth, AUTH_OFF);
	good("");
	assert_int_equal(conf.n, 0);
}

static void
inherits(void **state)
{
	const struct account *a;

	(void)state;
	good("defaults\nport 465\ntimeout 7\nsenders d@x\npin sha256:" HASH
	     "\naccount a\nhost ha\nuser ua\npassword p\nfrom a@x\n"
	     "account b : a\nhost hb\n"
	     "defaults\nport 25\n"
	     "account c : a , b\nuser uc\n"
	     "account d\n");
	a = get("b");
	assert_string_equal(a->host, "hb");
	assert_string_equal(a->user, "ua");
	assert_string_equal(a->from, "a@x");
	assert_string_equal(buf_str(&a->password), "p");
	assert_true(a->password.secret);
	assert_int_equal(a->port, 465);
	assert_int_equal(a->timeout, 7);
	assert_int_equal(a->senders.n, 1);
	assert_int_equal(a->pins.n, 1);
	a = get("c");
	assert_string_equal(a->host, "hb");
	assert_string_equal(a->user, "uc");
	assert_int_equal(a->port, 465);
	assert_int_equal(a->pins.n, 1);
	/* The second defaults forget the first. */
	a = get("d");
	assert_int_equal(a->port, 25);
	assert_int_equal(a->timeout, 0);
	assert_int_equal(a->pins.n, 0);
	assert_string_equal(get("a")->host, "ha");
}

static void
replaces_inherited_lists(void **state)
{
	const struct account *a;

	(void)state;
	good("defaults\npin sha256:" HASH "\nsenders s1\nsenders s2\n"
	     "account a\n"
	     "account b\npin sha256:" OTHER "\npin ca x.pem\nsenders s3\n"
	     "account c : b\ntls_fingerprint " HASH "\n"
	     "account d : c\n"
	     "account e : a, b\n");
	assert_int_equal(get("a")->pins.n, 1);
	assert_int_equal(get("a")->senders.n, 2);
	a = get("b");
	assert_int_equal(a->pins.n, 2);
	assert_int_equal(a->pins.v[0].hash[0], 0x00);
	assert_string_equal(a->pins.v[1].path, unit_path("x.pem"));
	assert_int_equal(a->pins.v[1].line, 8);
	assert_int_equal(a->senders.n, 1);
	assert_string_equal(a->senders.v[0], "s3");
	a = get("c");
	assert_int_equal(a->pins.n, 1);
	assert_int_equal(a->pins.v[0].kind, PIN_CERT);
	assert_int_equal(a->senders.n, 1);
	assert_int_equal(get("d")->pins.n, 1);
	assert_int_equal(get("e")->pins.n, 2);
}

/* Another way to say the same replaces what was inherited. */
static void
lets_the_last_secret_count(void **state)
{
	(void)state;
	good("defaults\npassword p\nuser u\n"
	     "account a\npasswordeval cmd\nuserfile f\n"
	     "account b : a\npasswordfile /x\nuser v\n"
	     "account c : b\npassword q\n");
	assert_int_equal(get("a")->password.n, 0);
	assert_string_equal(get("a")->passwordeval, "cmd");
	assert_null(get("a")->user);
	assert_null(get("b")->passwordeval);
	assert_null(get("b")->userfile);
	assert_string_equal(get("b")->passwordfile, "/x");
	assert_null(get("c")->passwordfile);
	assert_string_equal(buf_str(&get("c")->password), "q");
}

static void
knows_the_port(void **state)
{
	static const struct {
		const char *lines;
		int port;
		bool starttls;
	} t[] = {
	    {"", 465, false},
	    {"port 465\n", 465, false},
	    {"port 587\n", 587, true},
	    {"port 25\n", 25, true},
	    {"tls_starttls on\n", 587, true},
	    {"tls_starttls off\n", 465, false},
	    {"tls_starttls\n", 587, true},
	    {"port 2525\ntls_starttls off\n", 2525, false},
	    {"port 465\ntls_starttls on\n", 465, true},
	    {"tls on\n", 465, false},
	    {"tls on\nport 587\n", 587, true},
	};
	char text[100];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		snprintf(text, sizeof text, "host h\n%s", t[i].lines);
		good(text);
		assert_int_equal(account_port(conf.v[0]), t[i].port);
		assert_int_equal(account_starttls(conf.v[0]), t[i].starttls);
	}
}

static void
finds_files(void **state)
{
	struct conf_world w = world();
	const struct account *a;

	(void)state;
	w.home = "/home/alice";
	w.credentials = unit_path("creds");
	mkdir(w.credentials, 0700);
	unit_file("creds/token", 0600, "t\n");
	unit_file("c", 0600,
	    "account a\nlogfile ~/log\npasswordfile token\nuserfile other\n"
	    "aliases /etc/aliases\ntls_cert_file c.pem\ntls_trust_file system\n"
	    "account b : a\nlogfile -\npasswordfile ./token\nlogfile ~bob/x\n"
	    "tls_trust_file ca.pem\n");
	conf_clear(&conf);
	assert_true(conf_load(&conf, &w, unit_path("c"), &e));
	a = get("a");
	assert_string_equal(a->logfile, "/home/alice/log");
	assert_string_equal(a->passwordfile, unit_path("creds/token"));
	assert_string_equal(a->userfile, unit_path("other"));
	assert_string_equal(a->aliases, "/etc/aliases");
	assert_string_equal(a->tls_cert, unit_path("c.pem"));
	assert_null(a->trust_file);
	a = get("b");
	assert_string_equal(a->logfile, unit_path("~bob/x"));
	assert_string_equal(a->passwordfile, unit_path("./token"));
	assert_string_equal(a->trust_file, unit_path("ca.pem"));
}

static void
expands_patterns(void **state)
{
	(void)state;
	good("account a\nfrom %U@%H\ndomain %C\nhost %H\n");
	assert_string_equal(get("a")->from, "alice@web1.example");
	assert_string_equal(get("a")->domain, "web1.example");
	assert_string_equal(get("a")->host, "%H");
}

static void
includes_files(void **state)
{
	struct conf_world w = world();

	(void)state;
	mkdir(unit_path("inc"), 0700);
	mkdir(unit_path("inc/deep"), 0700);
	unit_file("inc/one.conf", 0600, "user one\ninclude deep/two.conf\n");
	unit_file("inc/deep/two.conf", 0600, "timeout 2\ninclude ../x.conf\n");
	unit_file("inc/x.conf", 0600, "account x\nhost hx\n");
	good("account a\nhost h\ninclude inc/one.conf\nport 26\n");
	assert_int_equal(conf.n, 2);
	assert_string_equal(get("a")->user, "one");
	assert_int_equal(get("a")->timeout, 2);
	assert_int_equal(get("a")->port, 0);
	assert_int_equal(get("x")->port, 26); /* the file goes on where it is */
	assert_string_equal(get("x")->file, unit_path("inc/deep/../x.conf"));
	assert_int_equal(conf.files.n, 4);

	unit_file("inc/2.part", 0600, "account p2\nhost h\n");
	unit_file("inc/1.part", 0600, "account p1\nhost h\n");
	good("include inc/*.part\ninclude inc/no*.such\n");
	assert_int_equal(conf.n, 2);
	assert_string_equal(conf.v[0]->name, "p1");

	w.home = unit_path("inc");
	unit_file("c", 0600, "include ~/x.conf\n");
	conf_clear(&conf);
	assert_true(conf_load(&conf, &w, unit_path("c"), &e));
	assert_string_equal(get("x")->host, "hx");
}

static void
limits_includes(void **state)
{
	char name[16], text[32];

	(void)state;
	for (int i = 1; i <= 9; i++) {
		snprintf(name, sizeof name, "d%d", i);
		snprintf(text, sizeof text, "include d%d\n", i + 1);
		unit_file(name, 0600, i < 9 ? text : "host h\n");
	}
	good("include d3\n"); /* c, d3 to d9 are 8 */
	assert_string_equal(get("default")->host, "h");
	assert_false(load(0600, "include d2\n"));
	assert_err(&e, ERR_CONFIG, "8 deep");
	assert_has(e.text, unit_path("d8:1"));
	assert_false(load(0600, "include c\n"));
	assert_err(&e, ERR_CONFIG, "8 deep");
	assert_false(load(0600, "host h\ninclude missing\n"));
	assert_has(e.text, unit_path("c:2"));
	assert_has(e.text, unit_path("missing"));
	unit_file("open", 0666, "host h\n");
	assert_false(load(0600, "include open\n"));
	assert_has(e.text, "chmod go-w");
	assert_false(load(0600, "include\n"));
}

static void
guards_passwords(void **state)
{
	(void)state;
	good("account a\npassword \"s p\"\n");
	assert_string_equal(buf_str(&get("a")->password), "s p");
	assert_true(load(0640, "account a\npassword p\n"));
	assert_false(load(0644, "account a\nhost h\npassword pw-in-open\n"));
	assert_err(&e, ERR_CONFIG, "c:3: ");
	assert_has(e.text, "chmod o-r");
	assert_lacks(e.text, "pw-in-open");
	assert_true(load(0644, "account a\nhost h\n"));
	/* It is the file with the line in it that counts. */
	unit_file("closed", 0600, "password p\n");
	assert_true(load(0644, "account a\ninclude closed\n"));
	unit_file("opened", 0644, "password p\n");
	assert_false(load(0600, "account a\ninclude opened\n"));
	assert_has(e.text, "opened:1");
}

static void
knows_sheltered_places(void **state)
{
	(void)state;
	assert_true(conf_sheltered("/run/secrets/x", NULL));
	assert_true(conf_sheltered("/var/run/secrets/a/b", NULL));
	assert_true(conf_sheltered("/cred/x", "/cred"));
	assert_false(conf_sheltered("/credx", "/cred"));
	assert_false(conf_sheltered("/run/secretsx", NULL));
	assert_false(conf_sheltered("/x", ""));
	assert_false(conf_sheltered("/etc/pinmail.conf", "/cred"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(has_defaults),
	    TEST(inherits),
	    TEST(replaces_inherited_lists),
	    TEST(lets_the_last_secret_count),
	    TEST(knows_the_port),
	    TEST(finds_files),
	    TEST(expands_patterns),
	    TEST(includes_files),
	    TEST(limits_includes),
	    TEST(guards_passwords),
	    TEST(knows_sheltered_places),
	};
	int failed = RUN_WITH_DIR("load", tests);

	conf_clear(&conf);
	return failed;
}
