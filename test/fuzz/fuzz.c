/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/fuzz/fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/mail/canon.h"

_Noreturn void
fuzz_die(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: not true: %s\n", file, line, what);
	abort();
}

unsigned
fuzz_choice(struct input *in)
{
	if (in->n == 0)
		return 0;
	in->n--;
	return (unsigned char)*in->p++ & 15;
}

bool
fuzz_line(struct input *in, struct buf *b)
{
	const char *end;

	if (in->n == 0)
		return false;
	end = memchr(in->p, '\n', in->n);
	buf_reset(b);
	buf_add(b, in->p, end != NULL ? (size_t)(end - in->p) : in->n);
	in->n -= b->n + (end != NULL);
	in->p += b->n + (end != NULL);
	return true;
}

size_t
fuzz_piece(const char *p, size_t n, unsigned step)
{
	size_t some = 1 + (unsigned char)*p * step % 89;

	return step == 0 || some > n ? n : some;
}

void
fuzz_canon(struct buf *b, const char *p, size_t n)
{
	static char out[CANON_ROOM];
	struct canon c = {0};
	size_t taken;

	for (; n > 0; p += taken, n -= taken)
		buf_add(b, out, canon_piece(&c, p, n, &taken, out));
	buf_add(b, out, canon_end(&c, out));
}

bool
fuzz_message(struct message *m, const char *p, size_t n, unsigned step)
{
	struct err e = {0};
	bool ok = true;
	size_t some;

	message_begin(m, "/tmp");
	for (; ok && n > 0; p += some, n -= some) {
		/* Not too many: each has a large buffer. */
		some = 16 * fuzz_piece(p, n, step);
		some = some < n ? some : n;
		ok = message_add(m, p, some, &e);
	}
	ok = ok && message_end(m, &e);
	must(ok || e.kind == ERR_INPUT);
	return ok;
}

static bool
append(void *b, const char *p, size_t n, struct err *e)
{
	(void)e;
	return buf_add(b, p, n);
}

void
fuzz_emit(struct buf *b, struct message *m)
{
	const struct message_sink sink = {append, b};
	struct err e = {0};

	must(message_emit(m, &sink, &e));
}

bool
fuzz_is_wire(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] == '\0'
		    || (p[i] == '\n' && (i == 0 || p[i - 1] != '\r'))
		    || (p[i] == '\r' && (i + 1 == n || p[i + 1] != '\n')))
			return false;
	return true;
}

bool
fuzz_same(const struct buf *a, const struct buf *b)
{
	return a->n == b->n && (a->n == 0 || memcmp(a->p, b->p, a->n) == 0);
}

static char dir[256], paths[8][300];
static size_t n_paths;

static void
remove_files(void)
{
	for (size_t i = 0; i < n_paths; i++)
		unlink(paths[i]);
	rmdir(dir);
}

static const char *
path_of(const char *name)
{
	const char *tmp = getenv("TMPDIR");

	if (n_paths == 0) {
		snprintf(dir, sizeof dir, "%s/fuzz.XXXXXX",
		    tmp != NULL ? tmp : "/tmp");
		must(mkdtemp(dir) != NULL && atexit(remove_files) == 0);
	}
	for (size_t i = 0; i < n_paths; i++)
		if (strcmp(strrchr(paths[i], '/') + 1, name) == 0)
			return paths[i];
	must(n_paths < sizeof paths / sizeof paths[0]);
	snprintf(paths[n_paths], sizeof paths[0], "%s/%s", dir, name);
	return paths[n_paths++];
}

const char *
fuzz_file(const char *name, const void *p, size_t n, unsigned mode)
{
	const char *path = path_of(name);
	int fd;

	/* A new one: some file systems flush what is cut and written again. */
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	must(fd >= 0 && write(fd, p, n) == (ssize_t)n);
	must(fchmod(fd, mode) == 0 && close(fd) == 0);
	return path;
}

void
fuzz_unguard(void)
{
#ifdef PR_SET_DUMPABLE
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
#endif
}
