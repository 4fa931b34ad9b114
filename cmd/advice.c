/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/advice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/facts.h"

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

static const char own_ca[] =
    "# If a CA of your own has signed it, copy the CA's certificate here, and\n"
    "# write this instead; the server may then change its key:\n"
    "#pin ca /path/to/ca.pem\n";

static const char own[] =
    "\nA server of your own: pin its key, and keep it when the certificate is\n"
    "renewed (certbot: reuse_key = True). Make a backup key now, keep it off\n"
    "the server, and pin it too:\n"
    "  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 "
    "-out backup.pem\n"
    "  pinmail --pin backup.pem\n";

static const char provider[] =
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
		if (!c->v[0].self_signed)
			fputs(own_ca, stdout);
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

void
advice_account(const struct account *a, const struct chain *c)
{
	puts("account default");
	say(stdout, "host ", a->host);
	printf("port %d\ntls_starttls %s\n", account_port(a),
	    account_starttls(a) ? "on" : "off");
	print_pins(c);
	puts("auth on\n#user NAME\n#passwordeval COMMAND\n#from ADDRESS");
}

static bool
same(const unsigned char *a, const unsigned char *b)
{
	return memcmp(a, b, 32) == 0;
}

/* Has a CA of that name signed something?  Itself is nothing. */
static bool
shows_ca(const struct chain *c, const struct chain_cert *ca)
{
	for (size_t i = 0; i < c->n; i++)
		if (!c->v[i].self_signed
		    && strcmp(ca->subject, c->v[i].issuer) == 0)
			return true;
	return false;
}

static bool
shows_file(const struct chain *c, const struct pin *pin)
{
	struct chain file = {0};
	struct err ignored;
	bool yes = false;

	chain_file(&file, pin->path, &ignored);
	if (pin->kind == PIN_CERT)
		yes =
		    file.n > 0 && same(file.v[0].cert_hash, c->v[0].cert_hash);
	for (size_t i = 0; pin->kind == PIN_CA && i < file.n; i++)
		yes = yes || shows_ca(c, &file.v[i]);
	chain_clear(&file);
	return yes;
}

/* Does the chain have what that pin asks for?  It may not hold, though. */
static bool
shows(const struct chain *c, const struct pin *pin)
{
	if (pin->path != NULL)
		return shows_file(c, pin);
	if (pin->kind != PIN_CA)
		return same(pin->hash,
		    pin->kind == PIN_KEY ? c->v[0].key_hash
					 : c->v[0].cert_hash);
	for (size_t i = 1; i < c->n; i++)
		if (c->v[i].is_ca && same(pin->hash, c->v[i].key_hash))
			return true;
	return false;
}

/* Does what it shows hold for that pin too, when it does for another? */
static bool
holds(const struct chain *c, const struct pin *pin)
{
	return pin->path == NULL && (pin->kind != PIN_CA || c->vouched);
}

/* Where none is proved, a CA may be the right one that the server keeps. */
static const char *
verdict(const struct pin *pin, bool match, bool any)
{
	if (any)
		return match ? "keep it, the server proves this"
			     : "keep it if it is your backup, else drop it";
	if (match)
		return "keep it, unless its CA has a new key: the server "
		       "shows it, and the error line says what is wrong";
	if (pin->kind == PIN_CA && pin->path == NULL)
		return "if it is the right CA, write pin ca FILE or "
		       "tls_trust_file FILE: the server does not send it; "
		       "else drop it";
	return "drop it, unless it is your backup";
}

static void
print_verdict(const struct pin *pin, const char *text)
{
	struct buf b = {0};

	buf_addf(&b, "# %s:%d: %s", pin->file, pin->line, text);
	say(stdout, "", b.p);
	buf_clear(&b);
}

void
advice_changes(const struct account *a, const struct chain *c,
    const char *proved)
{
	bool any = *proved != '\0', some = any, match;
	struct buf b = {0};

	buf_addf(&b, "# account %s, %s: these in place of its pin lines",
	    a->name, a->file);
	say(stdout, "", b.p);
	for (size_t i = 0; i < a->pins.n; i++) {
		const struct pin *pin = &a->pins.v[i];

		buf_reset(&b);
		pin_print(&b, pin);
		match = strncmp(b.p, proved, FACTS_PIN - 1) == 0
		    || ((!any || holds(c, pin)) && shows(c, pin));
		some = some || match;
		print_verdict(pin, verdict(pin, match, any));
		say(stdout, any || match ? "pin " : "#pin ", b.p);
	}
	if (!some) {
		puts("# to add:");
		print_pins(c);
	}
	buf_clear(&b);
}

void
advice_chain(const struct chain *c)
{
	for (size_t i = 0; i < c->n; i++)
		print_cert(&c->v[i], i == 0);
	if (c->vouched)
		say(stderr, "vouched for by: ", "a public CA, for this name");
	else
		say(stderr, "vouched for by nobody: ", c->why);
	fputs(c->vouched ? provider : own, stderr);
}

/*
 * A server's own certificate has its names, a CA's has none.  One that signs
 * itself, without a name, may be either unless it says that it signs others.
 */
void
advice_file(const struct chain *c, const char *path)
{
	char *whole = realpath(path, NULL);
	bool cas = false;
	/* A server's own, as openssl req -x509 makes it, or a CA's? */
	bool unsure = c->n == 1 && c->v[0].self_signed && !c->v[0].signs;

	for (size_t i = 0; i < c->n; i++) {
		const struct chain_cert *x = &c->v[i];
		bool ca = x->is_ca && *x->names == '\0';

		print_cert(x, i == 0 && !ca);
		if (i == 0 && (!ca || unsure))
			print_pin(stdout, "", "", x->key_hash, "");
		if (ca && !cas) {
			puts(unsure
				? "# only if it is a CA's, not a server's own:"
				: "# as a CA, whether the server sends it or "
				  "not:");
			say(stdout, i == 0 && !unsure ? "pin ca " : "#pin ca ",
			    whole != NULL ? whole : path);
		}
		if (ca) {
			puts("# or, if the server sends it:");
			print_pin(stdout, "#", "ca ", x->key_hash, "");
		}
		cas = cas || ca;
	}
	free(whole);
}
