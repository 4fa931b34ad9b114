/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/sender.h"

#include <string.h>

#include "cmd/locals.h"
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

/* Whose eyes an address is looked at with. */
struct judge {
	const struct account *a;
	struct local rules;
	bool strict; /* a foreign one may not stay */
};

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
choice(struct buf *b, const struct mailboxes *l, const struct local *rules)
{
	if (l->n == 0 || local_domain(rules, l->v[0].domain))
		return false;
	mailbox_path(b, &l->v[0]);
	return true;
}

static enum owner
owner_of(const struct judge *jg, const struct mailbox *m)
{
	struct buf path = {0};
	enum owner who;

	mailbox_path(&path, m);
	if (account_owns(jg->a, path.p))
		who = OWNED;
	else if (local_sender(&jg->rules, m->domain))
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
	who = owner_of(jg, m);
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

/* Append how a mailbox will stand in the header. */
static void
rewritten(struct buf *b, const struct mailbox *m, enum owner who,
    const struct judge *jg)
{
	struct buf name = {0}, path = {0};

	if (who == LOCAL)
		local_origin(&name, m, jg->rules.node);
	else
		buf_adds(&name, m->name);
	if (who == LOCAL || (who == FOREIGN && jg->strict))
		buf_adds(&path, jg->a->from);
	else
		mailbox_path(&path, m);
	if (b->n > 0)
		buf_adds(b, ",\r\n ");
	mailbox_print(b, buf_str(&name), path.p);
	buf_clear(&name);
	buf_clear(&path);
}

/* Local ones, and foreign ones where that is strict, become the account's. */
static bool
rewrite(struct header *h, struct field *f, const struct mailboxes *list,
    const struct judge *jg, struct err *e)
{
	struct buf value = {0};
	bool change = false, ok = true;
	enum owner who;

	for (size_t i = 0; i < list->n; i++) {
		who = owner_of(jg, &list->v[i]);
		change =
		    change || who == LOCAL || (who == FOREIGN && jg->strict);
		rewritten(&value, &list->v[i], who, jg);
	}
	if (change)
		ok = header_replace(h, f, value.p, e);
	buf_clear(&value);
	return ok;
}

/* From must be the account's, or may be made so. */
static bool
settle_from(struct header *h, const struct claim *cl, const struct judge *jg,
    struct err *e)
{
	const struct account *a = jg->a;
	const struct mailbox *foreign = NULL;

	/* Without From, the envelope's sender is the author. */
	if (cl->from == NULL && cl->sender.n > 0 && a->from_override
	    && owner_of(jg, &cl->sender.v[0]) == FOREIGN)
		return keep_reply_to(h, &cl->sender.v[0], e);
	if (cl->from == NULL
	    || (a->set_from == SET_ON && cl->from->name == FIELD_FROM))
		return true;
	for (size_t i = 0; i < cl->mailboxes.n && foreign == NULL; i++)
		if (owner_of(jg, &cl->mailboxes.v[i]) == FOREIGN)
			foreign = &cl->mailboxes.v[i];
	if (foreign != NULL && a->foreign_from == FOREIGN_REFUSE)
		return not_owned(a, foreign, header_name(cl->from->name), e);
	return rewrite(h, cl->from, &cl->mailboxes, jg, e)
	    && (foreign == NULL || keep_reply_to(h, foreign, e));
}

static bool
names_sender(enum field_name name)
{
	switch (name) {
	case FIELD_FROM:
	case FIELD_REPLY_TO:
	case FIELD_RESENT_FROM:
	case FIELD_RESENT_REPLY_TO:
	case FIELD_RESENT_SENDER:
	case FIELD_SENDER:
		return true;
	default:
		return false;
	}
}

/* Other fields that name a sender: nobody outside could answer root. */
static bool
settle_others(struct header *h, const struct field *judged, struct judge *jg,
    struct err *e)
{
	struct mailboxes list;
	struct err none = {0};
	bool ok = true;
	const char *p;
	size_t n;

	jg->strict = false;
	for (size_t i = 0; ok && i < h->n; i++) {
		if (&h->v[i] == judged || h->v[i].edit != FIELD_KEPT
		    || !names_sender(h->v[i].name))
			continue;
		list = (struct mailboxes){0};
		p = header_value(h, &h->v[i], &n);
		if (addr_parse(&list, p, n, &none))
			ok = rewrite(h, &h->v[i], &list, jg, e);
		mailboxes_clear(&list);
	}
	return ok;
}

/* The display name of a From that we add. */
static void
settle_author(struct job *j, const struct options *o, const struct claim *cl,
    const struct judge *jg, const struct site *site)
{
	char none[] = "";
	struct mailbox me = {none, site->user, none};
	struct buf name = {0};

	if (o->full_name != NULL)
		buf_adds(&name, o->full_name);
	else if (jg->a->full_name != NULL)
		buf_adds(&name, jg->a->full_name);
	else if (cl->from != NULL)
		return; /* it is replaced, by an address of its own */
	else if (cl->sender.n > 0 && owner_of(jg, &cl->sender.v[0]) == LOCAL)
		local_origin(&name, &cl->sender.v[0], site->node);
	else if (*site->full_name != '\0'
	    && strcmp(site->full_name, site->user) != 0)
		buf_adds(&name, site->full_name);
	else
		local_origin(&name, &me, site->node);
	j->author = mem_dup(buf_str(&name));
	buf_clear(&name);
}

bool
sender_settle(struct job *j, const struct options *o, const struct conf *conf,
    const struct site *site, const struct account **account, struct err *e)
{
	const struct local rules = locals_rules(NULL, site);
	struct buf sender = {0}, from = {0};
	struct claim cl = {0};
	struct judge jg = {0};
	bool ok;

	ok = read_option(&cl, o->sender, e)
	    && (j->msg == NULL || read_header(&cl, &j->msg->header, e));
	if (ok)
		jg.a = conf_choose(conf, o->account,
		    choice(&sender, &cl.sender, &rules) ? sender.p : NULL,
		    choice(&from, &cl.mailboxes, &rules) ? from.p : NULL, e);
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

bool
sender_header(struct job *j, const struct options *o, const struct account *a,
    const struct site *site, struct err *e)
{
	struct judge jg = {a, locals_rules(a, site), true};
	struct header *h = &j->msg->header;
	struct claim cl = {0};
	bool ok;

	ok = read_option(&cl, o->sender, e) && read_header(&cl, h, e);
	if (ok)
		settle_author(j, o, &cl, &jg, site);
	ok = ok && settle_from(h, &cl, &jg, e)
	    && settle_others(h, cl.from, &jg, e);
	claim_clear(&cl);
	return ok;
}
