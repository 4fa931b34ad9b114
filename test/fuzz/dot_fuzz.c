/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/mail/dot.h"
#include "test/fuzz/fuzz.h"

/* How long the line end at p is; 0 if there is none. */
static size_t
line_end(const char *p, const char *end)
{
	if (p < end && *p == '\n')
		return 1;
	return end - p > 1 && p[0] == '\r' && p[1] == '\n' ? 2 : 0;
}

/* Is there nothing but what a dot that ends the message begins with? */
static bool
undecided(const char *p, const char *end)
{
	return *p == '.' && (end - p == 1 || (end - p == 2 && p[1] == '\r'));
}

/* What dot.h promises, line by line; behind what ends the message, or NULL. */
static const char *
expect(struct buf *b, const struct input *in, bool stuffed)
{
	const char *end = in->p + in->n, *lf;
	size_t n;

	for (const char *p = in->p; p < end && !undecided(p, end); p += n) {
		lf = memchr(p, '\n', (size_t)(end - p));
		n = (size_t)((lf != NULL ? lf + 1 : end) - p);
		if (*p == '.' && line_end(p + 1, end) > 0)
			return p + n;
		if (*p == '.' && stuffed)
			buf_add(b, p + 1, n - 1);
		else
			buf_add(b, p, n);
	}
	return NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	struct dot d = {.stuffed = (fuzz_choice(&in) & 1) != 0};
	unsigned step = fuzz_choice(&in);
	struct buf text = {0}, got = {0}, want = {0};
	struct message m, plain;
	const char *p = in.p, *to, *behind;
	struct err e = {0};

	message_begin(&m, "/tmp");
	for (; p < in.p + in.n && !d.ended; must(p == to || d.ended)) {
		to = p + fuzz_piece(p, (size_t)(in.p + in.n - p), step);
		must(dot_add(&d, &m, &p, to, &e));
	}
	must(message_end(&m, &e));
	fuzz_emit(&got, &m);

	behind = expect(&text, &in, d.stuffed);
	must(d.ended == (behind != NULL) && (!d.ended || p == behind));
	fuzz_message(&plain, buf_str(&text), text.n, 0);
	fuzz_emit(&want, &plain);
	must(fuzz_same(&got, &want));
	message_clear(&m);
	message_clear(&plain);
	buf_clear(&text);
	buf_clear(&got);
	buf_clear(&want);
	return 0;
}
