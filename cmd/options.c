/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/options.h"

#include <string.h>

#include "cmd/optable.h"
#include "lib/base/ascii.h"
#include "lib/base/nearest.h"
#include "lib/conf/refused.h"
#include "lib/conf/table.h"

const char options_help[] =
    "usage: pinmail [-C file] [-tv] [-a account] [-f sender] [-F name]\n"
    "               [-N when] [-R full|hdrs] [-V envid] [recipient ...]\n"
    "       pinmail -bs | -bv address ... | -bp | -bi\n"
    "       pinmail [-C file] --check [--offline] [--json | --nagios]\n"
    "               [--send address] [-a account]\n"
    "       pinmail --pin [--starttls] host[:port]\n"
    "       pinmail --pin file\n"
    "       pinmail [-C file] --pin -a account\n"
    "Reads a message on standard input and submits it.  See pinmail(1);\n"
    "the configuration is described in pinmail.conf(5).\n";

/* The command line, as far as it was read. */
struct line {
	struct options *o;
	char *const *argv;
	int argc, i;
	enum option_place place; /* of the option that is read */
};

static const struct option *
find(const struct option *table, size_t n, const char *name, size_t len,
    bool as_pinmail)
{
	for (size_t i = 0; i < n; i++)
		if (strncmp(table[i].name, name, len) == 0
		    && table[i].name[len] == '\0'
		    && table[i].names != (as_pinmail ? SENDMAIL : PINMAIL))
			return &table[i];
	return NULL;
}

static bool
unknown_letter(struct line *l, char letter, struct err *e)
{
	const char other = (char)(letter ^ ('a' ^ 'A'));

	if (ascii_is_alpha(letter)
	    && find(option_letters, option_n_letters, &other, 1,
		l->o->as_pinmail))
		return err_set(e, ERR_USAGE,
		    "unknown option -%c; is it -%c? See pinmail(1)", letter,
		    other);
	return err_set(e, ERR_USAGE, "unknown option -%c; see pinmail(1)",
	    letter);
}

/* One argument's letters, and its value. */
static bool
letters(struct line *l, struct err *e)
{
	const struct option *opt;
	const char *p, *value;

	for (p = l->argv[l->i++] + 1; *p != '\0'; p++, l->place = ANYWHERE) {
		opt = find(option_letters, option_n_letters, p, 1,
		    l->o->as_pinmail);
		if (opt == NULL)
			return unknown_letter(l, *p, e);
		if (opt->value == NO_VALUE) {
			if (!option_act(l->o, opt, "", l->place, e))
				return false;
			continue;
		}
		value = p + 1;
		if (opt->value == VALUE && *value == '\0') {
			if (l->i == l->argc)
				return err_set(e, ERR_USAGE,
				    "-%c needs a value", *p);
			value = l->argv[l->i++];
		}
		return option_act(l->o, opt, value, l->place, e);
	}
	return true;
}

/* msmtp has an option for each keyword; ours stand in the file only. */
static bool
unknown_word(struct line *l, const char *word, size_t n, struct err *e)
{
	struct buf keyword = {0};
	const char *near = NULL;
	bool known = false;

	for (size_t i = 0; i < n; i++)
		buf_addc(&keyword, word[i] == '-' ? '_' : word[i]);
	for (size_t i = 0; l->o->as_pinmail && i < keyword_count; i++)
		known = known
		    || strcmp(keyword_table[i].name, buf_str(&keyword)) == 0;
	if (l->o->as_pinmail && refused_why(buf_str(&keyword), "") != NULL) {
		err_set(e, ERR_USAGE, "--%.*s: %s", (int)n, word,
		    refused_why(keyword.p, ""));
	} else if (known) {
		err_set(e, ERR_USAGE,
		    "--%.*s is a setting; write it into pinmail.conf: %s",
		    (int)n, word, keyword.p);
	} else {
		buf_reset(&keyword);
		buf_add(&keyword, word, n);
		if (l->o->as_pinmail)
			near = nearest_name(buf_str(&keyword), option_words,
			    option_n_words, sizeof option_words[0]);
		err_set(e, ERR_USAGE, "unknown option --%.*s; %s%s%s", (int)n,
		    word, near != NULL ? "is it --" : "see pinmail(1)",
		    near != NULL ? near : "", near != NULL ? "?" : "");
	}
	buf_clear(&keyword);
	return false;
}

