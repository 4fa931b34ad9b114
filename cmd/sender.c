/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/sender.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/mem.h"
#include "lib/mail/addr.h"
#include "lib/mail/local.h"

/* Who is said to have sent it. */
struct claim {
	bool given, null;           /* -f; its null sender */
	struct mailboxes sender;    /* of -f, one or none */
	struct field *from;         /* the field that counts, or NULL */
	struct mailboxes mailboxes; /* in it */
};

enum owner { OWNED, LOCAL, FOREIGN };

static void
claim_clear(struct claim *cl)
{
	mailboxes_clear(&cl->sender);
	mailboxes_clear(&cl->mailboxes);
}

static bool
read_option(struct claim *cl, const char *s, struct err *e)
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
	for (const char *p = s; *p != '\0'; p++)
		if (ascii_is_control(*p))
			ok = err_set(e, ERR_INPUT,
			    "a line break or control character");
	ok = ok && addr_parse(&cl->sender, s, strlen(s), e);
	if (ok && cl->sender.n != 1)
		ok = err_set(e, ERR_INPUT, "write one address");
	return ok || err_in(e, "sender \"%s\"", s);
}

static bool
read_header(struct claim *cl, const struct header *h, struct err *e)
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

/* A path to choose an account by; false for a local one. */
static bool
choice(struct buf *b, const struct mailboxes *l, const struct site *site)
{
	if (l->n == 0 || local_domain(l->v[0].domain, site->node, NULL))
		return false;
	mailbox_path(b, &l->v[0]);
	return true;
}

static enum owner
owner_of(const struct account *a, const struct mailbox *m,
    const struct site *site)
{
	struct buf path = {0};
	enum owner who;

	mailbox_path(&path, m);
	if (account_owns(a, path.p))
		who = OWNED;
	else if (local_domain(m->domain, site->node, site->fqdn)
	    && !account_owns_domain(a, m->domain))
		who = LOCAL;
	else
		who = FOREIGN;
	buf_clear(&path);
	return who;
}

static bool
not_owned(const struct account *a, const struct mailbox *m, const char *where,
    struct err *e)
{
	struct buf path = {0};

	mailbox_path(&path, m);
	err_set(e, ERR_SENDER,
	    "%s %s does not belong to account %s; send as %s, or add to that "
	    "account: senders %s",
	    where, path.p, a->name, a->from, path.p);
	buf_clear(&path);
	return false;
}

static bool
settle_envelope(struct job *j, const struct claim *cl, const struct account *a,
    const struct site *site, struct err *e)
{
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
	who = owner_of(a, m, site);
	/* Without -f, From is only a proposal; it is judged as such. */
	if (who == FOREIGN && cl->given && a->foreign_from == FOREIGN_REFUSE)
		return not_owned(a, m, "sender", e);
	if (who == OWNED) {
		mailbox_path(&path, m);
		envelope_sender(&j->env, path.p);
		buf_clear(&path);
	}
	return true;
}

/* The foreign author's address goes where answers look for it. */
static bool
keep_reply_to(struct header *h, const struct mailbox *m, struct err *e)
{
	struct buf value = {0}, path = {0};
	bool ok = true;

	if (header_find(h, FIELD_REPLY_TO, 0) == NULL) {
		mailbox_path(&path, m);
		mailbox_print(&value, m->name, path.p);
		ok = header_append(h, "Reply-To", value.p, e);
	}
	buf_clear(&path);
	buf_clear(&value);
	return ok;
}

/* Append how a mailbox will stand in From. */
static void
rewritten(struct buf *b, const struct mailbox *m, enum owner who,
    const struct account *a, const struct site *site)
{
	struct buf name = {0}, path = {0};

	if (who == LOCAL)
		local_origin(&name, m, site->node);
	else
		buf_adds(&name, m->name);
	if (who == OWNED)
		mailbox_path(&path, m);
	else
		buf_adds(&path, a->from);
	mailbox_print(b, buf_str(&name), path.p);
	buf_clear(&name);
	buf_clear(&path);
}

static bool
settle_header(struct job *j, struct claim *cl, const struct account *a,
    const struct site *site, struct err *e)
{
	struct header *h = &j->msg->header;
	const struct mailbox *foreign = NULL, *m;
	struct buf value = {0};
	bool change = false, ok = true;
	enum owner who;

	if (cl->from == NULL
	    || (a->set_from == SET_ON && cl->from->name == FIELD_FROM))
		return true;
	for (size_t i = 0; ok && i < cl->mailboxes.n; i++) {
		m = &cl->mailboxes.v[i];
		who = owner_of(a, m, site);
		change = change || who != OWNED;
		if (who == FOREIGN && foreign == NULL)
			foreign = m;
		if (who == FOREIGN && a->foreign_from == FOREIGN_REFUSE)
			ok = not_owned(a, m, header_name(cl->from->name), e);
		if (i > 0)
			buf_adds(&value, ",\r\n ");
		rewritten(&value, m, who, a, site);
	}
	if (ok && change)
		ok = header_replace(h, cl->from, value.p, e);
	buf_clear(&value);
	return ok && (foreign == NULL || keep_reply_to(h, foreign, e));
}

bool
sender_settle(struct job *j, const struct options *o, const struct conf *conf,
    const struct site *site, const struct account **account, struct err *e)
{
	struct buf sender = {0}, from = {0};
	const struct account *a = NULL;
	struct claim cl = {0};
	bool ok;

	ok = read_option(&cl, o->sender, e)
	    && read_header(&cl, &j->msg->header, e);
	if (ok)
		a = conf_choose(conf, o->account,
		    choice(&sender, &cl.sender, site) ? sender.p : NULL,
		    choice(&from, &cl.mailboxes, site) ? from.p : NULL, e);
	*account = a;
	if (a != NULL)
		j->account = mem_dup(a->name);
	ok = a != NULL && settle_envelope(j, &cl, a, site, e)
	    && settle_header(j, &cl, a, site, e);
	claim_clear(&cl);
	buf_clear(&sender);
	buf_clear(&from);
	return ok;
}

bool
sender_no_locals(const struct job *j, const struct account *a,
    const struct site *site, struct err *e)
{
	const char *path, *at;

	for (size_t i = 0; i < j->env.n; i++) {
		path = j->env.rcpt[i].mailbox.p;
		at = strrchr(path, '@');
		if (local_domain(at != NULL ? at + 1 : "", site->node, NULL)
		    && !(at != NULL && account_owns_domain(a, at + 1)))
			return err_set(e, ERR_CONFIG,
			    "recipient %s is somebody on this host, and mail "
			    "is not delivered here; write the full address",
			    path);
	}
	return true;
}
