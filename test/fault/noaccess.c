/* SPDX-License-Identifier: ISC */
/*
 * LD_PRELOAD: what AppArmor and SELinux do. The file that NOACCESS in the
 * environment names may not be opened, whatever its mode says; if it is
 * `network`, nobody may be connected to.
 */
#include "config.h"

#undef _FILE_OFFSET_BITS

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int open64(const char *, int, ...);
int openat64(int, const char *, int, ...);

static bool
denied(const char *what)
{
	const char *which = getenv("NOACCESS");

	return which != NULL && strcmp(which, what) == 0;
}

static int
fail(void)
{
	errno = EACCES;
	return -1;
}

static int
open_at(int dir, const char *path, int flags, va_list ap)
{
	mode_t mode = 0;

	if (denied(path))
		return fail();
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

int
connect(int fd, const struct sockaddr *to, socklen_t n)
{
	if (denied("network"))
		return fail();
	return (int)syscall(SYS_connect, fd, to, n);
}
