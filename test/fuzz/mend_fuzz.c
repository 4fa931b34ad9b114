/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/addr.h"
#include "lib/mail/fold.h"
#include "lib/mail/mediatype.h"
#include "lib/mail/mend.h"
#include "lib/mail/plain.h"
#include "test/fuzz/decode.h"
#include "test/fuzz/fuzz.h"

/* A field's text without its name and without folds. */
static void
value_of(struct buf *b, const char *p, size_t n)
{
	const char *end = p + n;

	for (p = (const char *)memchr(p, ':', n) + 1; p < end; p++)
		if (*p != '\r' && *p != '\n')
			buf_addc(b, *p);
}

static bool
has_8bit(const char *s)
{
	return ascii_has_8bit(s, strlen(s));
}

/* Blanks between the words of a name are not a part of it. */
static void
squeeze(struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		if (!ascii_is_blank(b->p[i]))
			b->p[n++] = b->p[i];
	b->n = n;
}

/* A reader sees the same text, or name. */
static void
same_text(const char *was, const char *is, bool name)
{
	struct buf one = {0}, two = {0};

	decode_text(&one, was);
	decode_text(&two, is);
	if (name) {
		squeeze(&one);
		squeeze(&two);
	}
	must(fuzz_same(&one, &two));
	buf_clear(&one);
	buf_clear(&two);
}

/* A reader sees the same people; only their domains look different. */
static void
same_people(const struct buf *was, const struct buf *is)
{
	struct mailboxes one = {0}, two = {0};
	struct err e = {0};

	if (addr_parse(&one, buf_str(was), was->n, &e)) {
		must(addr_parse(&two, buf_str(is), is->n, &e));
		must(one.n == two.n);
	}
	for (size_t i = 0; i < two.n; i++) {
		must(strcmp(one.v[i].local, two.v[i].local) == 0);
		must(has_8bit(one.v[i].domain)
		    || strcmp(one.v[i].domain, two.v[i].domain) == 0);
		/* Encoded words among what is none are decoded, or lost. */
		if (strstr(one.v[i].name, "=?") == NULL)
			same_text(one.v[i].name, two.v[i].name, true);
	}
	mailboxes_clear(&one);
	mailboxes_clear(&two);
}

/* No comments, and quotes only around values: all readers agree. */
static bool
is_clear(const char *p)
{
	bool quoted = false, value = false; /* it may begin here */

	for (; *p != '\0'; p++) {
		if (quoted && *p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '"' && !quoted && !value)
			return false;
		else if (*p == '"')
			quoted = !quoted;
		else if (*p == '(' && !quoted)
			return false;
		value = *p == '=' || (value && ascii_is_blank(*p));
	}
	return true;
}

/* What a reader of MIME needs is as it was, if it was ASCII. */
static void
same_type(const struct buf *was, const struct buf *is)
{
	struct mediatype one = {0}, two = {0};

	mediatype_parse(&one, buf_str(was), was->n);
	mediatype_parse(&two, buf_str(is), is->n);
	must(fuzz_same(&one.type, &two.type));
	must(fuzz_same(&one.subtype, &two.subtype));
	if (is_clear(buf_str(was))) {
		must(fuzz_same(&one.boundary, &two.boundary));
		must(has_8bit(buf_str(&one.charset))
		    || fuzz_same(&one.charset, &two.charset));
	}
	mediatype_clear(&one);
	mediatype_clear(&two);
}

static void
check_field(const char *was, size_t n, const char *is, size_t m)
{
	size_t name = (size_t)((const char *)memchr(was, ':', n) + 1 - was);
	struct buf one = {0}, two = {0};

	must(m > name && memcmp(was, is, name) == 0 && fuzz_is_wire(is, m));
	value_of(&one, was, n);
	value_of(&two, is, m);
	switch (plain_grammar(was, n)) {
	case PLAIN_TEXT:
		same_text(buf_str(&one), buf_str(&two), false);
		break;
	case PLAIN_ADDRESSES:
		same_people(&one, &two);
		break;
	case PLAIN_PARAMETERS:
		same_type(&one, &two);
		break;
	case PLAIN_STRICT:
		must(fuzz_same(&one, &two));
		break;
	}
	buf_clear(&one);
	buf_clear(&two);
}

static void
check(const struct header *was, const struct header *is, bool plain, bool inner,
    unsigned left)
{
	const char *p, *q;
	bool raw, longer;
	size_t n, m;

	must(was->n == is->n);
	for (size_t i = 0; i < was->n; i++) {
		p = header_text(was, &was->v[i], &n);
		q = header_text(is, &is->v[i], &m);
		raw = plain && ascii_has_8bit(p, n);
		longer = fold_needed(p, n);
		if (!(raw || longer)
		    || (!inner && header_covered(was, &was->v[i])))
			must(n == m && memcmp(p, q, n) == 0);
		else
			check_field(p, n, q, m);
		must((left & MEND_LONG) != 0 || !fold_needed(q, m));
		must((left & MEND_RAW) != 0 || !plain || !ascii_has_8bit(q, m));
	}
}

/* The first line: a choice, and the charset. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	unsigned how = fuzz_choice(&in);
	bool plain = (how & 1) == 0, inner = (how & 2) != 0;
	struct buf charset = {0};
	struct message was, is;
	unsigned left;

	fuzz_line(&in, &charset);
	fuzz_message(&is, in.p, in.n, 0);
	if (fuzz_message(&was, in.p, in.n, 0)) {
		left = mend_header(&is.header, plain, inner,
		    charset.n > 0 ? charset.p : NULL);
		check(&was.header, &is.header, plain, inner, left);
	}
	message_clear(&was);
	message_clear(&is);
	buf_clear(&charset);
	return 0;
}
