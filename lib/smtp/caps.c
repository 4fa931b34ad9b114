/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/smtp/caps.h"

#include <stddef.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/smtp/sasl.h"

static const struct {
	const char *word;
	size_t flag; /* offset in struct caps */
} flags[] = {
    {"STARTTLS", offsetof(struct caps, starttls)},
    {"PIPELINING", offsetof(struct caps, pipelining)},
    {"CHUNKING", offsetof(struct caps, chunking)},
    {"8BITMIME", offsetof(struct caps, eightbitmime)},
    {"SMTPUTF8", offsetof(struct caps, smtputf8)},
    {"DSN", offsetof(struct caps, dsn)},
    {"SIZE", offsetof(struct caps, size)},
};

static size_t
word(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] != ' ' && p[i] != '\t')
		i++;
	return i;
}

static bool
is(const char *p, size_t n, const char *name)
{
	return n == strlen(name) && ascii_ncasecmp(p, name, n) == 0;
}

static void
mechanisms(struct caps *c, const char *p, size_t n)
{
	enum sasl found;
	size_t len;

	while (n > 0) {
		len = word(p, n);
		found = sasl_find(p, len);
		if (found != SASL_NONE)
			c->mechanisms |= 1U << found;
		len += len < n;
		p += len;
		n -= len;
	}
}

static void
line(struct caps *c, const char *p, size_t n)
{
	size_t len = word(p, n), rest = len + (len < n);
	char number[24];

	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if (is(p, len, flags[i].word))
			*(bool *)((char *)c + flags[i].flag) = true;
	if (is(p, len, "AUTH"))
		mechanisms(c, p + rest, n - rest);
	else if (len >= 5 && ascii_ncasecmp(p, "AUTH=", 5) == 0)
		mechanisms(c, p + 5, n - 5);
	else if (is(p, len, "SIZE") && n - rest < sizeof number) {
		memcpy(number, p + rest, n - rest);
		number[n - rest] = '\0';
		ascii_uint(number, 0, UINT64_MAX, &c->size_max);
	}
}

void
caps_parse(struct caps *c, const struct reply *r)
{
	const char *p = buf_str(&r->text), *all = p + r->text.n, *end;
	bool first = true;

	*c = (struct caps){0};
	for (; p < all; p = end + 1) {
		end = memchr(p, '\n', (size_t)(all - p));
		if (!first)
			line(c, p, (size_t)(end - p));
		first = false;
	}
}
