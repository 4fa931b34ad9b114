/* SPDX-License-Identifier: ISC */
#ifndef TEST_SCRIPT_TALK_H
#define TEST_SCRIPT_TALK_H

#include "test/script/player.h"

/* What the steps of a player are made of: the two ways of its connection. */

/* Says why, with the step's line; returns false. */
bool talk_mismatch(struct player *, const struct step *, const char *, ...)
    __attribute__((format(printf, 3, 4)));

/* Out now; a byte a write if the transcript drips. */
void talk_put(struct player *, const char *, size_t);
void talk_flush(struct player *);

/* Takes more of what the client says; false: it went away. */
bool talk_read(struct player *);
/* At most so many bytes of what is on the wire; they are lost. */
bool talk_sip(struct player *, size_t);

/* The next line without its CRLF; the string lives until the next read. */
bool talk_line(struct player *, const struct step *, char **line);

/* Is the client dead, at the latest after so many milliseconds? -1: ever. */
bool talk_stopped(const struct player *, int ms);

/* Becomes TLS; what comes before the client has proved us goes to `wire`. */
bool talk_handshake(struct player *);

#endif
