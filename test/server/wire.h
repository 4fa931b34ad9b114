/* SPDX-License-Identifier: ISC */
#ifndef TEST_SERVER_WIRE_H
#define TEST_SERVER_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/ssl.h>

#include "test/server/bytes.h"

/* Room for a line of 64 KiB or for four TLS records. */
#define WIRE_IN 65536

/*
 * A buffered connection. Replies are collected and leave in one write when
 * the server would have to wait for input, or each at once if linewise.
 */
struct wire {
	int fd;
	SSL *ssl;
	bool linewise, broken, replied;
	struct bytes out;
	/*
	 * waits: how often there was no input when more was needed. turns:
	 * the waits before which something had been sent since the wait
	 * before, so what the client made dependent on a reply. What is
	 * missing is noted before the reply leaves, or a fast client would
	 * pass for one that did not wait. The waits in a handshake count too.
	 */
	unsigned long waits, turns;
	size_t pos, n;
	unsigned char in[WIRE_IN];
};

enum wire_line { WIRE_LINE, WIRE_LONG, WIRE_BARE, WIRE_END };

/* Takes a connected descriptor over and makes it non-blocking. */
void wire_open(struct wire *, int fd, bool linewise);
/* Flushes, says goodbye on both layers, reads the peer's rest, closes. */
void wire_close(struct wire *);

/* Forgets unread input (RFC 3207 section 4.2), then does the handshake. */
bool wire_accept(struct wire *, SSL_CTX *, void *app_data);

void wire_put(struct wire *, const void *, size_t);
bool wire_flush(struct wire *);
/* Input after in[pos], at least a byte; false is the end. */
bool wire_fill(struct wire *);
/* Has the peer sent anything that was not taken yet? Never waits. */
bool wire_pending(struct wire *);
/*
 * The next line, without its CRLF, as a string in buf. WIRE_LONG: did not
 * fit, WIRE_BARE: ended without CR, or held a NUL or CR; both were read.
 */
enum wire_line wire_line(struct wire *, char *buf, size_t size);

#endif
