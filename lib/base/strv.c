/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/base/strv.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"

void
strv_add(struct strv *l, const char *s)
{
	if (l->n == l->room) {
		l->room = l->room > 0 ? l->room * 2 : 8;
		l->v = mem_resize(l->v, l->room, sizeof *l->v);
	}
	l->v[l->n++] = mem_dup(s);
}

void
strv_split(struct strv *l, const char *s, const char *between)
{
	char *item;
	size_t n;

	for (s += strspn(s, between); *s != '\0'; s += strspn(s, between)) {
		n = strcspn(s, between);
		item = mem_dupn(s, n);
		strv_add(l, item);
		free(item);
		s += n;
	}
}

void
strv_copy(struct strv *to, const struct strv *from)
{
	for (size_t i = 0; i < from->n; i++)
		strv_add(to, from->v[i]);
}

void
strv_clear(struct strv *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
	*l = (struct strv){0};
}
