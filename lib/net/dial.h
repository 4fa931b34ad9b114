/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_NET_DIAL_H
#define PINMAIL_NET_DIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/facts.h"
#include "lib/net/stream.h"

/* Whom to connect to; borrowed, NULL where there is none. */
struct dial_target {
	const char *host; /* a name, or an address without brackets */
	int port;
	const char *socket; /* a local socket instead */
	const char *source_ip;
};

struct dial;

/*
 * Begin: a name is being looked up in a thread, the first address is being
 * connected to.  Returns at once, so that other preparations can use the
 * round trip.  NULL: ERR_CONFIG, ERR_SYSTEM.
 */
struct dial *dial_begin(const struct dial_target *, struct err *);

/*
 * Until one of the addresses, tried 250 ms apart (RFC 8305, 5), is
 * connected: the stream, and facts->address.  NULL: ERR_NOHOST when there is
 * no such name, ERR_UNREACHABLE.
 */
struct stream *dial_finish(struct dial *, int64_t until, struct facts *,
    struct err *);

void dial_close(struct dial *);

#endif
