/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/dot.h"

#include <string.h>

/* It was none: what was held back belongs to the message. */
static bool
give_back(struct dot *d, struct message *m, struct err *e)
{
	bool cr = d->state == DOT_CR_SEEN;

	d->state = DOT_NONE;
	return m == NULL
	    || ((d->stuffed || message_add(m, ".", 1, e))
		&& (!cr || message_add(m, "\r", 1, e)));
}

/* Bytes of a line, up to where a dot could follow. */
static bool
add_line(struct dot *d, struct message *m, const char **p, const char *end,
    struct err *e)
{
	const char *from = *p, *lf;

	do {
		lf = memchr(*p, '\n', (size_t)(end - *p));
		*p = lf != NULL ? lf + 1 : end;
	} while (lf != NULL && *p < end && **p != '.');
	d->state = lf != NULL ? DOT_LINE_START : DOT_NONE;
	return m == NULL || message_add(m, from, (size_t)(*p - from), e);
}

bool
dot_add(struct dot *d, struct message *m, const char **p, const char *end,
    struct err *e)
{
	bool ok = true;

	while (ok && *p < end && !d->ended) {
		switch (d->state) {
		case DOT_LINE_START:
			if (**p == '.') {
				d->state = DOT_SEEN;
				++*p;
				break;
			}
			/* FALLTHROUGH */
		case DOT_NONE:
			ok = add_line(d, m, p, end, e);
			break;
		case DOT_SEEN:
			if (**p == '\r') {
				d->state = DOT_CR_SEEN;
				++*p;
				break;
			}
			/* FALLTHROUGH */
		case DOT_CR_SEEN:
			d->ended = **p == '\n';
			if (d->ended)
				++*p;
			else
				ok = give_back(d, m, e);
			break;
		}
	}
	return ok;
}
