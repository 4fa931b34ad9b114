/* SPDX-License-Identifier: ISC */
#ifndef TEST_UNIT_SCRIPTED_H
#define TEST_UNIT_SCRIPTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/facts.h"
#include "lib/mail/envelope.h"
#include "lib/mail/message.h"
#include "lib/net/layer.h"
#include "lib/net/stream.h"
#include "lib/smtp/client.h"
#include "test/script/script.h"

/*
 * A server in memory: a layer that plays the steps of a transcript
 * (test/script/script.h).  What the client writes reaches it, and its answers
 * come back, when the client waits: a wait is a round trip.  Time does not
 * pass; a wait that nothing could ever end is over at once, as if it were.  A
 * client that says something else fails the test where it waits.
 */
struct scripted {
	/* May be set by a test; 0 is no limit. */
	size_t piece;  /* bytes that one write or read takes */
	size_t window; /* bytes that are taken until the next wait */

	struct script script;
	size_t step;      /* the next one */
	size_t bdat;      /* bytes that the last BDAT announced */
	size_t done;      /* of what the client wrote, by steps */
	size_t room;      /* left of the window */
	struct buf wrote; /* all that the client wrote */
	struct buf in;    /* what it can read now */
	size_t in_at;
	size_t dripping;  /* bytes of `in` that come one by one */
	bool gone, reset; /* the server has */
	bool said_end;    /* the client has */
	size_t flights;   /* waits for nothing but an answer */
	int64_t until;    /* of the last wait */

	struct stream *stream;
	struct facts facts;
	struct client client;
};

/* Begin; the steps as in a transcript.  Then end it with scripted_end. */
void scripted_begin(struct scripted *, const char *steps, bool proved);

/* All that it should have heard it has heard.  Gives up everything. */
void scripted_end(struct scripted *);

/* Give up everything in the middle of the script. */
void scripted_drop(struct scripted *);

/* A message of this text in memory, and a recipient more. */
void scripted_message(struct message *, const char *text, size_t n);
void scripted_rcpt(struct envelope *, const char *local, const char *domain);

/* What the client wrote, NULs as '?'. */
const char *scripted_wrote(struct scripted *);

#endif
