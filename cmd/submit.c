/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/submit.h"

#include <stdio.h>

/* Bytes for the names of a state: callers choke on lines over 4 KiB. */
#define NAMES_MAX 1000

static size_t
count(const struct envelope *env, int state)
{
	size_t n = 0;

	for (size_t i = 0; i < env->n; i++)
		n += (int)env->rcpt[i].v.state == state;
	return n;
}

/* "a@x, b@y and 3 others" of that state, perhaps with their replies. */
static void
name(struct buf *b, const struct envelope *env, int state, bool reply)
{
	size_t from = b->n, left = count(env, state);
	const struct recipient *r;

	for (size_t i = 0; i < env->n && b->n - from < NAMES_MAX; i++) {
		r = &env->rcpt[i];
		if ((int)r->v.state != state)
			continue;
		buf_addf(b, "%s%s", b->n > from ? ", " : "", r->mailbox.p);
		if (reply)
			buf_addf(b, " (%.100s)", r->v.text);
		left--;
	}
	if (left > 0)
		buf_addf(b, " and %zu others", left);
}

static void
part(struct buf *b, const char *before)
{
	buf_addf(b, "%s%s", b->n > 0 ? "; " : "", before);
}

/* 67 wins over 75: those who were refused will not get it by a retry. */
static enum err_kind
kind_of(const struct envelope *env, enum err_kind common)
{
	if (count(env, REFUSED) > 0)
		return ERR_RECIPIENT;
	if (common != ERR_NONE)
		return common;
	return count(env, TAKEN) == env->n ? ERR_NONE : ERR_AGAIN;
}

void
submit_outcome(const struct job *j, bool delivered, struct err *e,
    struct buf *line)
{
	const struct envelope *env = &j->env;
	enum err_kind common = delivered ? ERR_NONE : e->kind;
	size_t taken = count(env, TAKEN);

	e->kind = kind_of(env, common);
	if (e->kind == ERR_NONE)
		return;
	if (count(env, REFUSED) > 0) {
		part(line, "refused: ");
		name(line, env, REFUSED, true);
	}
	if (count(env, DEFERRED) > 0) {
		part(line, "not taken now: ");
		name(line, env, DEFERRED, true);
	}
	if (common != ERR_NONE)
		part(line, e->text);
	if (common != ERR_NONE && count(env, PENDING) > 0) {
		part(line,
		    common == ERR_MAYBE ? "perhaps delivered to "
					: "not delivered to ");
		name(line, env, PENDING, false);
	}
	if (taken > 0) {
		part(line, "delivered to ");
		buf_addf(line, "%zu %s, do not resend", taken,
		    taken == 1 ? "other" : "others");
	}
	snprintf(e->text, sizeof e->text, "%s", buf_str(line));
}
