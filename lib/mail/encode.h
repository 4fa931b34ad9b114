/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_ENCODE_H
#define PINMAIL_MAIL_ENCODE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Content-transfer-encodings (RFC 2045, 6).  What comes in is canonical:
 * lines end in CRLF and there is no other CR or LF, but a piece may end
 * anywhere.  What comes out is ASCII with lines of 76 bytes at most.
 */
enum encoding {
	ENCODING_NONE, /* 7bit, 8bit, binary, or a word that nobody knows */
	ENCODING_QP,
	ENCODING_BASE64
};

/* What a Content-Transfer-Encoding field's value says. */
enum encoding encode_known(const char *value, size_t n);

/* The word for such a field; "7bit" for ENCODING_NONE. */
const char *encode_name(enum encoding);

/*
 * Starts as {0} with the first group set, takes pieces, ends with
 * encode_end.  With wrap, what comes in has that encoding already and only
 * gets other lines: it decodes to the same as before.
 */
struct encoder {
	enum encoding how;
	bool wrap;
	bool lf; /* base64: CRLF becomes LF */

	size_t column;
	char held[4]; /* bytes whose encoding depends on what follows */
	size_t n_held;
	bool soft; /* the line so far is what follows a soft break */
};

/* out has room for ENCODE_ROOM(n); returns the bytes that came out. */
#define ENCODE_ROOM(n) (4 * (n) + 64)
size_t encode_piece(struct encoder *, const char *in, size_t n, char *out);

/* No line end is added.  out has room for ENCODE_ROOM(0). */
size_t encode_end(struct encoder *, char *out);

#endif
