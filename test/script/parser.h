/* SPDX-License-Identifier: ISC */
#ifndef TEST_SCRIPT_PARSER_H
#define TEST_SCRIPT_PARSER_H

#include "test/script/script.h"

/* What the two halves of the parser, head and steps, share. */
struct parser {
	struct script *s;
	char *why;
	size_t size;
	unsigned line;
	bool drip;
};

/* Says why, with the line; returns false. */
bool parser_wrong(struct parser *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
/* realloc and strndup that never return NULL. */
void *parser_grow(void *, size_t);
char *parser_copy(const char *, size_t);
/* Undoes the escapes in place; SIZE_MAX: one is not known. */
size_t parser_unescape(char *);
bool parser_number(struct parser *, const char *, int *);
/*
 * `N TEXT`, unescaped and repeated into *text, which is the caller's to free;
 * *times is 0 for `forever`.
 */
bool parser_repeated(struct parser *, char *arg, char **text, size_t *len,
    int *times);

/* A line of the second half. */
bool parser_step(struct parser *, char *line);

#endif
