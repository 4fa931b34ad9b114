/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/claim.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/addr.h"

void
claim_clear(struct claim *cl)
{
	mailboxes_clear(&cl->sender);
	mailboxes_clear(&cl->mailboxes);
}

bool
claim_option(struct claim *cl, const char *s, struct err *e)
{
	bool ok = true;
	size_t n;

	if (s == NULL)
		return true;
	cl->given = true;
	n = strspn(s, "<> ");
	if (s[n] == '\0') {
		cl->null = true;
		return true;
	}
	if (ascii_has_control(s))
		ok = err_set(e, ERR_INPUT, "a line break or control character");
	ok = ok && addr_parse(&cl->sender, s, strlen(s), e);
	if (ok && cl->sender.n != 1)
		ok = err_set(e, ERR_INPUT, "write one address");
	return ok || err_in(e, "sender \"%s\"", s);
}

bool
claim_header(struct claim *cl, const struct header *h, struct err *e)
{
	struct field *from = header_find(h, FIELD_FROM, 0);
	size_t first, end, n;
	const char *p;

	if (from != NULL
	    && header_find(h, FIELD_FROM, (size_t)(from - h->v) + 1) != NULL)
		return err_set(e, ERR_INPUT,
		    "the message has more than one From field");
	if (header_resent(h, &first, &end)) {
		cl->from = header_find(h, FIELD_RESENT_FROM, first);
		if (cl->from != NULL && cl->from >= h->v + end)
			cl->from = NULL;
	}
	if (cl->from == NULL)
		cl->from = from;
	if (cl->from == NULL)
		return true;
	p = header_value(h, cl->from, &n);
	if (!addr_parse(&cl->mailboxes, p, n, e))
		return err_in(e, "the %s field", header_name(cl->from->name));
	if (cl->mailboxes.n == 0)
		return err_set(e, ERR_INPUT, "the %s field has no address",
		    header_name(cl->from->name));
	return true;
}

enum owner
claim_owner(const struct judge *jg, const struct mailbox *m)
{
	struct buf path = {0};
	enum owner who;

	mailbox_path(&path, m);
	/* "senders *" is no claim to people without a domain. */
	if (*m->domain != '\0' && account_owns(jg->a, path.p))
		who = OWNED;
	else if (local_sender(&jg->rules, m->domain))
		who = LOCAL;
	else
		who = FOREIGN;
	buf_clear(&path);
	return who;
}

bool
claim_not_owned(const struct judge *jg, const struct mailbox *m,
    const char *where, struct err *e)
{
	const struct account *a = jg->a;
	struct buf path = {0};

	mailbox_path(&path, m);
	err_set(e, ERR_SENDER,
	    "%s %s does not belong to account %s; send as %s, or add to that "
	    "account: senders %s",
	    where, path.p, a->name, a->from, path.p);
	buf_clear(&path);
	return false;
}
