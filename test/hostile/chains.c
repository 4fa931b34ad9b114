/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "test/hostile/hostile.h"

#define LITERAL "-"

/*
 * A chain and the pins under which it has to pass or fail. Each letter is a
 * run:
 *   k pin sha256:       of the server's own certificate, or of .own
 *   c pin cert sha256:
 *   f pin cert FILE
 *   t tls_fingerprint
 *   a pin ca sha256:    of .anchor, default root, which is sent behind .sent
 *   u pin ca sha256:    which is not sent, but in tls_trust_file
 *   p pin ca FILE       not sent
 *   s pin ca FILE       and sent
 */
struct row {
	const char *what, *sent, *own, *anchor, *host, *good, *bad, *why;
};

static const struct {
	char letter;
	const char *words, *keyword, *log;
	bool appended, trust, of_ca;
} columns[] = {
    {'k', "pin sha256:", "key", "key", false, false, false},
    {'c', "pin cert sha256:", "cert", "cert", false, false, false},
    {'f', "pin cert FILE", "cert-file", NULL, false, false, false},
    {'t', "tls_fingerprint", "print", "cert", false, false, false},
    {'a', "pin ca sha256:, sent", "ca", "ca", true, false, true},
    {'u', "pin ca sha256:, in tls_trust_file", "ca", "ca", false, true, true},
    {'p', "pin ca FILE", "ca-file", NULL, false, false, true},
    {'s', "pin ca FILE, sent", "ca-file", NULL, true, false, true},
};

#define SIGNER "unable to get|no pin|self-signed certificate"

