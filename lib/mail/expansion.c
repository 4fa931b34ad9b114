/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/expansion.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/addr.h"

#define DEPTH 20
#define VALUES 10000 /* of all aliases on the way */

static const char include[] = ":include:";

/* On the way through the aliases. */
struct walk {
	struct expansion *out;
	const struct aliases *aliases;
	const struct local *local;
	const char *names[DEPTH]; /* that led here; NULL: an :include: */
	size_t depth, values;
	bool by_default; /* of several, only the first is a default */
};

/* Where a value stands. */
struct spot {
	const char *file;
	int line;
};

static void walk_values(struct walk *, const struct spot *, const char *list);

static void fault(struct walk *, bool wrong, const struct spot *,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The first one counts, but a mistake more than what is not done here. */
static void
fault(struct walk *w, bool wrong, const struct spot *at, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	if (w->out->fault.n > 0 && (w->out->wrong || !wrong))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	w->out->wrong = wrong;
	buf_reset(&w->out->fault);
	buf_addf(&w->out->fault, "%s:%d: %s", at->file, at->line, text);
}

static bool
led_here(const struct walk *w, const char *name)
{
	for (size_t i = 0; i < w->depth; i++)
		if (w->names[i] != NULL
		    && ascii_casecmp(w->names[i], name) == 0)
			return true;
	return false;
}

static void
walk_line(struct walk *w, const char *name, const struct alias *line)
{
	const struct spot at = {w->aliases->path, line->line};
	const bool discarded = w->out->discarded;
	const size_t n = w->out->to.n;

	w->out->discarded = false;
	if (led_here(w, name)) {
		fault(w, true, &at, "%s comes back to itself", name);
	} else if (w->depth == DEPTH) {
		fault(w, true, &at, "%s is too many aliases deep", name);
	} else {
		w->names[w->depth++] = name;
		walk_values(w, &at, line->values);
		w->depth--;
	}
	/* Only /dev/null throws mail away, not an empty list. */
	if (w->out->to.n == n && !w->out->discarded && w->out->fault.n == 0)
		fault(w, true, &at, "%s has no address", name);
	w->out->discarded = w->out->discarded || discarded;
}

/* Whose list it is, also where it goes on in an :include:. */
static const char *
last_name(const struct walk *w)
{
	for (size_t i = w->depth; i > 0; i--)
		if (w->names[i - 1] != NULL)
			return w->names[i - 1];
	return NULL;
}

static void
walk_name(struct walk *w, const char *display, const char *name)
{
	const struct alias *line = aliases_find(w->aliases, name);
	const char *last = last_name(w);
	bool fresh = !w->by_default;

	/* root: root, admin@example.com means the one here, too. */
	if (last != NULL && ascii_casecmp(last, name) == 0) {
		line = NULL;
	} else if (line == NULL && fresh) {
		line = aliases_default(w->aliases);
		w->by_default = line != NULL;
	}
	if (line != NULL)
		walk_line(w, name, line);
	else
		mailboxes_add(&w->out->to, display, name, "");
	w->by_default = !fresh;
}

static void
walk_include(struct walk *w, const struct spot *at, const char *path)
{
	struct buf text = {0};
	struct err e = {0};
	bool missing;

	path += strspn(path, " \t");
	if (*path != '/') {
		fault(w, true, at, ":include: needs a whole path, not %s",
		    path);
	} else if (w->depth == DEPTH) {
		fault(w, true, at, "%s is too many aliases deep", path);
	} else if (!aliases_text(&text, path, &missing, &e)) {
		fault(w, true, at, "%s", e.text);
	} else {
		w->names[w->depth++] = NULL;
		walk_values(w, &(struct spot){path, 1}, buf_str(&text));
		w->depth--;
	}
	buf_clear(&text);
}

/* final: with a backslash, which keeps aliases out. */
static void
walk_address(struct walk *w, const struct spot *at, const char *s, bool final)
{
	const struct mailbox *m;
	struct mailboxes list = {0};
	struct err e = {0};
	bool ok = addr_parse(&list, s, strlen(s), &e);

	if (!ok)
		fault(w, true, at, "%s: %s", s, e.text);
	for (size_t i = 0; ok && i < list.n; i++) {
		m = &list.v[i];
		/* root: root@web1.example.com is meant as it stands. */
		if (!local_domain(w->local, m->domain)
		    && !(local_fqdn(w->local, m->domain)
			&& aliases_find(w->aliases, m->local) != NULL
			&& !led_here(w, m->local)))
			mailboxes_add(&w->out->to, m->name, m->local,
			    m->domain);
		else if (final)
			mailboxes_add(&w->out->to, m->name, m->local, "");
		else
			walk_name(w, m->name, m->local);
	}
	mailboxes_clear(&list);
}

static void
walk_value(struct walk *w, const struct spot *at, const char *s)
{
	const size_t n = sizeof include - 1;

	if (s[0] == '|')
		fault(w, false, at,
		    "no command is run; write an address for %s", s);
	else if (strcmp(s, "/dev/null") == 0)
		w->out->discarded = true;
	else if (s[0] == '/')
		fault(w, false, at,
		    "no file is written to; write an address for %s", s);
	else if (ascii_ncasecmp(s, include, n) == 0)
		walk_include(w, at, s + n);
	else
		walk_address(w, at, s + (s[0] == '\\'), s[0] == '\\');
}

static void
walk_values(struct walk *w, const struct spot *at, const char *list)
{
	struct spot here = *at;
	struct buf value = {0};

	for (const char *p = list; aliases_value(&list, &value); p = list) {
		for (; strchr(", \t\r\n", *p) != NULL; p++)
			here.line += *p == '\n';
		if (++w->values > VALUES) {
			fault(w, true, &here, "too many addresses");
			break;
		}
		walk_value(w, &here, value.p);
	}
	buf_clear(&value);
}

void
expansion_of(struct expansion *out, const struct aliases *aliases,
    const struct local *local, const char *name)
{
	struct walk w = {.out = out, .aliases = aliases, .local = local};

	walk_name(&w, "", name);
}

void
expansion_clear(struct expansion *x)
{
	mailboxes_clear(&x->to);
	buf_clear(&x->fault);
	*x = (struct expansion){0};
}
