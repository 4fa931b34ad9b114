/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/mem.h"
#include "lib/conf/account.h"
#include "lib/conf/lex.h"
#include "lib/conf/table.h"
#include "test/fuzz/fuzz.h"

/* No file is read but our second one, and that not too often. */
static bool
is_harmless(const char *p, size_t n)
{
	char *text = mem_dupn(p, n);
	struct lex l = {.next = text};
	unsigned includes = 0;
	bool ok = true;

	while (ok && lex_next(&l))
		if (strcmp(l.keyword, "include") == 0)
			ok = strcmp(l.argument, "more") == 0 && ++includes < 3;
	free(text);
	return ok;
}

static void
check_value(const struct account *a, const struct keyword *k)
{
	const char *at = (const char *)a + k->at, *s;
	int n;

	switch (k->kind) {
	case STRING:
	case PATTERN:
	case PATH:
	case SECRET_PATH:
		memcpy(&s, at, sizeof s);
		must(s == NULL || *s != '\0');
		for (size_t i = 0; s != NULL && s[i] != '\0'; i++)
			must(!ascii_is_control(s[i]) || s[i] == '\t');
		must(s == NULL || (k->kind != PATH && k->kind != SECRET_PATH)
		    || *s == '/' || strcmp(s, "-") == 0);
		must(s == NULL || k->wrong == NULL || k->wrong(s) == NULL);
		break;
	case NUMBER:
		memcpy(&n, at, sizeof n);
		must(n == 0 || (n >= k->min && n <= k->max));
		break;
	case WORD:
		memcpy(&n, at, sizeof n);
		must(n >= -1 && n < 256);
		break;
	default:
		break;
	}
}

static void
check_account(const struct conf *c, const struct account *a)
{
	struct err e = {0};

	must(*a->name != '\0' && strchr(a->name, ',') == NULL);
	must(conf_find(c, a->name, NULL, NULL, &e) == a);
	must(conf_choose(c, a->name, NULL, NULL, &e) == a
	    || e.kind == ERR_CONFIG);
	for (size_t i = 0; i < keyword_count; i++)
		check_value(a, &keyword_table[i]);
	must(a->auth > AUTH_UNSET && a->auth <= AUTH_XOAUTH2);
	must((a->password.n > 0) + (a->passwordfile != NULL)
		+ (a->passwordeval != NULL)
	    <= 1);
	must(a->user == NULL || a->userfile == NULL);
	must(account_port(a) > 0 && account_port(a) < 65536);
	must(account_port(a) != 465 || a->starttls == STARTTLS_ON
	    || !account_starttls(a));
	must(a->from == NULL || account_owns(a, a->from));
	for (size_t i = 0; i < a->pins.n; i++)
		must(a->pins.v[i].path == NULL || a->pins.v[i].path[0] == '/');
}

/* Either all is well, or all faults have a place. */
static void
check(const struct conf *c, bool ok, const struct err *e)
{
	for (size_t i = 0; i < c->faults.n; i++)
		must(c->faults.v[i][0] == '/' && strstr(c->faults.v[i], ": "));
	must(ok || (e->kind == ERR_CONFIG && *e->text != '\0'));
	must(!ok || c->faults.n == 0);
	for (size_t i = 0; ok && i < c->n; i++)
		check_account(c, c->v[i]);
}

static void
load(const struct conf_world *w, const char *only)
{
	struct conf c = {0};
	struct err e = {0};
	bool ok = conf_load(&c, w, only, &e);

	check(&c, ok, &e);
	conf_clear(&c);
	fuzz_unguard();
}

/* A file, and behind a line "%%" another one, that it may include. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data, *end = p + n, *more;
	struct conf_world world = {.user = "user", .host = "host"};
	const char *file;
	char *home;

	more = memmem(p, n, "%%\n", 3);
	if (more != NULL)
		n = (size_t)(more - p);
	more = more != NULL ? more + 3 : end;
	/* An unknown keyword takes its time. */
	if (end - p > 2048 || !is_harmless(p, n)
	    || !is_harmless(more, (size_t)(end - more)))
		return 0;
	world.system_file = fuzz_file("more", more, (size_t)(end - more), 0600);
	file = fuzz_file(".pinmailrc", p, n, 0600);
	load(&world, file);
	/* The user's and the system's; others may read the first. */
	home = mem_dupn(file, (size_t)(strrchr(file, '/') - file));
	world.home = home;
	fuzz_file(".pinmailrc", p, n, 0644);
	load(&world, NULL);
	free(home);
	return 0;
}
