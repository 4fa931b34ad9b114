/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/addr.h"
#include "lib/mail/fold.h"
#include "lib/mail/header.h"
#include "test/fuzz/fuzz.h"

/* The text without folds (RFC 5322, 2.2.3), or without any blanks at all. */
static void
unfold(struct buf *b, const char *p, size_t n, bool blanks)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != '\r' && p[i] != '\n'
		    && (blanks || !ascii_is_blank(p[i])))
			buf_addc(b, p[i]);
}

static bool
same_text(const struct buf *a, const struct buf *b, bool blanks)
{
	struct buf one = {0}, two = {0};
	bool same;

	unfold(&one, buf_str(a), a->n, blanks);
	unfold(&two, buf_str(b), b->n, blanks);
	same = fuzz_same(&one, &two);
	buf_clear(&one);
	buf_clear(&two);
	return same;
}

/* The mailboxes of a list; false if it is none. */
static bool
paths(struct buf *b, const struct buf *field)
{
	const char *colon = strchr(buf_str(field), ':');
	struct mailboxes l = {0};
	struct err e = {0};
	bool ok;

	ok = colon != NULL
	    && addr_parse(&l, colon + 1,
		field->n - (size_t)(colon + 1 - field->p) - 2, &e);
	for (size_t i = 0; ok && i < l.n; i++) {
		mailbox_path(b, &l.v[i]);
		buf_adds(b, "\n");
	}
	mailboxes_clear(&l);
	return ok;
}

/* A line is too long only where it has no blank to be folded at. */
static void
check_line(const char *p, size_t n, bool first)
{
	const char *end = p + n, *colon = memchr(p, ':', n);

	must(first == !ascii_is_blank(*p));
	if (first && colon != NULL)
		p = colon + 1;
	while (p < end && ascii_is_blank(*p))
		p++;
	while (end > p && ascii_is_blank(end[-1]))
		end--;
	must(n <= FOLD_LINE
	    || (memchr(p, ' ', (size_t)(end - p)) == NULL
		&& memchr(p, '\t', (size_t)(end - p)) == NULL));
}

static void
check(const struct buf *field, bool list)
{
	struct buf b = {0}, before = {0}, after = {0};
	size_t n;

	fold_field(&b, buf_str(field), field->n, list);
	must(fuzz_is_wire(buf_str(&b), b.n));
	must(fold_needed(buf_str(field), field->n) || fuzz_same(&b, field));
	must(same_text(&b, field, !list));
	must(!list || !paths(&before, field)
	    || (paths(&after, &b) && fuzz_same(&before, &after)));
	for (const char *p = buf_str(&b); *p != '\0'; p += n + 2) {
		n = strcspn(p, "\r");
		check_line(p, n, p == b.p);
	}
	buf_clear(&b);
	buf_clear(&before);
	buf_clear(&after);
}

/* The first field of the text. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	bool list = fuzz_choice(&in) != 0;
	struct buf text = {0}, field = {0};
	struct header h = {0};
	const char *p, *lf;

	fuzz_canon(&text, in.p, in.n);
	for (p = buf_str(&text); *p != '\0'; p = lf + 1) {
		lf = strchr(p, '\n');
		if (header_push(&h, p, (size_t)(lf + 1 - p)) != HEADER_TAKEN)
			break;
	}
	if (h.n > 0) {
		buf_add(&field, h.text.p + h.v[0].at, h.v[0].len);
		check(&field, list);
	}
	header_clear(&h);
	buf_clear(&text);
	buf_clear(&field);
	return 0;
}
