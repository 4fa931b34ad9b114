/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/script/cases.h"
#include "test/server/bytes.h"

#define NAMES_MAX 6
#define EACHES_MAX 4

/*
 * What servers say (RFC 5321, 4.2.3; RFC 4954, 6; RFC 3207, 4; RFC 7504), and
 * the ends of each class.
 */
static const char *const codes[] = {"200", "220", "221", "235", "250", "251",
    "252", "299", "300", "334", "354", "400", "421", "450", "451", "452", "454",
    "455", "499", "500", "501", "502", "503", "504", "530", "534", "535", "538",
    "550", "551", "552", "553", "554", "555", "556", "599"};

struct row {
	char *values[NAMES_MAX];
};

struct each {
	char *names[NAMES_MAX];
	size_t n_names;
	struct row *rows;
	size_t n;
};

struct maker {
	struct cases *out;
	const char *name, *text; /* without the `each` lines */
	struct each eaches[EACHES_MAX];
	size_t chosen[EACHES_MAX];
	size_t n;
	char *why;
	size_t size;
};

static bool
wrong(struct maker *m, const char *what, const char *which)
{
	snprintf(m->why, m->size, "each: %s `%s`", what, which);
	return false;
}

static void
row_clear(struct row *r)
{
	size_t i;

	for (i = 0; i < NAMES_MAX; i++)
		free(r->values[i]);
	*r = (struct row){0};
}

/* A row replaces the one that begins as it does, or takes it out. */
static void
add_row(struct each *e, struct row *r)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (strcmp(e->rows[i].values[0], r->values[0]) == 0)
			break;
	if (i == e->n) {
		e->rows = realloc(e->rows, (e->n + 1) * sizeof(*e->rows));
		if (e->rows == NULL)
			die("out of memory");
		e->rows[e->n++] = (struct row){0};
	}
	row_clear(&e->rows[i]);
	e->rows[i] = *r;
	if (strcmp(r->values[e->n_names - 1], "-") != 0)
		return;
	row_clear(&e->rows[i]);
	memmove(e->rows + i, e->rows + i + 1,
	    (e->n - i - 1) * sizeof(*e->rows));
	e->n--;
}

/* `421/75`, or `4xx/75` for all codes of a class. */
static bool
add_value(struct maker *m, struct each *e, const char *word)
{
	const char *p = word, *end;
	struct row r = {0}, one;
	size_t i, j, n = 0;

	for (; p != NULL && n < e->n_names; n++, p = end) {
		end = n + 1 < e->n_names ? strchr(p, '/') : NULL;
		r.values[n] =
		    need_copy(p, end != NULL ? (size_t)(end - p) : strlen(p));
		if (end != NULL)
			end++;
	}
	if (n < e->n_names) {
		row_clear(&r);
		return wrong(m, "too few values in", word);
	}
	if (strcmp(r.values[0] + 1, "xx") != 0) {
		add_row(e, &r);
		return true;
	}
	for (i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		if (codes[i][0] != r.values[0][0])
			continue;
		one = (struct row){.values[0] = need_copy(codes[i], 3)};
		for (j = 1; j < n; j++)
			one.values[j] =
			    need_copy(r.values[j], strlen(r.values[j]));
		add_row(e, &one);
	}
	row_clear(&r);
	return true;
}

static bool
add_range(struct maker *m, struct each *e, const char *arg)
{
	struct row r;
	char text[24];
	int from, to, by = 1;

	if (sscanf(arg, "%d to %d by %d", &from, &to, &by) < 2 || by < 1
	    || e->n_names != 1)
		return wrong(m, "no range", arg);
	for (; from <= to; from += by) {
		snprintf(text, sizeof(text), "%d", from);
		r = (struct row){.values[0] = need_copy(text, strlen(text))};
		add_row(e, &r);
	}
	return true;
}

static bool
same_names(const struct each *a, const struct each *b)
{
	size_t i;

	for (i = 0; i < a->n_names && i < b->n_names; i++)
		if (strcmp(a->names[i], b->names[i]) != 0)
			return false;
	return a->n_names == b->n_names;
}

static void
each_clear(struct each *e)
{
	size_t i;

	for (i = 0; i < e->n_names; i++)
		free(e->names[i]);
	for (i = 0; i < e->n; i++)
		row_clear(&e->rows[i]);
	free(e->rows);
}

