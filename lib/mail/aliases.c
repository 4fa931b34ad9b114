/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/aliases.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/ascii.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"

#define FILE_MAX ((size_t)4 * 1024 * 1024)

/* The end of a line, without a comment: a # behind a blank, unquoted. */
static size_t
content(const char *s, size_t n)
{
	bool quoted = false;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\\' && quoted && i + 1 < n)
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
		else if (s[i] == '#' && !quoted
		    && (i == 0 || ascii_is_blank(s[i - 1])))
			n = i;
	}
	while (n > 0 && (ascii_is_blank(s[n - 1]) || s[n - 1] == '\r'))
		n--;
	return n;
}

/* Take comments off and blanks at line ends, in place; lines stay lines. */
static void
strip(struct buf *text)
{
	char *to = text->p;
	size_t n, used;

	for (const char *p = buf_str(text); *p != '\0';
	     p += n + (p[n] == '\n')) {
		n = strcspn(p, "\n");
		used = content(p, n);
		memmove(to, p, used);
		to += used;
		if (p[n] == '\n')
			*to++ = '\n';
	}
	text->n = (size_t)(to - text->p);
	*to = '\0';
}

bool
aliases_text(struct buf *text, const char *path, bool *missing, struct err *e)
{
	struct file_trouble trouble;
	struct stat st;
	bool ok;
	int fd;

	fd = file_open(path, &st, &trouble, e);
	*missing = trouble.missing;
	if (fd < 0)
		return err_in(e, "%s", path);
	text->max = FILE_MAX;
	ok = file_read(fd, text, e);
	close(fd);
	/* What stands behind it would be missed in silence. */
	if (ok && memchr(text->p, '\0', text->n) != NULL)
		ok = err_set(e, ERR_CONFIG, "has a NUL byte in it");
	if (ok)
		strip(text);
	return ok || err_in(e, "%s", path);
}

static void
add(struct aliases *a, const char *name, const char *values, int line)
{
	if (a->n == a->room) {
		a->room = a->room > 0 ? a->room * 2 : 16;
		a->v = mem_resize(a->v, a->room, sizeof *a->v);
	}
	a->v[a->n++] = (struct alias){
	    .name = name != NULL ? mem_dup(name) : NULL,
	    .values = mem_dup(values),
	    .line = line,
	};
}

/* A name may be quoted; the colon stands behind it. */
static bool
take_name(const char **s, struct buf *name)
{
	const char *p = *s;

	buf_reset(name);
	if (*p == '"') {
		for (p++; *p != '\0' && *p != '"'; p++) {
			if (*p == '\\' && p[1] != '\0')
				p++;
			buf_addc(name, *p);
		}
		p += *p == '"';
	} else {
		while (*p != '\0' && strchr(": \t\n", *p) == NULL)
			buf_addc(name, *p++);
	}
	p += strspn(p, " \t\n");
	*s = p + 1;
	return *p == ':' && name->n > 0;
}

/* One line with its continuations. */
static void
read_alias(struct aliases *a, const char *s, int line)
{
	struct buf name = {0};

	if (!take_name(&s, &name))
		add(a, NULL, "a line is NAME: ADDRESS, ...", line);
	else
		add(a, name.p, s, line);
	buf_clear(&name);
}

static void
read_lines(struct aliases *a, const char *p)
{
	struct buf whole = {0};
	int line = 0, first = 0;
	size_t n;

	for (; *p != '\0'; p += n + (p[n] == '\n')) {
		line++;
		n = strcspn(p, "\n");
		if (n > 0 && !ascii_is_blank(*p) && whole.n > 0) {
			read_alias(a, whole.p, first);
			buf_reset(&whole);
		}
		if (whole.n == 0)
			first = line;
		/* An empty line counts, and nothing more. */
		if (n > 0 || whole.n > 0) {
			buf_add(&whole, p, n);
			buf_addc(&whole, '\n');
		}
	}
	if (whole.n > 0)
		read_alias(a, whole.p, first);
	buf_clear(&whole);
}

bool
aliases_read(struct aliases *a, const char *path, bool optional, struct err *e)
{
	struct buf text = {0};
	bool missing, ok;

	a->path = mem_dup(path);
	ok = aliases_text(&text, path, &missing, e);
	if (ok)
		read_lines(a, buf_str(&text));
	buf_clear(&text);
	if (!ok && optional && missing) {
		*e = (struct err){0};
		ok = true;
	}
	return ok;
}

const struct alias *
aliases_find(const struct aliases *a, const char *name)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->v[i].name != NULL
		    && ascii_casecmp(a->v[i].name, name) == 0)
			return &a->v[i];
	return NULL;
}

const struct alias *
aliases_default(const struct aliases *a)
{
	const struct alias *line = aliases_find(a, "default");

	return line != NULL ? line : aliases_find(a, "*");
}

const struct alias *
aliases_fault(const struct aliases *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->v[i].name == NULL)
			return &a->v[i];
	return NULL;
}

/* Where the value ends: at a comma or line end outside quotes and comments. */
static size_t
value_length(const char *s)
{
	bool quoted = false;
	int depth = 0;
	size_t i;

	for (i = 0; s[i] != '\0'; i++) {
		if (s[i] == '\\' && s[i + 1] != '\0')
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
		else if (!quoted && (s[i] == '(' || s[i] == ')'))
			depth += s[i] == '(' ? 1 : -1;
		else if (!quoted && depth <= 0 && (s[i] == ',' || s[i] == '\n'))
			break;
	}
	return i;
}

/* "|command a" loses its quotes; "a b" and "a b"@x are addresses. */
static void
unquote(struct buf *b)
{
	struct buf plain = {0};
	size_t i;

	for (i = 1; i < b->n && b->p[i] != '"'; i++) {
		if (b->p[i] == '\\' && i + 1 < b->n)
			i++;
		buf_addc(&plain, b->p[i]);
	}
	if (i + 1 == b->n) {
		buf_reset(b);
		buf_adds(b, buf_str(&plain));
	}
	buf_clear(&plain);
}

bool
aliases_value(const char **list, struct buf *value)
{
	const char *s = *list;
	size_t n;

	s += strspn(s, ", \t\r\n");
	n = value_length(s);
	*list = s + n;
	while (n > 0 && strchr(" \t\r\n", s[n - 1]) != NULL)
		n--;
	buf_reset(value);
	buf_add(value, s, n);
	if (n > 1 && s[0] == '"' && strchr("|/:\\", s[1]) != NULL)
		unquote(value);
	return n > 0;
}

void
aliases_clear(struct aliases *a)
{
	for (size_t i = 0; i < a->n; i++) {
		free(a->v[i].name);
		free(a->v[i].values);
	}
	free(a->v);
	free(a->path);
	*a = (struct aliases){0};
}
