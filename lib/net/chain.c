/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/net/chain.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/ascii.h"
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/net/peer.h"
#include "lib/net/pem.h"

static char *
name_text(const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL, *text;
	long n = 0;

	if (bio != NULL
	    && X509_NAME_print_ex(bio, name, 0,
		   XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB)
		>= 0)
		n = BIO_get_mem_data(bio, &p);
	text = mem_dupn(p != NULL ? p : "", n > 0 ? (size_t)n : 0);
	BIO_free(bio);
	return text;
}

static void
add_name(struct buf *b, const GENERAL_NAME *name)
{
	const ASN1_STRING *s;
	char ip[INET6_ADDRSTRLEN] = "";
	int n;

	if (name->type != GEN_DNS && name->type != GEN_IPADD)
		return;
	s = name->type == GEN_DNS ? name->d.dNSName : name->d.iPAddress;
	n = ASN1_STRING_length(s);
	if (b->n > 0)
		buf_adds(b, ", ");
	if (name->type == GEN_DNS) {
		buf_add(b, ASN1_STRING_get0_data(s), (size_t)n);
		return;
	}
	if (n == 4 || n == 16)
		inet_ntop(n == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(s),
		    ip, sizeof ip);
	buf_adds(b, ip);
}

static char *
names_text(X509 *x)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	struct buf b = {0};
	char *text;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
		add_name(&b, sk_GENERAL_NAME_value(names, i));
	GENERAL_NAMES_free(names);
	text = mem_dup(buf_str(&b));
	buf_clear(&b);
	return text;
}

/* What a pin of the key is the hash of: SubjectPublicKeyInfo; n from i2d. */
static void
note_hash(struct chain_cert *c, unsigned char *der, int n)
{
	if (n > 0)
		EVP_Digest(der, (size_t)n, c->key_hash, NULL, EVP_sha256(),
		    NULL);
	OPENSSL_free(der);
}

static void
note_key(struct chain_cert *c, EVP_PKEY *key)
{
	char group[32] = "";
	struct buf b = {0};

	EVP_PKEY_get_group_name(key, group, sizeof group, NULL);
	buf_addf(&b, "%s", EVP_PKEY_get0_type_name(key));
	if (*group != '\0')
		buf_addf(&b, " %s", group);
	else
		buf_addf(&b, " %d", EVP_PKEY_get_bits(key));
	c->key = mem_dup(b.p);
	buf_clear(&b);
}

static struct chain_cert *
add(struct chain_cert **v, size_t *n)
{
	*v = mem_resize(*v, *n + 1, sizeof **v);
	(*v)[*n] = (struct chain_cert){0};
	return &(*v)[(*n)++];
}

/* Some tools make every certificate that signs itself a CA, but no more. */
static bool
says_ca(X509 *x)
{
	return X509_get_pathlen(x) >= 0
	    || ((X509_get_extension_flags(x) & EXFLAG_KUSAGE) != 0
		&& (X509_get_key_usage(x) & KU_KEY_CERT_SIGN) != 0);
}

static void
add_cert(struct chain_cert **v, size_t *n, X509 *x, bool sent)
{
	struct chain_cert *c = add(v, n);
	EVP_PKEY *key = X509_get0_pubkey(x);
	unsigned char *der = NULL;
	int seconds, n_der;

	c->is_cert = true;
	c->sent = sent;
	c->subject = name_text(X509_get_subject_name(x));
	c->issuer = name_text(X509_get_issuer_name(x));
	c->names = names_text(x);
	c->is_ca = X509_check_ca(x) > 0;
	c->signs = c->is_ca && says_ca(x);
	c->self_signed = X509_self_signed(x, 0) == 1;
	peer_day(c->from, X509_get0_notBefore(x));
	peer_day(c->until, X509_get0_notAfter(x));
	ASN1_TIME_diff(&c->days_left, &seconds, NULL, X509_get0_notAfter(x));
	X509_digest(x, EVP_sha256(), c->cert_hash, NULL);
	n_der = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
	note_hash(c, der, n_der);
	if (key != NULL)
		note_key(c, key);
	else
		c->key = mem_dup("unknown");
}

