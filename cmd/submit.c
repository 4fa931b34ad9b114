/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/submit.h"

#include <stdio.h>

/* Bytes for the names of a state: callers choke on lines over 4 KiB. */
#define NAMES_MAX 1000

static bool
is_local(const struct recipient *r)
{
	return r->v.state == REFUSED && r->v.code == 0;
}

/* Recipients that were settled here, before any server was asked. */
static size_t
count_local(const struct envelope *env)
{
	size_t n = 0;

	for (size_t i = 0; i < env->n; i++)
		n += is_local(&env->rcpt[i]);
	return n;
}

/* Those whom a server has taken; an alias may have thrown others away. */
static size_t
count_taken(const struct envelope *env)
{
	size_t n = 0;

	for (size_t i = 0; i < env->n; i++)
		n += env->rcpt[i].v.state == TAKEN && env->rcpt[i].v.code != 0;
	return n;
}

static void
part(struct buf *b, const char *before)
{
	buf_addf(b, "%s%s", b->n > 0 ? "; " : "", before);
}

/* "a@x, b@y and 3 others" of that state, perhaps with their replies. */
static void
name(struct buf *b, const struct envelope *env, int state, bool reply)
{
	size_t from = b->n, left = envelope_count(env, state);
	const struct recipient *r;

	if (state == REFUSED)
		left -= count_local(env);
	for (size_t i = 0; i < env->n && b->n - from < NAMES_MAX; i++) {
		r = &env->rcpt[i];
		if ((int)r->v.state != state || is_local(r))
			continue;
		buf_addf(b, "%s%s", b->n > from ? ", " : "", r->mailbox.p);
		if (reply)
			buf_addf(b, " (%.100s)", r->v.text);
		left--;
	}
	if (left > 0)
		buf_addf(b, " and %zu others", left);
}

/* "root: why; bob: why". */
static void
name_local(struct buf *b, const struct envelope *env)
{
	size_t left = count_local(env);
	const struct recipient *r;

	for (size_t i = 0; i < env->n && b->n < NAMES_MAX; i++) {
		r = &env->rcpt[i];
		if (!is_local(r))
			continue;
		part(b, r->mailbox.p);
		buf_addf(b, ": %s", r->v.text);
		left--;
	}
	if (left > 0)
		buf_addf(b, " and %zu others", left);
}

/* 67 wins over 75: those who were refused will not get it by a retry. */
static enum err_kind
kind_of(const struct envelope *env, enum err_kind common)
{
	size_t here = count_local(env);

	if (envelope_count(env, REFUSED) > here)
		return ERR_RECIPIENT;
	if (common != ERR_NONE)
		return common;
	if (envelope_count(env, TAKEN) + here < env->n)
		return ERR_AGAIN;
	return here > 0 ? ERR_CONFIG : ERR_NONE;
}

void
submit_outcome(const struct job *j, bool delivered, struct err *e,
    struct buf *line)
{
	const struct envelope *env = &j->env;
	enum err_kind common = delivered ? ERR_NONE : e->kind;
	size_t taken = count_taken(env);

	e->kind = kind_of(env, common);
	if (e->kind == ERR_NONE)
		return;
	name_local(line, env);
	if (envelope_count(env, REFUSED) > count_local(env)) {
		part(line, "refused: ");
		name(line, env, REFUSED, true);
	}
	if (envelope_count(env, DEFERRED) > 0) {
		part(line, "not taken now: ");
		name(line, env, DEFERRED, true);
	}
	if (common != ERR_NONE)
		part(line, e->text);
	if (common != ERR_NONE && envelope_count(env, PENDING) > 0) {
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
