/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_NET_RESOLVE_H
#define PINMAIL_NET_RESOLVE_H

#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"

/*
 * A name being looked up in a thread of its own, because getaddrinfo cannot
 * be told to stop; closing it abandons the thread.
 */
struct resolve;

/* NULL: ERR_SYSTEM. */
struct resolve *resolve_begin(const char *host, int port, struct err *);

/*
 * The addresses; they belong to the resolve.  NULL: ERR_NOHOST when there is
 * no such name, ERR_UNREACHABLE when nobody knows just now.
 */
const struct addrinfo *resolve_finish(struct resolve *, int64_t until,
    struct err *);

void resolve_close(struct resolve *);

#endif
