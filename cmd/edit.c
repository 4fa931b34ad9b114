/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/edit.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/mem.h"
#include "lib/mail/addr.h"
#include "lib/mail/stamp.h"

static bool
drop_private(struct header *h, struct err *e)
{
	static const enum field_name names[] = {FIELD_BCC, FIELD_RESENT_BCC,
	    FIELD_RETURN_PATH, FIELD_CONTENT_LENGTH};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (!header_drop_all(h, header_name(names[i]), e))
			return false;
	return true;
}

static bool
add_date(struct header *h, struct err *e)
{
	struct buf value = {0};
	bool ok;

	stamp_date(&value);
	ok = header_append(h, header_name(FIELD_DATE), value.p, e);
	buf_clear(&value);
	return ok;
}

/* The account's domain, else the sender's; an ID is ASCII. */
static const char *
id_domain(const struct job *j, const struct account *a)
{
	const char *sender = j->env.sender.n > 0 ? j->env.sender.p : a->from;
	const char *at = strrchr(sender, '@');

	if (a->domain != NULL)
		return a->domain;
	if (at == NULL || ascii_has_8bit(at, strlen(at)))
		return "localhost";
	return at + 1;
}

/* One good Message-ID is the caller's affair; anything else is ours. */
static bool
settle_id(struct job *j, const struct account *a, struct err *e)
{
	struct header *h = &j->msg->header;
	struct field *f = header_find(h, FIELD_MESSAGE_ID, 0);
	struct buf value = {0};
	const char *p;
	size_t n;
	bool ok;

	if (f != NULL
	    && header_find(h, FIELD_MESSAGE_ID, (size_t)(f - h->v) + 1)
		== NULL) {
		p = header_value(h, f, &n);
		if (stamp_is_message_id(p, n)) {
			p = memchr(p, '<', n);
			j->id = mem_dupn(p, strcspn(p, ">") + 1);
			return true;
		}
	}
	ok = header_drop_all(h, header_name(FIELD_MESSAGE_ID), e)
	    && stamp_message_id(&value, id_domain(j, a), e)
	    && header_append(h, header_name(FIELD_MESSAGE_ID), value.p, e);
	if (ok)
		j->id = mem_dup(value.p);
	buf_clear(&value);
	return ok;
}

static bool
settle_from(struct job *j, const struct account *a, struct err *e)
{
	struct header *h = &j->msg->header;
	struct buf value = {0};
	bool ok;

	if (a->set_from == SET_ON
	    && !header_drop_all(h, header_name(FIELD_FROM), e))
		return false;
	if (a->set_from == SET_OFF || header_find(h, FIELD_FROM, 0) != NULL)
		return true;
	mailbox_print(&value, j->author != NULL ? j->author : "",
	    j->env.sender.n > 0 ? j->env.sender.p : a->from);
	ok = header_append(h, header_name(FIELD_FROM), value.p, e);
	buf_clear(&value);
	return ok;
}

/* Those who may be shown: not the ones that only Bcc names. */
static bool
shown(struct envelope *env, const struct job *j, const struct options *o,
    struct err *e)
{
	struct header open = {0};
	struct mailboxes list = {0};
	const struct header *h = &j->msg->header;
	bool ok = true;

	for (char *const *p = o->operands; ok && *p != NULL; p++)
		ok = addr_parse(&list, *p, strlen(*p), e);
	for (size_t i = 0; i < list.n; i++)
		envelope_add(env, &list.v[i]);
	mailboxes_clear(&list);
	if (!o->from_header)
		return ok;
	for (size_t i = 0; ok && i < h->n; i++)
		if (h->v[i].name == FIELD_TO || h->v[i].name == FIELD_CC)
			header_push(&open, h->text.p + h->v[i].at, h->v[i].len);
	ok = ok && envelope_from_header(env, &open, e);
	header_clear(&open);
	return ok;
}

static bool
settle_to(struct job *j, const struct options *o, struct locals *l,
    struct err *e)
{
	struct header *h = &j->msg->header;
	struct envelope env = {0};
	struct buf value = {0};
	size_t first, end;
	bool ok = true;

	/* Whom the author wrote to stays, when it is sent on. */
	if (l->a->set_to == TO_KEPT || header_resent(h, &first, &end))
		return locals_header(l, h, e);
	if (l->a->set_to == TO_RECIPIENTS)
		ok = shown(&env, j, o, e);
	locals_envelope(l, &env);
	for (size_t i = 0; i < env.n; i++)
		if (env.rcpt[i].v.state == PENDING)
			buf_addf(&value, "%s%s", value.n > 0 ? ",\r\n " : "",
			    env.rcpt[i].mailbox.p);
	if (value.n == 0)
		buf_adds(&value, "undisclosed-recipients:;");
	ok = ok && header_drop_all(h, header_name(FIELD_TO), e)
	    && header_drop_all(h, header_name(FIELD_CC), e)
	    && header_append(h, header_name(FIELD_TO), value.p, e);
	envelope_clear(&env);
	buf_clear(&value);
	return ok;
}

static bool
add_identity(struct header *h, const struct account *a, struct err *e)
{
	const char *name = a->identity_header;

	if (name == NULL || strcmp(name, "off") == 0)
		return true;
	return header_drop_all(h, name, e)
	    && header_append(h, name, a->name, e);
}

bool
edit_header(struct job *j, const struct options *o, struct locals *l,
    struct err *e)
{
	struct header *h = &j->msg->header;
	const struct account *a = l->a;

	return drop_private(h, e)
	    && (a->set_date == SET_OFF || header_find(h, FIELD_DATE, 0) != NULL
		|| add_date(h, e))
	    && settle_id(j, a, e) && settle_from(j, a, e)
	    && settle_to(j, o, l, e) && add_identity(h, a, e);
}
