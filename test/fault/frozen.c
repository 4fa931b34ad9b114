/* SPDX-License-Identifier: ISC */
/*
 * LD_PRELOAD: every clock stands still, at a second that nobody chose.
 */
#include "config.h"

#include <sys/time.h>
#include <time.h>

#define MOMENT 1900000000

int clock_gettime(clockid_t, struct timespec *);
int gettimeofday(struct timeval *, void *);
time_t time(time_t *);
int timespec_get(struct timespec *, int);

int
clock_gettime(clockid_t id, struct timespec *t)
{
	(void)id;
	*t = (struct timespec){.tv_sec = MOMENT};
	return 0;
}

int
gettimeofday(struct timeval *t, void *zone)
{
	(void)zone;
	*t = (struct timeval){.tv_sec = MOMENT};
	return 0;
}

time_t
time(time_t *t)
{
	if (t != NULL)
		*t = MOMENT;
	return MOMENT;
}

int
timespec_get(struct timespec *t, int base)
{
	*t = (struct timespec){.tv_sec = MOMENT};
	return base;
}
