/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/pins.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/advice.h"
#include "cmd/report.h"
#include "cmd/session.h"
#include "cmd/site.h"
#include "lib/base/ascii.h"
#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/net/chain.h"

#define LOOK_SECONDS 120

/* A session up to TLS; with a chain, it takes what it is shown. */
static bool
session(const struct account *a, const struct options *o, struct chain *c,
    struct facts *facts, struct err *e)
{
	const struct session_ways ways = {.verbose = o->verbose,
	    .timeout = o->timeout};
	struct session s = {.c.facts = facts};
	bool ok;

	s.c.deadline = clock_until(LOOK_SECONDS, CLOCK_NEVER);
	ok = session_look(&s, a, &ways, c, e);
	session_close(&s);
	return ok;
}

static bool
look(const struct account *a, const struct options *o, struct chain *c,
    struct err *e)
{
	const char *host = a->host != NULL ? a->host : a->socket;
	struct facts facts = {0};
	struct buf server = {0};
	bool ok;

	ok = session(a, o, c, &facts, e);
	if (ok && c->n == 0)
		ok = err_set(e, ERR_TLS, "%s showed no certificate", host);
	if (!ok)
		return false;
	ascii_clean(&server, host, strlen(host));
	fprintf(stderr, "%s port %d (%s), %s\n", buf_str(&server),
	    account_port(a), facts.address, facts.tls);
	buf_clear(&server);
	advice_chain(c);
	return true;
}

/* HOST, HOST:PORT, [2001:db8::1]:PORT; false: it is no port. */
static bool
split(struct account *a, const char *target, struct err *e)
{
	const char *colon = strrchr(target, ':');
	size_t n = strlen(target);
	uint64_t port = 0;

	/* More colons than one are an address. */
	if (*target != '[' && colon != NULL && strchr(target, ':') != colon)
		colon = NULL;
	if (*target == '[' && target[n - 1] == ']')
		colon = NULL;
	if (colon != NULL && !ascii_uint(colon + 1, 1, 65535, &port))
		return err_set(e, ERR_USAGE, "\"%s\" is no port", colon + 1);
	if (colon != NULL)
		n = (size_t)(colon - target);
	if (*target == '[' && n > 2 && target[n - 1] == ']') {
		target++;
		n -= 2;
	}
	a->host = mem_dupn(target, n);
	a->port = (int)port;
	return n > 0 || err_set(e, ERR_USAGE, "--pin needs a host");
}

/*
 * Ports and ways to try in turn: 465 is TLS from the first byte, and those of
 * mail in the clear have STARTTLS; what stands elsewhere nobody knows.
 */
static size_t
ways_to_try(struct account *tries, const struct account *a, bool starttls)
{
	bool usual = a->port == 25 || a->port == 587 || a->port == 2525;
	size_t n = 0;

	if (!starttls && !usual) {
		tries[n] = *a;
		tries[n].port = a->port != 0 ? a->port : 465;
		tries[n++].starttls = STARTTLS_OFF;
	}
	if (starttls || usual || a->port != 465) {
		tries[n] = *a;
		tries[n].port = a->port != 0 ? a->port : 587;
		tries[n++].starttls = STARTTLS_ON;
	}
	return n;
}

static bool
show_host(const struct options *o, const char *target, struct err *e)
{
	struct account a = {.tls13 = -1}, tries[2];
	struct chain chain = {0};
	size_t n = 0;
	bool ok = false;

	if (split(&a, target, e))
		n = ways_to_try(tries, &a, o->starttls);
	for (size_t i = 0; !ok && i < n; i++) {
		*e = (struct err){0};
		ok = look(&tries[i], o, &chain, e);
		if (ok)
			advice_account(&tries[i], &chain);
		else if (e->kind == ERR_NOHOST)
			break;
	}
	if (!ok && a.port == 0 && e->kind == ERR_UNREACHABLE) {
		const struct err why = *e;
		bool literal = strchr(a.host, ':') != NULL;

		err_set(e, why.kind,
		    "%s: neither 465 nor 587 will do (%.300s); name the port: "
		    "pinmail --pin %s%s%s:PORT",
		    a.host, why.text, literal ? "[" : "", a.host,
		    literal ? "]" : "");
	}
	chain_clear(&chain);
	free(a.host);
	return ok;
}

static bool
show_file(const struct options *o, const char *path, struct err *e)
{
	struct chain c = {0};
	bool ok;

	if (o->starttls)
		return err_set(e, ERR_USAGE,
		    "--starttls goes with --pin HOST; %s is a file", path);
	mem_guard(); /* a private key may stand in it */
	ok = chain_file(&c, path, e);
	if (ok)
		advice_file(&c, path);
	chain_clear(&c);
	return ok;
}

static bool
show_changes(const struct options *o, struct err *e)
{
	const struct account *a = NULL;
	struct facts facts = {0};
	struct chain chain = {0};
	struct conf conf = {0};
	struct err why = {0};
	struct site site;
	bool ok;

	site_read(&site);
	ok = site_conf(&site, &conf, o->config, e);
	if (ok)
		a = conf_find(&conf, o->account, NULL, NULL, e);
	ok = a != NULL && account_server(a, e) != NULL && look(a, o, &chain, e);
	/* That no pin is proved is what one wants to know here, and why. */
	if (ok && a->pins.n > 0 && !session(a, o, NULL, &facts, &why)) {
		ok = why.kind == ERR_UNTRUSTED;
		if (ok)
			report_line(why.text);
		else
			*e = why;
	}
	if (ok)
		advice_changes(a, &chain, facts.pin);
	chain_clear(&chain);
	conf_clear(&conf);
	site_clear(&site);
	return ok;
}

static bool
is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

int
pins_show(const struct options *o)
{
	const char *target = o->operands[0];
	struct err e = {0};
	bool ok;

	if (target == NULL)
		ok = show_changes(o, &e);
	else if (strchr(target, '/') != NULL || is_file(target))
		ok = show_file(o, target, &e);
	else
		ok = show_host(o, target, &e);
	if (ok && (fflush(stdout) != 0 || ferror(stdout) != 0))
		ok = err_set(&e, ERR_IO, "standard output cannot be written");
	if (ok)
		return 0; /* whatever was tried before that */
	report_line(e.text);
	return report_exit(e.kind);
}
