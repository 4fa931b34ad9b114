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

/* Where none is proved, a CA may be the right one that the server keeps. */
static const char *
verdict(const struct pin *pin, bool match, bool any)
{
	if (match)
		return "keep it, the server proves this";
	if (any)
		return "keep it if it is your backup, else drop it";
	if (pin->kind == PIN_CA && pin->path == NULL)
		return "if it is the right CA, write pin ca FILE or "
		       "tls_trust_file FILE: the server does not send it; "
		       "else drop it";
	return "drop it, unless it is your backup";
}

void
advice_changes(const struct account *a, const struct chain *c,
    const char *proved)
{
	bool any = *proved != '\0', match;
	struct buf b = {0};

	printf("# account %s, %s: these in place of its pin lines\n", a->name,
	    a->file);
	for (size_t i = 0; i < a->pins.n; i++) {
		const struct pin *pin = &a->pins.v[i];

		buf_reset(&b);
		pin_print(&b, pin);
		match = strncmp(b.p, proved, FACTS_PIN - 1) == 0
		    || (any && pin->path == NULL && matches(pin, c));
		printf("# %s:%d: %s\n%spin %s\n", pin->file, pin->line,
		    verdict(pin, match, any), any ? "" : "#", b.p);
	}
	if (!any) {
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
 * A server's own certificate has its names, a CA's has none; of one that signs
 * itself without a name nobody knows.
 */
void
advice_file(const struct chain *c, const char *path)
{
	char *whole = realpath(path, NULL);
	bool cas = false;

	for (size_t i = 0; i < c->n; i++) {
		const struct chain_cert *x = &c->v[i];
		bool ca = x->is_ca && *x->names == '\0';

		print_cert(x, i == 0 && !ca);
		if (i == 0 && (!ca || x->self_signed))
			print_pin(stdout, "", "", x->key_hash, "");
		if (ca && !cas)
			printf(
			    "# as a CA, whether the server sends it or not:\n"
			    "%spin ca %s\n",
			    i == 0 ? "" : "#", whole != NULL ? whole : path);
		if (ca) {
			puts("# or, if the server sends it:");
			print_pin(stdout, "#", "ca ", x->key_hash, "");
		}
		cas = cas || ca;
	}
	free(whole);
}
