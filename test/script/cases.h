/* SPDX-License-Identifier: ISC */
#ifndef TEST_SCRIPT_CASES_H
#define TEST_SCRIPT_CASES_H

#include <stdbool.h>
#include <stddef.h>

/* A transcript after `each`: its name, and its text. */
struct a_case {
	char *name, *text;
	size_t len;
};

struct cases {
	struct a_case *at;
	size_t n;
};

/*
 * Adds the cases of a file: one, or as many as its `each` lines make (see
 * script.h). The lines stay where they are, so that their numbers do. On
 * false `why` (of `size` bytes) says what is wrong.
 */
bool cases_add(struct cases *, const char *name, const char *text, char *why,
    size_t size);
void cases_clear(struct cases *);

#endif
