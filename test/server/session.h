/* SPDX-License-Identifier: ISC */
#ifndef TEST_SERVER_SESSION_H
#define TEST_SERVER_SESSION_H

#include <stdatomic.h>
#include <stdbool.h>

#include "test/server/bytes.h"
#include "test/server/content.h"
#include "test/server/options.h"
#include "test/server/tlsconf.h"
#include "test/server/wire.h"

/* What all sessions share. */
struct server {
	const struct options *o;
	SSL_CTX *ctx;
	atomic_ulong sessions, filed;
	int done; /* written to when the last wanted message is filed */
};

struct envelope {
	bool open, utf8, bdat;
	unsigned long accepted, tried;
	struct bytes from, mailparams, rcpts;
};

struct session {
	struct server *server;
	const struct options *o;
	struct wire w;
	struct hello hello;
	unsigned long number, transaction, early;
	bool esmtp, greeted, quit, ends_group;
	char *login, *mechanism;
	struct bytes helo, helo_plain;
	struct envelope env;
	struct content content;
	bool content_open;
	char line[WIRE_IN];
};

/* Serves the connection to its end and closes it. */
void session_run(struct server *, int fd);

/* Queues a one-line reply; the enhanced code (RFC 2034) may be NULL. */
void session_reply(struct session *, int code, const char *enhanced,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Counts input that is here before the reply that it has to wait for. */
void session_early(struct session *);
/* Queues what --refuse says of the key, if it says anything. */
bool session_refused(struct session *, const char *key);

#endif
