/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_NET_TCP_H
#define PINMAIL_NET_TCP_H

#include "lib/net/layer.h"

/* A connected, non-blocking socket as a layer; it owns the descriptor. */
extern const struct layer tcp_layer;
void *tcp_handle(int fd);

#endif
