/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_NET_TLS_H
#define PINMAIL_NET_TLS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/facts.h"
#include "lib/base/pin.h"
#include "lib/net/chain.h"
#include "lib/net/stream.h"

/* All borrowed; NULL where there is none. */
struct tls_settings {
	const char *command; /* one that shows what to pin, for messages */
	const char *host;    /* for SNI, and for pins that need a name */
	const struct pins *pins;
	const char *trust_file; /* instead of the system's directory */
	const char *cert_file, *key_file; /* of the client */
	bool tls13;                       /* nothing older */
	bool look; /* for tls_look alone: no pins, nothing is proved */
};

/* TLS that trusts pinned keys only. */
struct tls;

/*
 * Everything that needs no connection yet.  NULL: ERR_CONFIG for a file or
 * pin that cannot be used, ERR_TLS.
 */
struct tls *tls_prepare(const struct tls_settings *, struct err *);

/*
 * The handshake over a stream whose input is drained.  When a pinned key was
 * proved, the stream is covered, is proved, and owns the tls; the facts are
 * filled in either case.  False: ERR_UNTRUSTED when no pin was proved, or
 * when the server spoke before its time; ERR_TLS, ERR_UNREACHABLE.
 */
bool tls_start(struct tls *, struct stream *, int64_t until, struct facts *,
    struct err *);

/*
 * The handshake, to see what the server shows and who it is by its word
 * alone.  The stream proves nothing, and nothing can be said on it.  Errors as
 * of tls_start.
 */
bool tls_look(struct tls *, struct stream *, int64_t until, struct chain *,
    struct facts *, struct err *);

/* Give up one that was not started, or whose start failed. */
void tls_close(struct tls *);

#endif
