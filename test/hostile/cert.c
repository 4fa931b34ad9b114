/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/hostile/cert.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#define DAY (24L * 3600)

static const char leaf_extensions[] =
    "basicConstraints=critical,CA:FALSE|keyUsage=critical,digitalSignature|"
    "extendedKeyUsage=serverAuth|subjectAltName=DNS:mail.example.net";
static const char ca_extensions[] =
    "basicConstraints=critical,CA:TRUE|keyUsage=critical,keyCertSign";

struct made {
	char name[40];
	struct recipe recipe;
	X509 *cert;
	EVP_PKEY *key;
	struct made *next;
};

static struct made *all;
static const char *data_dir = ".";

void
cert_data(const char *dir)
{
	data_dir = dir;
}

static EVP_PKEY *
read_key(const char *name)
{
	struct bytes path = {0};
	EVP_PKEY *key;
	FILE *f;

	bytes_fmt(&path, "%s/%s.pem", data_dir, name);
	f = fopen(path.p, "r");
	if (f == NULL)
		die("%s: %s", path.p, strerror(errno));
	key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	fclose(f);
	bytes_clear(&path);
	return key;
}

/* Its public half with somebody else's private one. */
static EVP_PKEY *
pretended_key(const char *owner)
{
	EVP_PKEY *own = EVP_EC_gen("P-256"), *key = NULL;
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	unsigned char *point = NULL;
	OSSL_PARAM *params;
	BIGNUM *secret = NULL;
	size_t n;

	n = EVP_PKEY_get1_encoded_public_key(cert_key(owner), &point);
	if (n == 0
	    || EVP_PKEY_get_bn_param(own, OSSL_PKEY_PARAM_PRIV_KEY, &secret)
		!= 1
	    || !OSSL_PARAM_BLD_push_utf8_string(build,
		OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0)
	    || !OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY,
		point, n)
	    || !OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, secret))
		die("cannot pretend a key");
	params = OSSL_PARAM_BLD_to_param(build);
	if (EVP_PKEY_fromdata_init(ctx) != 1
	    || EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
		die("cannot pretend a key");
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(ctx);
	OPENSSL_free(point);
	BN_free(secret);
	EVP_PKEY_free(own);
	return key;
}

static EVP_PKEY *
make_key(const struct recipe *r)
{
	const char *k = r->key != NULL ? r->key : "P-256";
	EVP_PKEY *key;

	if (r->fault == NOT_ITS_KEY)
		return pretended_key(r->issuer);
	if (*k == '=') {
		key = cert_key(k + 1);
		EVP_PKEY_up_ref(key);
	} else if (strncmp(k, "rsa", 3) == 0) {
		key = read_key(k);
	} else if (strncmp(k, "ED", 2) == 0) {
		key = EVP_PKEY_Q_keygen(NULL, NULL, k);
	} else {
		key = EVP_EC_gen(k);
	}
	if (key == NULL)
		die("cannot make a key %s", k);
	return key;
}

/* Does the list have an extension of this NAME=...? */
static bool
overridden(const char *list, const char *item)
{
	size_t n = strcspn(item, "=") + 1;

	while (list != NULL && *list != '\0') {
		if (strncmp(list, item, n) == 0)
			return true;
		list = strchr(list, '|');
		list = list != NULL ? list + 1 : NULL;
	}
	return false;
}

static void
extend(X509 *x, X509 *issuer, const char *name, const char *value)
{
	X509_EXTENSION *ext;
	X509V3_CTX ctx;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	ext = X509V3_EXT_nconf(NULL, &ctx, name, value);
	if (ext == NULL || X509_add_ext(x, ext, -1) != 1)
		die("cannot add %s=%s", name, value);
	X509_EXTENSION_free(ext);
}

static void
extend_all(X509 *x, X509 *issuer, const char *list, const char *instead)
{
	char *copy = need_copy(list, strlen(list)), *save = NULL, *value;

	for (char *item = strtok_r(copy, "|", &save); item != NULL;
	     item = strtok_r(NULL, "|", &save)) {
		if (overridden(instead, item))
			continue;
		value = strchr(item, '=');
		*value++ = '\0';
		if (*value != '\0')
			extend(x, issuer, item, value);
	}
	free(copy);
}

/* A name that C would cut in two. */
static void
add_nul_name(X509 *x)
{
	static const char name[] = "mail.example.net\0.evil.example";
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAME *one = GENERAL_NAME_new();
	ASN1_IA5STRING *s = ASN1_IA5STRING_new();

	ASN1_STRING_set(s, name, sizeof(name) - 1);
	GENERAL_NAME_set0_value(one, GEN_DNS, s);
	sk_GENERAL_NAME_push(names, one);
	if (X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0,
		X509V3_ADD_REPLACE)
	    != 1)
		die("cannot add a name");
	GENERAL_NAMES_free(names);
}

