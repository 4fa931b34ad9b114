/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/local.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/words.h"

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
	struct buf name = {0};

	/* It will stand in quotes, or in an encoded word of our own. */
	words_decode(&name, m->name);
	buf_addf(b, "%s@%s", m->local, node);
	/* cronie writes: "(Cron Daemon)" <root> */
	if (name.n > 1 && name.p[0] == '(' && name.p[name.n - 1] == ')')
		buf_addf(b, " %s", name.p);
	else if (name.n > 0 && strcmp(name.p, m->local) != 0)
		buf_addf(b, " (%s)", name.p);
	buf_clear(&name);
}
