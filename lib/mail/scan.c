/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/scan.h"

#include <string.h>

#include "lib/base/ascii.h"

void
scan_add(struct scan_lines *to, struct scan_lines more)
{
	to->eightbit = to->eightbit || more.eightbit;
	to->longer = to->longer || more.longer;
}

/* RFC 2046, 5.1.1; what only begins like a delimiter is none. */
static bool
is_delimiter(struct scan *sc)
{
	const char *p = buf_str(&sc->line), *rest;
	size_t n = sc->line.n, len;

	if (n < sc->at - sc->start)
		return false;
	while (n > 0 && (p[n - 1] == '\n' || p[n - 1] == '\r'))
		n--;
	while (n > 0 && ascii_is_blank(p[n - 1]))
		n--;
	if (n < 3 || memcmp(p, "--", 2) != 0)
		return false;
	/* An outer one always counts (5.1.2). */
	for (size_t i = 0; i < sc->n_open; i++) {
		len = strlen(sc->open[i]);
		if (n < len + 2 || memcmp(p + 2, sc->open[i], len) != 0)
			continue;
		rest = p + 2 + len;
		n -= 2 + len;
		sc->closes = n == 2 && memcmp(rest, "--", 2) == 0;
		sc->level = i;
		if (n == 0 || sc->closes)
			return true;
		n += 2 + len;
	}
	return false;
}

/* The next line into `line`, unless it cannot matter what it says. */
bool
scan_line(struct scan *sc)
{
	struct scan_lines now = {0};
	const char *p, *lf = NULL;
	bool keep = true;
	size_t n;

	buf_reset(&sc->line);
	for (sc->start = sc->at; lf == NULL && sc->at < sc->end;) {
		if (!store_read(sc->body, sc->at, &p, &n, sc->e)) {
			sc->last = SCAN_FAILED;
			return false;
		}
		lf = memchr(p, '\n', n);
		n = lf != NULL ? (size_t)(lf - p) + 1 : n;
		if (sc->at == sc->start)
			keep = sc->in_header || *p == '-';
		if (keep && sc->line.n <= SCAN_KEPT)
			buf_add(&sc->line, p, n);
		now.eightbit = now.eightbit || ascii_has_8bit(p, n);
		sc->at += n;
	}
	now.longer = sc->at - sc->start > SCAN_LINE + 2;
	if (sc->at == sc->start)
		sc->last = SCAN_END;
	else
		sc->last = is_delimiter(sc) ? SCAN_DELIMITER : SCAN_TEXT;
	/* One with so many blanks behind it cannot be sent, nor be changed. */
	if (sc->last == SCAN_DELIMITER && now.longer) {
		sc->too_much = true;
		sc->last = SCAN_TEXT;
	}
	if (sc->last == SCAN_TEXT)
		scan_add(&sc->seen, now);
	return sc->last == SCAN_TEXT;
}

/* Where content ends: its last CRLF belongs to the delimiter. */
uint64_t
scan_end(const struct scan *sc, uint64_t from)
{
	if (sc->last == SCAN_END)
		return sc->at;
	return sc->start >= from + 2 ? sc->start - 2 : from;
}
