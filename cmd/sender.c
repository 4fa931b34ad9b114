/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/sender.h"

#include "cmd/claim.h"
#include "cmd/locals.h"
#include "lib/base/mem.h"

/* A path to choose an account by; nobody owns one without a domain. */
static bool
choice(struct buf *b, const struct mailboxes *l)
{
	if (l->n == 0 || *l->v[0].domain == '\0')
		return false;
	mailbox_path(b, &l->v[0]);
	return true;
}

static bool
settle_envelope(struct job *j, const struct claim *cl, const struct judge *jg,
    struct err *e)
{
	const struct account *a = jg->a;
	const struct mailbox *m = NULL;
	struct buf path = {0};
	enum owner who;

	envelope_sender(&j->env, a->from);
	if (cl->given && a->from_override) {
		if (cl->null)
			envelope_sender(&j->env, "");
		else
			m = &cl->sender.v[0];
	} else if (!cl->given && cl->mailboxes.n > 0) {
		m = &cl->mailboxes.v[0];
	}
	if (m == NULL)
		return true;
	who = claim_owner(jg, m);
	/* Without -f, From is only a proposal; it is judged as such. */
	if (who == FOREIGN && cl->given && a->foreign_from == FOREIGN_REFUSE)
		return claim_not_owned(jg, m, "sender", e);
	if (who == OWNED) {
		mailbox_path(&path, m);
		envelope_sender(&j->env, path.p);
		buf_clear(&path);
	}
	return true;
}

bool
sender_settle(struct job *j, const struct options *o, const struct conf *conf,
    const struct site *site, const struct account **account, struct err *e)
{
	struct buf sender = {0}, from = {0};
	struct claim cl = {0};
	struct judge jg = {0};
	bool ok;

	ok = claim_option(&cl, o->sender, e)
	    && (j->msg == NULL || claim_header(&cl, &j->msg->header, e));
	if (ok)
		jg.a = conf_choose(conf, o->account,
		    choice(&sender, &cl.sender) ? sender.p : NULL,
		    choice(&from, &cl.mailboxes) ? from.p : NULL, e);
	*account = jg.a;
	if (jg.a != NULL) {
		j->account = mem_dup(jg.a->name);
		jg.rules = locals_rules(jg.a, site);
	}
	ok = jg.a != NULL && settle_envelope(j, &cl, &jg, e);
	claim_clear(&cl);
	buf_clear(&sender);
	buf_clear(&from);
	return ok;
}
