/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "cmd/checkup.h"
#include "cmd/collect.h"
#include "cmd/report.h"
#include "cmd/send.h"
#include "lib/base/clock.h"
#include "lib/mail/addr.h"
#include "lib/net/resolve.h"
#include "lib/smtp/transaction.h"

#define CHECK_SECONDS 120
#define NAME_SECONDS 15
#define ADDRESSES 8 /* that are shown */

static void
print_addresses(struct buf *b, const struct addrinfo *list)
{
	char host[NI_MAXHOST];
	int n = 0;

	for (; list != NULL && n < ADDRESSES; list = list->ai_next)
		if (getnameinfo(list->ai_addr, list->ai_addrlen, host,
			sizeof host, NULL, 0, NI_NUMERICHOST)
		    == 0)
			buf_addf(b, "%s%s", n++ > 0 ? ", " : "", host);
}

static bool
probe_name(struct checkup *c)
{
	const struct account *a = c->a;
	const char *host = a->proxy_host != NULL ? a->proxy_host : a->host;
	const struct addrinfo *list = NULL;
	struct resolve *r;
	struct buf b = {0};
	struct err e = {0};

	if (a->socket != NULL)
		return true;
	r = resolve_begin(host, account_port(a), &e);
	if (r != NULL)
		list = resolve_finish(r, clock_until(NAME_SECONDS, CLOCK_NEVER),
		    &e);
	if (list == NULL) {
		findings_wrong(&c->found, "name", &e, NULL);
	} else {
		print_addresses(&b, list);
		findings_add(&c->found, FINDING_OK, "name", "%s%s: %s", host,
		    a->proxy_host != NULL ? " (the proxy)" : "", buf_str(&b));
	}
	buf_clear(&b);
	resolve_close(r);
	return list != NULL;
}

/* What the dates are of, and what there is to do, by the kind of pin. */
static const struct proof {
	const char *dates, *soon, *backup;
} proofs[] = {
    [PIN_KEY] = {", the server's own key; its certificate", NULL,
	"make a second key, keep it off the server, pin it too (pinmail --pin "
	"FILE)"},
    [PIN_CERT] = {"; that certificate",
	"it is due for renewal, which will change it: pin the server's key",
	"make a second key, keep it off the server, pin it too (pinmail --pin "
	"FILE)"},
    [PIN_CA] = {"; a certificate of its chain", "it must be renewed",
	"pin another root of that CA (pinmail --pin HOST)"},
};

static const struct proof *
proof_of(const struct facts *f)
{
	if (f->depth > 0)
		return &proofs[PIN_CA];
	return &proofs[f->dated ? PIN_CERT : PIN_KEY];
}

/* "sha256:..., the server's own key; its certificate ends on ...". */
static void
print_proof(struct buf *b, const struct facts *f)
{
	buf_adds(b, f->pin);
	if (f->depth > 0)
		buf_addf(b, ", %d above the server's certificate", f->depth);
	buf_adds(b, proof_of(f)->dates);
	if (f->days_left < 0)
		buf_addf(b, " ended on %s", f->until);
	else
		buf_addf(b, " ends on %s, in %d %s", f->until, f->days_left,
		    f->days_left == 1 ? "day" : "days");
	if (!f->dated)
		buf_adds(b, " (no matter)");
}

static void
note_pin(struct checkup *c)
{
	const struct proof *proof = proof_of(&c->facts);
	bool soon = report_ends_soon(&c->facts);
	int backups = c->facts.backups;
	struct buf b = {0};

	print_proof(&b, &c->facts);
	if (soon)
		buf_addf(&b, "; %s", proof->soon);
	if (backups == 0)
		buf_addf(&b, "; there is no backup: %s", proof->backup);
	findings_add(&c->found,
	    soon || backups == 0 ? FINDING_WARNING : FINDING_OK, "pin", "%s",
	    b.p);
	if (backups > 0)
		findings_add(&c->found, FINDING_OK, "pin", "%d backup%s",
		    backups, backups == 1 ? "" : "s");
	buf_clear(&b);
}