static const struct row rows[] = {
    /* Good ones. */
    {"a leaf", "leaf", .good = "kcftaups"},
    {"a leaf below an intermediate", "by-int int", .good = "kcftaups"},
    {"a leaf below two", "by-int2 int2 int", .good = "kaups"},
    {"a shuffled chain", "by-int2 int int2", .good = "kaups"},
    {"the root before the intermediate", "by-int root int", .good = "kaups"},
    {"a chain with strangers in it", "by-int other stranger int by-stranger",
	.good = "kaups"},
    {"an intermediate sent three times", "by-int int*3", .good = "kaups"},
    {"P-384", "p384", .good = "kca"},
    {"P-521", "p521", .good = "ka"},
    {"Ed25519", "ed25519", .good = "kcap"},
    {"Ed448", "ed448", .good = "ka"},
    {"2048 bits of RSA", "rsa2048", .good = "ka"},
    {"16,384 bits of RSA", "rsa16384", .good = "a"},
    {"a root with 2048 bits of RSA", "by-rsa2048", .anchor = "root-rsa2048",
	.good = "a"},
    {"an intermediate with 16,384 bits of RSA", "by-rsa16384 int-rsa16384",
	.good = "a"},
    {"no subject, a critical name", "anonymous", .good = "ka"},
    {"no extended usage", "for-all", .good = "a"},
    {"a root signed with SHA-1", "by-root-sha1", .anchor = "root-sha1",
	.good = "aup"},
    {"pathlen:0 over a leaf", "by-pathlen int-pathlen", .good = "aups"},
    {"names constrained to ours", "by-ours int-ours", .good = "aup"},
    {"a pinned intermediate", "by-int int", .anchor = "int", .good = "aup"},
    {"a pinned intermediate with its root", "by-int int root", .anchor = "int",
	.good = "aup"},
    {"a pinned intermediate, another certificate of its key",
	"by-int int-cross", .anchor = "int", .good = "aups"},
    {"a pinned root, another certificate of its key", "leaf root-renewed",
	.anchor = "root", .good = "aups"},

    /* Possession. */
    {"the pinned certificate without its key", "leaf-copied", .own = "leaf",
	.bad = "kcftaups", .why = "signature"},
    {"another key", "other", .own = "leaf", .bad = "kcft", .why = "no pin"},
    {"another key, the pinned leaf behind", "other leaf", .own = "leaf",
	.bad = "kcft", .why = "no pin"},
    {"a leaf below the pinned leaf", "by-leaf leaf", .own = "leaf",
	.bad = "kcft", .why = "no pin"},
    {"the pinned key in another certificate", "leaf-renewed", .own = "leaf",
	.good = "k", .bad = "cft", .why = "no pin"},
    {"the pinned key's CA in place of it", "leaf root", .own = "root",
	.bad = "kcft", .why = "no pin"},

    /* Who signed. */
    {"a stranger's leaf", "by-stranger stranger", .bad = "aups", .why = SIGNER},
    {"a stranger's leaf with the pinned root behind",
	"by-stranger stranger root", .bad = "aus", .why = SIGNER},
    {"a stranger's leaf with the pinned root alone", "by-stranger",
	.bad = "aups", .why = SIGNER},
    {"a leaf of the root's twin", "by-root-twin root-twin", .bad = "aups",
	.why = "signature|no pin|unable to get"},
    {"a leaf of an intermediate's twin", "by-int-twin int", .bad = "aups",
	.why = "signature|no pin|unable to get"},
    {"a leaf of a pinned intermediate's twin", "by-int-twin int-twin stranger",
	.anchor = "int", .bad = "aups", .why = SIGNER "|signature"},
    {"no intermediate", "by-int", .good = "k", .bad = "aups", .why = SIGNER},
    {"one intermediate of two", "by-int2 int2", .good = "k", .bad = "aups",
	.why = SIGNER},
    {"a self-signed leaf", "self", .anchor = "self", .good = "kcft",
	.bad = "aups", .why = "self-signed"},
    {"a self-signed CA as a leaf", "self-ca", .anchor = "self-ca", .good = "kc",
	.bad = "aups", .why = "self-signed"},
    {"a leaf pinned as a CA", "leaf", .anchor = "leaf", .bad = "aups",
	.why = "no pin|unable to get"},
    {"a leaf pinned as a CA, with its root", "leaf root", .anchor = "leaf",
	.bad = "aup", .why = "no pin|unable to get"},
    {"a leaf below a leaf", "by-leaf leaf", .good = "k", .bad = "aups",
	.why = "CA certificate"},
    {"a leaf below a leaf that is pinned as a CA", "by-leaf leaf",
	.anchor = "leaf", .bad = "aups", .why = "CA certificate|no pin"},
    {"another authority's key identifier", "wrong-akid", .good = "k",
	.bad = "aups", .why = "unable to get|no pin|mismatch"},

    /* Dates. */
    {"an expired leaf", "expired", .good = "kcft", .bad = "aup",
	.why = "expired"},
    {"a leaf that is not valid yet", "future", .good = "kcft", .bad = "aup",
	.why = "not yet valid"},
    {"a date that is none", "bad-date", .good = "k", .bad = "aup",
	.why = "notAfter"},
    {"an expired intermediate", "by-expired int-expired", .good = "k",
	.bad = "aup", .why = "expired"},
    {"an intermediate that is not valid yet", "by-future int-future",
	.good = "k", .bad = "aup", .why = "not yet valid"},
    {"a pinned intermediate that expired", "by-expired int-expired",
	.anchor = "int-expired", .bad = "aup", .why = "expired"},
    {"a pinned intermediate that expired, with its root",
	"by-expired int-expired root", .anchor = "int-expired", .bad = "aup",
	.why = "expired"},
    {"a pinned intermediate that is not valid yet", "by-future int-future",
	.anchor = "int-future", .bad = "aup", .why = "not yet valid"},
    {"a pinned root that expired", "by-root-expired", .anchor = "root-expired",
	.good = "k", .bad = "aup", .why = "expired"},
    {"a pinned root that is not valid yet", "by-root-future",
	.anchor = "root-future", .bad = "aup", .why = "not yet valid"},

    /* Names. */
    {"another name", "wrong-name", .good = "kcft", .bad = "aup",
	.why = "ostname mismatch"},
    {"another name below a pinned intermediate", "by-int int", .anchor = "int",
	.host = "mail.example.org", .good = "k", .bad = "aup",
	.why = "ostname mismatch"},
    {"the name as CN, another one as SAN", "wrong-san-right-cn", .bad = "aup",
	.why = "ostname mismatch"},
    {"the name as CN, no SAN", "cn-only", .good = "kc", .bad = "aup",
	.why = "ostname mismatch"},
    {"the name as CN, a mail address as SAN", "cn-beside-email", .bad = "ap",
	.why = "ostname mismatch"},
    {"the name in a URI", "uri", .bad = "ap", .why = "ostname mismatch"},
    {"the name in capitals", "upper", .good = "ap"},
    {"the name after another one", "second-name", .good = "ap"},
    {"a wildcard", "wildcard", .good = "aups"},
    {"a wildcard over two labels", "wildcard", .host = "mx.mail.example.net",
	.bad = "ap", .why = "ostname mismatch"},
    {"a wildcard over none", "wildcard", .host = "example.net", .bad = "ap",
	.why = "ostname mismatch"},
    {"a wildcard that begins like the name", "wildcard-partial", .bad = "aup",
	.why = "ostname mismatch"},
    {"a wildcard that ends like the name", "wildcard-end", .bad = "aup",
	.why = "ostname mismatch"},
    {"a wildcard in the middle", "wildcard-middle", .bad = "ap",
	.why = "ostname mismatch"},
    {"two wildcards", "wildcard-two", .bad = "ap", .why = "ostname mismatch"},
    {"a wildcard alone", "wildcard-all", .bad = "ap",
	.why = "ostname mismatch"},
    {"the domain above", "parent", .bad = "ap", .why = "ostname mismatch"},
    {"a dot and the domain above", "dot-parent", .bad = "ap",
	.why = "ostname mismatch"},
    {"a NUL behind the name", "nul-name", .bad = "aup", .why = "mismatch"},
    {"an address", "address", .host = LITERAL, .good = "kaups"},
    {"an address of IPv6", "address6", .host = "2001:db8::1", .good = "ap"},
    {"another address of IPv6", "address6", .host = "2001:db8::2", .bad = "ap",
	.why = "ddress mismatch"},
    {"another address", "wrong-address", .host = LITERAL, .good = "k",
	.bad = "aup", .why = "ddress mismatch"},
    {"an address as a name", "address-as-name", .host = LITERAL, .bad = "ap",
	.why = "ddress mismatch"},
    {"an address as a CN", "cn-address", .host = LITERAL, .bad = "aup",
	.why = "ddress mismatch"},
    {"a wildcard over an address", "wildcard-address", .host = LITERAL,
	.bad = "ap", .why = "ddress mismatch"},
    {"a name where an address is called", "leaf", .host = LITERAL, .good = "k",
	.bad = "aup", .why = "ddress mismatch"},
    {"names constrained to others", "by-others int-others", .good = "k",
	.bad = "aup", .why = "subtree"},
    {"names constrained to all but ours", "by-not-ours int-not-ours",
	.bad = "aup", .why = "subtree"},
    {"names constrained by a pinned intermediate", "by-others int-others",
	.anchor = "int-others", .bad = "aup", .why = "subtree"},

    /* What they are for. */
    {"a client's certificate", "for-client", .good = "kc", .bad = "aup",
	.why = "purpose"},
    {"a certificate to sign code and mail with", "for-code", .bad = "aup",
	.why = "purpose"},
    {"a key that signs CRLs only", "for-signing-crls", .bad = "aup",
	.why = "purpose"},
    {"an intermediate for clients", "by-client int-client", .bad = "aup",
	.why = "purpose"},
    {"an intermediate without basicConstraints",
	"by-no-constraints int-no-constraints", .good = "k", .bad = "aup",
	.why = "CA certificate"},
    {"an intermediate that is no CA", "by-not-ca int-not-ca", .bad = "aup",
	.why = "CA certificate"},
    {"a pinned intermediate that is no CA", "by-not-ca int-not-ca",
	.anchor = "int-not-ca", .bad = "aup", .why = "CA certificate"},
    {"a pinned root that is no CA", "by-root-not-ca", .anchor = "root-not-ca",
	.bad = "aup", .why = "CA certificate"},
    {"an intermediate of version 1", "by-v1 int-v1", .bad = "aup",
	.why = "CA certificate"},
    {"an intermediate that may not sign", "by-no-sign int-no-sign",
	.bad = "aup", .why = "CA certificate|key usage|unable to get"},
    {"a pinned root that may not sign", "by-root-no-sign",
	.anchor = "root-no-sign", .bad = "aup",
	.why = "CA certificate|key usage|unable to get|no pin"},
    {"an intermediate below pathlen:0",
	"by-int2-under-pathlen int2-under-pathlen int-pathlen", .good = "k",
	.bad = "aup", .why = "path length"},
    {"an intermediate below a pinned root of pathlen:0",
	"by-int-under-pathlen int-under-pathlen", .anchor = "root-pathlen",
	.bad = "aup", .why = "path length"},
    {"a critical extension that nobody knows", "critical", .good = "k",
	.bad = "aup", .why = "critical extension"},
    {"an intermediate with a critical extension that nobody knows",
	"by-critical int-critical", .bad = "aup", .why = "critical extension"},
    {"version 1", "v1", .good = "kc", .bad = "aup", .why = "mismatch"},

    /* Signatures and keys. */
    {"a wrong signature", "bad-signature", .good = "kcft", .bad = "aup",
	.why = "signature"},
    {"a wrong signature on an intermediate",
	"by-bad-signature int-bad-signature", .bad = "aup", .why = "signature"},
    {"a signature with SHA-1", "sha1", .good = "k", .bad = "aup",
	.why = "too weak"},
    {"a signature with MD5", "md5", .anchor = "root-rsa2048", .good = "k",
	.bad = "aup", .why = "too weak"},
    {"an intermediate signed with SHA-1", "by-sha1 int-sha1", .bad = "aup",
	.why = "too weak"},
    {"an intermediate signed with MD5", "by-md5 int-md5",
	.anchor = "root-rsa2048", .bad = "ap", .why = "too weak"},
    {"1024 bits of RSA", "rsa1024", .bad = "kcaups", .why = "too weak"},
    {"an intermediate with 1024 bits of RSA", "by-rsa1024 int-rsa1024",
	.bad = "aup", .why = "too weak"},
    {"a pinned root with 1024 bits of RSA", "by-root-rsa1024",
	.anchor = "root-rsa1024", .bad = "aup", .why = "too weak"},
    {"a curve that TLS does not know", "secp256k1", .bad = "kca",
	.why = "handshake|curve|signature"},
    {"a curve that is too small", "secp192", .bad = "kca",
	.why = "handshake|curve|signature"},

    /* Size. */
    {"100 certificates for nothing", "leaf other*100", .good = "kaups"},
    {"CAs that sign one another", "by-cross cross-a top-b cross-b",
	.good = "kaup"},
    {"CAs that sign one another, and nobody them", "by-cross cross-a cross-b",
	.good = "k", .bad = "aup", .why = "unable to get|self-signed|no pin"},
    {"a chain of 91", "by-deep90 deep90..1", .good = "ka"},
    {"a chain of 121", "by-deep120 deep120..1", .bad = "ap",
	.why = "too long|unable to get"},
    {"1501 names, ours last", "many", .good = "kap"},
    {"names constrained to 1501, ours last", "by-int-many int-many",
	.good = "a"},
    {"1501 names constrained to 1501", "many-by-int-many int-many", .bad = "ap",
	.why = "proved no pinned key"},
    {"500 certificates", "leaf other*500", .bad = "kca", .why = "handshake"},
};

