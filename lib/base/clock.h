/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_BASE_CLOCK_H
#define PINMAIL_BASE_CLOCK_H

#include <stdint.h>

/* A moment that never comes. */
#define CLOCK_NEVER INT64_MAX

/* Milliseconds of the monotonic clock, which no one can set. */
int64_t clock_now(void);

/* The moment that many seconds from now, but never later than the other. */
int64_t clock_until(int64_t seconds, int64_t latest);

/* Milliseconds left until then, for poll(2): -1 is for ever, 0 is over. */
int clock_left(int64_t until);

#endif
