/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/base/dsn.h"

#include <string.h>

#include "lib/base/ascii.h"

static const struct {
	const char *word;
	unsigned bit;
} notify_words[] = {
    {"NEVER", NOTIFY_NEVER},
    {"SUCCESS", NOTIFY_SUCCESS},
    {"FAILURE", NOTIFY_FAILURE},
    {"DELAY", NOTIFY_DELAY},
};

#define WORDS (sizeof notify_words / sizeof notify_words[0])

bool
dsn_parse_notify(const char *s, unsigned *bits)
{
	unsigned all = 0;
	size_t n, i;

	for (;; s += n + 1) {
		n = strcspn(s, ",");
		for (i = 0; i < WORDS; i++)
			if (strlen(notify_words[i].word) == n
			    && ascii_ncasecmp(notify_words[i].word, s, n) == 0)
				break;
		if (i == WORDS)
			return false;
		all |= notify_words[i].bit;
		if (s[n] == '\0')
			break;
	}
	if ((all & NOTIFY_NEVER) != 0 && all != NOTIFY_NEVER)
		return false;
	*bits = all;
	return true;
}

bool
dsn_parse_ret(const char *s, enum dsn_ret *ret)
{
	if (ascii_casecmp(s, "full") == 0)
		*ret = RET_FULL;
	else if (ascii_casecmp(s, "hdrs") == 0
	    || ascii_casecmp(s, "headers") == 0)
		*ret = RET_HEADERS;
	else
		return false;
	return true;
}

void
dsn_print_notify(struct buf *b, unsigned bits)
{
	const char *comma = "";

	for (size_t i = 0; i < WORDS; i++) {
		if ((bits & notify_words[i].bit) == 0)
			continue;
		buf_addf(b, "%s%s", comma, notify_words[i].word);
		comma = ",";
	}
}

void
dsn_print_xtext(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s > 32 && *s < 127 && *s != '+' && *s != '=')
			buf_addc(b, *s);
		else
			buf_addf(b, "+%02X", (unsigned char)*s);
	}
}

bool
dsn_parse_xtext(struct buf *b, const char *s)
{
	char hex[3] = "";
	unsigned char c;

	for (; *s != '\0'; s++) {
		if (*s <= 32 || *s >= 127 || *s == '=')
			return false;
		if (*s != '+') {
			buf_addc(b, *s);
			continue;
		}
		memcpy(hex, s + 1, s[1] != '\0' ? 2 : 1);
		if (!ascii_unhex(&c, 1, hex) || ascii_is_control((char)c))
			return false;
		buf_addc(b, (char)c);
		s += 2;
	}
	return true;
}
