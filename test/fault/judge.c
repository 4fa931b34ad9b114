/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "test/fault/bench.h"

#define STEPS 6 /* greeting, EHLO, MAIL, RCPT, DATA, content */

/* wonder1and, and what stands for it, as in AUTH PLAIN too. */
static const char *const secrets[] = {"wonder1and", "d29uZGVyMWFuZ",
    "b25kZXIxYW5k", "vbmRlcjFhbm", "776f6e64657231616e64"};

static bool
tells(const struct bytes *b)
{
	size_t i;

	for (i = 0; i < sizeof(secrets) / sizeof(*secrets); i++)
		if (strstr(bytes_cstr(b), secrets[i]) != NULL)
			return true;
	return false;
}

/* `pinmail: ...` and nothing else. */
static bool
is_a_line(const struct bytes *b)
{
	size_t i;

	if (strncmp(bytes_cstr(b), "pinmail: ", 9) != 0
	    || b->p[b->n - 1] != '\n')
		return false;
	for (i = 0; i + 1 < b->n; i++)
		if ((unsigned char)b->p[i] < ' ' || b->p[i] == 127)
			return false;
	return true;
}

static bool
owns_up(const char *text)
{
	return strstr(text, "perhaps delivered") != NULL
	    || strstr(text, "delivered to ") != NULL;
}

/*
 * What the caller was told of its message: the first refusal of a step, or the
 * reply to the content; 0 if that was not said.
 */
static int
verdict_of(const char *out)
{
	int step = 0, code = 0;
	const char *p = out, *end;

	while (step < STEPS && code < 400 && (end = strchr(p, '\n')) != NULL) {
		code = atoi(p);
		step += end - p > 3 && p[3] == ' ';
		p = end + 1;
	}
	return step == STEPS || code >= 400 ? code : 0;
}

static const char *
judge_dialogue(const struct outcome *o, int status)
{
	int code = verdict_of(bytes_cstr(&o->out));

	if (o->filed > 1)
		return "filed more than once";
	if (code / 100 == 2 && o->filed == 0)
		return "false success";
	if (code >= 400 && o->filed > 0 && !owns_up(bytes_cstr(&o->out)))
		return "filed, and not owned up to";
	if (o->err.n > 0 && !is_a_line(&o->err))
		return "stderr is not one clean line";
	if (code == 0 && status == 0)
		return "exit 0 without a verdict";
	return NULL;
}

static const char *
judge_success(const struct outcome *o)
{
	if (o->filed == 0)
		return "false success";
	if (o->filed > 1)
		return "filed more than once";
	if (o->err.n > 0 || o->out.n > 0)
		return "success is not silent";
	return NULL;
}

static const char *
judge_failure(const struct fault *f, const struct outcome *o)
{
	bool mute = strcmp(f->call, "write") == 0;

	if (o->out.n > 0)
		return "failure has something on stdout";
	if (!(mute && o->err.n == 0) && !is_a_line(&o->err))
		return "stderr is not one clean line";
	if (o->filed > 1)
		return "filed more than once";
	if (o->filed > 0 && !mute && !owns_up(bytes_cstr(&o->err)))
		return "filed, and not owned up to";
	return NULL;
}

/* The log need not be there, but does not lie. */
static const char *
judge_log(const struct fault *f, const struct outcome *o, int status)
{
	const char *p = strstr(bytes_cstr(&o->log), " exit=");

	if (strcmp(f->call, "write") == 0)
		return NULL;
	if (o->log.n > 0 && strchr(o->log.p, '\n') != o->log.p + o->log.n - 1)
		return "the log has not one line";
	if (p != NULL && atoi(p + 6) != status)
		return "the log has another exit";
	return NULL;
}

const char *
judge(const struct delivery *d, const struct fault *f, const struct outcome *o)
{
	int status = WIFEXITED(o->status) ? WEXITSTATUS(o->status) : -1;
	bool harmless = f->mode == HARMLESS || o->failed == 0;
	const char *fault = NULL;

	if (o->hung)
		return "it hung";
	if (status < 0)
		return "killed by a signal";
	if (status != 0 && (status < EX__BASE || status > EX__MAX))
		return "not an exit of sysexits.h";
	if (o->orphan)
		return "it left a child behind";
	if (o->litter)
		return "it left a temporary file behind";
	if (o->damaged)
		return "what was filed is not what was sent";
	if (tells(&o->err) || tells(&o->log) || tells(&o->out))
		return "a secret was told";
	if (d->dialogue)
		fault = judge_dialogue(o, status);
	else
		fault = status == 0 ? judge_success(o) : judge_failure(f, o);
	if (fault == NULL && !d->dialogue)
		fault = judge_log(f, o, status);
	if (fault == NULL && d->never && (status == 0 || o->filed > 0))
		fault = "a stranger has it";
	if (fault == NULL && d->never && harmless && status != EX_PROTOCOL)
		fault = "nothing failed, but it is not 76";
	if (fault == NULL && !d->never && harmless
	    && (status != 0 || o->filed != 1))
		fault = "it should have been delivered all the same";
	return fault;
}