static void
note_capabilities(struct checkup *c)
{
	const struct caps *caps = &c->session.c.caps;
	const struct {
		bool has;
		const char *name;
	} list[] = {
	    {caps->pipelining, "PIPELINING"},
	    {caps->chunking, "CHUNKING"},
	    {caps->eightbitmime, "8BITMIME"},
	    {caps->smtputf8, "SMTPUTF8"},
	    {caps->dsn, "DSN"},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
		if (list[i].has)
			buf_addf(&b, "%s%s", b.n > 0 ? ", " : "", list[i].name);
	if (caps->size_max > 0)
		buf_addf(&b, "%sSIZE %" PRIu64, b.n > 0 ? ", " : "",
		    caps->size_max);
	findings_add(&c->found, FINDING_OK, "capabilities", "%s",
	    b.n > 0 ? b.p : "none");
	buf_clear(&b);
}

static void
note_login(struct checkup *c)
{
	const struct facts *f = &c->facts;
	const char *bound = strstr(f->mechanism, "-PLUS");

	if (c->a->auth == AUTH_OFF)
		findings_add(&c->found, FINDING_OK, "login", "none (auth off)");
	else
		findings_add(&c->found, FINDING_OK, "login", "%s as %s, %s",
		    f->mechanism, f->login,
		    bound != NULL ? "bound to this TLS session"
				  : "not bound to the TLS session");
}

/* What to do where nobody answers, if it is not what is usual. */
static const char *
on_connection(const struct account *a, const struct err *e)
{
	if (e->kind == ERR_INTERRUPTED)
		return NULL;
	if (a->socket != NULL)
		return "see that a server listens there";
	return a->proxy_host != NULL
	    ? "see proxy_host and proxy_port, and what the proxy allows"
	    : NULL;
}

/* What became known before the error, if there was one. */
static bool
note_session(struct checkup *c, bool ok, const struct err *e)
{
	const struct facts *f = &c->facts;

	if (!c->session.connected)
		return findings_wrong(&c->found, "connection", e,
		    on_connection(c->a, e));
	findings_add(&c->found, FINDING_OK, "connection", "%s", f->address);
	/* A server judges our certificate when the pin is proved. */
	if (*f->tls == '\0' || (!ok && e->kind == ERR_TLS))
		return findings_wrong(&c->found, "tls", e,
		    e->kind == ERR_UNREACHABLE ? "see port and tls_starttls"
					       : NULL);
	findings_add(&c->found, FINDING_OK, "tls", "%s, %s, %s", f->tls,
	    f->cipher, *f->group != '\0' ? f->group : "no group");
	if (*f->pin == '\0')
		return findings_wrong(&c->found, "pin", e, NULL);
	note_pin(c);
	if (!ok && *f->mechanism == '\0' && e->kind != ERR_LOGIN)
		return findings_wrong(&c->found, "capabilities", e, NULL);
	note_capabilities(c);
	if (!ok)
		return findings_wrong(&c->found, "login", e,
		    e->kind == ERR_UNTRUSTED ? "ask who runs the server"
					     : NULL);
	note_login(c);
	return true;
}

/* MAIL and RCPT to oneself: does the server let this login send this way? */
static bool
ask(struct client *client, struct envelope *env, struct err *e)
{
	struct transaction t = {.c = client, .env = env};
	bool ok;

	ok = transaction_begin(&t, e) && transaction_mail(&t, e)
	    && transaction_rcpt(&t, 0, e);
	if (ok && !env->rcpt[0].accepted)
		ok = client_refused(client, "RCPT", ERR_RECIPIENT, e);
	transaction_end(&t);
	return ok && client_command(client, e, "RSET")
	    && client_reply(client, client_until(client, SECONDS_MAIL), e)
	    && (reply_class(&client->reply) == 2
		|| client_refused(client, "RSET", ERR_SERVER, e));
}

static bool
probe_sender(struct checkup *c)
{
	const char *from = c->a->from;
	struct mailboxes list = {0};
	struct envelope env = {0};
	struct err e = {0};
	bool ok;

	ok = addr_parse(&list, from, strlen(from), &e);
	if (ok && list.n == 1) {
		envelope_sender(&env, from);
		envelope_add(&env, &list.v[0]);
		ok = envelope_ascii(&env, &e) && ask(&c->session.c, &env, &e);
	}
	if (!ok)
		findings_wrong(&c->found, "sender", &e, NULL);
	else
		findings_add(&c->found, FINDING_OK, "sender",
		    "mail from %s to %s is accepted", from, from);
	envelope_clear(&env);
	mailboxes_clear(&list);
	return ok;
}

bool
probe_server(struct checkup *c)
{
	const struct session_ways ways = {.credentials = c->site.credentials,
	    .config = c->o->config,
	    .verbose = c->o->verbose,
	    .timeout = c->o->timeout};
	struct err e = {0};
	bool ok;

	if (!probe_name(c))
		return false;
	c->session.c.facts = &c->facts;
	c->session.c.deadline = clock_until(CHECK_SECONDS, CLOCK_NEVER);
	ok = session_open(&c->session, c->a, &ways, c->a->from, &e);
	return note_session(c, ok, &e) && probe_sender(c);
}

void
probe_message(struct checkup *c)
{
	char *const to[] = {(char *)(uintptr_t)c->o->send_to, NULL};
	struct options o = *c->o;
	struct message msg;
	struct job job = {.msg = &msg};
	struct send send = {.job = &job,
	    .o = &o,
	    .conf = &c->conf,
	    .site = &c->site};
	struct buf text = {0}, line = {0};
	struct err e = {0};
	bool ready;

	o.operands = to;
	o.account = c->a->name;
	buf_addf(&text,
	    "Subject: pinmail --check on %s\n\nThis host can send mail through "
	    "account %s.\n",
	    c->site.node, c->a->name);
	message_begin(&msg, c->site.tmpdir);
	ready = message_add(&msg, text.p, text.n, &e) && message_end(&msg, &e)
	    && collect_recipients(&job, &o, &e);
	if (!send_job(&send, ready, &line, &e))
		findings_wrong(&c->found, "message", &e, NULL);
	else
		findings_add(&c->found, FINDING_OK, "message",
		    "sent to %s, Message-ID %s", to[0], job.id);
	send_log(&send, &e);
	buf_clear(&text);
	buf_clear(&line);
	job_clear(&job);
	message_clear(&msg);
}
