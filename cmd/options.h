/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_OPTIONS_H
#define PINMAIL_CMD_OPTIONS_H

#include <stdbool.h>

#include "lib/base/dsn.h"
#include "lib/base/err.h"

enum options_mode {
	MODE_SEND,
	MODE_DIALOGUE, /* -bs */
	MODE_VERIFY,   /* -bv */
	MODE_ALIASES,  /* -bi */
	MODE_QUEUE,    /* -bp */
	MODE_NOTHING,  /* -q: there is nothing to do */
	MODE_PIN,      /* --pin */
	MODE_CHECK,    /* --check */
	MODE_HELP,
	MODE_VERSION,
	MODE_LOST
};

/* What the command line says; all borrowed from it. */
struct options {
	enum options_mode mode;
	bool as_pinmail;  /* called by our own name */
	bool from_header; /* -t */
	bool dots;        /* -i: a lone dot is content */
	bool verbose;
	bool starttls; /* --pin: TLS comes by STARTTLS */
	/* --check: connect to nobody; how to print; whom to send to, or NULL */
	bool offline, json, nagios;
	const char *send_to;
	int timeout;           /* seconds, 0: off, -1: not given */
	const char *config;    /* -C, NULL: the usual files */
	const char *account;   /* -a */
	const char *sender;    /* -f, -r; NULL: not given */
	const char *full_name; /* -F */
	const char *envid;     /* -V */
	unsigned notify;       /* -N */
	enum dsn_ret ret;      /* -R */
	char *const *operands; /* recipients, up to a NULL */
};

/*
 * Read the command line: POSIX order, options end at the first operand.
 * MODE_LOST is pinmail without an argument.  ERR_USAGE.
 */
bool options_read(struct options *, int argc, char *const argv[], struct err *);

extern const char options_help[];

#endif
