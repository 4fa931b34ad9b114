/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/wait.h"

static void
nothing(int n)
{
	(void)n;
}

/* One that can be read, and one that cannot. */
static int ready, silent;

static void
begin(void)
{
	int fds[2];

	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	must(pipe(fds) == 0);
	must(write(fds[1], "x", 1) == 1);
	ready = fds[0];
	must(pipe(fds) == 0);
	silent = fds[0];
	wait_begin();
}

static bool
interrupted(const struct err *e, const char *by)
{
	return e->kind == ERR_INTERRUPTED && strstr(e->text, by) != NULL;
}

static void
do_times_out(void)
{
	struct pollfd p[2];
	struct err e = {0};
	int n = -1;

	begin();
	must(!wait_fd(silent, POLLIN, clock_now(), &e));
	must(e.kind == ERR_UNREACHABLE);
	must(strcmp(e.text, "timed out") == 0);
	must(wait_fd(ready, POLLIN, clock_now() - 1000, &e));
	must(wait_fd(ready, POLLIN, CLOCK_NEVER, &e));

	p[0] = (struct pollfd){.fd = silent, .events = POLLIN};
	p[1] = (struct pollfd){.fd = ready, .events = POLLIN};
	must(wait_fds(p, 1, clock_now(), &n, &e) && n == 0);
	must(wait_fds(p, 2, CLOCK_NEVER, &n, &e) && n == 1);
	must(p[0].revents == 0 && (p[1].revents & POLLIN) != 0);
	must(wait_fds(NULL, 0, clock_now() + 1, &n, &e) && n == 0);
	must(wait_signal() == 0);
}

static void
times_out(void **state)
{
	(void)state;
	unit_alone(do_times_out);
}

/* The one that comes, and its name. */
static int number;
static const char *name;

static void
do_sees_signals_in_waits_only(void)
{
	struct err e = {0};

	begin();
	must(raise(number) == 0);
	must(wait_signal() == 0);
	must(!wait_fd(silent, POLLIN, CLOCK_NEVER, &e));
	must(interrupted(&e, name));
	must(wait_signal() == number);
}

static void
sees_signals_in_waits_only(void **state)
{
	(void)state;
	number = SIGHUP;
	name = "SIGHUP";
	unit_alone(do_sees_signals_in_waits_only);
	number = SIGINT;
	name = "SIGINT";
	unit_alone(do_sees_signals_in_waits_only);
	number = SIGTERM;
	name = "SIGTERM";
	unit_alone(do_sees_signals_in_waits_only);
}

/* A peer that always has something to say must not make us deaf. */
static void
do_sees_a_signal_though_fds_are_ready(void)
{
	struct err e = {0};

	begin();
	must(raise(SIGTERM) == 0);
	must(!wait_fd(ready, POLLIN, CLOCK_NEVER, &e));
	must(interrupted(&e, "SIGTERM"));
}

static void
sees_a_signal_though_fds_are_ready(void **state)
{
	(void)state;
	unit_alone(do_sees_a_signal_though_fds_are_ready);
}

static void
do_stays_interrupted(void)
{
	struct err e = {0};

	begin();
	raise(SIGINT);
	must(!wait_fd(silent, POLLIN, CLOCK_NEVER, &e));
	e = (struct err){0};
	must(!wait_fd(ready, POLLIN, CLOCK_NEVER, &e));
	must(interrupted(&e, "SIGINT"));
}

static void
stays_interrupted(void **state)
{
	(void)state;
	unit_alone(do_stays_interrupted);
}

static void
do_holds_the_first_signal(void)
{
	struct err e = {0};

	begin();
	wait_hold(true);
	raise(SIGTERM);
	must(wait_fd(ready, POLLIN, CLOCK_NEVER, &e));
	must(wait_signal() == SIGTERM);
	must(!wait_fd(silent, POLLIN, clock_now() + 1, &e));
	must(e.kind == ERR_UNREACHABLE);
	raise(SIGHUP);
	must(!wait_fd(ready, POLLIN, CLOCK_NEVER, &e));
	must(interrupted(&e, "SIGHUP"));
}

static void
holds_the_first_signal(void **state)
{
	(void)state;
	unit_alone(do_holds_the_first_signal);
}

static void
do_lets_go_of_a_held_signal(void)
{
	struct err e = {0};

	begin();
	wait_hold(true);
	raise(SIGTERM);
	must(wait_fd(ready, POLLIN, CLOCK_NEVER, &e));
	wait_hold(false);
	must(!wait_fd(ready, POLLIN, CLOCK_NEVER, &e));
	must(interrupted(&e, "SIGTERM"));
}

static void
lets_go_of_a_held_signal(void **state)
{
	(void)state;
	unit_alone(do_lets_go_of_a_held_signal);
}

static void
do_leaves_ignored_signals(void)
{
	struct err e = {0};

	signal(SIGHUP, SIG_IGN); /* nohup */
	wait_begin();
	raise(SIGHUP);
	must(!wait_fd(-1, POLLIN, clock_now() + 1, &e));
	must(e.kind == ERR_UNREACHABLE);
	must(wait_signal() == 0);
	raise(SIGTERM);
	must(!wait_fd(-1, POLLIN, CLOCK_NEVER, &e));
	must(interrupted(&e, "SIGTERM"));
}

static void
leaves_ignored_signals(void **state)
{
	(void)state;
	unit_alone(do_leaves_ignored_signals);
}

/* Other signals that are caught interrupt the call, not the wait. */
static void
do_goes_on_after_other_signals(void)
{
	struct sigaction sa = {.sa_handler = nothing};
	struct err e = {0};
	sigset_t set;

	begin();
	sigaction(SIGUSR1, &sa, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR1);
	must(!wait_fd(silent, POLLIN, clock_now() + 1, &e));
	must(e.kind == ERR_UNREACHABLE);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	must(wait_fd(ready, POLLIN, CLOCK_NEVER, &e));
}

static void
goes_on_after_other_signals(void **state)
{
	(void)state;
	unit_alone(do_goes_on_after_other_signals);
}

/* A reader gets all, or is not waited for: nobody else is held up by it. */
static void
do_puts_what_is_read(void)
{
	static char line[PIPE_BUF * 3];
	char back[sizeof line];
	int fds[2];

	begin();
	memset(line, 'x', sizeof line);
	must(pipe(fds) == 0);
	must(wait_put(fds[1], line, sizeof line));
	must(read(fds[0], back, sizeof back) == (ssize_t)sizeof back);
	must(memcmp(line, back, sizeof back) == 0);
	must(wait_put(fds[1], line, 0));
	/* A signal is for others to see. */
	raise(SIGTERM);
	must(wait_put(fds[1], line, 1));
	while (wait_room(fds[1]))
		must(wait_put(fds[1], line, PIPE_BUF));
	must(!wait_put(fds[1], line, 1));
	close(fds[0]);
	must(!wait_put(fds[1], line, 1));
	close(fds[1]);
	must(!wait_put(fds[1], line, 1));
}

static void
puts_what_is_read(void **state)
{
	(void)state;
	unit_alone(do_puts_what_is_read);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(times_out),
	    TEST(sees_signals_in_waits_only),
	    TEST(sees_a_signal_though_fds_are_ready),
	    TEST(stays_interrupted),
	    TEST(holds_the_first_signal),
	    TEST(lets_go_of_a_held_signal),
	    TEST(leaves_ignored_signals),
	    TEST(goes_on_after_other_signals),
	    TEST(puts_what_is_read),
	};

	return RUN("wait", tests);
}
