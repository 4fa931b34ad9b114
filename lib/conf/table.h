/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CONF_TABLE_H
#define PINMAIL_CONF_TABLE_H

#include <stddef.h>

/* What a keyword's argument is and where it goes. */
enum keyword_kind {
	STRING,
	PATTERN,     /* a string with %H and its like */
	PATH,        /* a file; one of words stands for none */
	SECRET_PATH, /* a bare name may be a credential */
	WORD,        /* one of words, an int */
	NUMBER,      /* from min to max, an int; one of words stands for 0 */
	NOTHING,     /* one of words, or anything; no effect */
	PIN,
	FINGERPRINT,
	LIST, /* each line adds one */
	PASSWORD
};

struct keyword_word {
	const char *word;
	int value;
};

struct keyword {
	const char *name;
	enum keyword_kind kind;
	size_t at; /* offset in struct account */
	const struct keyword_word *words;
	int min, max;
	const char *(*wrong)(const char *); /* what is wrong with it, or NULL */
};

extern const struct keyword keyword_table[];
extern const size_t keyword_count;

#endif
