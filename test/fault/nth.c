/* SPDX-License-Identifier: ISC */
/*
 * LD_PRELOAD: the Nth call of a kind fails; see which.h.
 */
#include "config.h"

#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE

#include <dirent.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "test/fault/which.h"

enum {
	READ = 1,
	WRITE,
	SEND,
	RECV,
	OPEN,
	MMAP,
	MADVISE,
	STAT,
	SOCKET,
	CONNECT,
	PIPE,
	DUP,
	GETADDRINFO,
	GETRANDOM,
	FORK,
	WAIT,
	THREAD,
	POLL
};

static const char *const kinds[] = {[READ] = "read",
    [WRITE] = "write",
    [SEND] = "send",
    [RECV] = "recv",
    [OPEN] = "open",
    [MMAP] = "mmap",
    [MADVISE] = "madvise",
    [STAT] = "stat",
    [SOCKET] = "socket",
    [CONNECT] = "connect",
    [PIPE] = "pipe",
    [DUP] = "dup",
    [GETADDRINFO] = "getaddrinfo",
    [GETRANDOM] = "getrandom",
    [FORK] = "fork",
    [WAIT] = "wait",
    [THREAD] = "thread",
    [POLL] = "poll",
    NULL};

static __attribute__((constructor)) void
start(void)
{
	chosen = begin(kinds);
}

/* What moves bytes may also move fewer. */
static bool
fails_or_cuts(int kind, size_t *n)
{
	if (!is_it(kind))
		return false;
	if (cut && *n > 0)
		*n = 1;
	else if (!cut)
		errno = number;
	return !cut;
}

/* A lost connection is lost for all that comes. */
static bool
loses(int kind, int fd, size_t *n)
{
	if (!fails_or_cuts(kind, n))
		return false;
	if (number == ECONNRESET)
		shutdown(fd, SHUT_RDWR);
	errno = number;
	return true;
}

