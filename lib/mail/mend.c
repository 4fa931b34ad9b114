/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/mend.h"

#include "lib/base/ascii.h"
#include "lib/mail/fold.h"
#include "lib/mail/plain.h"
#include "lib/mail/words.h"

static unsigned
mend_field(struct header *h, struct field *f, bool plain, const char *charset)
{
	struct buf text = {0}, folded = {0};
	bool addresses;
	unsigned left = 0;
	const char *p;
	size_t n;

	p = header_text(h, f, &n);
	addresses = plain_grammar(p, n) == PLAIN_ADDRESSES;
	if (plain)
		plain_field(&text, p, n, charset);
	else
		buf_add(&text, p, n);
	fold_field(&folded, text.p, text.n, addresses);
	header_set_text(f, folded.p, folded.n);
	if (plain && ascii_has_8bit(folded.p, folded.n)) {
		left |= MEND_RAW;
		if (addresses && words_utf8(folded.p, folded.n))
			left |= MEND_UTF8;
	}
	if (fold_needed(folded.p, folded.n))
		left |= MEND_LONG;
	buf_clear(&text);
	buf_clear(&folded);
	return left;
}

unsigned
mend_header(struct header *h, bool plain, bool inner, const char *charset)
{
	bool dkim = !inner && header_find(h, FIELD_DKIM_SIGNATURE, 0) != NULL;
	unsigned left = 0;
	bool raw, longer;
	const char *p;
	size_t n;

	for (size_t i = 0; i < h->n; i++) {
		p = header_text(h, &h->v[i], &n);
		raw = plain && ascii_has_8bit(p, n);
		longer = fold_needed(p, n);
		if (!raw && !longer)
			continue;
		if (dkim && header_covered(h, &h->v[i]))
			left |=
			    (raw ? MEND_RAW : 0U) | (longer ? MEND_LONG : 0U);
		else
			left |= mend_field(h, &h->v[i], raw, charset);
	}
	return left;
}
