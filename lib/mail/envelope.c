/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/envelope.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/mem.h"
#include "lib/mail/addr.h"
#include "lib/mail/idna.h"

/* FNV-1a, blind to the case of letters. */
static size_t
hash(const char *s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)ascii_lower(*s))
		    * UINT64_C(0x100000001b3);
	return (size_t)(h ^ h >> 32);
}

/* The local part is the receiver's business; the domain has no case. */
static bool
same_path(const char *a, const char *b)
{
	const char *at = strrchr(a, '@');
	size_t n = at != NULL ? (size_t)(at - a) : strlen(a);

	return strncmp(a, b, n) == 0 && ascii_casecmp(a + n, b + n) == 0;
}

/* The slot where the path is, or belongs. */
static size_t *
slot(const struct envelope *env, const char *path)
{
	size_t i = hash(path) % env->nslots;

	while (env->slots[i] != 0
	    && !same_path(path, env->rcpt[env->slots[i] - 1].mailbox.p))
		i = (i + 1) % env->nslots;
	return &env->slots[i];
}

static void
grow(struct envelope *env)
{
	env->room = env->room > 0 ? env->room * 2 : 16;
	env->rcpt = mem_resize(env->rcpt, env->room, sizeof *env->rcpt);
	free(env->slots);
	env->nslots = env->room * 2;
	env->slots = mem_alloc(env->nslots * sizeof *env->slots);
	for (size_t i = 0; i < env->n; i++)
		*slot(env, env->rcpt[i].mailbox.p) = i + 1;
}

void
envelope_sender(struct envelope *env, const char *path)
{
	buf_reset(&env->sender);
	buf_adds(&env->sender, path);
	env->utf8 = env->utf8 || ascii_has_8bit(path, strlen(path));
}

struct recipient *
envelope_add(struct envelope *env, const struct mailbox *m)
{
	struct recipient r = {0};
	size_t *s;

	if (env->n == env->room)
		grow(env);
	mailbox_path(&r.mailbox, m);
	s = slot(env, r.mailbox.p);
	if (*s != 0) {
		buf_clear(&r.mailbox);
		return &env->rcpt[*s - 1];
	}
	env->utf8 = env->utf8 || ascii_has_8bit(r.mailbox.p, r.mailbox.n);
	env->rcpt[env->n++] = r;
	*s = env->n;
	return &env->rcpt[env->n - 1];
}

static void
clear_recipients(struct envelope *env)
{
	for (size_t i = 0; i < env->n; i++) {
		buf_clear(&env->rcpt[i].mailbox);
		buf_clear(&env->rcpt[i].orcpt);
	}
	free(env->rcpt);
	free(env->slots);
}

void
envelope_replace(struct envelope *env, struct envelope *from)
{
	clear_recipients(env);
	env->rcpt = from->rcpt;
	env->n = from->n;
	env->room = from->room;
	env->slots = from->slots;
	env->nslots = from->nslots;
	env->utf8 =
	    from->utf8 || ascii_has_8bit(buf_str(&env->sender), env->sender.n);
	*from = (struct envelope){0};
}

static bool
path_ascii(struct buf *path, bool *utf8, struct err *e)
{
	struct buf ascii = {0};
	bool ok = idna_path(&ascii, buf_str(path), e);

	if (ok) {
		buf_reset(path);
		buf_add(path, buf_str(&ascii), ascii.n);
	}
	*utf8 = *utf8 || ascii_has_8bit(buf_str(path), path->n);
	buf_clear(&ascii);
	return ok;
}

/* Who was named in two ways is one again. */
static void
drop_doubles(struct envelope *env)
{
	size_t n = env->n, *s;

	env->n = 0;
	memset(env->slots, 0, env->nslots * sizeof *env->slots);
	for (size_t i = 0; i < n; i++) {
		s = slot(env, env->rcpt[i].mailbox.p);
		if (*s == 0) {
			env->rcpt[env->n++] = env->rcpt[i];
			*s = env->n;
		} else {
			buf_clear(&env->rcpt[i].mailbox);
			buf_clear(&env->rcpt[i].orcpt);
		}
	}
}

bool
envelope_ascii(struct envelope *env, struct err *e)
{
	if (!env->utf8)
		return true;
	env->utf8 = false;
	if (!path_ascii(&env->sender, &env->utf8, e))
		return false;
	for (size_t i = 0; i < env->n; i++)
		if (!path_ascii(&env->rcpt[i].mailbox, &env->utf8, e))
			return false;
	if (env->n > 0)
		drop_doubles(env);
	return true;
}

size_t
envelope_count(const struct envelope *env, int state)
{
	size_t n = 0;

	for (size_t i = 0; i < env->n; i++)
		n += (int)env->rcpt[i].v.state == state;
	return n;
}

static bool
add_field(struct envelope *env, const struct header *h, const struct field *f,
    struct err *e)
{
	struct mailboxes list = {0};
	const char *p;
	size_t n;
	bool ok;

	p = header_value(h, f, &n);
	ok = addr_parse(&list, p, n, e);
	for (size_t i = 0; ok && i < list.n; i++)
		envelope_add(env, &list.v[i]);
	mailboxes_clear(&list);
	return ok || err_in(e, "the %s field", header_name(f->name));
}

bool
envelope_from_header(struct envelope *env, const struct header *h,
    struct err *e)
{
	size_t first = 0, end = h->n;
	enum field_name name;
	bool resent;

	resent = header_resent(h, &first, &end);
	if (!resent) {
		first = 0;
		end = h->n;
	}
	for (size_t i = first; i < end; i++) {
		name = h->v[i].name;
		if (resent ? name != FIELD_RESENT_TO && name != FIELD_RESENT_CC
			    && name != FIELD_RESENT_BCC
			   : name != FIELD_TO && name != FIELD_CC
			    && name != FIELD_BCC)
			continue;
		if (!add_field(env, h, &h->v[i], e))
			return false;
	}
	return true;
}

void
envelope_clear(struct envelope *env)
{
	clear_recipients(env);
	buf_clear(&env->sender);
	buf_clear(&env->envid);
	*env = (struct envelope){0};
}
