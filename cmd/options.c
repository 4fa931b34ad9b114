/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/options.h"

#include <stddef.h>
#include <string.h>

#include "lib/base/ascii.h"

enum value {
	NO_VALUE,
	VALUE,   /* attached, or the next argument */
	ATTACHED /* what is attached, if anything */
};

enum action {
	IGNORE,
	READ_HEADER,
	SENDER,
	FULL_NAME,
	VERBOSE,
	ACCOUNT,
	CONFIG,
	NOTIFY,
	RET,
	ENVID,
	BODY_MODE
};

/* The manual page's table, pinmail(1). */
static const struct option {
	char letter;
	enum value value;
	enum action action;
} table[] = {
    {'A', VALUE, IGNORE},
    {'a', VALUE, ACCOUNT},
    {'B', VALUE, IGNORE},
    {'b', VALUE, BODY_MODE},
    {'C', VALUE, CONFIG},
    {'D', VALUE, IGNORE},
    {'d', ATTACHED, IGNORE},
    {'e', VALUE, IGNORE},
    {'F', VALUE, FULL_NAME},
    {'f', VALUE, SENDER},
    {'G', NO_VALUE, IGNORE},
    {'h', VALUE, IGNORE},
    {'i', NO_VALUE, IGNORE},
    {'L', VALUE, IGNORE},
    {'M', VALUE, IGNORE},
    {'m', NO_VALUE, IGNORE},
    {'N', VALUE, NOTIFY},
    {'n', NO_VALUE, IGNORE},
    {'O', VALUE, IGNORE},
    {'o', VALUE, IGNORE},
    {'p', VALUE, IGNORE},
    {'R', VALUE, RET},
    {'r', VALUE, SENDER},
    {'s', NO_VALUE, IGNORE},
    {'T', NO_VALUE, IGNORE},
    {'t', NO_VALUE, READ_HEADER},
    {'U', NO_VALUE, IGNORE},
    {'V', VALUE, ENVID},
    {'v', NO_VALUE, VERBOSE},
    {'X', VALUE, IGNORE},
    {'x', NO_VALUE, IGNORE},
};

const char options_help[] =
    "usage: pinmail [-C file] [-tv] [-a account] [-f sender] [-F name]\n"
    "               [-N when] [-R full|hdrs] [-V envid] [recipient ...]\n"
    "Reads a message on standard input and submits it.  See pinmail(1);\n"
    "the configuration is described in pinmail.conf(5).\n";

static const struct option *
find(char letter)
{
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (table[i].letter == letter)
			return &table[i];
	return NULL;
}

static bool
has_control(const char *s)
{
	for (; *s != '\0'; s++)
		if (ascii_is_control(*s))
			return true;
	return false;
}

/* RFC 3461, 4.4: printable, and 100 characters at most as xtext. */
static bool
is_envid(const char *s)
{
	struct buf b = {0};
	bool ok;

	dsn_print_xtext(&b, s);
	ok = b.n > 0 && b.n <= 100 && !has_control(s)
	    && !ascii_has_8bit(s, strlen(s));
	buf_clear(&b);
	return ok;
}

static bool
act(struct options *o, enum action action, const char *value, bool first,
    struct err *e)
{
	switch (action) {
	case READ_HEADER:
		o->from_header = true;
		break;
	case SENDER:
		o->sender = value;
		break;
	case FULL_NAME:
		if (has_control(value))
			return err_set(e, ERR_USAGE,
			    "-F: a line break or control character in the "
			    "name");
		o->full_name = value;
		break;
	case VERBOSE:
		o->verbose = true;
		break;
	case ACCOUNT:
		o->account = value;
		break;
	case CONFIG:
		/* Whoever appends arguments must not choose files. */
		if (first && o->as_pinmail)
			o->config = value;
		break;
	case NOTIFY:
		dsn_parse_notify(value, &o->notify);
		break;
	case RET:
		dsn_parse_ret(value, &o->ret);
		break;
	case ENVID:
		if (is_envid(value))
			o->envid = value;
		break;
	case BODY_MODE:
		if (strcmp(value, "m") != 0)
			return err_set(e, ERR_USAGE,
			    "-b%s is not supported; see pinmail(1)", value);
		break;
	case IGNORE:
		break;
	}
	return true;
}

/* One argument's letters; *i goes behind what they took. */
static bool
letters(struct options *o, int argc, char *const argv[], int *i, struct err *e)
{
	const struct option *opt;
	const char *p, *value;
	bool first = *i == 1;

	for (p = argv[(*i)++] + 1; *p != '\0'; p++, first = false) {
		opt = find(*p);
		if (opt == NULL)
			return err_set(e, ERR_USAGE,
			    "unknown option -%.1s; see pinmail(1)", p);
		value = "";
		if (opt->value == NO_VALUE) {
			if (!act(o, opt->action, value, first, e))
				return false;
			continue;
		}
		if (p[1] != '\0')
			value = p + 1;
		else if (opt->value == VALUE && *i == argc)
			return err_set(e, ERR_USAGE, "-%c needs a value", *p);
		else if (opt->value == VALUE)
			value = argv[(*i)++];
		return act(o, opt->action, value, first, e);
	}
	return true;
}

static bool
mode(struct options *o, int argc, char *const argv[])
{
	if (argc == 1 && o->as_pinmail)
		o->mode = MODE_LOST;
	else if (argc > 1 && strcmp(argv[1], "--help") == 0)
		o->mode = MODE_HELP;
	else if (argc > 1 && strcmp(argv[1], "--version") == 0)
		o->mode = MODE_VERSION;
	return o->mode != MODE_SEND;
}

bool
options_read(struct options *o, int argc, char *const argv[], struct err *e)
{
	const char *name = argc > 0 ? argv[0] : "pinmail", *slash;
	int i = 1;

	slash = strrchr(name, '/');
	if (slash != NULL)
		name = slash + 1;
	*o = (struct options){.as_pinmail = strcmp(name, "pinmail") == 0};
	if (mode(o, argc, argv))
		return true;
	while (i < argc && argv[i][0] == '-' && argv[i][1] != '\0') {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (argv[i][1] == '-')
			return err_set(e, ERR_USAGE,
			    "unknown option %s; see pinmail(1)", argv[i]);
		if (!letters(o, argc, argv, &i, e))
			return false;
	}
	o->operands = argv + i;
	if (*o->operands == NULL && !o->from_header)
		return err_set(e, ERR_USAGE,
		    "no recipients; name some, or use -t to take them from "
		    "the message");
	return true;
}
