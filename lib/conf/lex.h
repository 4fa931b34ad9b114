/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CONF_LEX_H
#define PINMAIL_CONF_LEX_H

#include <stdbool.h>
#include <stddef.h>

/* Lines of a configuration file, one after the other.  Starts as {text}. */
struct lex {
	char *next; /* what is left; changed as it is read */
	int line;   /* of the last keyword, from 1 */
	char *keyword, *argument;
};

/*
 * The next line that is neither empty nor a comment: a keyword, blanks, an
 * argument (may be empty) without blanks around it and without one pair of
 * double quotes.  False at the end.
 */
bool lex_next(struct lex *);

#endif
