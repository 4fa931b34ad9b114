/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/locals.h"

#include <stdio.h>
#include <string.h>

#include "lib/conf/expand.h"
#include "lib/mail/addr.h"

static bool
owns_domain(const void *account, const char *domain)
{
	return account_owns_domain(account, domain);
}

struct local
locals_rules(const struct account *a, const struct site *site)
{
	struct local rules = {.node = site->node, .fqdn = site->fqdn};

	if (a != NULL) {
		rules.domains = &a->local_domains;
		rules.owned = owns_domain;
		rules.owner = a;
	}
	return rules;
}

void
locals_begin(struct locals *l, const struct account *a, const struct site *site)
{
	*l = (struct locals){.a = a, .site = site};
	l->rules = locals_rules(a, site);
}

static void
read_aliases(struct locals *l)
{
	const char *path = l->a->aliases;

	if (!l->read && path != NULL)
		aliases_read(&l->aliases, path, strcmp(path, CONF_ALIASES) == 0,
		    &l->fault);
	l->read = true;
}

/* At the whole host name, only who has an alias is somebody here. */
static bool
is_here(struct locals *l, const struct mailbox *m)
{
	bool here = local_domain(&l->rules, m->domain);

	if (!here && !local_fqdn(&l->rules, m->domain))
		return false;
	read_aliases(l);
	return here || aliases_find(&l->aliases, m->local) != NULL;
}

static void
nobody(const struct locals *l, const char *name, struct buf *b)
{
	const struct alias *wrong = aliases_fault(&l->aliases);

	if (l->fault.kind != ERR_NONE) {
		buf_adds(b, l->fault.text);
		return;
	}
	buf_addf(b,
	    "nobody on this host gets mail; write \"%s: you@example.com\" into "
	    "%s, or local_to into pinmail.conf",
	    name, l->a->aliases != NULL ? l->a->aliases : CONF_ALIASES);
	if (wrong != NULL)
		buf_addf(b, " (%s:%d: %s)", l->aliases.path, wrong->line,
		    wrong->values);
}

static void
add_local_to(const struct locals *l, struct expansion *x)
{
	const char *to = l->a->local_to;
	struct mailboxes list = {0};
	struct err e = {0};

	if (addr_parse(&list, to, strlen(to), &e) && list.n == 1
	    && !local_domain(&l->rules, list.v[0].domain))
		mailboxes_add(&x->to, list.v[0].name, list.v[0].local,
		    list.v[0].domain);
	else if (x->fault.n == 0)
		buf_addf(&x->fault, "local_to %s is no address elsewhere", to);
	mailboxes_clear(&list);
}

/* Two aliases may lead to the same person. */
static void
keep_once(struct mailboxes *list)
{
	struct mailboxes once = {0};
	struct envelope seen = {0};

	for (size_t i = 0; i < list->n; i++) {
		const struct mailbox *m = &list->v[i];

		envelope_add(&seen, m);
		if (seen.n > once.n)
			mailboxes_add(&once, m->name, m->local, m->domain);
	}
	envelope_clear(&seen);
	mailboxes_clear(list);
	*list = once;
}

/* What is left on this host goes to local_to. */
static void
settle_rest(struct locals *l, struct expansion *x)
{
	struct mailboxes all = x->to;

	x->to = (struct mailboxes){0};
	for (size_t i = 0; i < all.n; i++) {
		const struct mailbox *m = &all.v[i];

		if (*m->domain != '\0')
			mailboxes_add(&x->to, m->name, m->local, m->domain);
		else if (l->a->local_to != NULL && l->fault.kind == ERR_NONE)
			add_local_to(l, x);
		else if (x->fault.n == 0)
			nobody(l, m->local, &x->fault);
	}
	keep_once(&x->to);
	mailboxes_clear(&all);
}

void
locals_expand(struct locals *l, const struct mailbox *m, struct expansion *x)
{
	if (!is_here(l, m)) {
		mailboxes_add(&x->to, m->name, m->local, m->domain);
		return;
	}
	expansion_of(x, &l->aliases, &l->rules, m->local);
	settle_rest(l, x);
}