/* The names of a line, and those of an earlier line if they are the same. */
static struct each *
find_each(struct maker *m, struct each *names)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (same_names(&m->eaches[i], names)) {
			each_clear(names);
			return &m->eaches[i];
		}
	if (m->n == EACHES_MAX)
		return NULL;
	m->eaches[m->n] = *names;
	return &m->eaches[m->n++];
}

static bool
parse_each(struct maker *m, char *line)
{
	struct each names = {0}, *e;
	char *save = NULL, *word, *rest;
	bool range = false;

	for (word = strtok_r(line, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save)) {
		range = strcmp(word, "from") == 0;
		if (range || strcmp(word, "in") == 0)
			break;
		if (names.n_names == NAMES_MAX)
			return wrong(m, "too many names before", word);
		names.names[names.n_names++] = need_copy(word, strlen(word));
	}
	rest = strtok_r(NULL, "", &save);
	if (word == NULL || rest == NULL || names.n_names == 0)
		return wrong(m, "no values for", line);
	e = find_each(m, &names);
	if (e == NULL)
		return wrong(m, "one too many with", line);
	if (range)
		return add_range(m, e, rest);
	for (word = strtok_r(rest, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save))
		if (!add_value(m, e, word))
			return false;
	return true;
}

/* The value of the name at p, which stands in braces. */
static const char *
value_of(const struct maker *m, const char *p, size_t n)
{
	const struct each *e;
	size_t i, j;

	for (i = 0; i < m->n; i++) {
		e = &m->eaches[i];
		for (j = 0; j < e->n_names; j++)
			if (strlen(e->names[j]) == n
			    && strncmp(e->names[j], p, n) == 0)
				return e->rows[m->chosen[i]].values[j];
	}
	return NULL;
}

static void
add_case(struct maker *m)
{
	struct bytes text = {0}, name = {0};
	const char *p = m->text, *end, *value;
	size_t i;

	for (; *p != '\0'; p++) {
		end = *p == '{' ? strchr(p, '}') : NULL;
		value = end != NULL ? value_of(m, p + 1, (size_t)(end - p) - 1)
				    : NULL;
		if (value == NULL) {
			bytes_add(&text, p, 1);
			continue;
		}
		bytes_str(&text, value);
		p = end;
	}
	bytes_str(&name, m->name);
	for (i = 0; i < m->n; i++)
		bytes_fmt(&name, " %s",
		    m->eaches[i].rows[m->chosen[i]].values[0]);
	m->out->at = realloc(m->out->at, (m->out->n + 1) * sizeof(*m->out->at));
	if (m->out->at == NULL)
		die("out of memory");
	m->out->at[m->out->n++] = (struct a_case){name.p, text.p, text.n};
}

static void
combine(struct maker *m, size_t i)
{
	if (i == m->n) {
		add_case(m);
		return;
	}
	for (m->chosen[i] = 0; m->chosen[i] < m->eaches[i].n; m->chosen[i]++)
		combine(m, i + 1);
}

bool
cases_add(struct cases *cs, const char *name, const char *text, char *why,
    size_t size)
{
	struct maker m = {.out = cs, .name = name, .why = why, .size = size};
	struct bytes rest = {0};
	const char *p, *lf;
	bool head = true, ok = true;
	char *line;
	size_t i;

	for (p = text; ok && *p != '\0'; p = lf + (*lf != '\0')) {
		lf = p + strcspn(p, "\n");
		head = head && strncmp(p, "---\n", 4) != 0;
		if (head && strncmp(p, "each ", 5) == 0) {
			line = need_copy(p + 5, (size_t)(lf - p) - 5);
			ok = parse_each(&m, line);
			free(line);
		} else {
			bytes_add(&rest, p, (size_t)(lf - p));
		}
		bytes_str(&rest, "\n");
	}
	m.text = bytes_cstr(&rest);
	if (ok)
		combine(&m, 0);
	for (i = 0; i < m.n; i++)
		each_clear(&m.eaches[i]);
	bytes_clear(&rest);
	return ok;
}

void
cases_clear(struct cases *cs)
{
	size_t i;

	for (i = 0; i < cs->n; i++) {
		free(cs->at[i].name);
		free(cs->at[i].text);
	}
	free(cs->at);
	*cs = (struct cases){0};
}
