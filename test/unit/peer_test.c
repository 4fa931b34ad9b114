/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <openssl/ssl.h>

#include "lib/net/peer.h"
#include "lib/net/tlsa.h"
#include "test/unit/tlspeer.h"

#define HOST "mail.example.com"

/*
 * A handshake that nothing would break off, so that peer_proved is the only
 * one to judge it.
 */
static bool
proved(const struct identity *id, const struct pins *pins, X509 *trusted,
    struct facts *facts)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	struct tlsa_records records = {0};
	struct tlspeer peer;
	struct err e = {0};
	bool ok;
	SSL *ssl;

	*facts = (struct facts){0};
	tlspeer_begin(&peer, id, NULL, 0);
	assert_true(SSL_CTX_dane_enable(ctx) > 0);
	SSL_CTX_dane_set_flags(ctx, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
	if (trusted != NULL)
		X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), trusted);
	ssl = SSL_new(ctx);
	assert_true(peer_name(ssl, HOST));
	assert_true(tlsa_make(&records, pins, &e));
	if (pins->n > 0)
		assert_true(peer_expect(ssl, &records, &e));
	BIO_up_ref(peer.in);
	BIO_up_ref(peer.out);
	BIO_set_mem_eof_return(peer.out, -1);
	SSL_set_bio(ssl, peer.out, peer.in);
	for (int i = 0; i < 3 && SSL_connect(ssl) != 1; i++)
		tlspeer_turn(&peer);
	assert_true(SSL_is_init_finished(ssl));
	ok = peer_proved(ssl, &records, facts);
	tlsa_clear(&records);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	tlspeer_clear(&peer);
	return ok;
}

static void
judges_alone(void **state)
{
	struct identity ca = identity_make("CA", NULL, true, -1, 99);
	struct identity leaf = identity_make(HOST, &ca, false, -1, 9);
	struct identity other = identity_make(HOST, &ca, false, -1, 9);
	struct identity self = identity_make(HOST, NULL, false, -1, 9);
	struct pins none = {0}, pins = {0};
	struct buf line = {0};
	struct facts facts;

	(void)state;
	/* What every other program trusts is not pinned. */
	assert_false(proved(&leaf, &none, NULL, &facts));
	assert_false(proved(&leaf, &none, ca.cert, &facts));
	identity_pin(&pins, PIN_KEY, &other);
	assert_false(proved(&leaf, &pins, NULL, &facts));
	assert_false(proved(&leaf, &pins, ca.cert, &facts));
	assert_false(proved(&self, &pins, self.cert, &facts));
	assert_string_equal(facts.pin, "");
	identity_pin(&pins, PIN_KEY, &leaf);
	assert_true(proved(&leaf, &pins, NULL, &facts));
	assert_int_equal(facts.depth, 0);
	pin_print(&line, &pins.v[1]);
	assert_string_equal(facts.pin, line.p);
	buf_clear(&line);
	pins_clear(&pins);
	identity_clear(&ca);
	identity_clear(&leaf);
	identity_clear(&other);
	identity_clear(&self);
}

/* Of several pins, it tells which one it was, and how far up. */
static void
tells_which(void **state)
{
	struct identity ca = identity_make("CA", NULL, true, -1, 99);
	struct identity leaf = identity_make(HOST, &ca, false, -1, 9);
	struct pins pins = {0};
	struct facts facts;
	struct buf line = {0};

	(void)state;
	identity_pin(&pins, PIN_KEY, &ca); /* but not of the leaf */
	identity_pin(&pins, PIN_CA, &leaf);
	identity_pin(&pins, PIN_CERT, &leaf);
	assert_true(proved(&leaf, &pins, NULL, &facts));
	pin_print(&line, &pins.v[2]);
	assert_string_equal(facts.pin, line.p);
	assert_int_equal(facts.depth, 0);
	buf_clear(&line);
	pins_clear(&pins);

	identity_pin(&pins, PIN_KEY, &ca);
	identity_pin(&pins, PIN_CA, &ca);
	assert_true(proved(&leaf, &pins, ca.cert, &facts));
	pin_print(&line, &pins.v[1]);
	assert_string_equal(facts.pin, line.p);
	assert_int_equal(facts.depth, 1);
	buf_clear(&line);
	pins_clear(&pins);
	identity_clear(&ca);
	identity_clear(&leaf);
}

/* One that OpenSSL skips would leave us to others, or to nobody. */
static void
needs_every_pin(void **state)
{
	struct identity leaf = identity_make(HOST, NULL, false, -1, 9);
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = SSL_new(ctx);
	struct tlsa_records records = {0};
	struct pins pins = {0};
	struct err e = {0};

	(void)state;
	assert_true(SSL_CTX_dane_enable(ctx) > 0);
	assert_true(peer_name(ssl, HOST));
	assert_false(peer_expect(ssl, &records, &e));
	assert_int_equal(e.kind, ERR_CONFIG);
	identity_pin(&pins, PIN_KEY, &leaf);
	identity_pin(&pins, PIN_CERT, &leaf);
	assert_true(tlsa_make(&records, &pins, &e));
	records.v[0].len = 31;
	assert_false(peer_expect(ssl, &records, &e));
	assert_int_equal(e.kind, ERR_TLS);
	records.v[0].len = 32;
	records.v[1].matching = 99;
	assert_false(peer_expect(ssl, &records, &e));
	assert_int_equal(e.kind, ERR_TLS);
	tlsa_clear(&records);
	pins_clear(&pins);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	identity_clear(&leaf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(judges_alone),
	    TEST(tells_which),
	    TEST(needs_every_pin),
	};

	return RUN_WITH_DIR("peer", tests);
}
