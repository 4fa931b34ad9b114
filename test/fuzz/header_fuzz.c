/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/mail/header.h"
#include "test/fuzz/fuzz.h"

static const enum field_name names[] = {FIELD_BCC, FIELD_FROM, FIELD_TO,
    FIELD_DATE, FIELD_RESENT_TO, FIELD_MESSAGE_ID, FIELD_RETURN_PATH,
    FIELD_DKIM_SIGNATURE};

static enum header_push
push(struct header *h, const char *p, size_t n)
{
	enum header_push what = HEADER_TAKEN;
	size_t line;

	for (; what == HEADER_TAKEN && n > 0; p += line, n -= line) {
		line = (size_t)((const char *)memchr(p, '\n', n) - p) + 1;
		what = header_push(h, p, line);
	}
	return what;
}

/* What goes out has the size that was told, and the same fields. */
static void
check(const struct header *h, struct buf *b)
{
	struct header again = {0};
	size_t n, j = 0;

	buf_reset(b);
	header_emit(h, b);
	must(header_size(h) == b->n && fuzz_is_wire(b->p, b->n));
	must(push(&again, buf_str(b), b->n) == HEADER_TAKEN);
	for (size_t i = 0; i < h->n; i++) {
		header_value(h, &h->v[i], &n);
		must(h->v[i].edit == FIELD_DROPPED
		    || (j < again.n && again.v[j++].name == h->v[i].name));
	}
	must(j == again.n && again.text.n == b->n);
	header_clear(&again);
}

static bool
edit(struct header *h, unsigned how, enum field_name name, struct err *e)
{
	struct field *f = header_find(h, name, 0);

	if (how == 0)
		return header_drop_all(h, header_name(name), e);
	if (how == 1)
		return header_append(h, header_name(name), "1,\r\n 2", e);
	return f == NULL || header_replace(h, f, "3", e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	struct buf ops = {0}, text = {0}, was = {0}, is = {0};
	struct header h = {0};
	struct err e = {0};
	enum field_name name;
	size_t first, end;

	fuzz_line(&in, &ops);
	fuzz_canon(&text, in.p, in.n);
	push(&h, buf_str(&text), text.n);
	check(&h, &is);
	must(fuzz_same(&is, &h.text));
	if (header_resent(&h, &first, &end))
		must(first < end && end <= h.n);
	for (size_t i = 0; i < ops.n && i < 16; i++) {
		name = names[ops.p[i] & 7];
		buf_reset(&was);
		buf_add(&was, is.p, is.n);
		if (edit(&h, ops.p[i] >> 3 & 3, name, &e)) {
			check(&h, &is);
			must((ops.p[i] >> 3 & 3) != 0
			    || header_find(&h, name, 0) == NULL);
		} else {
			check(&h, &is);
			must(e.kind == ERR_INPUT && fuzz_same(&is, &was));
		}
	}
	header_clear(&h);
	buf_clear(&ops);
	buf_clear(&text);
	buf_clear(&was);
	buf_clear(&is);
	return 0;
}
