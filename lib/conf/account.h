/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CONF_ACCOUNT_H
#define PINMAIL_CONF_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/pin.h"
#include "lib/base/strv.h"

enum conf_starttls { STARTTLS_BY_PORT, STARTTLS_OFF, STARTTLS_ON };

enum conf_auth {
	AUTH_UNSET,
	AUTH_OFF,
	AUTH_ANY,
	AUTH_PLAIN,
	AUTH_LOGIN,
	AUTH_SCRAM_SHA1,
	AUTH_SCRAM_SHA1_PLUS,
	AUTH_SCRAM_SHA256,
	AUTH_SCRAM_SHA256_PLUS,
	AUTH_EXTERNAL,
	AUTH_OAUTHBEARER,
	AUTH_XOAUTH2
};

enum conf_foreign { FOREIGN_REFUSE, FOREIGN_REWRITE };

/* set_from_header, set_date_header */
enum conf_set { SET_AUTO, SET_ON, SET_OFF };

enum conf_to { TO_KEPT, TO_RECIPIENTS, TO_UNDISCLOSED };

/* Where a host's aliases are; there need not be any. */
#define CONF_ALIASES "/etc/aliases"

enum conf_said { SAID_NOT, SAID_BY_BASE, SAID };

/*
 * An account as the configuration has it.  Strings are owned and NULL where
 * nothing was said; paths are absolute.  Numbers are `int` for the table of
 * keywords in account.c.
 */
struct account {
	char *name;
	char *file; /* where it was defined, for messages */
	int line;

	char *host, *socket, *source_ip, *proxy_host;
	int port, proxy_port;  /* 0: the default */
	int timeout, deadline; /* seconds; 0: the built-in limits */

	int starttls; /* enum conf_starttls */
	int tls13;    /* -1: unset, 0: 1.2 will do, 1: 1.3 or later */
	char *tls_host, *trust_file, *tls_cert, *tls_key;
	struct pins pins;
	bool pins_own; /* not inherited */

	int auth; /* enum conf_auth; never AUTH_UNSET once loaded */
	char *user, *userfile, *passwordfile, *passwordeval;
	struct buf password;

	char *from;
	struct strv senders;
	int foreign_from;       /* enum conf_foreign */
	int from_override;      /* may -f name another sender? */
	int set_from, set_date; /* enum conf_set */
	int set_to;             /* enum conf_to */
	char *full_name, *domain, *identity_header;
	char *aliases;  /* NULL: none */
	char *local_to; /* where the rest of local people's mail goes */
	struct strv local_domains;
	int dot_ends; /* a lone dot ends the message */
	char *dsn_notify, *dsn_return;
	int dh_bits; /* msmtp's; no effect */
	int partial; /* deliver to some though others are refused */

	char *logfile, *logfile_time_format;
	int log_json, syslog; /* syslog: a facility, or -1 */

	unsigned char *said; /* enum conf_said by keyword */
};

/* What the configuration needs to know of the world; all borrowed. */
struct conf_world {
	const char *system_file;
	const char *home;        /* NULL: none */
	const char *xdg;         /* XDG_CONFIG_HOME, or NULL */
	const char *user, *host; /* for %U and %H */
	const char *credentials; /* CREDENTIALS_DIRECTORY, or NULL */
};

/* All accounts.  Starts as {0}, ends with conf_clear. */
struct conf {
	struct account **v;
	size_t n;
	struct strv files;   /* that were read */
	struct strv faults;  /* all that was wrong, "FILE:LINE: what" */
	struct strv skipped; /* the user's may not be read, "FILE: why" */
	const char *only;    /* the file that was named, or NULL; borrowed */
};

/*
 * Read the system's file and then the user's, or only the one named.  Every
 * fault is collected; false and ERR_CONFIG with the first one when there are
 * any.
 */
bool conf_load(struct conf *, const struct conf_world *, const char *only,
    struct err *);

/*
 * The account of that name; else the first that owns the sender, the first
 * that owns the From mailbox, `default`, the only one.  sender and from are
 * paths and may be NULL.  NULL: ERR_CONFIG.
 */
const struct account *conf_find(const struct conf *, const char *name,
    const char *sender, const char *from, struct err *);

/* The same, if it has all that a delivery needs: server, pin, sender. */
const struct account *conf_choose(const struct conf *, const char *name,
    const char *sender, const char *from, struct err *);

/* May the account send as this path (local@domain)? */
bool account_owns(const struct account *, const char *path);

/* Does it own an address of this domain? */
bool account_owns_domain(const struct account *, const char *domain);

/*
 * Append the command that shows what to pin for it; config is the file that
 * was named, or NULL.
 */
void account_pin_command(struct buf *, const struct account *,
    const char *config);

/* Its host or socket, for people; NULL: ERR_CONFIG. */
const char *account_server(const struct account *, struct err *);

/* The port, and whether TLS comes by STARTTLS there. */
int account_port(const struct account *);
bool account_starttls(const struct account *);

/* Secrets may be read by others below these, which only ours can enter. */
bool conf_sheltered(const char *path, const char *credentials);

/* Wipe the passwords: no account can log in any more. */
void conf_forget(struct conf *);

void conf_clear(struct conf *);

#endif
