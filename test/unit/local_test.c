/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/mail/local.h"

static void
knows_domains(void **state)
{
	static const struct {
		const char *domain;
		bool without, with_fqdn;
	} t[] = {
	    {"", true, true},
	    {"localhost", true, true},
	    {"LocalHost", true, true},
	    {"localhost.localdomain", true, true},
	    {"web1", true, true},
	    {"WEB1", true, true},
	    {"web1.example.com", false, true},
	    {"Web1.Example.Com", false, true},
	    {"example.com", false, false},
	    {"web10", false, false},
	    {"web", false, false},
	    {"localhost.example.com", false, false},
	    {"x.localhost", false, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		assert_int_equal(local_domain(t[i].domain, "web1", NULL),
		    t[i].without);
		assert_int_equal(local_domain(t[i].domain, "web1",
				     "web1.example.com"),
		    t[i].with_fqdn);
	}
}

static void
keeps_who_and_where(void **state)
{
	static const char *const t[][3] = {
	    {"", "root", "root@web1"},
	    {"root", "root", "root@web1"},
	    {"Cron Daemon", "root", "root@web1 (Cron Daemon)"},
	    {"(Cron Daemon)", "root", "root@web1 (Cron Daemon)"},
	    {"J\xc3\xbcrgen", "j", "j@web1 (J\xc3\xbcrgen)"},
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
	    TEST(keeps_who_and_where),
	};

	return RUN("local", tests);
}
