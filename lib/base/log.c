/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/ascii.h"
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/base/json.h"
#include "lib/base/wait.h"

#ifndef PATH_LOG
#define PATH_LOG "/dev/log"
#endif

#define LINKS 40    /* that a system follows */
#define TARGET 4096 /* of a link, at most */

/* Plain where nothing could be mistaken; else quoted, our \\xNN unescaped. */
static void
add_value(struct buf *b, const char *s)
{
	struct buf clean = {0};
	size_t n = strlen(s), len;
	bool plain;

	ascii_clean(&clean, s, n);
	plain = clean.n == n && strpbrk(s, " \"=\\") == NULL;
	buf_clear(&clean);
	if (plain) {
		buf_add(b, s, n);
		return;
	}
	buf_addc(b, '"');
	for (size_t i = 0; i < n; i += len) {
		len = ascii_utf8(s + i, n - i);
		len = len > 0 ? len : 1;
		if (s[i] == '"' || s[i] == '\\')
			buf_addc(b, '\\');
		ascii_clean(b, s + i, len);
	}
	buf_addc(b, '"');
}

static void
add_field(struct buf *b, const struct log_field *f, bool json)
{
	if (f->value == NULL || *f->value == '\0')
		return;
	if (!json) {
		if (b->n > 0)
			buf_addc(b, ' ');
		buf_addf(b, "%s=", f->key);
		add_value(b, f->value);
		return;
	}
	buf_adds(b, b->n == 0 ? "{" : ",");
	json_string(b, f->key);
	buf_addc(b, ':');
	if (f->number)
		buf_adds(b, f->value);
	else
		json_string(b, f->value);
}

/* A socket to the system's log, or -1. */
static int
open_syslog(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX, .sun_path = PATH_LOG};
	int fd;

	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&sun, sizeof sun) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int
open_file(const char *path, int flags)
{
	flags |= O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	return open(path, flags, 0600);
}

static void
to_syslog(const struct log *log, int priority, const struct buf *line)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct buf b = {0};
	struct tm tm;
	time_t now;
	ssize_t r;
	int fd;

	fd = open_syslog();
	if (fd < 0)
		return;
	now = time(NULL);
	localtime_r(&now, &tm);
	buf_addf(&b, "<%d>%.3s %2d %02d:%02d:%02d pinmail[%ld]: %s",
	    log->facility | priority, months + tm.tm_mon * 3, tm.tm_mday,
	    tm.tm_hour, tm.tm_min, tm.tm_sec, (long)getpid(), line->p);
	r = send(fd, b.p, b.n, MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)r;
	buf_clear(&b);
	close(fd);
}

static void
to_file(const char *path, const struct buf *line)
{
	ssize_t r;
	int fd;

	if (strcmp(path, "-") == 0) {
		wait_put(STDERR_FILENO, line->p, line->n);
		return;
	}
	fd = open_file(path, O_CREAT);
	if (fd < 0)
		return;
	r = write(fd, line->p, line->n);
	(void)r;
	close(fd);
}

static void
add_time(struct buf *b, const struct log *log)
{
	char text[128];
	struct tm tm;
	time_t now;

	now = time(NULL);
	localtime_r(&now, &tm);
	if (log->json)
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S%z", &tm);
	else if (strftime(text, sizeof text, log->time_format, &tm) == 0)
		return;
	if (log->json)
		add_field(b, &(struct log_field){"time", text, false}, true);
	else
		buf_adds(b, text);
}

void
log_write(const struct log *log, int priority, const struct log_field *f,
    size_t n)
{
	struct buf b = {0};

	if (log->syslog) {
		for (size_t i = 0; i < n; i++)
			add_field(&b, &f[i], log->json);
		if (log->json)
			buf_addc(&b, '}');
		to_syslog(log, priority, &b);
		buf_reset(&b);
	}
	if (log->file != NULL) {
		add_time(&b, log);
		for (size_t i = 0; i < n; i++)
			add_field(&b, &f[i], log->json);
		buf_adds(&b, log->json ? "}\n" : "\n");
		to_file(log->file, &b);
	}
	buf_clear(&b);
}

static void
cut_name(struct buf *b)
{
	const char *slash = strrchr(b->p, '/');
	size_t n = slash != NULL ? (size_t)(slash + 1 - b->p) : 0;

	b->n = n;
	b->p[n] = '\0';
	if (n == 0)
		buf_adds(b, "./");
}

/* Append the directory where it would be made, if need be behind links. */
static void
find_directory(struct buf *b, const char *path)
{
	char target[TARGET];
	ssize_t n;

	buf_adds(b, path);
	for (int links = 0; links < LINKS; links++) {
		n = readlink(b->p, target, sizeof target - 1);
		if (n <= 0)
			break;
		target[n] = '\0';
		cut_name(b);
		if (target[0] == '/')
			buf_reset(b);
		buf_adds(b, target);
	}
	cut_name(b);
}

static bool
unusable(const char *path, unsigned how, struct err *e)
{
	if (errno == EACCES)
		file_denied(path, how, e);
	else
		err_set(e, ERR_IO, "%s", strerror(errno));
	e->kind = ERR_IO;
	return false;
}

/* It is not made to see: who will log may be somebody else. */
static bool
file_usable(const char *path, struct err *e)
{
	int fd = open_file(path, 0);
	struct buf dir = {0};
	bool ok;

	if (fd >= 0) {
		close(fd);
		return true;
	}
	if (errno != ENOENT)
		return unusable(path, W_OK, e);
	find_directory(&dir, path);
	ok = faccessat(AT_FDCWD, dir.p, W_OK | X_OK, AT_EACCESS) == 0;
	if (!ok) {
		unusable(dir.p, W_OK | X_OK, e);
		err_in(e, "%s", dir.p);
	}
	buf_clear(&dir);
	return ok;
}

bool
log_usable(const struct log *log, struct err *e)
{
	int fd;

	if (log->syslog) {
		fd = open_syslog();
		if (fd < 0)
			return err_set(e, ERR_IO,
			    "nobody listens for syslog at %s (%s); start it, "
			    "or write: syslog off",
			    PATH_LOG, strerror(errno));
		close(fd);
	}
	return log->file == NULL || strcmp(log->file, "-") == 0
	    || file_usable(log->file, e)
	    || err_in(e, "logfile %s cannot be written", log->file);
}
