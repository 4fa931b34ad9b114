/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_SITE_H
#define PINMAIL_CMD_SITE_H

#include <sys/types.h>

/*
 * Who and where we are, read once.  Strings are never NULL but for home,
 * xdg, fqdn and credentials; they live until the end.
 */
struct site {
	uid_t uid;
	char *user;              /* the login's name, or the number */
	char *home;              /* whose configuration counts */
	const char *xdg;         /* XDG_CONFIG_HOME where it counts */
	const char *credentials; /* CREDENTIALS_DIRECTORY */
	const char *tmpdir;
	char *node;   /* the host's name, up to the first dot */
	char *fqdn;   /* all of it, if there is a dot */
	char *parent; /* the name of the process that called us */
};

void site_read(struct site *);
void site_clear(struct site *);

#endif
