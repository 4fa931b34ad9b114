/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd/check.h"
#include "cmd/collect.h"
#include "cmd/dialogue.h"
#include "cmd/options.h"
#include "cmd/pins.h"
#include "cmd/report.h"
#include "cmd/send.h"
#include "cmd/sender.h"
#include "cmd/site.h"
#include "cmd/verify.h"
#include "lib/base/mem.h"
#include "lib/base/wait.h"

#ifdef SANITIZE
#include <sanitizer/lsan_interface.h>
#endif

static const char first_words[] =
    "pinmail reads a message on standard input. To try it:\n"
    "  echo 'Subject: hello' | pinmail you@example.com\n"
    "It needs a configuration first: see pinmail.conf(5).\n";

/*
 * A caller may have closed them; a socket in their place would get our error
 * messages.  Reading from the write-only one fails, as it should.
 */
static void
open_standard(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0
		    && open("/dev/null", fd == 0 ? O_WRONLY : O_RDWR) < 0) {
			report_line("standard input, output or error is closed "
				    "and there is no /dev/null");
			_exit(report_exit(ERR_SYSTEM));
		}
}

/*
 * Does a lone dot end what is on standard input?  The account that says so is
 * the one that is chosen without a message.
 */
static bool
ends_at_dot(const struct options *o, const struct conf *conf,
    const struct site *site)
{
	const struct account *a = NULL;
	struct job nothing = {0};
	struct err none = {0};
	bool any = false;

	if (o->dots)
		return false;
	if (isatty(STDIN_FILENO))
		return true;
	for (size_t i = 0; i < conf->n; i++)
		any = any || conf->v[i]->dot_ends != 0;
	if (any)
		sender_settle(&nothing, o, conf, site, &a, &none);
	job_clear(&nothing);
	return a != NULL && a->dot_ends != 0;
}

/* What is to be sent to whom; a caller that writes is heard out. */
static bool
receive(struct job *j, const struct options *o, struct conf *conf,
    const struct site *site, struct err *e)
{
	struct err fault = {0};
	bool loaded = site_conf(site, conf, o->config, &fault);

	if (!collect_message(j->msg, STDIN_FILENO, ends_at_dot(o, conf, site),
		e)
	    || !collect_recipients(j, o, e))
		return false;
	if (!loaded)
		*e = fault;
	return loaded;
}

static int
send_message(const struct options *o)
{
	struct message msg;
	struct job job = {.msg = &msg};
	struct conf conf = {0};
	struct buf line = {0};
	struct err e = {0};
	struct site site;
	struct send send = {.job = &job, .o = o, .conf = &conf, .site = &site};
	bool ready;

	site_read(&site);
	message_begin(&msg, site.tmpdir);
	ready = receive(&job, o, &conf, &site, &e);
	if (!send_job(&send, ready, &line, &e))
		report_line(buf_str(&line));
	mem_settled(report_exit(e.kind));
	send_log(&send, &e);

	buf_clear(&line);
	job_clear(&job);
	message_clear(&msg);
	conf_clear(&conf);
	site_clear(&site);
	return report_exit(e.kind);
}

static int
say(const char *text)
{
	fputs(text, stdout);
	if (fflush(stdout) == 0)
		return 0;
	report_line("standard output cannot be written");
	return report_exit(ERR_IO);
}

static int
run(int argc, char *argv[])
{
	struct options o;
	struct err e = {0};

	if (!options_read(&o, argc, argv, &e)) {
		report_line(e.text);
		return report_exit(e.kind);
	}
	switch (o.mode) {
	case MODE_HELP:
		return say(options_help);
	case MODE_VERSION:
		return say("pinmail " PACKAGE_VERSION "\n");
	case MODE_QUEUE:
		return say("Mail queue is empty\n");
	case MODE_NOTHING:
		return 0;
	case MODE_DIALOGUE:
		return dialogue_run(&o);
	case MODE_CHECK:
		return check_all(&o);
	case MODE_PIN:
		return pins_show(&o);
	case MODE_VERIFY:
		return verify_addresses(&o);
	case MODE_ALIASES:
		return verify_aliases(&o);
	case MODE_LOST:
		fputs(isatty(STDIN_FILENO)
			? first_words
			: "pinmail: no recipients; name some, or use -t to "
			  "take them from the message\n",
		    stderr);
		return report_exit(ERR_USAGE);
	case MODE_SEND:
		break;
	}
	return send_message(&o);
}

int
main(int argc, char *argv[])
{
	int status;

	open_standard();
	wait_begin();
	status = run(argc, argv);
#ifdef SANITIZE
	__lsan_do_leak_check();
#endif
	/* A resolver's thread may still be out; nothing waits for it. */
	_exit(status);
}
