/* SPDX-License-Identifier: ISC */
/*
 * LD_PRELOAD: the kernel gives no randomness.  NORANDOM_AFTER in the
 * environment is how often it still does.
 */
#include "config.h"

#undef _FILE_OFFSET_BITS

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

int open64(const char *, int, ...);
int openat64(int, const char *, int, ...);
FILE *fopen64(const char *, const char *);

static bool
used_up(void)
{
	static unsigned long calls;
	const char *after = getenv("NORANDOM_AFTER");

	return ++calls > (after != NULL ? strtoul(after, NULL, 10) : 0);
}

static bool
is_random(const char *path)
{
	return strcmp(path, "/dev/urandom") == 0
	    || strcmp(path, "/dev/random") == 0;
}

static int
fail(int why)
{
	errno = why;
	return -1;
}

ssize_t
getrandom(void *p, size_t n, unsigned flags)
{
	if (used_up())
		return fail(EIO);
	return syscall(SYS_getrandom, p, n, flags);
}

int
getentropy(void *p, size_t n)
{
	if (used_up())
		return fail(EIO);
	return syscall(SYS_getrandom, p, n, 0) == (long)n ? 0 : fail(EIO);
}

static int
open_at(int dir, const char *path, int flags, va_list ap)
{
	mode_t mode = 0;

	if (is_random(path))
		return fail(EIO);
	if ((flags & (O_CREAT | O_TMPFILE)) != 0)
		mode = va_arg(ap, mode_t);
	return (int)syscall(SYS_openat, dir, path, flags, mode);
}

#define OPEN(name, dir, ...)                                   \
	int name(__VA_ARGS__ const char *path, int flags, ...) \
	{                                                      \
		va_list ap;                                    \
		int fd;                                        \
                                                               \
		va_start(ap, flags);                           \
		fd = open_at(dir, path, flags, ap);            \
		va_end(ap);                                    \
		return fd;                                     \
	}
#define AT int at,

OPEN(open, AT_FDCWD, )
OPEN(open64, AT_FDCWD, )
OPEN(openat, at, AT)
OPEN(openat64, at, AT)

#define FOPEN(name)                                                \
	FILE *name(const char *path, const char *mode)             \
	{                                                          \
		static FILE *(*next)(const char *, const char *);  \
                                                                   \
		if (is_random(path)) {                             \
			errno = EIO;                               \
			return NULL;                               \
		}                                                  \
		if (next == NULL)                                  \
			*(void **)&next = dlsym(RTLD_NEXT, #name); \
		return next(path, mode);                           \
	}

FOPEN(fopen)
FOPEN(fopen64)
