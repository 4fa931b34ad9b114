/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/net/peer.h"

#include <arpa/inet.h>
#include <limits.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/ascii.h"
#include "lib/base/file.h"
#include "lib/net/pem.h"
#include "lib/net/tlsa.h"

static bool
is_literal(const char *s)
{
	unsigned char ip[16];

	return inet_pton(AF_INET, s, ip) == 1
	    || inet_pton(AF_INET6, s, ip) == 1;
}

bool
peer_name(SSL *ssl, const char *host)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
	bool literal = is_literal(host);

	/* An address is no name for SNI. */
	if (SSL_dane_enable(ssl, literal ? NULL : host) <= 0
	    || (literal && X509_VERIFY_PARAM_set1_ip_asc(param, host) != 1))
		return false;
	X509_VERIFY_PARAM_set_hostflags(param,
	    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
		| X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	/* Else nobody looks at the dates of a pinned intermediate. */
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
	return true;
}

bool
peer_expect(SSL *ssl, const struct tlsa_records *l, struct err *e)
{
	const struct tlsa_record *r;

	for (size_t i = 0; i < l->n; i++) {
		r = &l->v[i];
		/* One that is skipped would leave us to the public CAs. */
		if (SSL_dane_tlsa_add(ssl, r->usage, r->selector, r->matching,
			r->data, r->len)
		    != 1)
			return err_set(e, ERR_TLS,
			    "OpenSSL does not take a pin");
	}
	return l->n > 0 || err_set(e, ERR_CONFIG, "there is no pin");
}

void
peer_day(char *out, const ASN1_TIME *t)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(t, &tm) != 1
	    || strftime(out, PEER_DAY, "%Y-%m-%d", &tm) == 0)
		*out = '\0';
}

static void
note_end(X509 *cert, struct facts *facts)
{
	const ASN1_TIME *end = X509_get0_notAfter(cert);
	int days, seconds;

	if (ASN1_TIME_diff(&days, &seconds, NULL, end) != 1
	    || days >= facts->days_left)
		return;
	facts->days_left = days;
	peer_day(facts->until, end);
}

bool
peer_proved(SSL *ssl, const struct tlsa_records *l, struct facts *facts)
{
	const unsigned char *data;
	uint8_t usage, selector, matching;
	struct buf b = {0};
	STACK_OF(X509) * chain;
	size_t n;
	int depth;

	if (SSL_get_verify_result(ssl) != X509_V_OK)
		return false;
	depth = SSL_get0_dane_authority(ssl, NULL, NULL);
	if (depth < 0
	    || SSL_get0_dane_tlsa(ssl, &usage, &selector, &matching, &data, &n)
		< 0)
		return false;
	for (size_t i = 0; i < l->n; i++) {
		const struct tlsa_record *r = &l->v[i];

		if (r->usage != usage || r->selector != selector || r->len != n
		    || memcmp(r->data, data, n) != 0)
			continue;
		pin_print(&b, r->pin);
		snprintf(facts->pin, sizeof facts->pin, "%s", b.p);
		buf_clear(&b);
		break;
	}
	facts->depth = depth;
	facts->days_left = INT_MAX;
	chain = SSL_get0_verified_chain(ssl);
	for (int i = 0; i <= depth && i < sk_X509_num(chain); i++)
		note_end(sk_X509_value(chain, i), facts);
	facts->backups = tlsa_backups(l, sk_X509_value(chain, depth));
	/* Of a pinned key the dates do not matter. */
	facts->dated = usage != USAGE_DANE_EE || selector != SELECT_KEY;
	return true;
}

/* RFC 5929, 4.1: the hash of the signature, never weaker than SHA-256. */
static void
note_endpoint(X509 *cert, struct facts *facts)
{
	const EVP_MD *md;
	unsigned n = 0;
	int nid;

	if (X509_get_signature_info(cert, &nid, NULL, NULL, NULL) != 1
	    || nid == NID_undef)
		return;
	if (nid == NID_md5 || nid == NID_sha1)
		nid = NID_sha256;
	md = EVP_get_digestbynid(nid);
	if (md != NULL && EVP_MD_get_size(md) <= (int)sizeof facts->endpoint
	    && X509_digest(cert, md, facts->endpoint, &n) == 1)
		facts->endpoint_len = n;
}

