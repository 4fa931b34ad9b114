/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/local.h"

#include <string.h>

#include "lib/base/ascii.h"

static bool
is_owned(const struct local *l, const char *domain)
{
	return l->owned != NULL && l->owned(l->owner, domain);
}

bool
local_domain(const struct local *l, const char *domain)
{
	bool here = *domain == '\0' || ascii_casecmp(domain, "localhost") == 0
	    || ascii_casecmp(domain, "localhost.localdomain") == 0
	    || ascii_casecmp(domain, l->node) == 0;

	for (size_t i = 0; l->domains != NULL && i < l->domains->n; i++)
		here = here || ascii_casecmp(domain, l->domains->v[i]) == 0;
	return here && !is_owned(l, domain);
}

bool
local_fqdn(const struct local *l, const char *domain)
{
	return l->fqdn != NULL && ascii_casecmp(domain, l->fqdn) == 0
	    && !is_owned(l, domain);
}

bool
local_sender(const struct local *l, const char *domain)
{
	return local_domain(l, domain) || local_fqdn(l, domain);
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