static bool
long_option(struct line *l, struct err *e)
{
	const char *word = l->argv[l->i++] + 2, *value = "";
	size_t n = strcspn(word, "=");
	const struct option *opt;

	opt = find(option_words, option_n_words, word, n, l->o->as_pinmail);
	if (opt == NULL)
		return unknown_word(l, word, n, e);
	if (opt->value == NO_VALUE && word[n] == '=')
		return err_set(e, ERR_USAGE, "--%s takes no value", opt->name);
	if (opt->value == VALUE && word[n] == '=')
		value = word + n + 1;
	else if (opt->value == VALUE && l->i == l->argc)
		return err_set(e, ERR_USAGE, "--%s needs a value", opt->name);
	else if (opt->value == VALUE)
		value = l->argv[l->i++];
	return option_act(l->o, opt, value, l->place, e);
}

static bool
read_options(struct line *l, struct err *e)
{
	const char *arg;
	int behind = 0; /* the configuration, if that came first */

	while (l->i < l->argc) {
		arg = l->argv[l->i];
		if (arg[0] != '-' || arg[1] == '\0')
			break;
		if (strcmp(arg, "--") == 0) {
			l->i++;
			break;
		}
		l->place = l->i == 1 ? FIRST
		    : l->i == behind ? BEHIND_CONFIG
				     : ANYWHERE;
		if (!(arg[1] == '-' ? long_option(l, e) : letters(l, e)))
			return false;
		if (l->o->config != NULL && behind == 0)
			behind = l->i;
	}
	return true;
}

/* What belongs to one mode. */
static bool
mode_fits(const struct options *o, struct err *e)
{
	if (o->mode != MODE_CHECK
	    && (o->offline || o->json || o->nagios || o->send_to != NULL))
		return err_set(e, ERR_USAGE,
		    "--offline, --json, --nagios and --send go with --check, "
		    "which comes first");
	if (o->starttls && (o->mode != MODE_PIN || o->account != NULL))
		return err_set(e, ERR_USAGE,
		    "--starttls goes with --pin HOST; an account has "
		    "tls_starttls");
	return true;
}

/* Who sends, needs a recipient; who does not, must not be given any. */
static bool
recipients_fit(const struct options *o, struct err *e)
{
	bool some = *o->operands != NULL || o->from_header;

	switch (o->mode) {
	case MODE_SEND:
		return some
		    || err_set(e, ERR_USAGE,
			"no recipients; name some, or use -t to take them "
			"from the message");
	case MODE_VERIFY:
		return *o->operands != NULL
		    || err_set(e, ERR_USAGE, "-bv needs addresses");
	case MODE_PIN:
		if (o->from_header || (some && o->operands[1] != NULL)
		    || some == (o->account != NULL))
			return err_set(e, ERR_USAGE,
			    "--pin needs a host, a file, or -a and the name of "
			    "an account");
		return true;
	case MODE_CHECK:
		if (some)
			return err_set(e, ERR_USAGE,
			    "--check takes no recipients; to send a message: "
			    "--check --send ADDRESS");
		return !(o->json && o->nagios) && !(o->offline && o->send_to)
		    ? true
		    : err_set(e, ERR_USAGE,
			"--json and --nagios exclude each other, and so do "
			"--offline and --send");
	case MODE_QUEUE:
	case MODE_NOTHING:
	case MODE_ALIASES:
		return !some
		    || err_set(e, ERR_USAGE,
			"recipients, but nothing is sent this way; see "
			"pinmail(1)");
	default:
		return true;
	}
}

static bool
take_name(struct options *o, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/'),
		   *name = slash != NULL ? slash + 1 : path;

	*o = (struct options){.as_pinmail = strcmp(name, "pinmail") == 0,
	    .timeout = -1};
	if (strcmp(name, "mailq") == 0)
		o->mode = MODE_QUEUE;
	else if (strcmp(name, "newaliases") == 0)
		o->mode = MODE_ALIASES;
	else if (strcmp(name, "smtpd") == 0)
		return err_set(e, ERR_USAGE,
		    "there is no daemon; see pinmail(1)");
	return true;
}

bool
options_read(struct options *o, int argc, char *const argv[], struct err *e)
{
	struct line l = {.o = o, .argv = argv, .argc = argc, .i = 1};

	if (!take_name(o, argc > 0 ? argv[0] : "pinmail", e))
		return false;
	if (argc <= 1 && o->as_pinmail)
		o->mode = MODE_LOST;
	else if (argc > 1 && strcmp(argv[1], "--help") == 0)
		o->mode = MODE_HELP;
	else if (argc > 1 && strcmp(argv[1], "--version") == 0)
		o->mode = MODE_VERSION;
	if (o->mode >= MODE_HELP)
		return true;
	if (!read_options(&l, e))
		return false;
	o->operands = argv + l.i;
	return mode_fits(o, e) && recipients_fit(o, e);
}
