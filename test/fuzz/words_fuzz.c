/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/words.h"
#include "test/fuzz/fuzz.h"

/* UTF-8 without control characters: text that words can carry. */
static bool
is_text(const char *s)
{
	struct buf b = {0};
	bool yes;

	ascii_clean(&b, s, strlen(s));
	yes = strcmp(buf_str(&b), s) == 0;
	buf_clear(&b);
	return yes;
}

/* RFC 2047, 2: words of 75 characters, ASCII, on lines of 76. */
static void
check_words(const struct buf *b)
{
	const char *p = buf_str(b);
	size_t n;

	must(fuzz_is_wire(p, b->n) && !ascii_has_8bit(p, b->n));
	for (; *p != '\0'; p += n + strspn(p + n, "\r\n ")) {
		n = strcspn(p, "\r\n ");
		must(n <= 75 && strncmp(p, "=?", 2) == 0
		    && strncmp(p + n - 2, "?=", 2) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	struct buf charset = {0}, text = {0}, coded = {0}, back = {0};

	fuzz_line(&in, &charset);
	buf_add(&text, in.p, in.n);
	text.n = strlen(buf_str(&text));
	words_encode(&coded, buf_str(&text), buf_str(&charset));
	check_words(&coded);
	words_decode(&back, buf_str(&coded));
	must(!is_text(buf_str(&text)) || fuzz_same(&back, &text));

	buf_reset(&back);
	words_decode(&back, buf_str(&text));
	must(!is_text(buf_str(&text)) || is_text(buf_str(&back)));
	buf_clear(&charset);
	buf_clear(&text);
	buf_clear(&coded);
	buf_clear(&back);
	return 0;
}
