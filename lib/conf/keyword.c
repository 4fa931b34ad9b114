/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/conf/keyword.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "lib/base/ascii.h"
#include "lib/base/mem.h"
#include "lib/base/nearest.h"
#include "lib/conf/expand.h"
#include "lib/conf/refused.h"
#include "lib/conf/table.h"

struct account *
account_new(void)
{
	struct account *a = mem_alloc(sizeof *a);

	a->said = mem_alloc(keyword_count * sizeof *a->said);
	a->password.secret = true;
	a->aliases = mem_dup(CONF_ALIASES);
	a->from_override = 1;
	a->partial = 1;
	a->tls13 = -1;
	a->syslog = LOG_MAIL;
	return a;
}

static void *
member(const struct account *a, const struct keyword *k)
{
	return (char *)(uintptr_t)a + k->at;
}

static bool
is_string(enum keyword_kind kind)
{
	return kind == STRING || kind == PATTERN || kind == PATH
	    || kind == SECRET_PATH;
}

static void
set_string(struct account *a, const struct keyword *k, char *s)
{
	char **p = member(a, k);

	free(*p);
	*p = s;
}

#define AT(member) offsetof(struct account, member)

/* Ways to say the same: the last one counts, and the others are forgotten. */
static const struct {
	size_t said, forgotten;
} rivals[] = {
    {AT(password), AT(passwordeval)},
    {AT(password), AT(passwordfile)},
    {AT(passwordeval), AT(password)},
    {AT(passwordeval), AT(passwordfile)},
    {AT(passwordfile), AT(password)},
    {AT(passwordfile), AT(passwordeval)},
    {AT(user), AT(userfile)},
    {AT(userfile), AT(user)},
};

static void
forget(struct account *a, size_t at)
{
	for (size_t i = 0; i < keyword_count; i++) {
		const struct keyword *k = &keyword_table[i];

		if (k->at != at)
			continue;
		a->said[i] = SAID_NOT;
		if (k->kind == PASSWORD)
			buf_reset(&a->password);
		else
			set_string(a, k, NULL);
	}
}

static void
say(struct account *a, size_t i, enum conf_said how)
{
	for (size_t r = 0; r < sizeof rivals / sizeof rivals[0]; r++)
		if (rivals[r].said == keyword_table[i].at)
			forget(a, rivals[r].forgotten);
	a->said[i] = how;
}

static void
inherit(struct account *a, const struct account *base, const struct keyword *k)
{
	char *const *s = member(base, k);

	if (is_string(k->kind)) {
		set_string(a, k, *s != NULL ? mem_dup(*s) : NULL);
	} else if (k->kind == WORD || k->kind == NUMBER) {
		memcpy(member(a, k), member(base, k), sizeof(int));
	} else if (k->kind == PIN || k->kind == FINGERPRINT) {
		pins_clear(&a->pins);
		pins_copy(&a->pins, &base->pins);
		a->pins_own = false;
	} else if (k->kind == LIST) {
		strv_clear(member(a, k));
		strv_copy(member(a, k), member(base, k));
	} else if (k->kind == PASSWORD) {
		buf_reset(&a->password);
		buf_add(&a->password, base->password.p, base->password.n);
	}
}

void
account_inherit(struct account *a, const struct account *base)
{
	for (size_t i = 0; i < keyword_count; i++) {
		if (base->said[i] == SAID_NOT)
			continue;
		say(a, i, SAID_BY_BASE);
		inherit(a, base, &keyword_table[i]);
	}
}

void
account_free(struct account *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < keyword_count; i++) {
		if (is_string(keyword_table[i].kind))
			set_string(a, &keyword_table[i], NULL);
		if (keyword_table[i].kind == LIST)
			strv_clear(member(a, &keyword_table[i]));
	}
	pins_clear(&a->pins);
	buf_clear(&a->password);
	free(a->name);
	free(a->file);
	free(a->said);
	free(a);
}

static char *
beside(const char *file, const char *name)
{
	const char *slash = strrchr(file, '/');
	struct buf b = {0};
	char *path;

	if (slash != NULL)
		buf_add(&b, file, (size_t)(slash - file) + 1);
	buf_adds(&b, name);
	path = mem_dup(b.p);
	buf_clear(&b);
	return path;
}

char *
conf_path(const struct place *at, const char *s)
{
	struct buf b = {0};
	char *path;

	if (s[0] == '/' || strcmp(s, "-") == 0)
		return mem_dup(s);
	if (s[0] != '~' || (s[1] != '/' && s[1] != '\0')
	    || at->world->home == NULL)
		return beside(at->file, s);
	buf_addf(&b, "%s%s", at->world->home, s + 1);
	path = mem_dup(b.p);
	buf_clear(&b);
	return path;
}

/* A bare name is a credential of systemd's where there is such a one. */
static char *
secret_path(const struct place *at, const char *s)
{
	struct buf b = {0};
	char *path = NULL;

	if (strchr(s, '/') == NULL && at->world->credentials != NULL) {
		buf_addf(&b, "%s/%s", at->world->credentials, s);
		if (access(b.p, F_OK) == 0)
			path = mem_dup(b.p);
		buf_clear(&b);
	}
	return path != NULL ? path : conf_path(at, s);
}

static bool
in_words(const struct keyword_word *w, const char *s, int *value)
{
	for (; w != NULL && w->word != NULL; w++) {
		if (strcmp(w->word, s) == 0) {
			*value = w->value;
			return true;
		}
	}
	return false;
}

