/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/pins.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/report.h"
#include "cmd/session.h"
#include "cmd/site.h"
#include "lib/base/ascii.h"
#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/net/chain.h"

#define LOOK_SECONDS 120

/* A server's words are a stranger's: no control characters on a terminal. */
static void
say(FILE *to, const char *before, const char *text)
{
	struct buf b = {0};

	ascii_clean(&b, text, strlen(text));
	fprintf(to, "%s%s\n", before, buf_str(&b));
	buf_clear(&b);
}

static void
print_pin(FILE *to, const char *before, const char *kind,
    const unsigned char *hash, const char *after)
{
	char hex[65];

	ascii_hex(hex, hash, 32);
	fprintf(to, "%spin %ssha256:%s%s\n", before, kind, hex, after);
}

/* A server's own certificate is no CA, whatever it says. */
static void
print_cert(const struct chain_cert *c, bool own)
{
	char days[64];

	say(stderr, c->is_cert ? "certificate of " : "a key", c->subject);
	if (c->is_cert) {
		say(stderr, "  issued by  ", c->issuer);
		if (*c->names != '\0')
			say(stderr, "  names      ", c->names);
		snprintf(days, sizeof days, "%s to %s, %d days left", c->from,
		    c->until, c->days_left);
		say(stderr, "  valid      ", days);
	}
	say(stderr, "  key        ", c->key);
	print_pin(stderr, "  its key    ", "", c->key_hash, "");
	if (c->is_cert)
		print_pin(stderr, "  itself     ", "cert ", c->cert_hash, "");
	if (c->is_ca && !own)
		print_pin(stderr, "  as a CA    ", "ca ", c->key_hash,
		    c->sent ? "" : " (the server does not send it)");
}

static const char own_server[] =
    "# Nobody vouches for this key. On the server itself, compare with what\n"
    "#   pinmail --pin CERTIFICATE.pem\n"
    "# prints there (or: openssl x509 -in CERTIFICATE.pem -noout -pubkey |\n"
    "#   openssl pkey -pubin -outform DER | openssl dgst -sha256),\n"
    "# and take the # away if it is the same:\n";

static const char advice_own[] =
    "\nA server of your own: pin its key, and keep it when the certificate is\n"
    "renewed (certbot: reuse_key = True). Make a backup key now, keep it off\n"
    "the server, and pin it too:\n"
    "  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 "
    "-out backup.pem\n"
    "  pinmail --pin backup.pem\n";

static const char advice_provider[] =
    "\nA provider's server: pin the root of its CA, never the CA in between,\n"
    "which changes without notice. Its owner's other roots are the backup.\n"
    "A server of your own: pin its key instead (the line with a #), and keep\n"
    "that key when the certificate is renewed (certbot: reuse_key = True).\n";

/* Lines for the configuration: what nobody vouches for is commented out. */
static void
print_pins(const struct chain *c)
{
	const struct chain_cert *root = &c->v[c->n - 1];

	if (!c->vouched) {
		fputs(own_server, stdout);
		print_pin(stdout, "#", "", c->v[0].key_hash, "");
		return;
	}
	say(stdout, "# A public CA vouches for the name: ", root->subject);
	print_pin(stdout, "", "ca ", root->key_hash, "");
	for (size_t i = 0; i < c->n_spare; i++) {
		say(stdout, "# backup: ", c->spare[i].subject);
		print_pin(stdout, "", "ca ", c->spare[i].key_hash, "");
	}
	puts("# stricter, the server's own key:");
	print_pin(stdout, "#", "", c->v[0].key_hash, "");
}

static void
print_account(const struct account *a, const struct chain *c)
{
	printf("account default\nhost %s\nport %d\ntls_starttls %s\n", a->host,
	    account_port(a), account_starttls(a) ? "on" : "off");
	print_pins(c);
	puts("auth on\n#user NAME\n#passwordeval COMMAND\n#from ADDRESS");
}

/* Does the chain have what that pin asks for? */
static bool
matches(const struct pin *pin, const struct chain *c)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct chain_cert *cert = &c->v[i];

		if (pin->kind == PIN_CA ? cert->is_ca && c->vouched
			    && memcmp(pin->hash, cert->key_hash, 32) == 0
					: i == 0
			    && memcmp(pin->hash,
				   pin->kind == PIN_KEY ? cert->key_hash
							: cert->cert_hash,
				   32)
				== 0)
			return true;
	}
	return false;
}

/*
 * Which lines of an account to keep, to drop and to add.  proved is the pin
 * that a delivery would find proved, or empty.
 */
static void
print_changes(const struct account *a, const struct chain *c,
    const char *proved)
{
	bool any = *proved != '\0', match;
	struct buf b = {0};

	for (size_t i = 0; i < a->pins.n; i++) {
		const struct pin *pin = &a->pins.v[i];

		buf_reset(&b);
		pin_print(&b, pin);
		match = strcmp(b.p, proved) == 0
		    || (any && pin->path == NULL && matches(pin, c));
		printf("# %s:%d: %s\n%spin %s\n", pin->file, pin->line,
		    match     ? "keep it, the server proves this"
			: any ? "keep it if it is your backup, else drop it"
			      : "drop it, unless it is your backup",
		    any ? "" : "#", b.p);
	}
	if (!any) {
		puts("# to add:");
		print_pins(c);
	}
	buf_clear(&b);
}

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
	bool ok;

	ok = session(a, o, c, &facts, e);
	if (ok && c->n == 0)
		ok = err_set(e, ERR_TLS, "%s showed no certificate", host);
	if (!ok)
		return false;
	fprintf(stderr, "%s port %d (%s), %s\n", host, account_port(a),
	    facts.address, facts.tls);
	for (size_t i = 0; i < c->n; i++)
		print_cert(&c->v[i], i == 0);
	say(stderr, "vouched for by: ",
	    c->vouched ? "a public CA, for this name" : c->why);
	fputs(c->vouched ? advice_provider : advice_own, stderr);
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
			print_account(&tries[i], &chain);
		else if (e->kind == ERR_NOHOST)
			break;
	}
	chain_clear(&chain);
	free(a.host);
	return ok;
}

static bool
show_file(const char *path, struct err *e)
{
	struct chain c = {0};
	bool ok = chain_file(&c, path, e);

	for (size_t i = 0; ok && i < c.n; i++) {
		const struct chain_cert *cert = &c.v[i];

		print_cert(cert, false);
		/* One that signs itself may be a server's all the same. */
		if (i == 0 || !cert->is_ca)
			print_pin(stdout, "", "", cert->key_hash, "");
		if (cert->is_ca)
			print_pin(stdout, "", "ca ", cert->key_hash, "");
	}
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
	/* That no pin is proved is what one wants to know here. */
	if (ok && a->pins.n > 0 && !session(a, o, NULL, &facts, &why)
	    && why.kind != ERR_UNTRUSTED) {
		*e = why;
		ok = false;
	}
	if (ok)
		print_changes(a, &chain, facts.pin);
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
		ok = show_file(target, &e);
	else
		ok = show_host(o, target, &e);
	if (!ok)
		report_line(e.text);
	else if (fflush(stdout) != 0)
		return report_exit(ERR_IO);
	return report_exit(e.kind);
}
