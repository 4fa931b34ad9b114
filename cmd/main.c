/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd/author.h"
#include "cmd/collect.h"
#include "cmd/deliver.h"
#include "cmd/dialogue.h"
#include "cmd/edit.h"
#include "cmd/fit.h"
#include "cmd/locals.h"
#include "cmd/options.h"
#include "cmd/pins.h"
#include "cmd/report.h"
#include "cmd/sender.h"
#include "cmd/site.h"
#include "cmd/submit.h"
#include "cmd/verify.h"
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

/*
 * From the command line to a job that is fit to be delivered.  *a is the
 * account as soon as it is chosen.
 */
static bool
prepare(struct job *j, const struct options *o, struct conf *conf,
    const struct site *site, const struct account **a, struct err *e)
{
	struct locals locals = {0};
	struct err fault = {0};
	bool loaded, dot, ok;

	/* A caller that writes should be heard out, whatever is wrong. */
	loaded = site_conf(site, conf, o->config, &fault);
	dot = ends_at_dot(o, conf, site);
	ok = collect_message(j->msg, STDIN_FILENO, dot, e)
	    && collect_recipients(j, o, e);
	if (ok && !loaded) {
		*e = fault;
		return false;
	}
	ok = ok && sender_settle(j, o, conf, site, a, e);
	if (ok) {
		locals_begin(&locals, *a, site);
		locals_envelope(&locals, &j->env);
		ok = envelope_ascii(&j->env, e)
		    && author_settle(j, o, *a, site, e)
		    && edit_header(j, o, &locals, e) && fit_message(j, e);
		locals_clear(&locals);
	}
	return ok;
}

static int
send_message(const struct options *o)
{
	struct session_ways ways = {NULL, o->verbose, o->timeout};
	const struct account *a = NULL;
	struct message msg;
	struct job job = {.msg = &msg};
	struct facts facts = {0};
	struct conf conf = {0};
	struct buf line = {0};
	struct err e = {0};
	struct site site;
	int status;
	bool ok;

	site_read(&site);
	ways.credentials = site.credentials;
	message_begin(&msg, site.tmpdir);
	ok = prepare(&job, o, &conf, &site, &a, &e)
	    && deliver(&job, a, &ways, &facts, &e);
	submit_outcome(&job, ok, &e, &line);
	if (e.kind != ERR_NONE)
		report_line(buf_str(&line));
	report_log(&job, a, &site, &facts, &e);
	status = report_exit(e.kind);

	buf_clear(&line);
	job_clear(&job);
	message_clear(&msg);
	conf_clear(&conf);
	site_clear(&site);
	return status;
}

static int
say(const char *text)
{
	fputs(text, stdout);
	return fflush(stdout) == 0 ? 0 : report_exit(ERR_IO);
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
