/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/conf/account.h"
#include "lib/conf/keyword.h"
#include "lib/conf/refused.h"
#include "lib/conf/table.h"

static struct conf conf;
static struct err e;

static bool
load(const char *text)
{
	const struct conf_world w = {.system_file = "/nonexistent",
	    .user = "alice",
	    .host = "web1"};

	conf_clear(&conf);
	e = (struct err){0};
	return conf_load(&conf, &w, unit_file("c", 0600, text), &e);
}

/* The second of two lines is at fault. */
static void
refuses(const char *text, const char *why)
{
	struct buf b = {0};

	buf_addf(&b, "account a\n%s\n", text);
	if (load(b.p))
		fail_msg("\"%s\" was read", text);
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_has(e.text, unit_path("c:2: "));
	assert_has(e.text, why);
	buf_clear(&b);
}

static void
collects_all_faults(void **state)
{
	(void)state;
	unit_file("more", 0600, "\nhots x\n");
	assert_false(load("account a\nhost h\nport 0\n\n# x\ntls off\n"
			  "include more\naccount a\naccount b : zz\nport x\n"));
	assert_int_equal(conf.faults.n, 6);
	assert_has(conf.faults.v[0], "c:3: port");
	assert_has(conf.faults.v[1], "c:6: tls off");
	assert_has(conf.faults.v[2], "more:2: unknown keyword hots");
	assert_has(conf.faults.v[3], "c:8: account a is there already");
	assert_has(conf.faults.v[4], "c:9: there is no account zz");
	assert_has(conf.faults.v[5], "c:10: port");
	assert_string_equal(e.text, conf.faults.v[0]);
	assert_int_equal(e.kind, ERR_CONFIG);
}

