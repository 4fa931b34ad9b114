/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>

#include "test/hostile/cert.h"
#include "test/hostile/hostile.h"

/* What the client says within TLS, apart from data. */
static void
on_message(int write_p, int version, int type, const void *p, size_t n,
    SSL *ssl, void *arg)
{
	const unsigned char *m = p;
	struct server *s = arg;

	(void)version;
	(void)ssl;
	if (write_p)
		return;
	/* An empty list of certificates takes up to 8 bytes. */
	if (type == SSL3_RT_HANDSHAKE && n > 8 && *m == SSL3_MT_CERTIFICATE)
		s->client_showed = true;
	if (type == SSL3_RT_HANDSHAKE && n > 0 && *m == SSL3_MT_CLIENT_HELLO
	    && s->done)
		s->renegotiated = true;
	if (type == SSL3_RT_ALERT && n == 2)
		s->alert = m[1];
}

/* Whose certificate it is does not matter: what it may see does. */
static int
on_client(int ok, X509_STORE_CTX *ctx)
{
	(void)ok;
	(void)ctx;
	return 1;
}

static STACK_OF(X509) * chain_of(const struct hostile *h)
{
	STACK_OF(X509) * list;
	struct bytes names = {0};

	bytes_fmt(&names, "%s %s", h->sent, h->appended);
	list = cert_list(names.p);
	bytes_clear(&names);
	return list;
}

void
server_certs(const struct hostile *h)
{
	sk_X509_free(chain_of(h));
}

static void
show(SSL_CTX *ctx, const struct hostile *h)
{
	STACK_OF(X509) *list = chain_of(h);
	char first[40];

	snprintf(first, sizeof(first), "%.*s", (int)strcspn(h->sent, " *"),
	    h->sent);
	if (SSL_CTX_use_certificate(ctx, sk_X509_value(list, 0)) != 1
	    || SSL_CTX_use_PrivateKey(ctx, cert_key(first)) != 1)
		die("%s cannot be shown: %s", first,
		    ERR_reason_error_string(ERR_peek_last_error()));
	for (int i = 1; i < sk_X509_num(list); i++)
		SSL_CTX_add1_chain_cert(ctx, sk_X509_value(list, i));
	sk_X509_free(list);
}

/* It can do anything, unless the setup says less. */
static SSL_CTX *
make_context(const struct setup *u, const struct hostile *h)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	char groups[40];

	if (ctx == NULL)
		die("cannot prepare TLS");
	snprintf(groups, sizeof(groups), "%s",
	    u->groups != NULL ? u->groups : "");
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
	SSL_CTX_set_min_proto_version(ctx, u->min > 0 ? u->min : TLS1_VERSION);
	if (u->max > 0)
		SSL_CTX_set_max_proto_version(ctx, u->max);
	SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"h", 1);
	if (SSL_CTX_set_cipher_list(ctx,
		u->ciphers != NULL ? u->ciphers : "ALL:@SECLEVEL=0")
		!= 1
	    || (u->suites != NULL
		&& SSL_CTX_set_ciphersuites(ctx, u->suites) != 1)
	    || (u->groups != NULL
		&& SSL_CTX_set1_groups_list(ctx, groups) != 1))
		die("%s: no such ciphers or groups", u->name);
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_dh_auto(ctx, 1);
	if (!u->anonymous)
		show(ctx, h);
	if (u->verify != 0)
		SSL_CTX_set_verify(ctx, u->verify, on_client);
	if (u->context != NULL)
		u->context(ctx);
	return ctx;
}

/* What this server answered to somebody else. */
static void
remember(struct server *s)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *client = SSL_new(ctx), *server = SSL_new(s->ctx);
	BIO *up = BIO_new(BIO_s_mem()), *down = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n;

	BIO_up_ref(up);
	BIO_up_ref(down);
	SSL_set_bio(client, down, up);
	SSL_set_bio(server, up, down);
	SSL_connect(client);
	SSL_accept(server);
	n = BIO_get_mem_data(down, &p);
	bytes_add(&s->old, p, (size_t)n);
	SSL_free(client);
	SSL_free(server);
	SSL_CTX_free(ctx);
	ERR_clear_error();
}

void
server_begin(struct server *s, const struct hostile *h, int fd)
{
	s->setup = h->setup;
	s->fd = fd;
	s->clear = s->setup->starttls;
	if (s->setup->first != NULL)
		server_put(s, s->setup->first, strlen(s->setup->first));
	if (s->clear)
		server_put(s, "220 mx.example\r\n", 16);
	s->ctx = make_context(s->setup, h);
	if (s->setup->again)
		remember(s);
	s->ssl = SSL_new(s->ctx);
	s->in = BIO_new(BIO_s_mem());
	s->out = BIO_new(BIO_s_mem());
	if (s->ssl == NULL || s->in == NULL || s->out == NULL)
		die("cannot make an SSL");
	BIO_set_mem_eof_return(s->in, -1);
	SSL_set_bio(s->ssl, s->in, s->out);
	SSL_set_accept_state(s->ssl);
	SSL_set_msg_callback(s->ssl, on_message);
	SSL_set_msg_callback_arg(s->ssl, s);
}

void
server_clear(struct server *s)
{
	SSL_free(s->ssl);
	SSL_CTX_free(s->ctx);
	if (s->fd >= 0)
		close(s->fd);
	bytes_clear(&s->wire);
	bytes_clear(&s->hello);
	bytes_clear(&s->said);
	bytes_clear(&s->old);
}
