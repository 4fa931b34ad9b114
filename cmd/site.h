/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_SITE_H
#define PINMAIL_CMD_SITE_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/err.h"
#include "lib/conf/account.h"

/*
 * Who and where we are, read once.  Strings are never NULL but for home,
 * xdg, fqdn and credentials; they live until the end.
 */
struct site {
	uid_t uid;
	char *user;              /* the login's name, or the number */
	char *full_name;         /* what passwd(5) says of them; or empty */
	char *home;              /* whose configuration counts */
	const char *xdg;         /* XDG_CONFIG_HOME where it counts */
	const char *credentials; /* CREDENTIALS_DIRECTORY */
	const char *tmpdir;
	const char *system_file; /* the system's configuration */
	char *node;              /* the host's name, up to the first dot */
	char *fqdn;              /* all of it, if there is a dot */
	char *parent;            /* the name of the process that called us */
};

void site_read(struct site *);
/* Load the configuration: that file, or if it is NULL the usual ones. */
bool site_conf(const struct site *, struct conf *, const char *only,
    struct err *);

void site_clear(struct site *);

#endif
