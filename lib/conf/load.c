/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/ascii.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/conf/account.h"
#include "lib/conf/keyword.h"
#include "lib/conf/lex.h"

#define FILE_MAX ((size_t)16 * 1024 * 1024)
#define INCLUDE_DEPTH 8

/* One configuration: a file and what it includes. */
struct reader {
	struct conf *conf;
	const struct conf_world *world;
	size_t first;             /* of the accounts that are its own */
	struct account *defaults; /* for the accounts to come */
	struct account *current;  /* that the next line is about, or NULL */
	int depth;
};

static bool read_file(struct reader *, const char *path, struct file_trouble *,
    struct err *);

static void
add_fault(struct reader *r, const struct err *e)
{
	strv_add(&r->conf->faults, e->text);
}

static struct account *
find(struct reader *r, const char *name, size_t n)
{
	struct conf *c = r->conf;

	for (size_t i = r->first; i < c->n; i++)
		if (strlen(c->v[i]->name) == n
		    && memcmp(c->v[i]->name, name, n) == 0)
			return c->v[i];
	return NULL;
}

static struct account *
add_account(struct reader *r, const struct place *at, const char *name,
    size_t n)
{
	struct conf *c = r->conf;
	struct account *a = account_new();

	a->name = mem_dupn(name, n);
	a->file = mem_dup(at->file);
	a->line = at->line;
	account_inherit(a, r->defaults);
	c->v = mem_resize(c->v, c->n + 1, sizeof(struct account *));
	c->v[c->n++] = a;
	return a;
}

static size_t
trimmed(const char **p, const char *end)
{
	while (*p < end && ascii_is_blank(**p))
		(*p)++;
	while (end > *p && ascii_is_blank(end[-1]))
		end--;
	return (size_t)(end - *p);
}

static bool
inherit_from(struct reader *r, struct account *a, const char *p, struct err *e)
{
	const struct account *base;
	const char *end;
	size_t n;

	for (;; p = end + 1) {
		end = p + strcspn(p, ",");
		n = trimmed(&p, end);
		base = find(r, p, n);
		if (base == NULL || base == a)
			return err_set(e, ERR_CONFIG,
			    "there is no account %.*s above this line", (int)n,
			    p);
		account_inherit(a, base);
		if (*end == '\0')
			return true;
	}
}

/* account NAME [: BASE, ...] */
static bool
begin_account(struct reader *r, const struct place *at, const char *p,
    struct err *e)
{
	const char *end = p + strcspn(p, ":"), *bases = end;
	size_t n = trimmed(&p, end);

	if (n == 0 || memchr(p, ',', n) != NULL)
		return err_set(e, ERR_CONFIG, "write account NAME");
	if (find(r, p, n) != NULL)
		return err_set(e, ERR_CONFIG, "account %.*s is there already",
		    (int)n, p);
	r->current = add_account(r, at, p, n);
	return *bases == '\0' || inherit_from(r, r->current, bases + 1, e);
}

static bool
include(struct reader *r, const struct place *at, const char *pattern,
    struct err *e)
{
	struct file_trouble trouble;
	bool ok = true;
	char *path;
	glob_t g;

	if (*pattern == '\0')
		return err_set(e, ERR_CONFIG, "write include FILE");
	if (r->depth >= INCLUDE_DEPTH)
		return err_set(e, ERR_CONFIG,
		    "files include each other more than %d deep",
		    INCLUDE_DEPTH);
	path = conf_path(at, pattern);
	if (strpbrk(pattern, "*?[") == NULL) {
		ok = read_file(r, path, &trouble, e);
	} else if (glob(path, 0, NULL, &g) == 0) {
		for (size_t i = 0; ok && i < g.gl_pathc; i++)
			ok = read_file(r, g.gl_pathv[i], &trouble, e);
		globfree(&g);
	}
	free(path);
	return ok;
}

static bool
line(struct reader *r, const struct place *at, const struct lex *l,
    struct err *e)
{
	if (strcmp(l->keyword, "account") == 0)
		return begin_account(r, at, l->argument, e);
	if (strcmp(l->keyword, "include") == 0)
		return include(r, at, l->argument, e);
	if (strcmp(l->keyword, "defaults") == 0) {
		account_free(r->defaults);
		r->current = r->defaults = account_new();
		return true;
	}
	/* Lines before any account are about the default one. */
	if (r->current == NULL)
		r->current = add_account(r, at, "default", 7);
	return keyword_apply(r->current, at, l->keyword, l->argument, e);
}

bool
conf_sheltered(const char *path, const char *credentials)
{
	size_t n = credentials != NULL ? strlen(credentials) : 0;

	return strncmp(path, "/run/secrets/", 13) == 0
	    || strncmp(path, "/var/run/secrets/", 17) == 0
	    || (n > 0 && strncmp(path, credentials, n) == 0 && path[n] == '/');
}

