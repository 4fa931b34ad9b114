/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_CANON_H
#define PINMAIL_MAIL_CANON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a program pipes in, made fit for the wire: CRLF, LF and a mixture of
 * them, also with several CRs, become CRLF; a stray CR becomes a space; NUL
 * is dropped.  Starts as {0}.
 */
struct canon {
	uint64_t stray;   /* CRs that wait for what follows */
	uint64_t line;    /* bytes of the line so far */
	uint64_t longest; /* bytes of the longest line, without its CRLF */
	bool eightbit;    /* there was a byte over 127 */
	bool crlf;        /* a line ended so */
	bool added;       /* the last one had no end */
};

/*
 * Convert a piece of at most CANON_PIECE bytes; out has room for
 * CANON_ROOM.  At most CANON_ROOM bytes come out; *taken is how many went in.
 */
#define CANON_PIECE ((size_t)32 * 1024)
#define CANON_ROOM (3 * CANON_PIECE)
size_t canon_piece(struct canon *, const char *in, size_t n, size_t *taken,
    char *out);

/* Finish the last line, if there is one; at most 2 bytes. */
size_t canon_end(struct canon *, char *out);

#endif
