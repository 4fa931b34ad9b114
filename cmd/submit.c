/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/submit.h"

#include <stdio.h>
#include <string.h>

#define NAMED 8 /* recipients in the line */

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
	const struct recipient *r;
	size_t named = 0, all = count(env, state);

	for (size_t i = 0; i < env->n && named < NAMED; i++) {
		r = &env->rcpt[i];
		if ((int)r->v.state != state)
			continue;
		buf_addf(b, "%s%s", named++ > 0 ? ", " : "", r->mailbox.p);
		if (reply)
			buf_addf(b, " (%s)", r->v.text);
	}
	if (all > named)
		buf_addf(b, " and %zu others", all - named);
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
submit_outcome(const struct job *j, bool delivered, struct err *e)
{
	const struct envelope *env = &j->env;
	enum err_kind common = delivered ? ERR_NONE : e->kind, kind;
	size_t taken = count(env, TAKEN);
	char end[80] = "";
	struct buf b = {0};

	kind = kind_of(env, common);
	if (count(env, REFUSED) > 0) {
		part(&b, "refused: ");
		name(&b, env, REFUSED, true);
	}
	if (count(env, DEFERRED) > 0) {
		part(&b, "not taken now: ");
		name(&b, env, DEFERRED, true);
	}
	if (common != ERR_NONE)
		part(&b, e->text);
	if (common != ERR_NONE && count(env, PENDING) > 0) {
		part(&b,
		    common == ERR_MAYBE ? "perhaps delivered to "
					: "not delivered to ");
		name(&b, env, PENDING, false);
	}
	if (taken > 0)
		snprintf(end, sizeof end,
		    "; delivered to %zu %s, do not resend", taken,
		    taken == 1 ? "other" : "others");
	e->kind = kind;
	/* However long the replies are, the end must be there. */
	snprintf(e->text, sizeof e->text, "%.*s%s",
	    (int)(sizeof e->text - sizeof end),
	    kind != ERR_NONE ? buf_str(&b) : "", kind != ERR_NONE ? end : "");
	buf_clear(&b);
}
