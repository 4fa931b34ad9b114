/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_NET_SOCKS_H
#define PINMAIL_NET_SOCKS_H

#include "lib/net/stream.h"

/*
 * Ask a SOCKS5 proxy (RFC 1928), without a login, to connect the stream to a
 * host, whose name the proxy looks up.  ERR_UNREACHABLE, ERR_PROTOCOL.
 */
bool socks_connect(struct stream *, const char *host, int port, int64_t until,
    struct err *);

#endif