/* Several pins, and files that hold more than one certificate. */
static const struct {
	const char *what, *sent, *conf, *log, *why;
} mixes[] = {
    {"one key of three", "leaf", "key other;key root;key leaf", "key leaf", 0},
    {"a CA after a key", "leaf", "key other;ca-file root", "", 0},
    {"a CA's hash after a key", "leaf root", "key other;ca root", "ca root", 0},
    {"a certificate after CAs", "leaf", "ca stranger;cert leaf", "cert leaf",
	0},
    {"a key beside a CA that another name bars", "wrong-name root",
	"ca root;key wrong-name", "key wrong-name", 0},
    {"another key beside a CA that another name bars", "wrong-name root",
	"ca root;key other", "", "mismatch"},
    {"another key beside a CA that a date bars", "expired root",
	"ca-file root;cert other", "", "expired"},
    {"the second CA of a file", "leaf", "ca-file stranger root", "", 0},
    {"none of the CAs of a file", "leaf root", "ca-file stranger int", "",
	"unable to get|no pin|self-signed"},
    {"the first certificate of a file", "leaf", "cert-file leaf int root", "",
	0},
    {"the second certificate of a file", "leaf", "cert-file root leaf", "",
	"no pin"},
    {"a file of an intermediate's other certificate", "by-int int",
	"ca-file int-cross", "", 0},
    {"another CA in tls_trust_file", "by-stranger stranger",
	"ca root;trust root stranger", "", "no pin|unable to get|self-signed"},
    {"tls_trust_file without the pinned CA", "by-stranger",
	"ca root;trust stranger", "", "no pin|unable to get|self-signed"},
    {"tls_trust_file beside a key", "leaf root", "key other;trust root", "",
	"no pin"},
    {"tls_trust_file beside a certificate", "leaf root",
	"cert other;trust root", "", "no pin"},
    {"tls_trust_file beside a file of CAs", "leaf root",
	"ca-file stranger;trust root", "", "no pin|unable to get|self-signed"},
    {"the server itself in tls_trust_file", "self", "ca root;trust self root",
	"", "no pin|self-signed"},
    {"the server below a pinned CA and in tls_trust_file", "leaf",
	"ca root;trust leaf", "", "no pin|unable to get"},
    {"an intermediate and the root in tls_trust_file", "by-int",
	"ca root;trust int root", "ca root", 0},
    {"a CA that is neither sent nor held", "leaf", "ca root", "",
	"unable to get|no pin"},
};

