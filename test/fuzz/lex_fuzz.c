/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/mem.h"
#include "lib/conf/keyword.h"
#include "lib/conf/lex.h"
#include "test/fuzz/fuzz.h"

static const struct conf_world world = {.home = "/nowhere",
    .user = "user",
    .host = "host"};

static void
check(const struct lex *l, int before)
{
	size_t n = strlen(l->argument);

	must(l->line > before);
	must(*l->keyword != '\0' && *l->keyword != '#'
	    && strpbrk(l->keyword, " \t\n") == NULL);
	must(strchr(l->argument, '\n') == NULL);
	/* Quotes keep the blanks in them. */
	must(n == 0 || l->argument[-1] == '"'
	    || (!ascii_is_blank(*l->argument)
		&& !ascii_is_blank(l->argument[n - 1])));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = mem_dupn((const char *)data, n);
	struct place at = {.world = &world, .file = "/nowhere/conf"};
	struct account *a = account_new(), *heir = account_new();
	struct lex l = {.next = text};
	struct err e = {0};
	int faults = 0; /* unknown keywords take their time */

	for (; lex_next(&l); at.line = l.line) {
		check(&l, at.line);
		if (faults < 4
		    && !keyword_apply(a, &at, l.keyword, l.argument, &e)) {
			must(e.kind == ERR_CONFIG && *e.text != '\0');
			faults++;
		}
	}
	account_inherit(heir, a);
	account_free(heir);
	account_free(a);
	free(text);
	return 0;
}