/* What to write instead stands in the line. */
static void
refuses_what_breaks_promises(void **state)
{
	static const char *const t[][2] = {
	    {"tls off", "delete the line"},
	    {"tls_certcheck off", "pin"},
	    {"tls_nocertcheck", "pin"},
	    {"tls_nostarttls", "tls_starttls off"},
	    {"tls_crl_file x", "delete the line"},
	    {"tls_priorities NORMAL", "tls_min_version 1.3"},
	    {"protocol lmtp", "submission"},
	    {"auth cram-md5", "auth on"},
	    {"auth digest-md5", "auth on"},
	    {"auth ntlm", "auth on"},
	    {"auth gssapi", "auth on"},
	    {"ntlmdomain x", "delete the line"},
	    {"eval echo user x", "passwordeval"},
	    {"set_msgid_header off", "delete the line"},
	    {"remove_bcc_headers off", "delete the line"},
	    {"keepbcc on", "delete the line"},
	    {"keepbcc", "delete the line"},
	    {"auto_from on", "from %U@"},
	    {"auto_from", "from %U@"},
	    {"maildomain x", "from %U@"},
	    {"from *@example.com", "senders"},
	    {"from a@x,b@x", "senders"},
	    {"tls_fingerprint 01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:"
	     "ef:01:23:45:67",
		"SHA-256"},
	    {"tls_fingerprint 01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef",
		"SHA-256"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		refuses(t[i][0], t[i][1]);
	/* And the ways to say the same that are harmless. */
	assert_true(load("tls on\ntls\ntls_certcheck on\nprotocol smtp\n"
			 "auto_from off\nkeepbcc off\nremove_bcc_headers on\n"
			 "set_msgid_header auto\ntls_force_sslv3 off\n"));
}

static void
refuses_bad_arguments(void **state)
{
	static const char *const t[][2] = {
	    {"port 0", "1 to 65535"},
	    {"port 65536", "1 to 65535"},
	    {"port smtp", "1 to 65535"},
	    {"port", "1 to 65535"},
	    {"timeout 0", "1 to 86400"},
	    {"timeout -1", "1 to 86400"},
	    {"deadline 1h", "1 to 86400"},
	    {"auth cram", "one of: on"},
	    {"auth PLAIN", "plain"},
	    {"tls maybe", "tls cannot be \"maybe\""},
	    {"tls_starttls yes", "off, on"},
	    {"tls_min_version 1.1", "1.2, 1.3"},
	    {"foreign_from allow", "refuse, rewrite"},
	    {"partial maybe", "off, on"},
	    {"log_format xml", "text, json"},
	    {"syslog LOG_KERN", "LOG_MAIL"},
	    {"set_from_header maybe", "auto"},
	    {"pin x", "pin: "},
	    {"pin sha256:1234", "pin: "},
	    {"tls_fingerprint xyz", "SHA-256"},
	    {"from alice", "user@domain"},
	    {"from a b@x", "user@domain"},
	    {"from <a@x>", "user@domain"},
	    {"from %X@x", "%U"},
	    {"domain a b", "host name"},
	    {"domain a\xc3\xa4", "host name"},
	    {"dsn_notify sometimes", "never"},
	    {"dsn_return all", "headers"},
	    {"identity_header X Y", "identity_header"},
	    {"identity_header X:Y", "identity_header"},
	    {"host a\x01z", "control character"},
	    {"user a\rb", "control character"},
	    {"account", "account NAME"},
	    {"account  : a", "account NAME"},
	    {"account x,y", "account NAME"},
	    {"account b : ", "no account"},
	    {"account b : a,", "no account"},
	    {"account b : b", "no account"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		refuses(t[i][0], t[i][1]);
}

static void
names_the_nearest_keyword(void **state)
{
	(void)state;
	refuses("hots x", "unknown keyword hots; is it host?");
	refuses("passwort x", "is it password?");
	refuses("tls_startls on", "is it tls_starttls?");
	refuses("Host x", "is it host?");
	refuses("xyzzyxyzzy x", "unknown keyword xyzzyxyzzy");
	assert_lacks(e.text, "is it");
}

/* Every keyword is in the table once, and takes something or refuses. */
static void
has_a_table_that_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < keyword_count; i++) {
		const struct keyword *k = &keyword_table[i];

		assert_true(strlen(k->name) > 0);
		for (size_t j = i + 1; j < keyword_count; j++)
			assert_string_not_equal(k->name, keyword_table[j].name);
		if (k->kind == WORD)
			assert_non_null(k->words);
		if (k->kind == NUMBER)
			assert_true(k->min <= k->max);
		for (const struct keyword_word *w = k->words;
		     w != NULL && w->word != NULL; w++)
			assert_null(refused_why(k->name, w->word));
	}
}

static void
refuses_bad_files(void **state)
{
	const struct conf_world w = {.system_file = unit_path("system"),
	    .user = "a",
	    .host = "h"};
	FILE *f;

	(void)state;
	conf_clear(&conf);
	assert_false(conf_load(&conf, &w, unit_path("nothing"), &e));
	assert_err(&e, ERR_CONFIG, unit_path("nothing"));
	assert_false(
	    conf_load(&conf, &w, unit_file("w", 0660, "host h\n"), &e));
	assert_err(&e, ERR_CONFIG, "chmod go-w");
	assert_false(conf_load(&conf, &w, unit_dir, &e));
	assert_err(&e, ERR_CONFIG, "regular");
	unit_file("nul", 0600, "");
	f = fopen(unit_path("nul"), "w");
	assert_int_equal(fwrite("host h\n\0port 1\n", 1, 15, f), 15);
	fclose(f);
	assert_false(conf_load(&conf, &w, unit_path("nul"), &e));
	assert_err(&e, ERR_CONFIG, "NUL");
	assert_false(conf_load(&conf, &w, NULL, &e));
	assert_err(&e, ERR_CONFIG, unit_path("system"));
	assert_has(e.text, "pinmail.conf(5)");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(collects_all_faults),
	    TEST(refuses_what_breaks_promises),
	    TEST(refuses_bad_arguments),
	    TEST(names_the_nearest_keyword),
	    TEST(has_a_table_that_holds),
	    TEST(refuses_bad_files),
	};
	int failed = RUN_WITH_DIR("fault", tests);

	conf_clear(&conf);
	return failed;
}
