/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/mailbox.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/mem.h"
#include "lib/mail/words.h"

bool
mailbox_atext(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || (c & 0x80) != 0
	    || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool
is_dot_string(const char *s)
{
	if (*s == '\0' || *s == '.')
		return false;
	for (; *s != '\0'; s++)
		if (!mailbox_atext(*s)
		    && (*s != '.' || s[1] == '.' || s[1] == '\0'))
			return false;
	return true;
}

static void
add_quoted(struct buf *b, const char *s)
{
	buf_addc(b, '"');
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			buf_addc(b, '\\');
		buf_addc(b, *s);
	}
	buf_addc(b, '"');
}

void
mailbox_path(struct buf *b, const struct mailbox *m)
{
	if (is_dot_string(m->local))
		buf_adds(b, m->local);
	else
		add_quoted(b, m->local);
	if (*m->domain != '\0')
		buf_addf(b, "@%s", m->domain);
}

static bool
is_phrase(const char *s)
{
	for (; *s != '\0'; s++)
		if (!mailbox_atext(*s) && *s != ' ')
			return false;
	return true;
}

void
mailbox_print(struct buf *b, const char *name, const char *path)
{
	if (*name == '\0') {
		buf_adds(b, path);
		return;
	}
	if (ascii_has_8bit(name, strlen(name))) {
		words_encode(b, name, NULL);
		buf_addf(b, "\r\n <%s>", path);
		return;
	}
	if (is_phrase(name))
		buf_adds(b, name);
	else
		add_quoted(b, name);
	buf_addf(b, " <%s>", path);
}

void
mailboxes_add(struct mailboxes *l, const char *name, const char *local,
    const char *domain)
{
	if (l->n == l->room) {
		l->room = l->room > 0 ? l->room * 2 : 8;
		l->v = mem_resize(l->v, l->room, sizeof *l->v);
	}
	l->v[l->n++] =
	    (struct mailbox){mem_dup(name), mem_dup(local), mem_dup(domain)};
}

void
mailboxes_clear(struct mailboxes *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].name);
		free(l->v[i].local);
		free(l->v[i].domain);
	}
	free(l->v);
	*l = (struct mailboxes){0};
}
