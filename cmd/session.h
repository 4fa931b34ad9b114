/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CMD_SESSION_H
#define PINMAIL_CMD_SESSION_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/conf/account.h"
#include "lib/net/tls.h"
#include "lib/smtp/client.h"

/* How a session goes about it, beside the account. */
struct session_ways {
	const char *credentials; /* CREDENTIALS_DIRECTORY, or NULL */
	const char *config;      /* that was named, for messages, or NULL */
	bool verbose;            /* the dialogue on standard error */
	int timeout;         /* in place of the account's, unless it is -1 */
	struct conf *forget; /* wiped of passwords once ours is read, or NULL */
};

/*
 * A session with an account's server (promise 1).  Starts as {0}, but for
 * the client's facts and deadline, which the caller sets; ends with
 * session_close.
 */
struct session {
	const struct account *a;
	struct client c;
	struct tls *tls;    /* until the stream owns it */
	struct chain *look; /* what a session is for that only looks */
	struct buf command; /* for messages: what shows what to pin */
	struct buf user, password;
	bool secrets;   /* these are read */
	bool connected; /* to the server itself, whatever it says */
};

/*
 * Read the secrets of the account that the session will be for; session_open
 * does it, if nobody did.  ERR_SECRET, ERR_CONFIG.
 */
bool session_secrets(struct session *, const struct account *,
    const char *credentials, struct err *);

/* Can its pins and the files that TLS needs be used?  Connects to nobody. */
bool session_keys(const struct account *, struct err *);

/*
 * Read the secrets, connect, prove a pin, greet as who sends for sender (a
 * path, "" for none), log in.  Errors of all of these.
 */
bool session_open(struct session *, const struct account *,
    const struct session_ways *, const char *sender, struct err *);

/*
 * Connect and see what certificates the server shows; it proves nothing.
 * Without a chain: see whether it proves a pin.  Nothing is said but what
 * STARTTLS needs, and not even QUIT by session_close.  Errors as above.
 */
bool session_look(struct session *, const struct account *,
    const struct session_ways *, struct chain *, struct err *);

/* QUIT, if it can be said; not waited for. */
void session_close(struct session *);

#endif
