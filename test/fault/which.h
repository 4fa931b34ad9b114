/* SPDX-License-Identifier: ISC */
/*
 * What nth.c and nomem.c share: each is a library of its own, preloaded into a
 * program to have the Nth call of a kind fail. In the environment:
 *
 *	NTH_CALL   the kind: a word that the library knows
 *	NTH        which call, from 1; 0 or none: calls are only counted
 *	NTH_ERRNO  how it fails (for getaddrinfo: its result); `short`: it
 *	           does one byte of what was asked for
 *	NTH_ON     all calls behind it fail too
 *	NTH_STATE  a file that holds a struct nth_state, where they are counted
 *
 * A forked child goes on counting; what it executes knows nothing of this.
 * Calls within libc are not seen, but for those of malloc.
 */
#ifndef TEST_FAULT_WHICH_H
#define TEST_FAULT_WHICH_H

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "test/fault/nth.h"

static int chosen; /* the kind; 0: none yet, or none */
static unsigned long nth;
static int number;
static bool cut, and_on;
static struct nth_state unseen, *state = &unseen;

/* Is this call the one? */
static bool
is_it(int kind)
{
	unsigned long n;

	if (kind != chosen)
		return false;
	n = atomic_fetch_add(&state->calls, 1) + 1;
	if (nth == 0 || n < nth || (n > nth && !and_on))
		return false;
	atomic_fetch_add(&state->failed, 1);
	return true;
}

static bool
fails(int kind)
{
	if (!is_it(kind))
		return false;
	errno = number;
	return true;
}

static void
map_state(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	void *p = MAP_FAILED;

	if (fd >= 0) {
		p = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, 0);
		close(fd);
	}
	if (p == MAP_FAILED)
		abort();
	state = p;
}

/*
 * Reads the environment and takes what is for us out of it; returns the kind,
 * for `chosen`. The kinds begin with 1; NULL ends them.
 */
static int
begin(const char *const kinds[])
{
	static const char *const ours[] = {"NTH_CALL", "NTH", "NTH_ERRNO",
	    "NTH_ON", "NTH_STATE", "LD_PRELOAD"};
	const char *call = getenv("NTH_CALL"), *which = getenv("NTH");
	const char *how = getenv("NTH_ERRNO"), *path = getenv("NTH_STATE");
	int kind = 0;

	nth = which != NULL ? strtoul(which, NULL, 10) : 0;
	cut = how != NULL && strcmp(how, "short") == 0;
	number = how != NULL && !cut ? atoi(how) : EIO;
	and_on = getenv("NTH_ON") != NULL;
	if (path != NULL)
		map_state(path);
	for (int i = 1; call != NULL && kind == 0; i++) {
		if (kinds[i] == NULL)
			abort();
		if (strcmp(kinds[i], call) == 0)
			kind = i;
	}
	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
		unsetenv(ours[i]);
	return kind;
}

#endif