/* Faults in it are collected; only a file that cannot be read is false. */
static bool
read_file(struct reader *r, const char *path, struct file_trouble *trouble,
    struct err *e)
{
	struct place at = {.world = r->world, .file = path};
	struct buf text = {.max = FILE_MAX, .secret = true};
	struct lex l = {0};
	struct err fault;
	struct stat st;
	bool ok;
	int fd;

	fd = file_open(path, &st, trouble, e);
	if (fd < 0)
		return err_in(e, "%s", path);
	ok = file_read(fd, &text, e);
	close(fd);
	if (ok && memchr(text.p, '\0', text.n) != NULL)
		ok = err_set(e, ERR_CONFIG, "has a NUL byte in it");
	if (!ok) {
		err_in(e, "%s", path);
		goto out;
	}
	strv_add(&r->conf->files, path);
	at.exposed = (st.st_mode & S_IROTH) != 0
	    && !conf_sheltered(path, r->world->credentials);
	r->depth++;
	for (l.next = text.p; lex_next(&l);) {
		at.line = l.line;
		if (!line(r, &at, &l, &fault)) {
			err_in(&fault, "%s:%d", path, at.line);
			add_fault(r, &fault);
		}
	}
	r->depth--;
out:
	buf_clear(&text);
	return ok;
}

/* A whole configuration; its accounts go behind those of an earlier one. */
static bool
read_conf(struct conf *c, const struct conf_world *w, const char *path,
    struct file_trouble *trouble, struct err *e)
{
	struct reader r = {.conf = c, .world = w, .first = c->n};
	struct account *a;
	size_t n = c->n;
	bool ok;

	r.defaults = account_new();
	ok = read_file(&r, path, trouble, e);
	account_free(r.defaults);

	/* The user's account replaces the system's of the same name. */
	for (size_t i = r.first; i < c->n; i++) {
		a = c->v[i];
		for (size_t j = 0; a != NULL && j < r.first; j++) {
			if (strcmp(c->v[j]->name, a->name) == 0) {
				account_free(a);
				a = NULL;
			}
		}
		if (a != NULL)
			c->v[n++] = a;
	}
	c->n = n;
	return ok;
}

static bool
read_user(struct conf *c, const struct conf_world *w, struct err *e)
{
	struct file_trouble trouble = {.missing = true};
	struct buf path = {0};
	bool ok = true;

	if (w->xdg != NULL && w->xdg[0] == '/')
		buf_addf(&path, "%s/pinmail/config", w->xdg);
	else if (w->home != NULL)
		buf_addf(&path, "%s/.config/pinmail/config", w->home);
	if (path.n > 0)
		ok = read_conf(c, w, path.p, &trouble, e);
	if (!ok && trouble.missing && w->home != NULL) {
		buf_reset(&path);
		buf_addf(&path, "%s/.pinmailrc", w->home);
		ok = read_conf(c, w, path.p, &trouble, e);
	}
	buf_clear(&path);
	/* A HOME that we may not enter is as good as none: cron, PHP. */
	if (!ok && trouble.denied)
		strv_add(&c->skipped, e->text);
	return ok || trouble.missing || trouble.denied;
}

static bool
read_both(struct conf *c, const struct conf_world *w, struct err *e)
{
	struct file_trouble trouble;

	/* The user's first: the first account that matches is taken. */
	if (!read_user(c, w, e))
		return false;
	if (read_conf(c, w, w->system_file, &trouble, e))
		return true;
	if ((trouble.missing || trouble.denied) && c->files.n > 0)
		return true;
	if (trouble.missing && c->skipped.n > 0)
		return err_set(e, ERR_CONFIG, "there is no %s, and %s",
		    w->system_file, c->skipped.v[0]);
	if (trouble.missing)
		return err_set(e, ERR_CONFIG,
		    "there is no %s%s%s; write one, pinmail.conf(5) has "
		    "examples",
		    w->system_file,
		    w->home != NULL ? " and no configuration below " : "",
		    w->home != NULL ? w->home : "");
	return false;
}

static void
finish(struct account *a)
{
	if (a->auth == AUTH_UNSET)
		a->auth = a->user != NULL || a->userfile != NULL ? AUTH_ANY
								 : AUTH_OFF;
}

bool
conf_load(struct conf *c, const struct conf_world *w, const char *only,
    struct err *e)
{
	struct file_trouble trouble;

	mem_guard(); /* a password may stand in it */
	c->only = only;
	if (only != NULL ? !read_conf(c, w, only, &trouble, e)
			 : !read_both(c, w, e))
		return false;
	if (c->faults.n > 0)
		return err_set(e, ERR_CONFIG, "%s", c->faults.v[0]);
	for (size_t i = 0; i < c->n; i++)
		finish(c->v[i]);
	return true;
}