/* The function of that name behind this library. */
#define NEXT(name)                     \
	static __typeof__(&name) next; \
                                       \
	if (next == NULL)              \
	*(void **)&next = dlsym(RTLD_NEXT, #name)

/* --- bytes -------------------------------------------------------------- */

ssize_t
read(int fd, void *p, size_t n)
{
	NEXT(read);
	return fails_or_cuts(READ, &n) ? -1 : next(fd, p, n);
}

ssize_t
pread(int fd, void *p, size_t n, off_t at)
{
	NEXT(pread);
	return fails_or_cuts(READ, &n) ? -1 : next(fd, p, n, at);
}

ssize_t
pread64(int fd, void *p, size_t n, off64_t at)
{
	NEXT(pread64);
	return fails_or_cuts(READ, &n) ? -1 : next(fd, p, n, at);
}

ssize_t
readv(int fd, const struct iovec *v, int n)
{
	NEXT(readv);
	return fails(READ) ? -1 : next(fd, v, n);
}

/* The callers' compiler has looked at the size where it could. */
ssize_t
__read_chk(int fd, void *p, size_t n, size_t room)
{
	return n <= room ? read(fd, p, n) : (abort(), -1);
}

ssize_t
__pread_chk(int fd, void *p, size_t n, off_t at, size_t room)
{
	return n <= room ? pread(fd, p, n, at) : (abort(), -1);
}

ssize_t
write(int fd, const void *p, size_t n)
{
	NEXT(write);
	return fails_or_cuts(WRITE, &n) ? -1 : next(fd, p, n);
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t at)
{
	NEXT(pwrite);
	return fails_or_cuts(WRITE, &n) ? -1 : next(fd, p, n, at);
}

ssize_t
writev(int fd, const struct iovec *v, int n)
{
	NEXT(writev);
	return fails(WRITE) ? -1 : next(fd, v, n);
}

ssize_t
send(int fd, const void *p, size_t n, int flags)
{
	NEXT(send);
	return loses(SEND, fd, &n) ? -1 : next(fd, p, n, flags);
}

ssize_t
sendto(int fd, const void *p, size_t n, int flags, const struct sockaddr *to,
    socklen_t len)
{
	NEXT(sendto);
	return loses(SEND, fd, &n) ? -1 : next(fd, p, n, flags, to, len);
}

ssize_t
sendmsg(int fd, const struct msghdr *m, int flags)
{
	NEXT(sendmsg);
	return fails(SEND) ? -1 : next(fd, m, flags);
}

ssize_t
recv(int fd, void *p, size_t n, int flags)
{
	NEXT(recv);
	return loses(RECV, fd, &n) ? -1 : next(fd, p, n, flags);
}

ssize_t
recvfrom(int fd, void *p, size_t n, int flags, struct sockaddr *from,
    socklen_t *len)
{
	NEXT(recvfrom);
	return loses(RECV, fd, &n) ? -1 : next(fd, p, n, flags, from, len);
}

ssize_t
recvmsg(int fd, struct msghdr *m, int flags)
{
	NEXT(recvmsg);
	return fails(RECV) ? -1 : next(fd, m, flags);
}

ssize_t
__recv_chk(int fd, void *p, size_t n, size_t room, int flags)
{
	return n <= room ? recv(fd, p, n, flags) : (abort(), -1);
}

/* --- files -------------------------------------------------------------- */

#define MODE(flags, mode)                                   \
	do {                                                \
		va_list ap;                                 \
                                                            \
		va_start(ap, flags);                        \
		if (((flags) & (O_CREAT | O_TMPFILE)) != 0) \
			mode = va_arg(ap, mode_t);          \
		va_end(ap);                                 \
	} while (0)

#define OPEN(name)                                                 \
	int name(const char *path, int flags, ...)                 \
	{                                                          \
		mode_t mode = 0;                                   \
                                                                   \
		NEXT(name);                                        \
		MODE(flags, mode);                                 \
		return fails(OPEN) ? -1 : next(path, flags, mode); \
	}

#define OPENAT(name)                                                   \
	int name(int at, const char *path, int flags, ...)             \
	{                                                              \
		mode_t mode = 0;                                       \
                                                                       \
		NEXT(name);                                            \
		MODE(flags, mode);                                     \
		return fails(OPEN) ? -1 : next(at, path, flags, mode); \
	}

/* A result, a name, its parameters and what to call it with. */
#define CALL(kind, type, failure, name, params, args)     \
	type name params                                  \
	{                                                 \
		NEXT(name);                               \
		return fails(kind) ? failure : next args; \
	}

int __open_2(const char *, int);
int __open64_2(const char *, int);

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
CALL(OPEN, int, -1, __open_2, (const char *path, int flags), (path, flags))
CALL(OPEN, int, -1, __open64_2, (const char *path, int flags), (path, flags))
CALL(OPEN, int, -1, mkostemp, (char *path, int flags), (path, flags))
CALL(OPEN, int, -1, mkostemp64, (char *path, int flags), (path, flags))
CALL(OPEN, FILE *, NULL, fopen, (const char *path, const char *mode),
    (path, mode))
CALL(OPEN, FILE *, NULL, fopen64, (const char *path, const char *mode),
    (path, mode))
CALL(OPEN, FILE *, NULL, fdopen, (int fd, const char *mode), (fd, mode))
CALL(OPEN, DIR *, NULL, opendir, (const char *path), (path))
CALL(MMAP, void *, MAP_FAILED, mmap,
    (void *p, size_t n, int prot, int flags, int fd, off_t at),
    (p, n, prot, flags, fd, at))
CALL(MMAP, void *, MAP_FAILED, mmap64,
    (void *p, size_t n, int prot, int flags, int fd, off64_t at),
    (p, n, prot, flags, fd, at))
CALL(MADVISE, int, -1, madvise, (void *p, size_t n, int advice), (p, n, advice))
CALL(STAT, int, -1, stat, (const char *path, struct stat *st), (path, st))
CALL(STAT, int, -1, lstat, (const char *path, struct stat *st), (path, st))
CALL(STAT, int, -1, fstat, (int fd, struct stat *st), (fd, st))

/* --- the rest ----------------------------------------------------------- */

CALL(SOCKET, int, -1, socket, (int domain, int type, int protocol),
    (domain, type, protocol))
CALL(CONNECT, int, -1, connect, (int fd, const struct sockaddr *a, socklen_t n),
    (fd, a, n))
CALL(PIPE, int, -1, pipe, (int fds[2]), (fds))
CALL(PIPE, int, -1, pipe2, (int fds[2], int flags), (fds, flags))
CALL(DUP, int, -1, dup2, (int fd, int to), (fd, to))
CALL(GETADDRINFO, int, number, getaddrinfo,
    (const char *host, const char *port, const struct addrinfo *hints,
	struct addrinfo **list),
    (host, port, hints, list))
CALL(GETRANDOM, int, -1, getentropy, (void *p, size_t n), (p, n))
CALL(FORK, pid_t, -1, fork, (void), ())
CALL(WAIT, pid_t, -1, waitpid, (pid_t pid, int *status, int flags),
    (pid, status, flags))
CALL(THREAD, int, number, pthread_create,
    (pthread_t * t, const pthread_attr_t *attr, void *(*f)(void *), void *arg),
    (t, attr, f, arg))
CALL(POLL, int, -1, poll, (struct pollfd * p, nfds_t n, int ms), (p, n, ms))
CALL(POLL, int, -1, ppoll,
    (struct pollfd * p, nfds_t n, const struct timespec *t,
	const sigset_t *mask),
    (p, n, t, mask))

ssize_t
getrandom(void *p, size_t n, unsigned flags)
{
	NEXT(getrandom);
	return fails_or_cuts(GETRANDOM, &n) ? -1 : next(p, n, flags);
}
