/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test/server/filing.h"

#define HOLD (256 * 1024)

static atomic_ulong temporary;
static atomic_ulong number;

void
filing_dir(struct bytes *out, const char *dir, const char *login)
{
	char *p;

	bytes_fmt(out, "%s/mail", dir);
	mkdir(out->p, 0755);
	bytes_str(out, "/");
	bytes_str(out, login);
	for (p = out->p + out->n - strlen(login); *p != '\0'; p++)
		if (*p == '/' || (*p == '.' && p[-1] == '/'))
			*p = '_';
	if (mkdir(out->p, 0755) != 0 && errno != EEXIST)
		die("%s: %s", out->p, strerror(errno));
}

static int
create(struct bytes *name, const char *dir)
{
	bytes_reset(name);
	bytes_fmt(name, "%s/.%ld.%lu", dir, (long)getpid(),
	    atomic_fetch_add(&temporary, 1));
	return open(name->p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
}

static bool
write_all(int fd, const char *p, size_t n)
{
	ssize_t done;

	for (; n > 0; p += done, n -= (size_t)done) {
		done = write(fd, p, n);
		if (done < 0 && errno == EINTR)
			done = 0;
		if (done < 0)
			return false;
	}
	return true;
}

void
filing_begin(struct filing *f, const char *dir)
{
	*f = (struct filing){.fd = -1};
	if (dir != NULL) {
		f->fd = create(&f->tmp, dir);
		f->failed = f->fd < 0;
	}
}

static void
drain(struct filing *f)
{
	if (!write_all(f->fd, bytes_cstr(&f->hold), f->hold.n))
		f->failed = true;
	bytes_reset(&f->hold);
}

void
filing_add(struct filing *f, const void *p, size_t n)
{
	if (f->fd < 0)
		return;
	bytes_add(&f->hold, p, n);
	if (f->hold.n > HOLD)
		drain(f);
}

/* link(2) fails where a number is taken: servers may share a directory. */
static bool
take_number(struct bytes *name, const char *dir, const char *tmp)
{
	do {
		bytes_reset(name);
		bytes_fmt(name, "%s/%06lu.env", dir,
		    atomic_fetch_add(&number, 1) + 1);
	} while (link(tmp, name->p) != 0 && errno == EEXIST);
	return access(name->p, F_OK) == 0;
}

bool
filing_commit(struct filing *f, const char *dir, const struct bytes *env)
{
	struct bytes tmp = {0}, name = {0};
	int fd = create(&tmp, dir);
	bool ok = false;

	if (f->fd >= 0)
		drain(f);
	if (fd < 0 || f->failed || !write_all(fd, env->p, env->n))
		goto out;
	ok = take_number(&name, dir, tmp.p);
	if (ok && f->fd >= 0) {
		memcpy(name.p + name.n - 3, "eml", 3);
		ok = rename(f->tmp.p, name.p) == 0;
		bytes_clear(&f->tmp);
	}
out:
	if (fd >= 0) {
		unlink(tmp.p);
		close(fd);
	}
	bytes_clear(&tmp);
	bytes_clear(&name);
	return ok;
}

void
filing_end(struct filing *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->tmp.n > 0)
		unlink(f->tmp.p);
	bytes_clear(&f->tmp);
	bytes_clear(&f->hold);
	f->fd = -1;
}
