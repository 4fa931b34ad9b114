/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/words.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/ascii.h"

/*
 * A line with such a word has 76 characters at most (RFC 2047, 2): 44 digits
 * of base64, "=?unknown-8bit?B?" and "?=" leave room for a field's name.
 */
#define WORD_BYTES 33

void
words_encode(struct buf *b, const char *s)
{
	size_t n = strlen(s), len, take;
	bool utf8 = true;

	for (size_t i = 0; i < n && utf8; i += len) {
		len = ascii_utf8(s + i, n - i);
		utf8 = len > 0;
	}
	for (size_t i = 0; i < n; i += take) {
		/* A character stays in one word (RFC 2047, 5). */
		for (take = 0; i + take < n; take += len) {
			len = utf8 ? ascii_utf8(s + i + take, n - i - take) : 1;
			if (take + len > WORD_BYTES)
				break;
		}
		if (i > 0)
			buf_adds(b, "\r\n ");
		buf_addf(b, "=?%s?B?", utf8 ? "utf-8" : "unknown-8bit");
		ascii_base64(b, s + i, take);
		buf_adds(b, "?=");
	}
}
