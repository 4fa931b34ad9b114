/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_OPTABLE_H
#define PINMAIL_CMD_OPTABLE_H

#include <stddef.h>

#include "cmd/options.h"

enum option_value {
	NO_VALUE,
	VALUE,   /* attached, or the next argument */
	ATTACHED /* what is attached, if anything */
};

/* Under which of our names an option is known. */
enum option_names { ANY, PINMAIL, SENDMAIL };

enum option_action {
	IGNORE,
	FLAG,         /* a bool of struct options */
	TEXT,         /* a string of it */
	BODY_MODE,    /* -b */
	CHECK,        /* --check, where no stranger can write it */
	CHECK_ALIAS,  /* -I */
	CONFIG,       /* -C, a file only where no stranger can name it */
	DEBUG,        /* -d */
	ENVID,        /* -V */
	FIRST_ONLY,   /* --help, --file: as the very first argument */
	FROM_DECIDES, /* --read-envelope-from */
	FULL_NAME,    /* -F */
	NOTIFY,       /* -N */
	OLD_OPTION,   /* -o */
	PINS,         /* --pin, where no stranger can write it */
	PRETEND,      /* msmtp's */
	QUARANTINE,   /* -Q */
	QUEUE_RUN,    /* -q */
	RET,          /* -R */
	SERVER_INFO,  /* msmtp's */
	TIMEOUT,      /* --timeout */
	TRAFFIC       /* -X */
};

struct option {
	const char *name; /* a letter, or a word of two dashes */
	enum option_value value;
	enum option_names names;
	enum option_action action;
	size_t at; /* in struct options, of a FLAG or TEXT */
};

/* pinmail(1) has the same table for people. */
extern const struct option option_letters[];
extern const size_t option_n_letters;
extern const struct option option_words[];
extern const size_t option_n_words;

/*
 * Where an option stands: as the very first argument, right behind -C FILE
 * there, or where somebody else may have written it.
 */
enum option_place { FIRST, BEHIND_CONFIG, ANYWHERE };

/* Do what the option does, with its value, "" where there is none.  ERR_USAGE.
 */
bool option_act(struct options *, const struct option *, const char *value,
    enum option_place, struct err *);

#endif
