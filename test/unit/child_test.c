/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/child.h"
#include "lib/base/clock.h"
#include "lib/base/wait.h"

static struct err e;

static void
prints(const char *command, const char *output)
{
	struct buf b = {0};

	if (!child_output(command, CLOCK_NEVER, &b, ERR_SECRET, &e))
		fail_msg("%s: %s", command, e.text);
	assert_string_equal(buf_str(&b), output);
	buf_clear(&b);
}

static void
fails(const char *command, int64_t until, size_t max, const char *why)
{
	struct buf b = {.max = max};

	e.kind = ERR_NONE;
	assert_false(child_output(command, until, &b, ERR_SECRET, &e));
	assert_err(&e, ERR_SECRET, why);
	buf_clear(&b);
}

static void
takes_the_output(void **state)
{
	struct buf b = {0};

	(void)state;
	prints("echo hello", "hello\n");
	prints("true", "");
	prints("printf 'a\\nb'", "a\nb");
	prints("echo noise >&2", "");
	assert_true(child_output("printf b", CLOCK_NEVER, &b, ERR_SECRET, &e));
	assert_true(child_output("printf c", CLOCK_NEVER, &b, ERR_SECRET, &e));
	assert_string_equal(b.p, "bc");
	buf_clear(&b);
}

static void
tells_how_it_ended(void **state)
{
	(void)state;
	fails("exit 3", CLOCK_NEVER, 0, "exited with 3");
	fails("echo x; false", CLOCK_NEVER, 0, "exited with 1");
	fails("/nonexistent/x", CLOCK_NEVER, 0, "exited with 127");
	fails("kill -9 $$", CLOCK_NEVER, 0, "signal 9");
	fails("exec >&-; kill -9 $$", CLOCK_NEVER, 0, "signal 9");
}

static void
caps_the_output(void **state)
{
	struct buf b = {.max = 16384};

	(void)state;
	assert_true(child_output("head -c 16384 /dev/zero", CLOCK_NEVER, &b,
	    ERR_SECRET, &e));
	assert_int_equal(b.n, 16384);
	buf_clear(&b);
	fails("head -c 16385 /dev/zero", CLOCK_NEVER, 16384, "16384");
	fails("yes", CLOCK_NEVER, 16384, "16384");
}

static void
runs_out_of_time(void **state)
{
	(void)state;
	fails("sleep 1000", clock_now() + 1, 0, "timed out");
	/* Its output may end before it does. */
	fails("exec >&-; exec sleep 1000", clock_now() + 1, 0, "timed out");
	/* Or go on when it has ended. */
	fails("sleep 1000 & exit 0", clock_now() + 1, 0, "timed out");
}

/* The descendants hold a pipe, which hangs up when they are all gone. */
static void
ends_the_whole_group(void **state)
{
	char command[1200];
	struct pollfd p = {.events = POLLIN};

	(void)state;
	assert_int_equal(mkfifo(unit_path("held"), 0600), 0);
	p.fd = open(unit_path("held"), O_RDONLY | O_NONBLOCK);
	assert_true(p.fd >= 0);
	snprintf(command, sizeof command,
	    "exec 9>%s; (trap '' HUP TERM; sleep 1000; :) & yes",
	    unit_path("held"));
	fails(command, CLOCK_NEVER, 4096, "4096");
	assert_int_equal(poll(&p, 1, 60000), 1);
	assert_int_equal(p.revents, POLLHUP);
	close(p.fd);
}

static void
inherits_nothing(void **state)
{
	int null = open("/dev/null", O_WRONLY);

	(void)state;
	assert_true(null >= 0);
	assert_int_equal(dup2(null, 7), 7);
	prints("(echo x >&7) 2>/dev/null && echo open || echo closed",
	    "closed\n");
	prints("cat", "");
	prints("readlink /proc/self/fd/0 /proc/self/fd/2",
	    "/dev/null\n/dev/null\n");
	close(7);
	close(null);
}

static void
leads_its_own_group(void **state)
{
	(void)state;
	prints("test $(cut -d' ' -f5 /proc/$$/stat) = $$ && echo yes", "yes\n");
}

static void
do_has_default_signals(void)
{
	static const char *const names[] = {"TERM", "INT", "HUP", "PIPE"};
	struct buf b = {0};
	char command[80], why[40];

	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	wait_begin();
	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(command, sizeof command, "kill -%s $$; echo alive",
		    names[i]);
		snprintf(why, sizeof why, "was killed by signal");
		must(!child_output(command, CLOCK_NEVER, &b, ERR_SECRET, &e));
		must(strstr(e.text, why) != NULL);
		must(b.n == 0);
	}
}

static void
has_default_signals(void **state)
{
	(void)state;
	unit_alone(do_has_default_signals);
}

static void
do_is_interrupted(void)
{
	struct buf b = {0};

	signal(SIGTERM, SIG_DFL);
	wait_begin();
	raise(SIGTERM);
	must(!child_output("sleep 1000", CLOCK_NEVER, &b, ERR_SECRET, &e));
	must(e.kind == ERR_INTERRUPTED);
}

static void
is_interrupted(void **state)
{
	(void)state;
	unit_alone(do_is_interrupted);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(takes_the_output),
	    TEST(tells_how_it_ended),
	    TEST(caps_the_output),
	    TEST(runs_out_of_time),
	    TEST(ends_the_whole_group),
	    TEST(inherits_nothing),
	    TEST(leads_its_own_group),
	    TEST(has_default_signals),
	    TEST(is_interrupted),
	};

	return RUN_WITH_DIR("child", tests);
}
