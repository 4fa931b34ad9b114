/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/mail/encode.h"
#include "test/fuzz/decode.h"
#include "test/fuzz/fuzz.h"

/* Memory of just the size that is promised to do. */
static void
encode(struct buf *b, struct encoder e, const struct buf *text, unsigned step)
{
	size_t some;
	char *out;

	for (size_t i = 0; i < text->n; i += some) {
		some = fuzz_piece(text->p + i, text->n - i, step);
		out = malloc(ENCODE_ROOM(some));
		must(out != NULL);
		buf_add(b, out, encode_piece(&e, text->p + i, some, out));
		free(out);
	}
	out = malloc(ENCODE_ROOM(0));
	must(out != NULL);
	buf_add(b, out, encode_end(&e, out));
	free(out);
}

/* RFC 2045, 6.7 and 6.8, and what we promise beyond. */
static void
check_line(const char *p, size_t n, bool soft, bool wrap)
{
	must(n <= 76);
	for (size_t i = 0; i < n; i++)
		must((p[i] >= 32 && p[i] < 127) || p[i] == '\t');
	must(n == 0 || *p != '.');
	must(!soft || n == 0 || *p != '-');
	/* There it may have come in with the blank, which nobody decodes. */
	must(wrap || n == 0 || (p[n - 1] != ' ' && p[n - 1] != '\t'));
}

static void
check_wire(const struct buf *b, const struct encoder *e)
{
	const char *p = buf_str(b), *end = p + b->n;
	bool soft = false;
	size_t n;

	must(fuzz_is_wire(p, b->n));
	for (; p < end; p += n + 2) {
		n = strcspn(p, "\r");
		check_line(p, n, soft, e->wrap);
		soft = n > 0 && p[n - 1] == '=';
	}
	must(e->how == ENCODING_QP || e->wrap
	    || (b->n - b->n / 78 * 2) % 4 == 0);
}

/* What a receiver shall have; CRLF is LF if the encoder says so. */
static void
expect(struct buf *b, const struct encoder *e, const struct buf *text)
{
	bool lf = e->lf && !e->wrap && e->how == ENCODING_BASE64;

	decode(b, e->wrap ? e->how : ENCODING_NONE, buf_str(text), text->n);
	for (size_t i = 0; lf && i < b->n; i++)
		if (b->p[i] == '\r')
			memmove(b->p + i, b->p + i + 1, b->n-- - i);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	struct buf text = {0}, got = {0}, whole = {0}, want = {0}, back = {0};
	unsigned how = fuzz_choice(&in), step = fuzz_choice(&in);
	struct encoder e = {
	    .how = (how & 1) != 0 ? ENCODING_BASE64 : ENCODING_QP,
	    .wrap = (how & 2) != 0,
	    .lf = (how & 4) != 0,
	};

	fuzz_canon(&text, in.p, in.n);
	/* A part's last CRLF belongs to the delimiter (RFC 2046, 5.1.1). */
	if ((how & 8) != 0 && text.n > 0)
		text.n -= 2;
	encode(&got, e, &text, step);
	encode(&whole, e, &text, 0);
	must(fuzz_same(&got, &whole));
	check_wire(&got, &e);
	expect(&want, &e, &text);
	decode(&back, e.how, buf_str(&got), got.n);
	if (e.wrap) {
		decode_trim(&back);
		decode_trim(&want);
	}
	must(fuzz_same(&back, &want)
	    || (e.wrap && !decode_is_clear(e.how, text.p, text.n)));
	buf_clear(&text);
	buf_clear(&got);
	buf_clear(&whole);
	buf_clear(&want);
	buf_clear(&back);
	return 0;
}
