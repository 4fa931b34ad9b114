/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <syslog.h>
#include <unistd.h>

#include "lib/base/ascii.h"
#include "lib/base/log.h"
#include "lib/base/wait.h"

#define SHOWN 10     /* recipients in a log line */
#define SOON_DAYS 14 /* a certificate that ends then is worth a warning */

/* What each kind of trouble means to those who called us and to the log. */
static const struct {
	int exit, priority;
	const char *status;
} kinds[ERR_KINDS] = {
    [ERR_NONE] = {EX_OK, LOG_INFO, "sent"},
    [ERR_USAGE] = {EX_USAGE, LOG_ERR, "usage"},
    [ERR_INPUT] = {EX_DATAERR, LOG_ERR, "input"},
    [ERR_RECIPIENT] = {EX_NOUSER, LOG_ERR, "recipient"},
    [ERR_NOHOST] = {EX_NOHOST, LOG_ERR, "nohost"},
    [ERR_MESSAGE] = {EX_UNAVAILABLE, LOG_ERR, "message"},
    [ERR_SERVER] = {EX_UNAVAILABLE, LOG_ERR, "server"},
    [ERR_SYSTEM] = {EX_OSERR, LOG_ERR, "system"},
    [ERR_CREATE] = {EX_CANTCREAT, LOG_ERR, "create"},
    [ERR_IO] = {EX_IOERR, LOG_ERR, "io"},
    [ERR_UNREACHABLE] = {EX_TEMPFAIL, LOG_ERR, "unreachable"},
    [ERR_AGAIN] = {EX_TEMPFAIL, LOG_ERR, "again"},
    [ERR_INTERRUPTED] = {EX_TEMPFAIL, LOG_ERR, "interrupted"},
    [ERR_MAYBE] = {EX_TEMPFAIL, LOG_ERR, "maybe"},
    [ERR_PROTOCOL] = {EX_PROTOCOL, LOG_ERR, "protocol"},
    [ERR_TLS] = {EX_PROTOCOL, LOG_ERR, "tls"},
    [ERR_UNTRUSTED] = {EX_PROTOCOL, LOG_ALERT, "untrusted"},
    [ERR_LOGIN] = {EX_NOPERM, LOG_ERR, "login"},
    [ERR_SECRET] = {EX_NOPERM, LOG_ERR, "secret"},
    [ERR_SENDER] = {EX_NOPERM, LOG_ERR, "sender"},
    [ERR_CONFIG] = {EX_CONFIG, LOG_ERR, "config"},
};

int
report_exit(enum err_kind kind)
{
	return kinds[kind].exit;
}

void
report_line(const char *text)
{
	struct buf b = {0};

	buf_adds(&b, "pinmail: ");
	ascii_clean(&b, text, strlen(text));
	buf_addc(&b, '\n');
	wait_put(STDERR_FILENO, b.p, b.n);
	buf_clear(&b);
}

static const char *
time_format(const struct account *a)
{
	if (a->logfile_time_format == NULL)
		return "%b %d %H:%M:%S";
	return strcmp(a->logfile_time_format, "none") == 0
	    ? ""
	    : a->logfile_time_format;
}

static const char *
sender(const struct job *j, const struct account *a)
{
	if (a == NULL)
		return NULL; /* nobody knows yet */
	return j->env.sender.n > 0 ? j->env.sender.p : "<>";
}

static void
list_recipients(struct buf *b, const struct envelope *env)
{
	for (size_t i = 0; i < env->n && i < SHOWN; i++)
		buf_addf(b, "%s%s", i > 0 ? "," : "", env->rcpt[i].mailbox.p);
}

static void
list_notes(struct buf *b, unsigned notes)
{
	static const struct {
		unsigned note;
		const char *word;
	} words[] = {
	    {MESSAGE_ENCODED, "encoded"},
	    {MESSAGE_SIGNED, "signed"},
	    {MESSAGE_LONG, "long-field"},
	    {MESSAGE_RAW, "raw-field"},
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if ((notes & words[i].note) != 0)
			buf_addf(b, "%s%s", b->n > 0 ? "," : "", words[i].word);
}

struct log
report_log_to(const struct account *a)
{
	if (a == NULL)
		return (struct log){.syslog = true, .facility = LOG_MAIL};
	return (struct log){a->syslog >= 0, a->syslog, a->logfile,
	    time_format(a), a->log_json != 0};
}

bool
report_ends_soon(const struct facts *facts)
{
	return facts->dated && facts->days_left < SOON_DAYS;
}

void
report_log(const struct job *j, const struct account *a,
    const struct site *site, const struct facts *facts, const struct err *e)
{
	char uid[24], port[16] = "", n[24], size[24], status[8], ms[24];
	char warning[80] = "";
	bool failed = e->kind != ERR_NONE;
	int priority = kinds[e->kind].priority;
	struct buf rcpt = {0}, encoding = {0};
	struct log log = report_log_to(a);

	if (a != NULL)
		snprintf(port, sizeof port, "%d", account_port(a));
	snprintf(uid, sizeof uid, "%lu", (unsigned long)site->uid);
	snprintf(n, sizeof n, "%zu", j->env.n);
	snprintf(size, sizeof size, "%" PRIu64,
	    j->msg != NULL ? message_size(j->msg) : 0);
	snprintf(status, sizeof status, "%d", report_exit(e->kind));
	snprintf(ms, sizeof ms, "%" PRId64, facts->ms);
	if (report_ends_soon(facts)) {
		snprintf(warning, sizeof warning, "%s %s on %s",
		    facts->depth > 0 ? "a certificate of the pinned CA's chain"
				     : "the pinned certificate",
		    facts->days_left < 0 ? "ended" : "ends", facts->until);
		priority = failed ? priority : LOG_WARNING;
	}
	list_recipients(&rcpt, &j->env);
	if (j->msg != NULL)
		list_notes(&encoding, j->msg->notes);

	const struct log_field fields[] = {
	    {"uid", uid, true},
	    {"user", site->user, false},
	    {"parent", site->parent, false},
	    {"account", j->account, false},
	    {"host", a != NULL ? a->host : NULL, false},
	    {"port", port, true},
	    {"address", facts->address, false},
	    {"tls", facts->tls, false},
	    {"cipher", facts->cipher, false},
	    {"pin", facts->pin, false},
	    {"mechanism", facts->mechanism, false},
	    {"login", facts->login, false},
	    {"from", sender(j, a), false},
	    {"rcpt", buf_str(&rcpt), false},
	    {"rcpts", n, true},
	    {"size", size, true},
	    {"encoding", buf_str(&encoding), false},
	    {"msgid", j->id, false},
	    {"reply", facts->reply, false},
	    {"status", kinds[e->kind].status, false},
	    {"exit", status, true},
	    {"error", failed ? e->text : NULL, false},
	    {"warning", warning, false},
	    {"ms", ms, true},
	};
	log_write(&log, priority, fields, sizeof fields / sizeof fields[0]);
	buf_clear(&rcpt);
	buf_clear(&encoding);
}