static void
add_expanded(struct locals *l, struct envelope *env, const struct mailbox *m,
    unsigned notify)
{
	struct expansion x = {0};
	struct verdict *v;

	locals_expand(l, m, &x);
	for (size_t i = 0; i < x.to.n; i++)
		envelope_add(env, &x.to.v[i])->notify |= notify;
	if (x.fault.n > 0 || x.to.n == 0) {
		v = &envelope_add(env, m)->v;
		v->state = x.fault.n > 0 ? REFUSED : TAKEN;
		snprintf(v->text, sizeof v->text, "%s",
		    x.fault.n > 0 ? x.fault.p : "thrown away by its alias");
	}
	expansion_clear(&x);
}

/* Could it be somebody here?  By its look, without reading a file. */
static bool
looks_local(const struct locals *l, const struct buf *path)
{
	/* In quotes, "a@b" is no domain. */
	const char *at = path->n > 0 && path->p[path->n - 1] != '"'
	    ? strrchr(path->p, '@')
	    : NULL,
		   *domain = at != NULL ? at + 1 : "";

	return local_domain(&l->rules, domain) || local_fqdn(&l->rules, domain);
}

static void
add_path(struct locals *l, struct envelope *env, const struct recipient *r)
{
	struct mailboxes list = {0};
	struct err e = {0};

	/* A path is what a mailbox looks like. */
	addr_parse(&list, r->mailbox.p, r->mailbox.n, &e);
	for (size_t i = 0; i < list.n; i++)
		add_expanded(l, env, &list.v[i], r->notify);
	mailboxes_clear(&list);
}

void
locals_envelope(struct locals *l, struct envelope *env)
{
	struct envelope now = {0};
	bool any = false;

	for (size_t i = 0; i < env->n; i++)
		any = any || looks_local(l, &env->rcpt[i].mailbox);
	for (size_t i = 0; any && i < env->n; i++)
		add_path(l, &now, &env->rcpt[i]);
	if (any)
		envelope_replace(env, &now);
}

/* A mailbox of To as it will stand there; commas between. */
static void
print(struct buf *b, const char *name, const struct mailbox *m)
{
	struct buf path = {0};

	mailbox_path(&path, m);
	if (b->n > 0)
		buf_adds(b, ",\r\n ");
	mailbox_print(b, name, path.p);
	buf_clear(&path);
}

static void
print_expanded(struct locals *l, struct buf *b, const struct mailbox *m)
{
	const struct site *site = l->site;
	struct expansion x = {0};
	struct buf domain = {0};
	struct mailbox named = *m;

	locals_expand(l, m, &x);
	for (size_t i = 0; i < x.to.n; i++)
		print(b,
		    x.to.n == 1 && *m->name != '\0' ? m->name : x.to.v[i].name,
		    &x.to.v[i]);
	if (x.to.n == 0) {
		if (*m->domain == '\0')
			expand_mailname(&domain,
			    site->fqdn != NULL ? site->fqdn : site->node);
		else
			buf_adds(&domain, m->domain);
		named.domain = domain.p;
		print(b, m->name, &named);
	}
	buf_clear(&domain);
	expansion_clear(&x);
}

static bool
rewrite(struct locals *l, struct header *h, struct field *f, struct err *e)
{
	struct mailboxes list = {0};
	struct buf value = {0};
	bool here = false, ok = true;
	struct err none = {0};
	const char *p;
	size_t n;

	p = header_value(h, f, &n);
	/* What cannot be read is not ours to change. */
	if (addr_parse(&list, p, n, &none))
		for (size_t i = 0; !here && i < list.n; i++)
			here = is_here(l, &list.v[i]);
	for (size_t i = 0; here && i < list.n; i++)
		print_expanded(l, &value, &list.v[i]);
	if (here)
		ok = header_replace(h, f, value.p, e);
	mailboxes_clear(&list);
	buf_clear(&value);
	return ok;
}

bool
locals_header(struct locals *l, struct header *h, struct err *e)
{
	for (size_t i = 0; i < h->n; i++) {
		struct field *f = &h->v[i];

		if (f->edit == FIELD_KEPT
		    && (f->name == FIELD_TO || f->name == FIELD_CC
			|| f->name == FIELD_RESENT_TO
			|| f->name == FIELD_RESENT_CC)
		    && !rewrite(l, h, f, e))
			return false;
	}
	return true;
}

void
locals_clear(struct locals *l)
{
	aliases_clear(&l->aliases);
}
