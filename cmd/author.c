/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/author.h"

#include <stdint.h>
#include <string.h>

#include "cmd/claim.h"
#include "cmd/locals.h"
#include "lib/base/mem.h"
#include "lib/mail/addr.h"

/* Forms send the field whether there is something to say or not. */
static bool
is_empty(const struct header *h, const struct field *f)
{
	struct mailboxes list = {0};
	struct err e = {0};
	const char *p;
	size_t n;
	bool empty;

	p = header_value(h, f, &n);
	empty = addr_parse(&list, p, n, &e) && list.n == 0;
	mailboxes_clear(&list);
	return empty;
}

/* The foreign author's address goes where answers look for it. */
static bool
keep_reply_to(struct header *h, const struct mailbox *m, struct err *e)
{
	struct field *f = header_find(h, FIELD_REPLY_TO, 0);
	struct buf value = {0}, path = {0};
	bool ok = true;

	if (f != NULL && !is_empty(h, f))
		return true;
	mailbox_path(&path, m);
	mailbox_print(&value, m->name, path.p);
	if (f != NULL)
		ok = header_replace(h, f, value.p, e);
	else
		ok = header_append(h, header_name(FIELD_REPLY_TO), value.p, e);
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
		who = claim_owner(jg, &list->v[i]);
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
	    && claim_owner(jg, &cl->sender.v[0]) == FOREIGN)
		return keep_reply_to(h, &cl->sender.v[0], e);
	if (cl->from == NULL
	    || (a->set_from == SET_ON && cl->from->name == FIELD_FROM))
		return true;
	for (size_t i = 0; i < cl->mailboxes.n && foreign == NULL; i++)
		if (claim_owner(jg, &cl->mailboxes.v[i]) == FOREIGN)
			foreign = &cl->mailboxes.v[i];
	if (foreign != NULL && a->foreign_from == FOREIGN_REFUSE)
		return claim_not_owned(jg, foreign, header_name(cl->from->name),
		    e);
	/* Who only sent it on is not whom an answer is for. */
	return rewrite(h, cl->from, &cl->mailboxes, jg, e)
	    && (foreign == NULL || cl->from->name != FIELD_FROM
		|| keep_reply_to(h, foreign, e));
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
settle_others(struct header *h, size_t judged, struct judge *jg, struct err *e)
{
	struct mailboxes list;
	struct err none = {0};
	bool ok = true;
	const char *p;
	size_t n;

	jg->strict = false;
	for (size_t i = 0; ok && i < h->n; i++) {
		if (i == judged || h->v[i].edit != FIELD_KEPT
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
	else if (cl->sender.n > 0 && claim_owner(jg, &cl->sender.v[0]) == LOCAL)
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
author_settle(struct job *j, const struct options *o, const struct account *a,
    const struct site *site, struct err *e)
{
	struct judge jg = {a, locals_rules(a, site), true};
	struct header *h = &j->msg->header;
	struct claim cl = {0};
	size_t judged = SIZE_MAX;
	bool ok;

	ok = claim_option(&cl, o->sender, e) && claim_header(&cl, h, e);
	/* Fields that are added may move the others. */
	if (cl.from != NULL)
		judged = (size_t)(cl.from - h->v);
	if (ok)
		settle_author(j, o, &cl, &jg, site);
	ok = ok && settle_from(h, &cl, &jg, e)
	    && settle_others(h, judged, &jg, e);
	claim_clear(&cl);
	return ok;
}
