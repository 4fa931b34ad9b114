/* SPDX-License-Identifier: ISC */
#ifndef TEST_SERVER_PATH_H
#define TEST_SERVER_PATH_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Cuts `FROM:<path> params` in place: path without its brackets, params
 * without the blank before. False: it is not of that form.
 */
bool path_cut(char *args, const char *prefix, char **path, char **params);

/* Is it a Mailbox (RFC 5321 section 4.1.2)? utf8: RFC 6531 allows it. */
bool path_mailbox(const char *, bool utf8);

/*
 * The parameter at *p, cut out in place with its value ("" if none); *p moves
 * on. False: there is none.
 */
bool path_param(char **p, char **keyword, char **value);

/* Is it xtext (RFC 3461 section 4)? */
bool path_xtext(const char *);

#endif
