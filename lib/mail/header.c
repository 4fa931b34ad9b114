/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/header.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/mem.h"
#include "lib/mail/dkim.h"

static const char *const names[] = {
    [FIELD_OTHER] = "",
    [FIELD_BCC] = "Bcc",
    [FIELD_CC] = "Cc",
    [FIELD_CONTENT_DISPOSITION] = "Content-Disposition",
    [FIELD_CONTENT_LENGTH] = "Content-Length",
    [FIELD_CONTENT_TRANSFER_ENCODING] = "Content-Transfer-Encoding",
    [FIELD_CONTENT_TYPE] = "Content-Type",
    [FIELD_DATE] = "Date",
    [FIELD_DKIM_SIGNATURE] = "DKIM-Signature",
    [FIELD_FROM] = "From",
    [FIELD_MESSAGE_ID] = "Message-ID",
    [FIELD_MIME_VERSION] = "MIME-Version",
    [FIELD_REPLY_TO] = "Reply-To",
    [FIELD_RESENT_BCC] = "Resent-Bcc",
    [FIELD_RESENT_CC] = "Resent-Cc",
    [FIELD_RESENT_DATE] = "Resent-Date",
    [FIELD_RESENT_FROM] = "Resent-From",
    [FIELD_RESENT_MESSAGE_ID] = "Resent-Message-ID",
    [FIELD_RESENT_REPLY_TO] = "Resent-Reply-To",
    [FIELD_RESENT_SENDER] = "Resent-Sender",
    [FIELD_RESENT_TO] = "Resent-To",
    [FIELD_RETURN_PATH] = "Return-Path",
    [FIELD_SENDER] = "Sender",
    [FIELD_TO] = "To",
};

#define NAMES (sizeof names / sizeof names[0])

/*
 * Bytes of a field's name with its colon, 0 for a line that is no field.
 * Blanks before the colon are obsolete, but Bcc hides behind them (4.5).
 */
static size_t
field_start(const char *p, size_t n, size_t *name_len)
{
	size_t i = 0;

	while (i < n && p[i] > 32 && p[i] < 127 && p[i] != ':')
		i++;
	*name_len = i;
	while (i > 0 && i < n && ascii_is_blank(p[i]))
		i++;
	return i > 0 && i < n && p[i] == ':' ? i + 1 : 0;
}

static enum field_name
name_of(const char *p, size_t n)
{
	for (size_t i = 1; i < NAMES; i++)
		if (strlen(names[i]) == n
		    && ascii_ncasecmp(names[i], p, n) == 0)
			return (enum field_name)i;
	return FIELD_OTHER;
}

static struct field *
new_field(struct header *h)
{
	if (h->n == h->room) {
		h->room = h->room > 0 ? h->room * 2 : 32;
		h->v = mem_resize(h->v, h->room, sizeof *h->v);
	}
	h->v[h->n] = (struct field){0};
	return &h->v[h->n++];
}

static bool
is_mbox_line(const char *p, size_t n)
{
	return (n >= 5 && memcmp(p, "From ", 5) == 0)
	    || (n >= 6 && memcmp(p, ">From ", 6) == 0);
}

enum header_push
header_push(struct header *h, const char *line, size_t n)
{
	size_t name_len, value = 0;
	struct field *f;
	bool more;

	if (n == 2 && line[0] == '\r')
		return HEADER_END;
	more = h->n > 0 && n > 0 && ascii_is_blank(line[0]);
	if (!more)
		value = field_start(line, n, &name_len);
	if (!more && value == 0)
		return h->n == 0 && n <= HEADER_MAX && is_mbox_line(line, n)
		    ? HEADER_TAKEN
		    : HEADER_BODY;

	h->text.max = HEADER_MAX;
	if (!buf_add(&h->text, line, n))
		return HEADER_LONG;
	if (more) {
		h->v[h->n - 1].len += n;
		return HEADER_TAKEN;
	}
	f = new_field(h);
	f->name = name_of(line, name_len);
	f->at = h->text.n - n;
	f->len = n;
	f->value = value;
	return HEADER_TAKEN;
}

const char *
header_value(const struct header *h, const struct field *f, size_t *n)
{
	if (f->len == 0) {
		*n = 0;
		return "";
	}
	*n = f->len - f->value - 2;
	return h->text.p + f->at + f->value;
}

struct field *
header_find(const struct header *h, enum field_name name, size_t from)
{
	for (size_t i = from; i < h->n; i++)
		if (h->v[i].name == name && h->v[i].edit != FIELD_DROPPED)
			return &h->v[i];
	return NULL;
}

const char *
header_name(enum field_name name)
{
	return names[name];
}

static bool
is_resent(enum field_name name)
{
	return name >= FIELD_RESENT_BCC && name <= FIELD_RESENT_TO;
}

