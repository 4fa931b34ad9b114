/* SPDX-License-Identifier: ISC */
#ifndef TEST_SCRIPT_SCRIPT_H
#define TEST_SCRIPT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A transcript of an SMTP session, with what it takes to have it and what has
 * to come of it. Text; lines end in LF; `#` begins a comment line; a line
 * `---` divides the head from the steps.
 *
 * Head:
 *   tls implicit | starttls | plain   default implicit; plain: as implicit,
 *                                     but the server never does TLS
 *   conf LINE           one more line of configuration
 *   conf! KEYWORD       a default line to leave out
 *   args WORDS          arguments, default -t
 *   stdin TEXT          the message, with escapes; more lines add to it
 *   stdin* N TEXT       the same, N times
 *   drip                each byte of the server's leaves in a write of its own
 *   window N            the server's receive buffer, in bytes
 *   want exit N         default 0
 *   want stderr GLOB    the line on stderr
 *   want log GLOB       a line of the log
 *   want seconds N      at most, default 10
 *   want copies N       times that the content may go out, default 1
 *   want sent GLOB      some line of the client's
 *   want unsent GLOB    no line of the client's
 *   each A B in 1/x 2/y more than one case: {A} and {B}, wherever they stand,
 *                       are 1 and x in the first, 2 and y in the second;
 *                       4xx/y: a row for each code that begins with 4; a row
 *                       replaces an earlier one that begins as it does, and a
 *                       last value of `-` takes it out
 *   each A from N to M by K
 *                       the same for numbers; `by 1` need not be said
 *                       More of them: all that can be combined.
 *
 * Steps:
 *   S: TEXT    a line of the server's, CRLF is added
 *   S- TEXT    with escapes, nothing added
 *   S! TEXT    as S:, and out now: what follows is a write of its own
 *   S* N TEXT  as S-, N times; N may be `forever`
 *   S/ N TEXT  as S-, but only the first N bytes
 *   S~ N TEXT  as S-, a byte every N milliseconds, for ever
 *   S= N TEXT  a line of code N with the text in base64; in it {nonce} and
 *              what else test/script/liar.h knows is computed
 *   C: GLOB    the client's next line
 *   C= GLOB    the same, but what is base64 in it is decoded first; computed
 *              as for S=
 *   C*         its lines up to the dot
 *   C+ N       its next N bytes; `BDAT`: as many as its last BDAT said
 *   C~ N M     M bytes of its every N milliseconds, TLS or not, for ever
 *   TLS        the handshake; for `tls implicit` it comes by itself, unless
 *              the first step is TLS or NOTLS
 *   NOTLS      a handshake that the client has to break off
 *   FLUSH      what is pending leaves in a write
 *   DRIP       the next S: leaves a byte a write
 *   CLOSE      the server goes, in peace; RESET: with a RST
 *   HANG       it does nothing until the client goes
 *   EOF        the client goes, and says nothing before but QUIT
 * Lines of the server's leave in one write before the next other step. After
 * the last step the server listens until the client goes.
 *
 * Escapes: \r \n \t \0 \\ \xNN.
 */
enum step_kind {
	STEP_SEND,
	STEP_FLUSH,
	STEP_FLOOD,
	STEP_DRIP,
	STEP_LINE,
	STEP_CONTENT,
	STEP_BYTES,
	STEP_BDAT,
	STEP_TLS,
	STEP_NOTLS,
	STEP_CLOSE,
	STEP_RESET,
	STEP_HANG,
	STEP_EOF
};

struct step {
	enum step_kind kind;
	unsigned line; /* of the file, from 1 */
	char *text;    /* NUL-terminated, may hold more NULs */
	size_t len;    /* of text; for STEP_BYTES the count */
	int pause;     /* milliseconds between bytes; for FLOOD and HANG */
	bool computed; /* by test/script/liar.h; for SEND and LINE */
};

struct script_list {
	char **at;
	size_t n;
};

enum script_tls { SCRIPT_IMPLICIT, SCRIPT_STARTTLS, SCRIPT_PLAIN };

struct script {
	enum script_tls tls;
	struct script_list conf, without, args;
	struct script_list err, log, sent, unsent; /* globs */
	char *input; /* NULL: the default message */
	size_t input_len;
	int exit, seconds, copies, window; /* window 0: the system's */
	bool drip;
	struct step *steps;
	size_t n;
};

/*
 * Reads a transcript; opens and prints nothing. On false `why` (of `size`
 * bytes) says what is wrong in which line. script_clear() either way.
 */
bool script_parse(struct script *, const char *, size_t len, char *why,
    size_t size);
void script_clear(struct script *);

#endif
