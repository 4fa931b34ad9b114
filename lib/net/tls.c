/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/net/flight.h"
#include "lib/net/peer.h"
#include "lib/net/tlsa.h"

/* Of a message to TLS without an end, until signals and the time are seen. */
#define READ_MAX ((size_t)256 * 1024)

/* Forward secrecy and AEAD; TLS 1.3 has nothing else. */
#define CIPHERS_12 "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20"

struct tls {
	SSL_CTX *ctx;
	SSL *ssl;
	struct tlsa_records records;
	const char *host, *command;
	struct flight flight; /* what TLS runs over */
};

/* The first of OpenSSL's errors, without its numbers. */
static const char *
reason(void)
{
	const char *text = ERR_reason_error_string(ERR_peek_error());

	return text != NULL ? text : "no reason given";
}

static bool
failed(struct err *e)
{
	return err_set(e, ERR_TLS, "OpenSSL: %s", reason());
}

static bool
make_context(struct tls *t, const struct tls_settings *s, struct err *e)
{
	SSL_CTX *ctx = t->ctx = SSL_CTX_new(TLS_client_method());
	int lowest = s->tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;

	if (ctx == NULL)
		return failed(e);
	SSL_CTX_set_security_level(ctx, 2);
	SSL_CTX_set_options(ctx,
	    SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION
		| SSL_OP_CLEANSE_PLAINTEXT);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(ctx,
	    SSL_MODE_ENABLE_PARTIAL_WRITE
		| SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_read_ahead(ctx, 1);
	/* Without, no stream is proved: there is no record to match. */
	SSL_CTX_set_verify(ctx, s->look ? SSL_VERIFY_NONE : SSL_VERIFY_PEER,
	    NULL);
	if (SSL_CTX_set_min_proto_version(ctx, lowest) != 1
	    || SSL_CTX_set_cipher_list(ctx, CIPHERS_12) != 1
	    || SSL_CTX_dane_enable(ctx) <= 0)
		return failed(e);
	SSL_CTX_dane_set_flags(ctx, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
	return s->look
	    || (peer_client(ctx, s->cert_file, s->key_file, e)
		&& peer_trust(ctx, s->pins, s->trust_file, e));
}

static bool
make_session(struct tls *t, bool look, struct err *e)
{
	t->ssl = SSL_new(t->ctx);
	if (t->ssl == NULL || !peer_name(t->ssl, t->host))
		return failed(e);
	if (!look && !peer_expect(t->ssl, &t->records, e))
		return false;
	SSL_set_connect_state(t->ssl);
	return flight_attach(&t->flight, t->ssl) || failed(e);
}

struct tls *
tls_prepare(const struct tls_settings *s, struct err *e)
{
	struct tls *t;

	/* OPENSSL_CONF and openssl.cnf could load code, and take time. */
	if (OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1) {
		err_set(e, ERR_TLS, "OpenSSL does not start");
		return NULL;
	}
	t = mem_alloc(sizeof *t);
	t->host = s->host;
	t->command = s->command;
	if ((s->look || tlsa_make(&t->records, s->pins, e))
	    && make_context(t, s, e) && make_session(t, s->look, e))
		return t;
	tls_close(t);
	return NULL;
}

/* RFC 8446, 6.2: a server has nobody's certificate but ours to complain of. */
static void
broken(struct err *e)
{
	err_set(e, ERR_TLS, "TLS: %s", reason());
	switch (ERR_GET_REASON(ERR_peek_error())) {
	case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
	case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
	case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
	case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
		err_advise(e,
		    "the server wants another client certificate: see "
		    "tls_cert_file and tls_key_file");
	}
}

/* What a failed SSL_ call wants, or LAYER_ERROR; 0 is the end. */
static ssize_t
want(struct tls *t, int r, struct err *e)
{
	switch (SSL_get_error(t->ssl, r)) {
	case SSL_ERROR_WANT_READ:
		return LAYER_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return LAYER_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	}
	if (t->flight.broken.kind != ERR_NONE)
		*e = t->flight.broken;
	else if (ERR_peek_error() == 0
	    || ERR_GET_REASON(ERR_peek_error())
		== SSL_R_UNEXPECTED_EOF_WHILE_READING)
		return 0; /* lines tell whether they are whole */
	else
		broken(e);
	return LAYER_ERROR;
}

static ssize_t
tls_read(void *handle, void *p, size_t n, struct err *e)
{
	struct tls *t = handle;
	size_t done;

	ERR_clear_error();
	t->flight.may_read = READ_MAX;
	if (SSL_read_ex(t->ssl, p, n, &done) == 1)
		return (ssize_t)done;
	return want(t, 0, e);
}

static ssize_t
tls_write(void *handle, const void *p, size_t n, struct err *e)
{
	struct tls *t = handle;
	size_t done;

	if (n == 0 || flight_unsent(&t->flight) > FLIGHT_MAX) {
		if (!flight_push(&t->flight, e))
			return LAYER_ERROR;
		if (flight_unsent(&t->flight) > (n == 0 ? 0 : FLIGHT_MAX))
			return LAYER_WANT_WRITE;
	}
	if (n == 0)
		return 0;
	ERR_clear_error();
	if (SSL_write_ex(t->ssl, p, n, &done) != 1)
		return want(t, 0, e);
	return (ssize_t)done;
}

static bool
tls_wait(void *handle, short events, int64_t until, struct err *e)
{
	struct tls *t = handle;
	struct err ignored;

	flight_push(&t->flight, &ignored); /* what reading has to answer, too */
	if (flight_unsent(&t->flight) > 0)
		events |= POLLOUT;
	else if ((events & POLLOUT) != 0)
		return true; /* all has left: nothing ends this wait any more */
	return t->flight.lower->wait(t->flight.handle, events, until, e);
}

static void
tls_end(void *handle)
{
	struct tls *t = handle;
	struct err e;

	if (t->flight.broken.kind == ERR_NONE) {
		SSL_shutdown(t->ssl);
		flight_push(&t->flight, &e);
	}
	ERR_clear_error();
	t->flight.lower->end(t->flight.handle);
}

static void
tls_layer_close(void *handle)
{
	struct tls *t = handle;

	t->flight.lower->close(t->flight.handle);
	tls_close(t);
}

static const struct layer tls_layer = {tls_read, tls_write, tls_wait, tls_end,
    tls_layer_close};

static bool
untrusted(struct tls *t, struct err *e)
{
	return chain_refused(t->ssl, t->host, t->command,
	    tlsa_wants_ca(&t->records), e);
}

static bool
handshake_failed(struct tls *t, ssize_t r, struct err *e)
{
	int why = ERR_GET_REASON(ERR_peek_last_error()); /* TLS's own */

	if (r == 0)
		err_set(e, ERR_UNREACHABLE, "the server closed the connection");
	if (e->kind != ERR_TLS)
		return err_in(e, "TLS handshake with %s", t->host);
	if (why == SSL_R_CERTIFICATE_VERIFY_FAILED)
		return untrusted(t, e);
	if (why != SSL_R_WRONG_VERSION_NUMBER
	    && why != SSL_R_UNSUPPORTED_PROTOCOL
	    && why != SSL_R_TLSV1_ALERT_PROTOCOL_VERSION)
		return err_in(e, "handshake with %s", t->host);
	/* What is no TLS at all may as well be somebody in the way. */
	err_set(e, why == SSL_R_WRONG_VERSION_NUMBER ? ERR_UNTRUSTED : ERR_TLS,
	    "%s does not speak TLS 1.2 or later here, or less than "
	    "tls_min_version; nothing was sent",
	    t->host);
	return err_advise(e, "see port and tls_starttls");
}

static bool
handshake(struct tls *t, int64_t until, struct err *e)
{
	ssize_t r;
	int done;
	bool ok;

	for (;;) {
		ERR_clear_error();
		e->kind = ERR_NONE;
		t->flight.may_read = READ_MAX;
		done = SSL_do_handshake(t->ssl);
		if (done == 1)
			return true;
		r = want(t, done, e);
		if (r == 0 || r == LAYER_ERROR)
			return handshake_failed(t, r, e);
		ok = tls_wait(t, r == LAYER_WANT_READ ? POLLIN : POLLOUT, until,
		    e);
		/* There is always more to read from whoever never ends. */
		if (ok && clock_left(until) == 0)
			ok = err_set(e, ERR_UNREACHABLE, "timed out");
		if (!ok)
			return err_in(e, "TLS handshake with %s", t->host);
	}
}

/* The handshake on a stream that has said nothing yet. */
static bool
shake(struct tls *t, struct stream *s, int64_t until, struct facts *facts,
    struct err *e)
{
	struct err ignored;

	/* Bytes from before the handshake would pass as proved ones. */
	if (!stream_drained(s)) {
		err_set(e, ERR_UNTRUSTED,
		    "%s spoke before the TLS handshake; nothing was sent",
		    t->host);
		return err_advise(e,
		    "if it wants STARTTLS on this port, write tls_starttls "
		    "on; else somebody is in the way: try from another "
		    "network");
	}
	t->flight.lower = stream_layer(s, &t->flight.handle);
	if (!handshake(t, until, e)) {
		if (SSL_get_peer_cert_chain(t->ssl) != NULL)
			peer_facts(t->ssl, facts);
		flight_push(&t->flight,
		    &ignored); /* an alert tells the server why */
		return false;
	}
	peer_facts(t->ssl, facts);
	return true;
}

bool
tls_start(struct tls *t, struct stream *s, int64_t until, struct facts *facts,
    struct err *e)
{
	if (!shake(t, s, until, facts, e))
		return false;
	if (!peer_proved(t->ssl, &t->records, facts))
		return untrusted(t, e);
	stream_cover(s, &tls_layer, t);
	stream_set_proved(s);
	return true;
}

bool
tls_look(struct tls *t, struct stream *s, int64_t until, struct chain *chain,
    struct facts *facts, struct err *e)
{
	if (!shake(t, s, until, facts, e))
		return false;
	chain_of(chain, t->ssl, t->host);
	tls_end(t);
	return true;
}

void
tls_close(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_free(t->ssl);
	SSL_CTX_free(t->ctx);
	tlsa_clear(&t->records);
	flight_clear(&t->flight);
	free(t);
}
