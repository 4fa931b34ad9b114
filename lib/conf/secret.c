/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/conf/secret.h"

#include <string.h>
#include <unistd.h>

#include "lib/base/child.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"

#define SECRET_MAX ((size_t)16 * 1024)
#define SECRET_SECONDS 60

/* Only the first line counts. */
static bool
first_line(struct buf *b, struct err *e)
{
	size_t n = b->p != NULL ? strcspn(b->p, "\n") : 0;

	if (n > 0 && b->p[n - 1] == '\r')
		n--;
	if (n == 0)
		return err_set(e, ERR_SECRET, "the first line is empty");
	mem_wipe(b->p + n, b->n - n);
	b->n = n;
	return true;
}

static bool
from_file(const char *path, const char *credentials, bool exposed_ok,
    struct buf *out, struct err *e)
{
	struct file_trouble trouble;
	struct stat st;
	bool ok;
	int fd;

	fd = file_open(path, &st, &trouble, e);
	ok = fd >= 0;
	if (ok && !exposed_ok && (st.st_mode & S_IROTH) != 0
	    && !conf_sheltered(path, credentials)) {
		err_set(e, ERR_SECRET, "everybody may read this secret");
		ok = err_advise(e, "run chmod o-r");
	}
	out->max = SECRET_MAX;
	ok = ok && file_read(fd, out, e) && first_line(out, e);
	if (fd >= 0)
		close(fd);
	if (!ok) {
		e->kind = ERR_SECRET;
		err_in(e, "%s", path);
	}
	return ok;
}

bool
secret_user(const struct account *a, const char *credentials, struct buf *out,
    struct err *e)
{
	if (a->userfile != NULL)
		return from_file(a->userfile, credentials, true, out, e);
	if (a->user == NULL)
		return err_set(e, ERR_CONFIG,
		    "%s:%d: account %s has no user; add a line: user NAME, "
		    "or: auth off",
		    a->file, a->line, a->name);
	buf_adds(out, a->user);
	return true;
}

bool
secret_password(const struct account *a, const char *credentials,
    struct buf *out, struct err *e)
{
	if (a->password.n > 0) {
		buf_add(out, a->password.p, a->password.n);
		return true;
	}
	if (a->passwordfile != NULL)
		return from_file(a->passwordfile, credentials, false, out, e);
	if (a->passwordeval == NULL) {
		err_set(e, ERR_SECRET, "%s:%d: account %s has no password",
		    a->file, a->line, a->name);
		return err_advise(e, "add a line: passwordfile FILE");
	}
	out->max = SECRET_MAX;
	if (child_output(a->passwordeval,
		clock_until(SECRET_SECONDS, CLOCK_NEVER), out, ERR_SECRET, e)
	    && first_line(out, e))
		return true;
	return err_in(e, "passwordeval of account %s", a->name);
}
