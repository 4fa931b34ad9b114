/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "test/server/tlsconf.h"

#define EXPORTER_LABEL "EXPORTER-Channel-Binding"

static int
on_hello(SSL *ssl, int *alert, void *arg)
{
	struct hello *h = SSL_get_app_data(ssl);
	const unsigned char *p;
	size_t n;

	(void)alert;
	(void)arg;
	h->ticket = h->ticket
	    || SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_session_ticket, &p,
		   &n)
		== 1;
	h->psk = h->psk
	    || SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_psk, &p, &n) == 1;
	return SSL_CLIENT_HELLO_SUCCESS;
}

/* Any certificate will do: who it is shows in its key's hash. */
static int
accept_any(int ok, X509_STORE_CTX *store)
{
	(void)ok;
	(void)store;
	return 1;
}

SSL_CTX *
tlsconf_make(const struct options *o)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx == NULL || SSL_CTX_use_certificate_chain_file(ctx, o->cert) != 1
	    || SSL_CTX_use_PrivateKey_file(ctx, o->key, SSL_FILETYPE_PEM) != 1
	    || SSL_CTX_check_private_key(ctx) != 1
	    || SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1
	    || SSL_CTX_set_max_proto_version(ctx, o->tls_max) != 1
	    || SSL_CTX_set_session_id_context(ctx,
		   (const unsigned char *)"smtpd", 5)
		!= 1)
		die("%s, %s: %s", o->cert, o->key,
		    ERR_reason_error_string(ERR_peek_last_error()));
	SSL_CTX_set_mode(ctx,
	    SSL_MODE_ENABLE_PARTIAL_WRITE
		| SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* Tickets stay on: that no client asks for one is what is tested. */
	SSL_CTX_set_client_hello_cb(ctx, on_hello, NULL);
	if (!o->linewise) {
		SSL_CTX_set_read_ahead(ctx, 1);
		SSL_CTX_set_default_read_buffer_len(ctx, 4 * 17408);
	}
	if (o->client_cert)
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, accept_any);
	return ctx;
}

void
tlsconf_client(SSL *ssl, char hex[65])
{
	X509 *x = SSL_get1_peer_certificate(ssl);
	unsigned char hash[EVP_MAX_MD_SIZE], *der = NULL;
	int n;

	hex[0] = '\0';
	if (x == NULL)
		return;
	n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
	if (n > 0
	    && EVP_Digest(der, (size_t)n, hash, NULL, EVP_sha256(), NULL) == 1)
		hex_encode(hex, hash, 32);
	OPENSSL_free(der);
	X509_free(x);
}

static bool
exporter(SSL *ssl, struct bytes *out)
{
	unsigned char ekm[32];

	/* RFC 9266 section 4.2: not without the extended master secret. */
	if (SSL_version(ssl) < TLS1_3_VERSION
	    && SSL_get_extms_support(ssl) != 1)
		return false;
	if (SSL_export_keying_material(ssl, ekm, sizeof(ekm), EXPORTER_LABEL,
		sizeof(EXPORTER_LABEL) - 1, (const unsigned char *)"", 0, 1)
	    != 1)
		return false;
	bytes_add(out, ekm, sizeof(ekm));
	return true;
}

static bool
end_point(SSL *ssl, struct bytes *out)
{
	X509 *x = SSL_get_certificate(ssl);
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned n;
	int nid;

	if (x == NULL || X509_get_signature_info(x, &nid, NULL, NULL, NULL) != 1
	    || nid == NID_undef)
		return false;
	if (nid == NID_md5 || nid == NID_sha1)
		nid = NID_sha256;
	if (X509_digest(x, EVP_get_digestbynid(nid), hash, &n) != 1)
		return false;
	bytes_add(out, hash, n);
	return true;
}

bool
tlsconf_binding(SSL *ssl, const char *type, struct bytes *out)
{
	if (strcmp(type, "tls-exporter") == 0)
		return exporter(ssl, out);
	if (strcmp(type, "tls-server-end-point") == 0)
		return end_point(ssl, out);
	return false;
}
