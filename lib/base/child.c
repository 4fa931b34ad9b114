/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/wait.h"

/* Descriptors that leaked into us are none of the command's business. */
static void
close_from(int low)
{
	long max;

#ifdef HAVE_CLOSE_RANGE
	if (close_range((unsigned)low, ~0U, 0) == 0)
		return;
#endif
	max = sysconf(_SC_OPEN_MAX);
	for (long fd = low; fd < (max > 0 && max < 65536 ? max : 65536); fd++)
		close((int)fd);
}

static _Noreturn void
become(const char *command, int output)
{
	sigset_t none;
	int null;

	setpgid(0, 0);
	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);

	null = open("/dev/null", O_RDWR);
	if (null < 0 || dup2(output, STDOUT_FILENO) < 0
	    || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
		_exit(126);
	close_from(3);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static bool
take_output(int fd, int64_t until, struct buf *out, enum err_kind kind,
    struct err *e)
{
	char piece[4096];
	ssize_t r;
	bool ok;

	for (;;) {
		if (!wait_fd(fd, POLLIN, until, e)) {
			if (e->kind == ERR_UNREACHABLE)
				e->kind = kind;
			return false;
		}
		r = read(fd, piece, sizeof piece);
		if (r < 0 && errno != EINTR)
			return err_set(e, kind, "%s", strerror(errno));
		if (r == 0)
			return true;
		if (r < 0)
			continue;
		ok = buf_add(out, piece, (size_t)r);
		explicit_bzero(piece, sizeof piece);
		if (!ok)
			return err_set(e, kind, "printed over %zu bytes",
			    out->max);
	}
}

/* Its output has ended; give it until then to end too. */
static bool
reap(pid_t pid, int64_t until, enum err_kind kind, struct err *e)
{
	int status, ready;
	pid_t r;

	while ((r = waitpid(pid, &status, WNOHANG)) == 0) {
		if (clock_left(until) == 0)
			return err_set(e, kind, "timed out");
		if (!wait_fds(NULL, 0, clock_now() + 5, &ready, e))
			return false;
	}
	if (r < 0)
		return err_set(e, kind, "%s", strerror(errno));
	if (WIFSIGNALED(status))
		return err_set(e, kind, "was killed by signal %d",
		    WTERMSIG(status));
	if (WEXITSTATUS(status) == 0)
		return true;
	err_set(e, kind, "exited with %d", WEXITSTATUS(status));
	return err_advise(e, "run it by hand to see why");
}

bool
child_output(const char *command, int64_t until, struct buf *out,
    enum err_kind kind, struct err *e)
{
	int fds[2];
	pid_t pid;
	bool ok;

	if (pipe(fds) != 0)
		return err_set(e, ERR_SYSTEM, "pipe: %s", strerror(errno));
	pid = fork();
	if (pid == 0)
		become(command, fds[1]);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return err_set(e, ERR_SYSTEM, "fork: %s", strerror(errno));
	}
	setpgid(pid, pid);
	ok = take_output(fds[0], until, out, kind, e)
	    && reap(pid, until, kind, e);
	close(fds[0]);
	if (!ok) {
		kill(-pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	return ok;
}