/* "off, on" - what may stand here. */
static bool
wrong_word(const struct keyword *k, const char *s, struct err *e)
{
	struct buf b = {0};

	for (const struct keyword_word *w = k->words; w->word != NULL; w++)
		if (*w->word != '\0')
			buf_addf(&b, "%s%s", b.n > 0 ? ", " : "", w->word);
	err_set(e, ERR_CONFIG, "%s cannot be \"%s\"; it is one of: %s", k->name,
	    s, b.p);
	buf_clear(&b);
	return false;
}

static bool
add_pin(struct account *a, const struct keyword *k, const struct place *at,
    const char *s, struct err *e)
{
	struct pin pin = {.kind = PIN_CERT};
	char *path;

	if (k->kind == PIN) {
		if (!pin_parse(&pin, s, e))
			return err_in(e, "pin");
	} else if (!ascii_unhex(pin.hash, sizeof pin.hash, s)) {
		if (strlen(s) == 59 || strlen(s) == 47)
			return err_set(e, ERR_CONFIG,
			    "SHA-1 and MD5 fingerprints can be forged; write "
			    "the SHA-256 one, or a pin line");
		return err_set(e, ERR_CONFIG,
		    "tls_fingerprint is a SHA-256 hash: 32 hex bytes with "
		    "colons between");
	}
	if (pin.path != NULL) {
		path = conf_path(at, pin.path);
		free(pin.path);
		pin.path = path;
	}
	if (!a->pins_own)
		pins_clear(&a->pins);
	a->pins_own = true;
	pin.file = mem_dup(at->file);
	pin.line = at->line;
	pins_add(&a->pins, &pin);
	free(pin.path);
	free(pin.file);
	return true;
}

static bool
set_password(struct account *a, const struct place *at, const char *s,
    struct err *e)
{
	if (at->exposed)
		return err_set(e, ERR_CONFIG,
		    "everybody may read the password in this file; run chmod "
		    "o-r, or write passwordfile");
	buf_reset(&a->password);
	buf_adds(&a->password, s);
	return true;
}

static bool
set_number(struct account *a, const struct keyword *k, const char *s,
    struct err *e)
{
	int value = 0;
	uint64_t n;

	if (!in_words(k->words, s, &value)) {
		if (!ascii_uint(s, (uint64_t)k->min, (uint64_t)k->max, &n))
			return err_set(e, ERR_CONFIG,
			    "%s cannot be \"%s\"; it is a number from %d to "
			    "%d",
			    k->name, s, k->min, k->max);
		value = (int)n;
	}
	memcpy(member(a, k), &value, sizeof value);
	return true;
}

static char *
string_value(const struct keyword *k, const struct place *at, const char *s)
{
	int none;

	if (*s == '\0' || in_words(k->words, s, &none))
		return NULL;
	switch (k->kind) {
	case PATTERN:
		return expand(s, at->world);
	case PATH:
		return conf_path(at, s);
	case SECRET_PATH:
		return secret_path(at, s);
	default:
		return mem_dup(s);
	}
}

static bool
apply(struct account *a, const struct keyword *k, const struct place *at,
    const char *s, struct err *e)
{
	char *value;
	int n;

	switch (k->kind) {
	case STRING:
	case PATTERN:
	case PATH:
	case SECRET_PATH:
		value = string_value(k, at, s);
		set_string(a, k, value);
		if (value != NULL && k->wrong != NULL
		    && k->wrong(value) != NULL)
			return err_set(e, ERR_CONFIG, "%s \"%s\": %s", k->name,
			    value, k->wrong(value));
		return true;
	case WORD:
		if (!in_words(k->words, s, &n))
			return wrong_word(k, s, e);
		memcpy(member(a, k), &n, sizeof n);
		return true;
	case NUMBER:
		return set_number(a, k, s, e);
	case NOTHING:
		return k->words == NULL || in_words(k->words, s, &n)
		    || wrong_word(k, s, e);
	case PIN:
	case FINGERPRINT:
		return add_pin(a, k, at, s, e);
	case LIST:
		strv_split(member(a, k), s, ", \t");
		return true;
	case PASSWORD:
		return set_password(a, at, s, e);
	}
	return false;
}

static bool
unknown(const char *keyword, struct err *e)
{
	const char *near;

	near = nearest_name(keyword, keyword_table, keyword_count,
	    sizeof keyword_table[0]);
	if (near == NULL)
		return err_set(e, ERR_CONFIG, "unknown keyword %s", keyword);
	return err_set(e, ERR_CONFIG, "unknown keyword %s; is it %s?", keyword,
	    near);
}

bool
keyword_apply(struct account *a, const struct place *at, const char *keyword,
    const char *argument, struct err *e)
{
	const char *why = refused_why(keyword, argument);

	if (why != NULL)
		return err_set(e, ERR_CONFIG, "%s", why);
	for (const char *p = argument; *p != '\0'; p++)
		if (ascii_is_control(*p) && *p != '\t')
			return err_set(e, ERR_CONFIG,
			    "%s has a control character in it", keyword);
	for (size_t i = 0; i < keyword_count; i++) {
		if (strcmp(keyword_table[i].name, keyword) != 0)
			continue;
		/* The first line of its own replaces what it inherited. */
		if (keyword_table[i].kind == LIST && a->said[i] != SAID)
			strv_clear(member(a, &keyword_table[i]));
		say(a, i, SAID);
		return apply(a, &keyword_table[i], at, argument, e);
	}
	return unknown(keyword, e);
}
