/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/message.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/mediatype.h"

void
message_begin(struct message *m, const char *dir)
{
	*m = (struct message){0};
	store_begin(&m->body, dir);
}

static bool
too_long(struct err *e)
{
	return err_set(e, ERR_INPUT,
	    "the message's header is over %zu KiB; is it a message?",
	    HEADER_MAX / 1024);
}

/* A whole line, or the beginning of one that is too long for a header. */
static bool
push_line(struct message *m, const char *p, size_t n, struct err *e)
{
	switch (header_push(&m->header, p, n)) {
	case HEADER_TAKEN:
		return true;
	case HEADER_END:
		m->in_body = true;
		return true;
	case HEADER_BODY:
		m->in_body = true;
		return store_add(&m->body, p, n, e);
	case HEADER_LONG:
		break;
	}
	return too_long(e);
}

/* Canonical bytes while the header lasts; *n of them were used. */
static bool
add_header(struct message *m, const char *p, size_t *n, struct err *e)
{
	const char *end = memchr(p, '\n', *n);
	bool ok;

	if (end != NULL)
		*n = (size_t)(end - p) + 1;
	buf_add(&m->line, p, *n);
	if (end == NULL && m->line.n <= HEADER_MAX)
		return true;
	ok = push_line(m, m->line.p, m->line.n, e);
	buf_reset(&m->line);
	return ok;
}

/* The header is short and comes first; from there on nothing is copied. */
static bool
add_canonical(struct message *m, const char *p, size_t n, struct err *e)
{
	size_t used;

	for (; n > 0 && !m->in_body; p += used, n -= used) {
		used = n;
		if (!add_header(m, p, &used, e))
			return false;
	}
	return n == 0 || store_add(&m->body, p, n, e);
}

bool
message_add(struct message *m, const char *p, size_t n, struct err *e)
{
	char head[CANON_ROOM], *room;
	size_t taken, out;
	bool ok = true;

	for (; ok && n > 0; p += taken, n -= taken) {
		room = m->in_body ? store_room(&m->body, CANON_ROOM) : head;
		out = canon_piece(&m->canon, p, n, &taken, room);
		ok = room != head ? store_took(&m->body, out, e)
				  : add_canonical(m, head, out, e);
	}
	return ok;
}

/* Only what was seen may be in the header alone: then look again. */
static bool
find_eightbit(struct message *m, struct err *e)
{
	const struct header *h = &m->header;
	const char *p;
	size_t n;

	m->eightbit = m->canon.eightbit;
	if (!m->eightbit || !ascii_has_8bit(buf_str(&h->text), h->text.n))
		return true;
	m->eightbit = false;
	for (uint64_t at = 0; !m->eightbit && at < m->body.size; at += n) {
		if (!store_read(&m->body, at, &p, &n, e))
			return false;
		m->eightbit = ascii_has_8bit(p, n);
	}
	return true;
}

bool
message_end(struct message *m, struct err *e)
{
	char rest[2];
	size_t n;

	n = canon_end(&m->canon, rest);
	if (!add_canonical(m, rest, n, e))
		return false;
	buf_clear(&m->line);
	return find_eightbit(m, e);
}

uint64_t
message_size(const struct message *m)
{
	return header_size(&m->header) + 2 + m->body.size;
}

bool
message_eightbit(const struct message *m)
{
	return m->eightbit || header_eightbit(&m->header);
}

bool
message_signed(const struct message *m)
{
	struct mediatype type = {0};
	bool yes;

	if (header_find(&m->header, FIELD_DKIM_SIGNATURE, 0) != NULL)
		return true;
	mediatype_read(&type, &m->header);
	yes = mediatype_is_signed(&type);
	mediatype_clear(&type);
	return yes;
}

bool
message_emit(struct message *m, const struct message_sink *sink, struct err *e)
{
	struct buf head = {0};
	const char *p;
	size_t n;
	bool ok;

	header_emit(&m->header, &head);
	buf_adds(&head, "\r\n");
	ok = sink->put(sink->arg, head.p, head.n, e);
	buf_clear(&head);
	for (uint64_t at = 0; ok && at < m->body.size; at += n)
		ok = store_read(&m->body, at, &p, &n, e)
		    && sink->put(sink->arg, p, n, e);
	return ok;
}

void
message_clear(struct message *m)
{
	header_clear(&m->header);
	store_clear(&m->body);
	buf_clear(&m->line);
}