static void
note_group(SSL *ssl, struct facts *facts)
{
	int nid = SSL_get_negotiated_group(ssl);
	const char *name = NULL;

	if (nid != NID_undef)
		name = SSL_group_to_name(ssl, nid);
	snprintf(facts->group, sizeof facts->group, "%s",
	    name != NULL ? name : "");
}

void
peer_facts(SSL *ssl, struct facts *facts)
{
	static const char label[] = "EXPORTER-Channel-Binding";
	X509 *cert = SSL_get0_peer_certificate(ssl);

	snprintf(facts->tls, sizeof facts->tls, "%s", SSL_get_version(ssl));
	snprintf(facts->cipher, sizeof facts->cipher, "%s",
	    SSL_get_cipher_name(ssl));
	note_group(ssl, facts);
	/* RFC 9266, 2: only where it is unique to a session that there is. */
	if (SSL_is_init_finished(ssl) && SSL_version(ssl) >= TLS1_3_VERSION
	    && SSL_export_keying_material(ssl, facts->exporter,
		   sizeof facts->exporter, label, sizeof label - 1,
		   (const unsigned char *)"", 0, 1)
		== 1)
		facts->exporter_len = sizeof facts->exporter;
	if (cert != NULL)
		note_endpoint(cert, facts);
}

static bool
use_key(SSL_CTX *ctx, const char *path, struct err *e)
{
	struct buf text = {0};
	bool ok, has_passphrase = false;
	EVP_PKEY *key = NULL;

	if (!pem_load(&text, path, true, e)) {
		buf_clear(&text);
		err_in(e, "%s", path);
		return err_in(e, "tls_key_file");
	}
	key = pem_private(&text, &has_passphrase);
	buf_clear(&text);
	ok = key != NULL && SSL_CTX_use_PrivateKey(ctx, key) == 1;
	EVP_PKEY_free(key);
	if (has_passphrase)
		return err_set(e, ERR_CONFIG,
		    "tls_key_file %s: has a passphrase, which nobody can be "
		    "asked for; write a key without one: openssl pkey",
		    path);
	return ok
	    || err_set(e, ERR_CONFIG,
		"tls_key_file %s: there is no key of that certificate in it "
		"(PEM)",
		path);
}

bool
peer_client(SSL_CTX *ctx, const char *cert_file, const char *key_file,
    struct err *e)
{
	if (cert_file == NULL)
		return true;
	/* OpenSSL does not say why it could not open a file. */
	if (!file_check(cert_file, e))
		return err_in(e, "tls_cert_file");
	SSL_CTX_set_default_passwd_cb(ctx, pem_no_passphrase);
	if (SSL_CTX_use_certificate_chain_file(ctx, cert_file) != 1)
		return err_set(e, ERR_CONFIG,
		    "tls_cert_file %s: cannot be read, or holds no "
		    "certificate (PEM)",
		    cert_file);
	return use_key(ctx, key_file, e);
}

/* The store serves `pin ca sha256:` alone, and is never trusted by itself. */
bool
peer_trust(SSL_CTX *ctx, const struct pins *pins, const char *trust_file,
    struct err *e)
{
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);
	bool needed = false;
	X509_LOOKUP *dir;

	for (size_t i = 0; i < pins->n; i++)
		needed = needed
		    || (pins->v[i].kind == PIN_CA && pins->v[i].path == NULL);
	if (!needed)
		return true;
	if (trust_file != NULL && !file_check(trust_file, e))
		return err_in(e, "tls_trust_file");
	if (trust_file != NULL)
		return X509_STORE_load_file(store, trust_file) == 1
		    || err_set(e, ERR_CONFIG,
			"tls_trust_file %s: there is no certificate in it "
			"(PEM)",
			trust_file);
	dir = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir());
	return (dir != NULL
		   && X509_LOOKUP_add_dir(dir, PINMAIL_CA_DIR,
			  X509_FILETYPE_PEM)
		       == 1)
	    || err_set(e, ERR_TLS, "%s cannot be used", PINMAIL_CA_DIR);
}
