/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/conf/account.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/mem.h"
#include "lib/conf/keyword.h"

int
account_port(const struct account *a)
{
	if (a->port != 0)
		return a->port;
	return a->starttls == STARTTLS_ON ? 587 : 465;
}

bool
account_starttls(const struct account *a)
{
	if (a->starttls != STARTTLS_BY_PORT)
		return a->starttls == STARTTLS_ON;
	return account_port(a) != 465;
}

static bool
owns_exactly(const struct account *a, const char *path)
{
	if (a->from != NULL && ascii_casecmp(a->from, path) == 0)
		return true;
	for (size_t i = 0; i < a->senders.n; i++)
		if (ascii_glob(a->senders.v[i], path))
			return true;
	return false;
}

bool
account_owns(const struct account *a, const char *path)
{
	const char *plus = strchr(path, '+'), *at = strrchr(path, '@');
	struct buf plain = {0};
	bool yes;

	if (owns_exactly(a, path))
		return true;
	if (plus == NULL || at == NULL || plus > at || plus == path)
		return false;
	/* alice+detail@example.com is alice. */
	buf_add(&plain, path, (size_t)(plus - path));
	buf_adds(&plain, at);
	yes = owns_exactly(a, plain.p);
	buf_clear(&plain);
	return yes;
}

static bool
in_domain(const char *pattern, const char *domain)
{
	const char *at = strrchr(pattern, '@');

	return at != NULL && *domain != '\0' && ascii_glob(at + 1, domain);
}

bool
account_owns_domain(const struct account *a, const char *domain)
{
	if (a->from != NULL && in_domain(a->from, domain))
		return true;
	for (size_t i = 0; i < a->senders.n; i++)
		if (in_domain(a->senders.v[i], domain))
			return true;
	return false;
}

static const struct account *
find_owner(const struct conf *c, const char *path)
{
	for (size_t i = 0; path != NULL && i < c->n; i++)
		if (account_owns(c->v[i], path))
			return c->v[i];
	return NULL;
}

static const struct account *
find_name(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->v[i]->name, name) == 0)
			return c->v[i];
	return NULL;
}

static void
no_such(const struct conf *c, const char *name, struct err *e)
{
	struct buf b = {.max = 200};

	for (size_t i = 0; i < c->n; i++)
		buf_addf(&b, "%s%s", i > 0 ? ", " : "", c->v[i]->name);
	err_set(e, ERR_CONFIG, "there is no account %s in %s; it is one of: %s",
	    name, c->files.n > 0 ? c->files.v[0] : "the configuration",
	    b.n > 0 ? b.p : "none");
	buf_clear(&b);
}

const struct account *
conf_find(const struct conf *c, const char *name, const char *sender,
    const char *from, struct err *e)
{
	const struct account *a;

	if (name != NULL) {
		a = find_name(c, name);
		if (a == NULL)
			no_such(c, name, e);
		return a;
	}
	a = find_owner(c, sender);
	if (a == NULL)
		a = find_owner(c, from);
	if (a == NULL)
		a = find_name(c, "default");
	if (a == NULL && c->n == 1)
		a = c->v[0];
	if (a == NULL)
		err_set(e, ERR_CONFIG,
		    "%s: no account owns this sender, and none is named "
		    "default; use -a NAME, or add a line: account default : "
		    "NAME",
		    c->files.n > 0 ? c->files.v[0] : "no configuration");
	return a;
}

const char *
account_server(const struct account *a, struct err *e)
{
	if (a->host == NULL && a->socket == NULL)
		err_set(e, ERR_CONFIG,
		    "%s:%d: account %s has no server; add a line: host "
		    "mail.example.com",
		    a->file, a->line, a->name);
	return a->host != NULL ? a->host : a->socket;
}

/* A word for the shell, as it is where it can be. */
static void
print_word(struct buf *b, const char *s)
{
	const char *safe =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789_./@:+-";

	buf_addc(b, ' ');
	if (s[strspn(s, safe)] == '\0') {
		buf_adds(b, s);
		return;
	}
	buf_addc(b, '\'');
	for (; *s != '\0'; s++)
		buf_addf(b, *s == '\'' ? "'\\%c'" : "%c", *s);
	buf_addc(b, '\'');
}

void
account_pin_command(struct buf *b, const struct account *a, const char *config)
{
	buf_adds(b, "pinmail");
	if (config != NULL) {
		buf_adds(b, " -C");
		print_word(b, config);
	}
	buf_adds(b, " --pin -a");
	print_word(b, a->name);
}

static bool
has_pin(const struct account *a, const char *config, struct err *e)
{
	struct buf command = {0};

	if (a->pins.n > 0)
		return true;
	account_pin_command(&command, a, config);
	err_set(e, ERR_CONFIG,
	    "%s:%d: account %s has no pin; see what to pin: %s", a->file,
	    a->line, a->name, command.p);
	buf_clear(&command);
	return false;
}

/* What a delivery through it cannot do without. */
static bool
usable(const struct account *a, const char *config, struct err *e)
{
	if (account_server(a, e) == NULL || !has_pin(a, config, e))
		return false;
	if (a->from == NULL)
		return err_set(e, ERR_CONFIG,
		    "%s:%d: account %s has no sender; add a line: from "
		    "you@example.com",
		    a->file, a->line, a->name);
	if ((a->tls_cert == NULL) != (a->tls_key == NULL))
		return err_set(e, ERR_CONFIG,
		    "%s:%d: account %s needs both tls_cert_file and "
		    "tls_key_file, or neither",
		    a->file, a->line, a->name);
	return true;
}

const struct account *
conf_choose(const struct conf *c, const char *name, const char *sender,
    const char *from, struct err *e)
{
	const struct account *a = conf_find(c, name, sender, from, e);

	return a != NULL && usable(a, c->only, e) ? a : NULL;
}

void
conf_forget(struct conf *c)
{
	for (size_t i = 0; i < c->n; i++)
		buf_clear(&c->v[i]->password);
}

void
conf_clear(struct conf *c)
{
	for (size_t i = 0; i < c->n; i++)
		account_free(c->v[i]);
	free(c->v);
	strv_clear(&c->files);
	strv_clear(&c->faults);
	strv_clear(&c->skipped);
	*c = (struct conf){0};
}
