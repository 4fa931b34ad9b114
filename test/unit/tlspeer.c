/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/tlspeer.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>

#include "test/unit/unit.h"

static void
extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *x;
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	x = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(x);
	assert_int_equal(X509_add_ext(cert, x, -1), 1);
	X509_EXTENSION_free(x);
}

struct identity
identity_make(const char *name, const struct identity *issuer, bool ca,
    int from, int to)
{
	static long serial = 1;
	struct identity id = {X509_new(), EVP_EC_gen("P-256")};
	X509_NAME *dn = X509_get_subject_name(id.cert);
	unsigned char ip[16];
	char san[300];

	if (issuer == NULL)
		issuer = &id;
	X509_set_version(id.cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(id.cert), serial++);
	X509_gmtime_adj(X509_getm_notBefore(id.cert), 86400L * from);
	X509_gmtime_adj(X509_getm_notAfter(id.cert), 86400L * to + 3600);
	X509_NAME_add_entry_by_txt(dn, "CN", MBSTRING_ASC,
	    (const unsigned char *)(ca ? name : "nobody"), -1, -1, 0);
	X509_set_issuer_name(id.cert, X509_get_subject_name(issuer->cert));
	X509_set_pubkey(id.cert, id.key);
	extend(id.cert, issuer->cert, NID_basic_constraints,
	    ca ? "critical,CA:TRUE" : "CA:FALSE");
	snprintf(san, sizeof san, "%s:%s",
	    inet_pton(AF_INET, name, ip) == 1 ? "IP" : "DNS", name);
	if (!ca)
		extend(id.cert, issuer->cert, NID_subject_alt_name, san);
	assert_true(X509_sign(id.cert, issuer->key, EVP_sha256()) > 0);
	return id;
}

void
identity_clear(struct identity *id)
{
	X509_free(id->cert);
	EVP_PKEY_free(id->key);
	*id = (struct identity){0};
}

void
identity_hash(const struct identity *id, unsigned char hash[32])
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(id->key, &der);

	assert_true(n > 0);
	assert_int_equal(EVP_Digest(der, (size_t)n, hash, NULL, EVP_sha256(),
			     NULL),
	    1);
	OPENSSL_free(der);
}

void
identity_pin(struct pins *pins, enum pin_kind kind, const struct identity *id)
{
	struct pin pin = {.kind = kind};

	if (kind == PIN_CERT)
		assert_int_equal(X509_digest(id->cert, EVP_sha256(), pin.hash,
				     NULL),
		    1);
	else
		identity_hash(id, pin.hash);
	pins_add(pins, &pin);
}

void
identity_pin_file(struct pins *pins, enum pin_kind kind,
    const struct identity *id)
{
	char path[1024];
	struct pin pin = {.kind = kind, .path = path};
	FILE *f;

	strcpy(path, unit_path("pin.pem"));
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(PEM_write_X509(f, id->cert), 1);
	fclose(f);
	pins_add(pins, &pin);
}

static int
on_hello(SSL *ssl, int *alert, void *arg)
{
	struct tlspeer *p = arg;
	const unsigned char *ext;
	size_t n;

	(void)alert;
	p->ticket =
	    SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_session_ticket, &ext, &n)
	    == 1;
	p->psk = SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_psk, &ext, &n) == 1;
	/* list length, type, length, name */
	if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &ext, &n)
		== 1
	    && n > 5)
		snprintf(p->sni, sizeof p->sni, "%.*s", (int)n - 5, ext + 5);
	return SSL_CLIENT_HELLO_SUCCESS;
}

void
tlspeer_begin(struct tlspeer *p, const struct identity *id,
    const struct identity *const *others, size_t n)
{
	*p = (struct tlspeer){0};
	p->ctx = SSL_CTX_new(TLS_server_method());
	assert_non_null(p->ctx);
	SSL_CTX_set_client_hello_cb(p->ctx, on_hello, p);
	assert_int_equal(SSL_CTX_use_certificate(p->ctx, id->cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(p->ctx, id->key), 1);
	for (size_t i = 0; i < n; i++)
		SSL_CTX_add1_chain_cert(p->ctx, others[i]->cert);
	p->ssl = SSL_new(p->ctx);
	p->in = BIO_new(BIO_s_mem());
	p->out = BIO_new(BIO_s_mem());
	BIO_set_mem_eof_return(p->in, -1);
	SSL_set_bio(p->ssl, p->in, p->out);
	SSL_set_accept_state(p->ssl);
}

void
tlspeer_clear(struct tlspeer *p)
{
	SSL_free(p->ssl);
	SSL_CTX_free(p->ctx);
	buf_clear(&p->got);
	buf_clear(&p->wrote);
	*p = (struct tlspeer){0};
}

void
tlspeer_turn(struct tlspeer *p)
{
	char piece[4096];
	size_t n;

	if (p->hangs || p->gone)
		return;
	if (p->closes) {
		p->gone = BIO_pending(p->in) > 0;
		return;
	}
	ERR_clear_error();
	if (!p->done && SSL_do_handshake(p->ssl) == 1) {
		p->done = true;
		if (p->first != NULL)
			SSL_write_ex(p->ssl, p->first, strlen(p->first), &n);
		if (p->bye)
			SSL_shutdown(p->ssl);
	}
	while (p->done && SSL_read_ex(p->ssl, piece, sizeof piece, &n) == 1)
		buf_add(&p->got, piece, n);
	ERR_clear_error();
}

static ssize_t
layer_read(void *handle, void *data, size_t n, struct err *e)
{
	struct tlspeer *p = handle;
	static const char request[] = {22, 3, 3, 0, 4, 0, 0, 0, 0};
	int r;

	(void)e;
	if (p->floods && p->wrote.n > 0) {
		n = n < sizeof request ? n : sizeof request;
		memcpy(data, request, n);
		return (ssize_t)n;
	}
	if (p->piece > 0 && n > p->piece)
		n = p->piece;
	r = BIO_read(p->out, data, (int)n);
	if (r > 0)
		return r;
	return p->gone ? 0 : LAYER_WANT_READ;
}

static ssize_t
layer_write(void *handle, const void *data, size_t n, struct err *e)
{
	struct tlspeer *p = handle;

	if (n == 0)
		return 0;
	if (p->busy > 0) {
		p->busy--;
		return LAYER_WANT_WRITE;
	}
	if (p->resets) {
		err_set(e, ERR_UNREACHABLE, "Connection reset by peer");
		return LAYER_ERROR;
	}
	if (p->piece > 0 && n > p->piece)
		n = p->piece;
	buf_add(&p->wrote, data, n);
	return BIO_write(p->in, data, (int)n);
}

static bool
layer_wait(void *handle, short events, int64_t until, struct err *e)
{
	struct tlspeer *p = handle;

	(void)until;
	if (p->stops)
		return err_set(e, ERR_INTERRUPTED, "ended by SIGTERM");
	tlspeer_turn(p);
	return p->floods || (events & POLLOUT) != 0 || BIO_pending(p->out) > 0
	    || p->gone || err_set(e, ERR_UNREACHABLE, "timed out");
}

static void
layer_end(void *handle)
{
	struct tlspeer *p = handle;

	p->ended = true;
}

static void
layer_close(void *handle)
{
	(void)handle;
}

const struct layer tlspeer_layer = {layer_read, layer_write, layer_wait,
    layer_end, layer_close};
