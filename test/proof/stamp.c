/* SPDX-License-Identifier: ISC */
/*
 * stamp N: print what a stamp could be made of (pid, host name, clock), and
 * N Message-IDs.  All but the first come from a parent and a child in turn,
 * who were one process until then.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/mail/stamp.h"

static void
stamp(long n, const char *domain)
{
	struct buf id = {0};
	struct err e = {0};

	for (; n > 0; n--) {
		buf_reset(&id);
		if (!stamp_message_id(&id, domain, &e)) {
			fprintf(stderr, "stamp: %s\n", e.text);
			exit(71);
		}
		puts(buf_str(&id));
	}
	buf_clear(&id);
	fflush(stdout);
}

static void
show_world(const char *host)
{
	struct timeval day;
	struct timespec t;

	gettimeofday(&day, NULL);
	clock_gettime(CLOCK_REALTIME, &t);
	printf("# pid %ld host %s time %lld %lld.%06ld %lld.%09ld\n",
	    (long)getpid(), host, (long long)time(NULL), (long long)day.tv_sec,
	    (long)day.tv_usec, (long long)t.tv_sec, t.tv_nsec);
	fflush(stdout);
}

int
main(int argc, char *argv[])
{
	char host[256] = "";
	int status = 0;
	pid_t child;
	long n;

	if (argc != 2 || (n = strtol(argv[1], NULL, 10)) < 1
	    || gethostname(host, sizeof host - 1) != 0)
		return 64;
	show_world(host);
	stamp(1, host);
	child = fork();
	if (child < 0)
		return 71;
	stamp(child == 0 ? (n - 1) / 2 : n - 1 - (n - 1) / 2, host);
	if (child > 0 && (waitpid(child, &status, 0) < 0 || status != 0))
		return 71;
	return 0;
}
