/* SPDX-License-Identifier: ISC */
#ifndef TEST_SCRIPT_JUDGE_H
#define TEST_SCRIPT_JUDGE_H

#include "test/script/trial.h"

/* What trial_judge() has found so far. */
struct judge {
	const struct trial *t;
	struct bytes *out;
	bool ok;
};

/* Adds a `# ` line; it is not ok any more. */
void judge_fault(struct judge *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

/* What the server must not have heard, and nobody may read. */
void judge_leaks(struct judge *);

#endif
