/* SPDX-License-Identifier: ISC */
/*
 * What does a command cost?
 *
 *	timed [-3] [-n TIMES] [-j AT_ONCE] [-t SECONDS] INPUT COMMAND [ARG ...]
 *
 * Runs it with INPUT on standard input (-3: on descriptor 3, as nullmailer
 * wants it) and standard output thrown away. When it ends, a line says
 *
 *	START WALL CPU PEAK STATUS
 *
 * in nanoseconds of the monotonic clock, nanoseconds, microseconds of both
 * modes, KiB resident, and wait(2)'s status. What is still there after
 * SECONDS is killed with its children, and nothing more is started. This
 * program is small, so that no child's peak is that of the fork.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define AT_ONCE_MAX 64

static struct run {
	pid_t pid;
	int64_t start;
} running[AT_ONCE_MAX];

static volatile sig_atomic_t late;

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "timed: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void
on_alarm(int sig)
{
	(void)sig;
	late = 1;
	for (size_t i = 0; i < AT_ONCE_MAX; i++)
		if (running[i].pid > 0)
			kill(-running[i].pid, SIGKILL);
}

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
redirect(const char *path, int flags, int fd)
{
	int opened = open(path, flags);

	if (opened < 0)
		die(path);
	if (opened != fd && (dup2(opened, fd) != fd || close(opened) != 0))
		die(path);
}

static _Noreturn void
child(const char *input, bool third, char *argv[])
{
	setpgid(0, 0);
	redirect("/dev/null", O_WRONLY, STDOUT_FILENO);
	redirect(third ? "/dev/null" : input, O_RDONLY, STDIN_FILENO);
	if (third)
		redirect(input, O_RDONLY, 3);
	execvp(argv[0], argv);
	die(argv[0]);
}

static void
start(const char *input, bool third, char *argv[])
{
	size_t i = 0;

	while (running[i].pid != 0)
		i++;
	running[i].start = now();
	running[i].pid = fork();
	if (running[i].pid < 0)
		die("fork");
	if (running[i].pid == 0)
		child(input, third, argv);
}

static long
micros(struct timeval t)
{
	return (long)t.tv_sec * 1000000 + t.tv_usec;
}

/* Waits for one to end; whether all is as it should be. */
static bool
finish(void)
{
	struct rusage used;
	int64_t end;
	int status;
	size_t i = 0;
	pid_t pid;

	do
		pid = wait4(-1, &status, 0, &used);
	while (pid < 0 && errno == EINTR);
	end = now();
	while (i < AT_ONCE_MAX && running[i].pid != pid)
		i++;
	if (i == AT_ONCE_MAX)
		die("wait");
	printf("%lld %lld %ld %ld %d\n", (long long)running[i].start,
	    (long long)(end - running[i].start),
	    micros(used.ru_utime) + micros(used.ru_stime), used.ru_maxrss,
	    status);
	fflush(stdout); /* or children had it too */
	running[i].pid = 0;
	return status == 0;
}

int
main(int argc, char *argv[])
{
	struct sigaction sa = {.sa_handler = on_alarm};
	int times = 1, at_once = 1, seconds = 0, live = 0, c;
	bool third = false, ok = true;

	while ((c = getopt(argc, argv, "+3n:j:t:")) != -1)
		if (c == '3')
			third = true;
		else if (c == 'n')
			times = atoi(optarg);
		else if (c == 'j')
			at_once = atoi(optarg);
		else if (c == 't')
			seconds = atoi(optarg);
		else
			return 2;
	if (argc - optind < 2 || at_once < 1 || at_once > AT_ONCE_MAX)
		return 2;
	sigaction(SIGALRM, &sa, NULL);
	alarm((unsigned)seconds);
	while (times > 0 || live > 0) {
		for (; times > 0 && live < at_once; times--, live++)
			start(argv[optind], third, argv + optind + 1);
		ok = finish() && ok;
		live--;
		if (late)
			times = 0;
	}
	return !ok;
}
