/* SPDX-License-Identifier: ISC */
#ifndef TEST_SERVER_FILING_H
#define TEST_SERVER_FILING_H

#include <stdbool.h>
#include <stddef.h>

#include "test/server/bytes.h"

/* A message on its way into a directory, under a name that begins with `.`. */
struct filing {
	struct bytes hold, tmp;
	int fd;
	bool failed;
};

/* dir exists; NULL: add and end do nothing. */
void filing_begin(struct filing *, const char *dir);
void filing_add(struct filing *, const void *, size_t);
/*
 * Gives the message the next free number in dir: NNNNNN.env, then, unless it
 * began without a directory, NNNNNN.eml. False: the disk did not take it.
 */
bool filing_commit(struct filing *, const char *dir, const struct bytes *env);
void filing_end(struct filing *);

/* Makes DIR/mail/LOGIN (a `/` in LOGIN and a leading dot become `_`). */
void filing_dir(struct bytes *out, const char *dir, const char *login);

#endif