static void
add_many_names(X509 *x, X509 *issuer, bool constraints)
{
	const char *prefix = constraints ? "permitted;" : "";
	struct bytes list = {0};

	for (int i = 0; i < 1500; i++)
		bytes_fmt(&list, "%sDNS:n%d.example,", prefix, i);
	bytes_fmt(&list, "%sDNS:mail.example.net", prefix);
	extend(x, issuer, constraints ? "nameConstraints" : "subjectAltName",
	    list.p);
	bytes_clear(&list);
}

static void
put_dates(X509 *x, const struct recipe *r)
{
	bool usual = r->from == 0 && r->to == 0;

	X509_gmtime_adj(X509_getm_notBefore(x), DAY * (usual ? -1 : r->from));
	X509_gmtime_adj(X509_getm_notAfter(x), DAY * (usual ? 90 : r->to));
	if (r->fault == BAD_DATE)
		ASN1_STRING_set(X509_getm_notAfter(x), "tomorrow", -1);
}

static X509 *
make_body(const struct recipe *r, EVP_PKEY *key, X509 *issuer)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);
	const char *cn = r->cn != NULL ? r->cn : r->name;
	uint64_t serial;

	if (issuer == NULL)
		issuer = x;
	RAND_bytes((unsigned char *)&serial, sizeof(serial));
	ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1 | 1);
	put_dates(x, r);
	if (*cn != '\0')
		X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		    (const unsigned char *)cn, -1, -1, 0);
	X509_set_pubkey(x, key);
	X509_set_issuer_name(x, X509_get_subject_name(issuer));
	if (r->fault == VERSION_1)
		return x;
	X509_set_version(x, X509_VERSION_3);
	extend_all(x, issuer, r->kind == CA ? ca_extensions : leaf_extensions,
	    r->extensions);
	extend_all(x, issuer, r->extensions != NULL ? r->extensions : "", NULL);
	if (r->fault == NUL_NAME)
		add_nul_name(x);
	if (r->fault == MANY_NAMES)
		add_many_names(x, issuer, r->kind == CA);
	return x;
}

static void
sign(X509 *x, const struct recipe *r, EVP_PKEY *key)
{
	bool edwards =
	    EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448");
	const char *md = r->md != NULL ? r->md : "SHA256";
	const ASN1_BIT_STRING *s;

	if (X509_sign(x, key, edwards ? NULL : EVP_get_digestbyname(md)) <= 0)
		die("cannot sign %s", r->name);
	if (r->fault != BAD_SIGNATURE)
		return;
	X509_get0_signature(&s, NULL, x);
	s->data[s->length - 1] ^= 1;
}

/* A long way down from the root, step by step. */
static const struct recipe *
deep_recipe(struct made *m)
{
	static char issuers[200][12];
	long n = strtol(m->name + 4, NULL, 10);

	if (n < 1 || n >= 200)
		die("there is no certificate %s", m->name);
	snprintf(issuers[n], sizeof(issuers[n]), n == 1 ? "root" : "deep%ld",
	    n - 1);
	m->recipe = (struct recipe){.name = m->name,
	    .kind = CA,
	    .issuer = issuers[n],
	    .key = "=other"};
	return &m->recipe;
}

static const struct recipe *
recipe_of(struct made *m)
{
	const struct recipe *r;

	if (strncmp(m->name, "deep", 4) == 0)
		return deep_recipe(m);
	for (r = recipes; r->name != NULL; r++)
		if (strcmp(r->name, m->name) == 0)
			return r;
	die("there is no certificate %s", m->name);
}

static struct made *
made(const char *name)
{
	const struct recipe *r;
	struct made *m;

	for (m = all; m != NULL; m = m->next)
		if (strcmp(m->name, name) == 0)
			return m;
	m = need(1, sizeof(*m));
	snprintf(m->name, sizeof(m->name), "%s", name);
	r = recipe_of(m);
	m->key = make_key(r);
	if (r->fault == NOT_ITS_KEY) {
		m->cert = X509_dup(cert_named(r->issuer));
	} else {
		m->cert = make_body(r, m->key,
		    r->issuer != NULL ? cert_named(r->issuer) : NULL);
		sign(m->cert, r,
		    r->issuer != NULL ? cert_key(r->issuer) : m->key);
	}
	m->next = all;
	all = m;
	return m;
}

X509 *
cert_named(const char *name)
{
	return made(name)->cert;
}

EVP_PKEY *
cert_key(const char *name)
{
	return made(name)->key;
}
