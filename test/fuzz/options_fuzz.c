/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "cmd/options.h"
#include "lib/base/ascii.h"
#include "lib/base/strv.h"
#include "test/fuzz/fuzz.h"

#define ARGS 64

/* Is it a string of the command line, or the end of one? */
static bool
borrowed(const struct strv *args, const char *s)
{
	for (size_t i = 0; s != NULL && i < args->n; i++)
		if (s >= args->v[i] && s <= args->v[i] + strlen(args->v[i]))
			return true;
	return s == NULL;
}

/* The first argument that is a mode of ours; 0: there is none. */
static size_t
mode_at(const struct strv *args)
{
	for (size_t i = 1; i < args->n; i++)
		if (strncmp(args->v[i], "--pin", 5) == 0
		    || strncmp(args->v[i], "--check", 7) == 0)
			return i;
	return 0;
}

/* Who can add arguments at the end names no file, and no mode of ours. */
static void
check_place(const struct options *o, const struct strv *args)
{
	const char *first = args->n > 1 ? args->v[1] : "";
	bool config =
	    strncmp(first, "-C", 2) == 0 || strncmp(first, "--file", 6) == 0;
	size_t at = mode_at(args);

	must(o->config == NULL || (o->as_pinmail && config));
	must(o->mode < MODE_PIN || o->mode >= MODE_HELP
	    || (o->as_pinmail && (at == 1 || (config && at > 0 && at <= 3))));
	must(o->mode != MODE_LOST || (args->n <= 1 && o->as_pinmail));
	must(o->mode != MODE_HELP || strcmp(first, "--help") == 0);
}

static void
check(const struct options *o, const struct strv *args, char *const *argv)
{
	size_t i = 0;

	check_place(o, args);
	must(borrowed(args, o->config) && borrowed(args, o->account)
	    && borrowed(args, o->sender) && borrowed(args, o->full_name)
	    && borrowed(args, o->envid));
	must(o->timeout >= -1 && o->notify < 16);
	must(o->envid == NULL || !ascii_has_control(o->envid));
	must(o->full_name == NULL || !ascii_has_control(o->full_name));
	if (o->operands == NULL) {
		must(o->mode >= MODE_HELP);
		return;
	}
	/* Operands are the end of the command line. */
	while (o->operands[i] != NULL)
		i++;
	must(o->operands + i == argv + args->n);
	must(o->mode != MODE_SEND || o->from_header || i > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	struct strv args = {0};
	struct buf line = {0};
	char *argv[ARGS + 1] = {0};
	struct options o;
	struct err e = {0};

	/* The first line is the name that it is called by. */
	while (args.n < ARGS && fuzz_line(&in, &line))
		strv_add(&args, buf_str(&line));
	for (size_t i = 0; i < args.n; i++)
		argv[i] = args.v[i];
	if (options_read(&o, (int)args.n, argv, &e))
		check(&o, &args, argv);
	else
		must(e.kind == ERR_USAGE && *e.text != '\0');
	strv_clear(&args);
	buf_clear(&line);
	return 0;
}
