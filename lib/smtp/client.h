/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_SMTP_CLIENT_H
#define PINMAIL_SMTP_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/facts.h"
#include "lib/net/stream.h"
#include "lib/smtp/caps.h"
#include "lib/smtp/reply.h"

/* Seconds that the server has for each step (RFC 5321, 4.5.3.2). */
enum {
	SECONDS_HELLO = 60, /* greeting, EHLO, STARTTLS, AUTH */
	SECONDS_MAIL = 300,
	SECONDS_RCPT = 300,
	SECONDS_DATA = 120,
	SECONDS_BLOCK = 180,
	SECONDS_VERDICT = 600
};

/*
 * The conversation of one session.  The caller sets the first group; all of
 * it is borrowed; client_clear gives up the reply and the secret.
 */
struct client {
	struct stream *stream;
	const char *host; /* for messages */
	struct facts *facts;
	int timeout;      /* seconds that lower the limits, or 0 */
	int64_t deadline; /* for all up to the last byte of content */
	/* Starts TLS on the stream: net/tls, or a test's script. */
	bool (*tls)(void *, struct stream *, int64_t until, struct err *);
	void *tls_arg;
	/* Shows the dialogue, secrets masked; NULL: nobody looks. */
	void (*trace)(void *, char who, const char *line);
	void *trace_arg;

	struct caps caps;
	struct reply reply; /* the last one */
	struct buf secret;  /* what went out last, while it may be echoed */
	unsigned due;       /* replies that are still to come */
	bool lost;          /* no reply can be told from another any more */
	bool midway;        /* in content or TLS: QUIT cannot be said */
	bool away;          /* all content has left: it may be delivered */
};

/*
 * The moment until which a step may last.  Once the content is away the
 * server always has RFC 5321's ten minutes.
 */
int64_t client_until(const struct client *, int seconds);

/*
 * Write one command, without its CRLF; it leaves when a reply is waited for.
 * False, with ERR_PROTOCOL or what a refusal means, when the server has said
 * something that it was not asked: it would pass for the answer.
 * On a stream that has proved no key only EHLO [literal], STARTTLS and QUIT are
 * written: anything else is ERR_UNTRUSTED, and a fault of ours.
 */
bool client_command(struct client *, struct err *, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The same for a line that is secret: wiped, and not shown, not even when the
 * server says it back.
 */
bool client_secret(struct client *, const char *line, struct err *);

/* Read the next reply.  ERR_UNREACHABLE, ERR_PROTOCOL. */
bool client_reply(struct client *, int64_t until, struct err *);

/*
 * The last reply is not what the step needs: "host answered step with 550
 * text", with ERR_AGAIN for 4xx, that kind for 5xx, ERR_PROTOCOL for others.
 * False.
 */
bool client_refused(struct client *, const char *step, enum err_kind,
    struct err *);

/* Put the last reply into the facts. */
void client_note(struct client *);

bool client_greeting(struct client *, struct err *);
bool client_ehlo(struct client *, const char *name, struct err *);

/* STARTTLS, and forget what was said before (RFC 3207, 4.2). */
bool client_starttls(struct client *, struct err *);

/*
 * QUIT and the end of the stream, without waiting for an answer.  Amid content
 * nothing more is said at all: it could be what completes the message.
 */
void client_quit(struct client *);

void client_clear(struct client *);

#endif