static void
add_mixes(struct hostile_list *l)
{
	struct hostile *h;

	for (size_t i = 0; i < sizeof(mixes) / sizeof(*mixes); i++) {
		h = hostile_add(l);
		snprintf(h->name, sizeof(h->name), "several pins: %s: %s",
		    mixes[i].what, mixes[i].why == NULL ? "passes" : "fails");
		snprintf(h->conf, sizeof(h->conf), "%s", mixes[i].conf);
		snprintf(h->log, sizeof(h->log), "%s", mixes[i].log);
		h->sent = mixes[i].sent;
		h->exit = mixes[i].why == NULL ? 0 : 76;
		h->why = mixes[i].why;
	}
}

static void
add(struct hostile_list *l, const struct row *r, char letter, bool good)
{
	struct hostile *h = hostile_add(l);
	const char *name, *anchor = r->anchor != NULL ? r->anchor : "root";
	char own[40];
	size_t i = 0;

	while (columns[i].letter != letter)
		i++;
	snprintf(own, sizeof(own), "%.*s", (int)strcspn(r->sent, " *"),
	    r->sent);
	name = columns[i].of_ca ? anchor : r->own != NULL ? r->own : own;
	snprintf(h->name, sizeof(h->name), "%s: %s: %s", columns[i].words,
	    r->what, good ? "passes" : "fails");
	snprintf(h->conf, sizeof(h->conf), "%s %s%s%s", columns[i].keyword,
	    name, columns[i].trust ? ";trust " : "",
	    columns[i].trust ? name : "");
	h->sent = r->sent;
	h->appended = columns[i].appended ? anchor : "";
	h->host = r->host == NULL           ? HOSTILE_HOST
	    : strcmp(r->host, LITERAL) == 0 ? ""
					    : r->host;
	h->exit = good ? 0 : 76;
	h->why = good ? NULL : r->why;
	if (columns[i].log != NULL)
		snprintf(h->log, sizeof(h->log), "%s %s", columns[i].log, name);
}

void
chains_add(struct hostile_list *l)
{
	const struct row *r = rows;
	const char *p;

	for (; r < rows + sizeof(rows) / sizeof(*rows); r++) {
		for (p = r->good != NULL ? r->good : ""; *p != '\0'; p++)
			add(l, r, *p, true);
		for (p = r->bad != NULL ? r->bad : ""; *p != '\0'; p++)
			add(l, r, *p, false);
	}
	add_mixes(l);
}
