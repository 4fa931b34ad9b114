/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_SCAN_H
#define PINMAIL_MAIL_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/mail/store.h"

#define SCAN_LINE 998                 /* bytes without CRLF (RFC 5322, 2.1.1) */
#define SCAN_KEPT ((size_t)64 * 1024) /* bytes of a line that are looked at */
#define SCAN_OPEN 16                  /* boundaries */

/* What stands in some lines. */
struct scan_lines {
	bool eightbit;
	bool longer; /* than SCAN_LINE */
};

/*
 * The lines of a body, one after the other.  Starts as {0} with the first
 * group set; the caller clears `line`.
 */
struct scan {
	struct store *body;
	struct err *e;
	uint64_t at, end; /* what is still to be read */
	bool in_header;   /* every line is kept, not only what could delimit */
	const char *open[SCAN_OPEN]; /* boundaries, outermost first; borrowed */
	size_t n_open;

	enum { SCAN_TEXT, SCAN_DELIMITER, SCAN_END, SCAN_FAILED } last;
	uint64_t start;  /* of the last line */
	struct buf line; /* the last one, if it was kept */
	size_t level;    /* of the delimiter: whose boundary it has */
	bool closes;     /* it is the last one of its multipart */
	bool too_much;   /* for the innermost multipart, or message/... */
	struct scan_lines seen; /* in the lines that are no delimiters */
};

/* The next line; true if it is none but text.  FAILED: ERR_IO. */
bool scan_line(struct scan *);

/*
 * Where content from there ends, before the delimiter or END that was read:
 * a delimiter begins with the CRLF before it (RFC 2046, 5.1.1).
 */
uint64_t scan_end(const struct scan *, uint64_t from);

void scan_add(struct scan_lines *to, struct scan_lines more);

#endif
