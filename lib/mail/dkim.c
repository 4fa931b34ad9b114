/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/dkim.h"

#include "lib/base/ascii.h"

/* Does the h= list of a DKIM-Signature's value name the field? */
static bool
signs(const char *p, size_t n, const char *name, size_t len)
{
	size_t i = 0, word;

	/* To the h tag: at the start or behind a semicolon. */
	for (;;) {
		while (i < n
		    && (ascii_is_blank(p[i]) || p[i] == '\r' || p[i] == '\n'))
			i++;
		if (i < n && p[i] == 'h') {
			i++;
			while (i < n
			    && (ascii_is_blank(p[i]) || p[i] == '\r'
				|| p[i] == '\n'))
				i++;
			if (i < n && p[i] == '=')
				break;
		}
		while (i < n && p[i] != ';')
			i++;
		if (i++ >= n)
			return false;
	}
	for (i++; i < n && p[i] != ';'; i++) {
		for (word = i; i < n && p[i] > 32 && p[i] < 127 && p[i] != ':'
		     && p[i] != ';';
		     i++)
			;
		if (i - word == len && ascii_ncasecmp(p + word, name, len) == 0)
			return true;
		if (i < n && p[i] == ';')
			break;
	}
	return false;
}

bool
dkim_covers(const struct header *h, const char *name, size_t n)
{
	const struct field *f;
	const char *p;
	size_t len;

	for (size_t i = 0; i < h->n; i++) {
		f = &h->v[i];
		if (f->name != FIELD_DKIM_SIGNATURE)
			continue;
		p = header_value(h, f, &len);
		if (signs(p, len, name, n))
			return true;
	}
	return false;
}
