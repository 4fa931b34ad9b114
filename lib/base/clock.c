/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/base/clock.h"

#include <limits.h>
#include <time.h>

int64_t
clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
clock_until(int64_t seconds, int64_t latest)
{
	int64_t t = clock_now() + seconds * 1000;

	return t < latest ? t : latest;
}

int
clock_left(int64_t until)
{
	int64_t left;

	if (until == CLOCK_NEVER)
		return -1;
	left = until - clock_now();
	return left <= 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}
