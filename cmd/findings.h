/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_FINDINGS_H
#define PINMAIL_CMD_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

enum finding_state { FINDING_OK, FINDING_WARNING, FINDING_WRONG };

struct finding {
	enum finding_state state;
	const char *what; /* the step that was looked at */
	struct buf text;
};

/* What a check found.  Starts as {0}, ends with findings_clear. */
struct findings {
	struct finding *v;
	size_t n;
	enum err_kind kind; /* of the first that is wrong */
};

void findings_add(struct findings *, enum finding_state, const char *what,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/*
 * The step failed; what to do about it where the error does not say it, or
 * NULL: what fits its kind.  False.
 */
bool findings_wrong(struct findings *, const char *what, const struct err *,
    const char *advice);

enum finding_state findings_worst(const struct findings *);

/* "ok", "warning", "wrong". */
const char *findings_word(enum finding_state);

/* Append a line for each, cleaned; in colour for a terminal. */
void findings_print(struct buf *, const struct findings *, bool colour);

/* Append a JSON array of objects. */
void findings_json(struct buf *, const struct findings *);

void findings_clear(struct findings *);

#endif