static bool
in(STACK_OF(X509) * list, X509 *x)
{
	for (int i = 0; i < sk_X509_num(list); i++)
		if (X509_cmp(sk_X509_value(list, i), x) == 0)
			return true;
	return false;
}

/* Other roots of the same organisation: CAs change to them without notice. */
static void
add_spare(struct chain *c, X509 *root)
{
	char owner[256] = "", other[256], path[512];
	struct dirent *d;
	X509 *x;
	DIR *dir;
	FILE *f;

	X509_NAME_get_text_by_NID(X509_get_subject_name(root),
	    NID_organizationName, owner, sizeof owner);
	dir = *owner != '\0' ? opendir(PINMAIL_CA_DIR) : NULL;
	while (dir != NULL && (d = readdir(dir)) != NULL) {
		if (strlen(d->d_name) != 10 || d->d_name[8] != '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", PINMAIL_CA_DIR, d->d_name);
		f = fopen(path, "r");
		x = f != NULL ? PEM_read_X509(f, NULL, pem_no_passphrase, NULL)
			      : NULL;
		*other = '\0';
		if (x != NULL)
			X509_NAME_get_text_by_NID(X509_get_subject_name(x),
			    NID_organizationName, other, sizeof other);
		if (x != NULL && strcmp(owner, other) == 0
		    && X509_cmp(x, root) != 0
		    && X509_cmp_current_time(X509_get0_notAfter(x)) > 0)
			add_cert(&c->spare, &c->n_spare, x, false);
		X509_free(x);
		if (f != NULL)
			fclose(f);
	}
	if (dir != NULL)
		closedir(dir);
	ERR_clear_error();
}

/* Would a client without pins trust it? */
static STACK_OF(X509)
    * verify(struct chain *c, STACK_OF(X509) * sent, const char *host)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *whole = NULL;
	X509_LOOKUP *dir = NULL;
	X509_VERIFY_PARAM *param;
	int why = X509_V_ERR_UNSPECIFIED;

	if (store != NULL)
		dir = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir());
	if (dir != NULL && ctx != NULL
	    && X509_LOOKUP_add_dir(dir, PINMAIL_CA_DIR, X509_FILETYPE_PEM) == 1
	    && X509_STORE_CTX_init(ctx, store, sk_X509_value(sent, 0), sent)
		== 1) {
		param = X509_STORE_CTX_get0_param(ctx);
		X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
		X509_VERIFY_PARAM_set_hostflags(param,
		    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
			| X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
		if (X509_VERIFY_PARAM_set1_ip_asc(param, host) != 1)
			X509_VERIFY_PARAM_set1_host(param, host, 0);
		if (X509_verify_cert(ctx) == 1)
			whole = X509_STORE_CTX_get1_chain(ctx);
		why = X509_STORE_CTX_get_error(ctx);
	}
	c->vouched = whole != NULL;
	snprintf(c->why, sizeof c->why, "%s",
	    X509_verify_cert_error_string(why));
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	ERR_clear_error();
	return whole;
}

void
chain_of(struct chain *c, SSL *ssl, const char *host)
{
	STACK_OF(X509) *sent = SSL_get_peer_cert_chain(ssl), *whole, *list;

	if (sk_X509_num(sent) <= 0)
		return;
	whole = verify(c, sent, host);
	list = whole != NULL ? whole : sent;
	for (int i = 0; i < sk_X509_num(list); i++)
		add_cert(&c->v, &c->n, sk_X509_value(list, i),
		    in(sent, sk_X509_value(list, i)));
	if (whole != NULL)
		add_spare(c, sk_X509_value(whole, sk_X509_num(whole) - 1));
	sk_X509_pop_free(whole, X509_free);
}