bool
header_resent(const struct header *h, size_t *first, size_t *end)
{
	unsigned seen = 0, bit;
	size_t i = 0;

	while (i < h->n && !is_resent(h->v[i].name))
		i++;
	*first = i;
	for (; i < h->n && is_resent(h->v[i].name); i++) {
		/*
		 * A second one of its kind belongs to an earlier resending,
		 * unless it is the same list going on.
		 */
		bit = 1U << h->v[i].name;
		if ((seen & bit) != 0 && h->v[i].name != h->v[i - 1].name)
			break;
		seen |= bit;
	}
	*end = i;
	return seen != 0;
}

bool
header_covered(const struct header *h, const struct field *f)
{
	const char *p;
	size_t n, len;

	p = header_text(h, f, &n);
	field_start(p, n, &len);
	return dkim_covers(h, p, len);
}

static bool
check_unsigned(const struct header *h, const char *name, struct err *e)
{
	if (!dkim_covers(h, name, strlen(name)))
		return true;
	return err_set(e, ERR_INPUT,
	    "the message's DKIM signature covers %s, which would have to be "
	    "changed; sign it without, or send it as it should go out",
	    name);
}

static bool
has_name(const struct header *h, const struct field *f, const char *name)
{
	size_t n = strlen(name), n_text, len;
	const char *p;

	p = header_text(h, f, &n_text);
	field_start(p, n_text, &len);
	return len == n && ascii_ncasecmp(p, name, n) == 0;
}

bool
header_drop_all(struct header *h, const char *name, struct err *e)
{
	bool checked = false;

	for (size_t i = 0; i < h->n; i++) {
		if (!has_name(h, &h->v[i], name))
			continue;
		if (!checked && !check_unsigned(h, name, e))
			return false;
		checked = true;
		h->v[i].edit = FIELD_DROPPED;
	}
	return true;
}

static void
set_text(struct field *f, const char *name, const char *value)
{
	buf_reset(&f->text);
	buf_addf(&f->text, "%s: %s\r\n", name, value);
	f->edit = FIELD_REPLACED;
}

bool
header_replace(struct header *h, struct field *f, const char *value,
    struct err *e)
{
	if (!check_unsigned(h, names[f->name], e))
		return false;
	set_text(f, names[f->name], value);
	return true;
}

bool
header_append(struct header *h, const char *name, const char *value,
    struct err *e)
{
	struct field *f;

	if (!check_unsigned(h, name, e))
		return false;
	f = new_field(h);
	f->name = name_of(name, strlen(name));
	set_text(f, name, value);
	return true;
}

const char *
header_text(const struct header *h, const struct field *f, size_t *n)
{
	switch (f->edit) {
	case FIELD_KEPT:
		*n = f->len;
		return h->text.p + f->at;
	case FIELD_REPLACED:
		*n = f->text.n;
		return f->text.p;
	case FIELD_DROPPED:
		break;
	}
	*n = 0;
	return "";
}

const char *
header_outgoing(const struct header *h, const struct field *f, size_t *n)
{
	const char *p = header_text(h, f, n), *colon = memchr(p, ':', *n);

	if (colon == NULL)
		return p;
	*n -= (size_t)(colon + 1 - p) + 2;
	return colon + 1;
}

void
header_put(struct header *h, enum field_name name, const char *value)
{
	struct field *f = header_find(h, name, 0);
	size_t at = f != NULL ? (size_t)(f - h->v) : h->n;

	if (f == NULL)
		f = new_field(h);
	f->name = name;
	set_text(f, names[name], value);
	while ((f = header_find(h, name, at + 1)) != NULL)
		f->edit = FIELD_DROPPED;
}

void
header_set_text(struct field *f, const char *text, size_t n)
{
	struct buf b = {0};

	buf_add(&b, text, n);
	buf_clear(&f->text);
	f->text = b;
	f->edit = FIELD_REPLACED;
}

bool
header_eightbit(const struct header *h)
{
	const char *p;
	size_t n;

	for (size_t i = 0; i < h->n; i++) {
		p = header_text(h, &h->v[i], &n);
		if (ascii_has_8bit(p, n))
			return true;
	}
	return false;
}

size_t
header_size(const struct header *h)
{
	size_t n, all = 0;

	for (size_t i = 0; i < h->n; i++) {
		header_text(h, &h->v[i], &n);
		all += n;
	}
	return all;
}

void
header_emit(const struct header *h, struct buf *b)
{
	const char *p;
	size_t n;

	for (size_t i = 0; i < h->n; i++) {
		p = header_text(h, &h->v[i], &n);
		buf_add(b, p, n);
	}
}

void
header_clear(struct header *h)
{
	for (size_t i = 0; i < h->n; i++)
		buf_clear(&h->v[i].text);
	free(h->v);
	buf_clear(&h->text);
	*h = (struct header){0};
}
