/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool
trusted(uid_t owner)
{
	return owner == 0 || owner == geteuid();
}

static int
open_any(const char *path, struct err *e)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	struct stat link;
	int fd;

	fd = open(path, flags | O_NOFOLLOW);
	if (fd >= 0 || errno != ELOOP)
		return fd;
	/* Kubernetes, Nix and stow link; a stranger's link is a trap. */
	if (lstat(path, &link) == 0 && !trusted(link.st_uid)) {
		err_set(e, ERR_CONFIG, "is a symbolic link of uid %lu",
		    (unsigned long)link.st_uid);
		err_advise(e, "it must be root's or that of uid %lu",
		    (unsigned long)geteuid());
		errno = EPERM;
		return -1;
	}
	return open(path, flags);
}

static bool
check(const struct stat *st, struct err *e)
{
	if (!S_ISREG(st->st_mode))
		return err_set(e, ERR_CONFIG, "is not a regular file");
	if (!trusted(st->st_uid)) {
		err_set(e, ERR_CONFIG, "belongs to uid %lu",
		    (unsigned long)st->st_uid);
		return err_advise(e, "it must belong to root or uid %lu",
		    (unsigned long)geteuid());
	}
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		err_set(e, ERR_CONFIG, "can be written by others (mode %04o)",
		    (unsigned)(st->st_mode & 07777));
		return err_advise(e, "run chmod go-w");
	}
	return true;
}

/* May we do that with it, by its owner and mode?  It can be reached. */
static bool
allowed(const struct stat *st, unsigned how)
{
	gid_t groups[256];
	int n = getgroups(256, groups);
	bool member = st->st_gid == getegid();
	unsigned mode = st->st_mode;

	for (int i = 0; i < n; i++)
		member = member || groups[i] == st->st_gid;
	if (geteuid() == 0)
		return true;
	if (st->st_uid == geteuid())
		mode >>= 6;
	else if (member)
		mode >>= 3;
	return (mode & how) == how;
}

bool
file_denied(const char *path, unsigned how, struct err *e)
{
	static const char policy[] =
	    "look for AppArmor or SELinux in the system's log";
	const char *verb = how == R_OK ? "read" : "write";
	unsigned long uid = (unsigned long)geteuid();
	struct stat st;

	err_set(e, ERR_CONFIG, "uid %lu may not %s it", uid, verb);
	if (stat(path, &st) != 0)
		return err_advise(e,
		    "see who may enter the directories above it (chmod "
		    "go+x), or %s",
		    policy);
	if (allowed(&st, how)) {
		err_set(e, ERR_CONFIG,
		    "uid %lu may not %s it, though its owner and mode (%lu, "
		    "%04o) allow that",
		    uid, verb, (unsigned long)st.st_uid,
		    (unsigned)(st.st_mode & 07777));
		return err_advise(e, "%s", policy);
	}
	err_set(e, ERR_CONFIG, "uid %lu may not %s it (owner %lu, mode %04o)",
	    uid, verb, (unsigned long)st.st_uid,
	    (unsigned)(st.st_mode & 07777));
	if (st.st_uid == geteuid())
		return err_advise(e, "run chmod u+%c", *verb);
	return err_advise(e,
	    "let a group of that user %s it (chgrp, chmod g+%c)", verb, *verb);
}

/* What is short is the machine's trouble, not the file's. */
static enum err_kind
kind_of(int number)
{
	return number == EMFILE || number == ENFILE || number == ENOMEM
	    ? ERR_SYSTEM
	    : ERR_CONFIG;
}

int
file_open(const char *path, struct stat *st, struct file_trouble *trouble,
    struct err *e)
{
	int fd;

	*trouble = (struct file_trouble){0};
	e->text[0] = '\0';
	fd = open_any(path, e);
	if (fd < 0) {
		trouble->missing = errno == ENOENT || errno == ENOTDIR;
		trouble->denied = errno == EACCES;
		if (e->text[0] != '\0')
			return -1;
		if (trouble->denied)
			file_denied(path, R_OK, e);
		else
			err_set(e, kind_of(errno), "%s", strerror(errno));
		return -1;
	}
	if (fstat(fd, st) != 0)
		err_set(e, ERR_CONFIG, "%s", strerror(errno));
	else if (check(st, e))
		return fd;
	close(fd);
	return -1;
}

bool
file_check(const char *path, struct err *e)
{
	struct file_trouble trouble;
	struct stat st;
	int fd = file_open(path, &st, &trouble, e);

	if (fd < 0)
		return err_in(e, "%s", path);
	close(fd);
	return true;
}

bool
file_read(int fd, struct buf *b, struct err *e)
{
	size_t want;
	ssize_t r;

	for (;;) {
		want =
		    b->max > 0 && b->max - b->n < 4096 ? b->max - b->n : 4096;
		/* One byte more shows whether the file goes on. */
		buf_reserve(b, want);
		r = read(fd, b->p + b->n, want > 0 ? want : 1);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_set(e, ERR_IO, "%s", strerror(errno));
		if (r == 0)
			break;
		if (want == 0)
			return err_set(e, ERR_CONFIG, "is over %zu bytes",
			    b->max);
		b->n += (size_t)r;
	}
	b->p[b->n] = '\0';
	return true;
}
