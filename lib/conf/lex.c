/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/conf/lex.h"

#include <string.h>

#include "lib/base/ascii.h"

static char *
skip_blanks(char *p)
{
	while (ascii_is_blank(*p))
		p++;
	return p;
}

/* Cut blanks and CRs off the end. */
static void
trim(char *p)
{
	size_t n = strlen(p);

	while (n > 0 && (ascii_is_blank(p[n - 1]) || p[n - 1] == '\r'))
		p[--n] = '\0';
}

bool
lex_next(struct lex *l)
{
	char *p, *end;
	size_t n;

	for (;;) {
		if (*l->next == '\0')
			return false;
		p = skip_blanks(l->next);
		end = l->next + strcspn(l->next, "\n");
		l->next = *end != '\0' ? end + 1 : end;
		*end = '\0';
		l->line++;
		trim(p < end ? p : end);
		if (p < end && *p != '\0' && *p != '#')
			break;
	}
	l->keyword = p;
	while (*p != '\0' && !ascii_is_blank(*p))
		p++;
	l->argument = skip_blanks(p);
	*p = '\0';
	n = strlen(l->argument);
	if (n >= 2 && l->argument[0] == '"' && l->argument[n - 1] == '"') {
		l->argument[n - 1] = '\0';
		l->argument++;
	}
	return true;
}
