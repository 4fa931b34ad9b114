/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/base/ascii.h"
#include "lib/mail/local.h"

static bool
owns(const void *owner, const char *domain)
{
	return ascii_casecmp(owner, domain) == 0;
}

static char intern[] = "intern", vm[] = "vm.example";
static char *more[] = {intern, vm};
static const struct strv domains = {more, COUNT(more), COUNT(more)};

/* Here for all, here if it sends, the whole name of the host. */
static void
check(const struct local *l, const char *domain, const char *want)
{
	char got[4] = "---";

	if (local_domain(l, domain))
		got[0] = 'd';
	if (local_sender(l, domain))
		got[1] = 's';
	if (local_fqdn(l, domain))
		got[2] = 'f';
	if (strcmp(got, want) != 0)
		fail_msg("\"%s\" is %s, not %s", domain, got, want);
}

static void
knows_domains(void **state)
{
	static const char *const t[][3] = {
	    /* with the host's node name alone, and with all */
	    {"", "ds-", "ds-"},
	    {"localhost", "ds-", "ds-"},
	    {"LocalHost", "ds-", "ds-"},
	    {"localhost.localdomain", "ds-", "ds-"},
	    {"web1", "ds-", "ds-"},
	    {"WEB1", "ds-", "ds-"},
	    {"web1.example.com", "---", "-sf"},
	    {"Web1.Example.Com", "---", "-sf"},
	    {"intern", "---", "ds-"},
	    {"Intern", "---", "ds-"},
	    {"VM.example", "---", "ds-"},
	    {"x.vm.example", "---", "---"},
	    {"example", "---", "---"},
	    {"example.com", "---", "---"},
	    {"web10", "---", "---"},
	    {"web", "---", "---"},
	    {"localhost.example.com", "---", "---"},
	    {"x.localhost", "---", "---"},
	    {"localdomain", "---", "---"},
	    {"[127.0.0.1]", "---", "---"},
	};
	const struct local few = {.node = "web1"};
	const struct local all = {.node = "web1",
	    .fqdn = "web1.example.com",
	    .domains = &domains};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		check(&few, t[i][0], t[i][1]);
		check(&all, t[i][0], t[i][2]);
	}
}

/* Nobody is local in a domain in which the account owns somebody. */
static void
leaves_the_owned_alone(void **state)
{
	static const char *const names[] = {"localhost",
	    "localhost.localdomain", "web1", "web1.example.com", "intern"};
	struct local l = {.node = "web1",
	    .fqdn = "web1.example.com",
	    .domains = &domains,
	    .owned = owns};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		l.owner = names[i];
		for (size_t k = 0; k < COUNT(names); k++)
			check(&l, names[k],
			    k == i       ? "---"
				: k == 3 ? "-sf"
					 : "ds-");
		check(&l, "", "ds-");
	}
	l.owner = "LOCALHOST";
	check(&l, "localhost", "---");
}

static void
keeps_who_and_where(void **state)
{
	static const char *const t[][3] = {
	    {"", "root", "root@web1"},
	    {"root", "root", "root@web1"},
	    {"Cron Daemon", "root", "root@web1 (Cron Daemon)"},
	    {"(Cron Daemon)", "root", "root@web1 (Cron Daemon)"},
	    {"()", "root", "root@web1 ()"},
	    {"(", "root", "root@web1 (()"},
	    {"J\xc3\xbcrgen", "j", "j@web1 (J\xc3\xbcrgen)"},
	    {"=?utf-8?Q?J=C3=BCrgen?=", "j", "j@web1 (J\xc3\xbcrgen)"},
	    {"x", "two words", "two words@web1 (x)"},
	};
	char name[64], local[64], domain[1] = "";
	const struct mailbox m = {name, local, domain};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		strcpy(name, t[i][0]);
		strcpy(local, t[i][1]);
		buf_reset(&b);
		local_origin(&b, &m, "web1");
		assert_string_equal(b.p, t[i][2]);
	}
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(knows_domains),
	    TEST(leaves_the_owned_alone),
	    TEST(keeps_who_and_where),
	};

	return RUN("local", tests);
}
