/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/local.h"

#include <string.h>

#include "lib/base/ascii.h"

bool
local_domain(const char *domain, const char *node, const char *fqdn)
{
	return *domain == '\0' || ascii_casecmp(domain, "localhost") == 0
	    || ascii_casecmp(domain, "localhost.localdomain") == 0
	    || ascii_casecmp(domain, node) == 0
	    || (fqdn != NULL && ascii_casecmp(domain, fqdn) == 0);
}

void
local_origin(struct buf *b, const struct mailbox *m, const char *node)
{
	size_t n = strlen(m->name);

	buf_addf(b, "%s@%s", m->local, node);
	if (n == 0 || strcmp(m->name, m->local) == 0)
		return;
	/* cronie writes: "(Cron Daemon)" <root> */
	if (m->name[0] == '(' && m->name[n - 1] == ')')
		buf_addf(b, " %s", m->name);
	else
		buf_addf(b, " (%s)", m->name);
}