/* What to do about it: a changed key is not the only reason. */
static void
advise(struct buf *b, long why, const struct chain_cert *c, const char *command)
{
	bool known = command != NULL && *command != '\0';

	switch (why) {
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		buf_addf(b,
		    "its names are: %.200s; see host and "
		    "tls_host_override",
		    *c->names != '\0' ? c->names : "none");
		break;
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CERT_NOT_YET_VALID:
		buf_adds(b,
		    "a certificate must be renewed, or this host's "
		    "clock is wrong");
		break;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		buf_adds(b,
		    "if the server does not send the CA that is pinned, "
		    "write pin ca FILE, or tls_trust_file FILE; ");
		/* fall through */
	default:
		buf_addf(b,
		    "if its key was changed on purpose, %s%s%scompare on the "
		    "server",
		    known ? "run \"" : "", known ? command : "",
		    known ? "\" and " : "");
	}
}

bool
chain_refused(SSL *ssl, const char *host, const char *command, bool ca,
    struct err *e)
{
	X509 *leaf = SSL_get0_peer_certificate(ssl);
	long why = SSL_get_verify_result(ssl);
	struct chain c = {0};
	struct buf b = {0};
	char hex[65];

	if (leaf == NULL)
		leaf = sk_X509_value(SSL_get_peer_cert_chain(ssl), 0);
	if (leaf == NULL)
		return err_set(e, ERR_UNTRUSTED,
		    "%s showed no certificate; nothing was sent", host);
	add_cert(&c.v, &c.n, leaf, true);
	ascii_hex(hex, c.v[0].key_hash, sizeof c.v[0].key_hash);
	advise(&b, why, &c.v[0], command);
	err_set(e, ERR_UNTRUSTED,
	    "%s proved no pinned key (%s); it showed: pin sha256:%s%s; "
	    "nothing was sent",
	    host,
	    why == X509_V_OK || why == X509_V_ERR_DANE_NO_MATCH
		? "no pin matches"
		: X509_verify_cert_error_string(why),
	    hex,
	    ca && c.v[0].self_signed
		? " (self-signed: a `pin ca` can not match it)"
		: "");
	err_advise(e, "%s", b.p);
	buf_clear(&b);
	chain_clear(&c);
	return false;
}

/* A key that no certificate has yet. */
static bool
add_key(struct chain *c, const struct buf *text, bool *has_passphrase)
{
	EVP_PKEY *key = pem_private(text, has_passphrase);
	struct chain_cert *cert;
	unsigned char *der = NULL;
	int n;

	if (key == NULL)
		key = pem_public(text);
	if (key == NULL)
		return false;
	cert = add(&c->v, &c->n);
	cert->subject = mem_dup("");
	cert->issuer = mem_dup("");
	cert->names = mem_dup("");
	n = i2d_PUBKEY(key, &der);
	note_hash(cert, der, n);
	note_key(cert, key);
	EVP_PKEY_free(key);
	return true;
}

bool
chain_file(struct chain *c, const char *path, struct err *e)
{
	struct buf text = {0};
	bool has_passphrase = false;
	BIO *bio;
	X509 *x;

	if (!pem_load(&text, path, false, e)) {
		buf_clear(&text);
		return err_in(e, "%s", path);
	}
	bio = BIO_new_mem_buf(text.p, (int)text.n);
	while ((x = pem_cert(bio)) != NULL) {
		add_cert(&c->v, &c->n, x, true);
		X509_free(x);
	}
	BIO_free(bio);
	if (c->n == 0 && !add_key(c, &text, &has_passphrase))
		err_set(e, ERR_CONFIG, "%s: %s", path,
		    has_passphrase
			? "the key in it has a passphrase; take its public "
			  "half: openssl pkey -pubout"
			: "there is no certificate or key in it (PEM)");
	buf_clear(&text);
	ERR_clear_error();
	return c->n > 0;
}

static void
clear(struct chain_cert *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(v[i].subject);
		free(v[i].issuer);
		free(v[i].names);
		free(v[i].key);
	}
	free(v);
}

void
chain_clear(struct chain *c)
{
	clear(c->v, c->n);
	clear(c->spare, c->n_spare);
	*c = (struct chain){0};
}
