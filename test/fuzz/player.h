/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_TEST_FUZZ_PLAYER_H
#define PINMAIL_TEST_FUZZ_PLAYER_H

#include "lib/net/stream.h"
#include "test/fuzz/fuzz.h"

/*
 * A server that says the bytes of an input, whatever it hears: a layer.  More
 * of them come when the client waits; a wait that nothing could end is over
 * at once.  What links it has random_bytes that are all zero, so that inputs
 * can know the client's nonce.
 */
struct player {
	struct input server; /* what it will say; set by the caller */
	enum { PLAY_LINES, PLAY_PAGES, PLAY_PIECES, PLAY_ALL } how;
	enum { PLAY_CLOSE, PLAY_HANG, PLAY_RESET, PLAY_DEAF } end;
	size_t window; /* bytes that it takes between two waits; 0: all */
	size_t room;   /* left of them */
	size_t most;   /* bytes that it ever takes */

	size_t ready;    /* bytes that can be read */
	struct buf said; /* that were read */
	struct buf heard;
	bool ended; /* the client has said its last */
};

/*
 * Choose how, from an input.  PAGES end with a form feed, which is not said;
 * DEAF is HANG, and takes no more than 200 bytes.
 */
void player_begin(struct player *, struct input *);

/* Another session; all that was said and heard before it is forgotten. */
struct stream *player_open(struct player *);
void player_clear(struct player *);

#endif
