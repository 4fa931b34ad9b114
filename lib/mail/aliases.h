/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_ALIASES_H
#define PINMAIL_MAIL_ALIASES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* A line of aliases(5), with those that continue it. */
struct alias {
	char *name;   /* NULL: the line is none; values says what is wrong */
	char *values; /* as written, line for line, comments taken off */
	int line;
};

/* The file.  Starts as {0}, ends with aliases_clear. */
struct aliases {
	char *path;
	struct alias *v;
	size_t n, room;
};

/*
 * Read the file, which must be ours.  optional: it need not be there.
 * ERR_CONFIG "path: what".  Lines that make no sense are kept as such.
 */
bool aliases_read(struct aliases *, const char *path, bool optional,
    struct err *);

/* The line of that name, in any case, or NULL.  The first one counts. */
const struct alias *aliases_find(const struct aliases *, const char *name);

/* The `default` or `*` line, or NULL. */
const struct alias *aliases_default(const struct aliases *);

/* The first line that is none, or NULL. */
const struct alias *aliases_fault(const struct aliases *);

/*
 * Take the next value off a list: values have commas or line ends between
 * them.  Reset and set `value`; one that is no address, such as "|command",
 * without the quotes around it.  False at the end of the list.
 */
bool aliases_value(const char **list, struct buf *value);

/* Read a whole file that must be ours, as an alias or :include: needs it. */
bool aliases_text(struct buf *, const char *path, bool *missing, struct err *);

void aliases_clear(struct aliases *);

#endif
