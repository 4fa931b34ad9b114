/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WINDOW ((size_t)64 * 1024) /* of the file, in memory */

void
store_begin(struct store *s, const char *dir)
{
	*s = (struct store){.dir = dir, .fd = -1};
}

static bool
create(struct store *s, struct err *e)
{
	struct buf name = {0};

#ifdef O_TMPFILE
	s->fd = open(s->dir, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
#endif
	if (s->fd < 0) {
		buf_addf(&name, "%s/pinmail.XXXXXX", s->dir);
		s->fd = mkostemp(name.p, O_CLOEXEC);
		if (s->fd >= 0)
			unlink(name.p);
		buf_clear(&name);
	}
	if (s->fd < 0)
		return err_set(e, ERR_CREATE,
		    "%s: no temporary file for the message: %s; set TMPDIR "
		    "to a directory with room",
		    s->dir, strerror(errno));
	return true;
}

/* The first n bytes that memory holds go behind what the file holds. */
static bool
spill(struct store *s, size_t n, struct err *e)
{
	size_t done = 0;
	ssize_t r;

	if (s->fd < 0 && !create(s, e))
		return false;
	while (done < n) {
		r = write(s->fd, s->mem.p + done, n - done);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_set(e, ERR_IO,
			    "%s: temporary file for the message: %s; set "
			    "TMPDIR to a directory with room",
			    s->dir, strerror(errno));
		done += (size_t)r;
	}
	buf_consume(&s->mem, n);
	return true;
}

char *
store_room(struct store *s, size_t n)
{
	buf_reserve(&s->mem, n);
	return s->mem.p + s->mem.n;
}

bool
store_took(struct store *s, size_t n, struct err *e)
{
	s->mem.n += n;
	s->size += n;
	/* File systems are faster with whole pages. */
	return s->mem.n <= STORE_MEMORY
	    || spill(s, s->mem.n - s->mem.n % STORE_MEMORY, e);
}

bool
store_add(struct store *s, const void *data, size_t n, struct err *e)
{
	memcpy(store_room(s, n), data, n);
	return store_took(s, n, e);
}

bool
store_read(struct store *s, uint64_t offset, const char **p, size_t *n,
    struct err *e)
{
	ssize_t r;

	if (s->fd >= 0 && !s->reading) {
		if (!spill(s, s->mem.n, e))
			return false;
		buf_clear(&s->mem);
	}
	s->reading = true;
	if (s->fd >= 0
	    && (offset < s->window || offset - s->window >= s->mem.n)) {
		buf_reset(&s->mem);
		buf_reserve(&s->mem, WINDOW);
		do {
			r = pread(s->fd, s->mem.p, WINDOW, (off_t)offset);
		} while (r < 0 && errno == EINTR);
		if (r <= 0)
			return err_set(e, ERR_IO,
			    "%s: temporary file for the message: %s", s->dir,
			    r < 0 ? strerror(errno) : "is too short");
		s->mem.n = (size_t)r;
		s->window = offset;
	}
	*p = s->mem.p + (offset - s->window);
	*n = s->mem.n - (size_t)(offset - s->window);
	return true;
}

void
store_clear(struct store *s)
{
	buf_clear(&s->mem);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}
