/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_NET_STREAM_H
#define PINMAIL_NET_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/net/layer.h"

/*
 * Buffered lines over a layer.  What is put leaves when a line is waited
 * for, and that alone makes flights.
 */
struct stream;

/* Owns the layer's handle from now on. */
struct stream *stream_open(const struct layer *, void *handle);
void stream_close(struct stream *);

/* Buffer bytes; they are wiped after they left if they are secret. */
void stream_put(struct stream *, const void *, size_t);
void stream_put_secret(struct stream *, const void *, size_t);

/*
 * Write out what was put.  While a write is blocked, input is taken in, so
 * that a server which answers line by line cannot deadlock with us (RFC
 * 2920, 3.1).  True also when the connection breaks: the server may have
 * said why, which stream_line finds; stream_broken tells.  False: time is
 * over, or a signal.
 */
bool stream_flush(struct stream *, int64_t until, struct err *);
bool stream_broken(const struct stream *);

/*
 * Many bytes behind what was put, without a copy: they must be flushed before
 * anything else is put, and stay where they are until then.
 */
void stream_lend(struct stream *, const void *, size_t);

/* Bytes that were put or lent and have not left. */
size_t stream_unsent(const struct stream *);

/*
 * The next line, without its CRLF or LF, valid until the next call; flushes
 * first.  False: ERR_UNREACHABLE when the connection is lost or time is over,
 * ERR_PROTOCOL for a line without end.
 */
bool stream_line(struct stream *, const char **, size_t *n, int64_t until,
    struct err *);

/* Exactly n bytes; flushes first.  Fails as stream_line does. */
bool stream_bytes(struct stream *, void *, size_t n, int64_t until,
    struct err *);

/* Has the server said something that was not read yet?  Does not wait. */
bool stream_heard(struct stream *);

/* Take what the layer has ready, and say whether anything is buffered. */
bool stream_drained(struct stream *);

/* Put a layer on top of the one there is. */
void stream_cover(struct stream *, const struct layer *, void *handle);
const struct layer *stream_layer(struct stream *, void **handle);

/*
 * Has the other end proved a pinned key?  Only net/tls, after the proof, and
 * a test's script may say so.
 */
bool stream_proved(const struct stream *);
void stream_set_proved(struct stream *);

/* Write out what is left without waiting, and say that it was all. */
void stream_end(struct stream *);

#endif
