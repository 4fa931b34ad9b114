/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/base/clock.h"
#include "lib/base/digest.h"
#include "lib/net/tls.h"
#include "test/unit/tlspeer.h"

#define HOST "mail.example.com"

static struct tlspeer peer;
static struct stream *stream;
static struct tls *tls;
static struct pins pins;
static struct facts facts;
static struct err e;

static void
begin(const struct identity *id, const struct identity *other)
{
	tlspeer_begin(&peer, id, &other, other != NULL);
	stream = stream_open(&tlspeer_layer, &peer);
	facts = (struct facts){0};
	e = (struct err){0};
}

static bool
start(const char *host, bool tls13)
{
	const struct tls_settings s = {.host = host,
	    .pins = &pins,
	    .trust_file = NULL,
	    .tls13 = tls13};
	bool ok;

	tls = tls_prepare(&s, &e);
	if (tls == NULL)
		fail_msg("%s", e.text);
	ok = tls_start(tls, stream, CLOCK_NEVER, &facts, &e);
	assert_int_equal(stream_proved(stream), ok);
	if (!ok)
		tls_close(tls);
	return ok;
}

static void
end(void)
{
	stream_close(stream);
	tlspeer_clear(&peer);
	pins_clear(&pins);
}

static void
trusts(const struct identity *id, const struct identity *other,
    const char *host)
{
	begin(id, other);
	if (!start(host, false))
		fail_msg("%s", e.text);
	end();
}

/* And has said nothing but TLS. */
static void
distrusts(const struct identity *id, const struct identity *other,
    const char *host, const char *why)
{
	begin(id, other);
	assert_false(start(host, false));
	if (e.kind != ERR_UNTRUSTED)
		fail_msg("%s", e.text);
	assert_has(e.text, why);
	tlspeer_turn(&peer);
	assert_false(peer.done);
	assert_int_equal(peer.got.n, 0);
	end();
}

static void
proves_a_key(void **state)
{
	struct identity id = identity_make("any.name", NULL, false, -1, 90);
	struct identity other = identity_make(HOST, NULL, false, -1, 90);
	unsigned char hash[32];

	(void)state;
	identity_pin(&pins, PIN_KEY, &other); /* a backup */
	identity_pin(&pins, PIN_KEY, &id);
	begin(&id, NULL);
	assert_true(start(HOST, true));
	assert_string_equal(facts.tls, "TLSv1.3");
	assert_has(facts.cipher, "TLS_");
	assert_has(facts.pin, "sha256:");
	assert_int_equal(facts.depth, 0);
	assert_int_equal(facts.days_left, 90);
	assert_int_equal(facts.exporter_len, 32);
	assert_int_equal(facts.endpoint_len, 32);
	X509_digest(id.cert, EVP_sha256(), hash, NULL);
	assert_memory_equal(facts.endpoint, hash, 32);
	assert_true(strlen(facts.group) > 0);
	/* Nothing of an earlier session, nothing for a later one. */
	assert_false(peer.ticket);
	assert_false(peer.psk);
	assert_string_equal(peer.sni, HOST);
	end();
	identity_clear(&id);
	identity_clear(&other);
}

/* Name, dates and issuer of a pinned leaf do not matter. */
static void
minds_the_key_alone(void **state)
{
	struct identity old = identity_make("old.name", NULL, false, -9, -5);
	struct identity soon = identity_make("new.name", NULL, false, 5, 9);
	struct identity same = old;

	(void)state;
	identity_pin(&pins, PIN_KEY, &old);
	trusts(&old, NULL, HOST);
	identity_pin(&pins, PIN_KEY, &soon);
	trusts(&soon, NULL, "192.0.2.1");
	identity_pin(&pins, PIN_CERT, &old);
	trusts(&old, NULL, HOST);
	identity_pin_file(&pins, PIN_CERT, &old);
	trusts(&old, NULL, HOST);

	/* Renewed with the same key: another certificate. */
	same.cert = X509_dup(old.cert);
	X509_gmtime_adj(X509_getm_notAfter(same.cert), 86400);
	X509_sign(same.cert, same.key, EVP_sha256());
	identity_pin(&pins, PIN_KEY, &old);
	trusts(&same, NULL, HOST);
	identity_pin(&pins, PIN_CERT, &old);
	distrusts(&same, NULL, HOST, "pin");
	X509_free(same.cert);
	identity_clear(&old);
	identity_clear(&soon);
}

static void
knows_a_stranger(void **state)
{
	struct identity good = identity_make(HOST, NULL, false, -1, 9);
	struct identity evil = identity_make(HOST, NULL, false, -1, 9);
	struct buf line = {0};
	struct pin shown = {.kind = PIN_KEY};

	(void)state;
	identity_hash(&evil, shown.hash);
	pin_print(&line, &shown);
	identity_pin(&pins, PIN_KEY, &good);
	distrusts(&evil, NULL, HOST, line.p); /* it says which key it was */
	identity_pin(&pins, PIN_CERT, &good);
	distrusts(&evil, NULL, HOST, line.p);
	identity_pin_file(&pins, PIN_CERT, &good);
	distrusts(&evil, NULL, HOST, line.p);
	/* The good certificate behind it proves nothing. */
	identity_pin(&pins, PIN_KEY, &good);
	distrusts(&evil, &good, HOST, line.p);
	buf_clear(&line);
	identity_clear(&good);
	identity_clear(&evil);
}

static void
follows_a_ca(void **state)
{
	struct identity ca = identity_make("CA", NULL, true, -1, 99);
	struct identity fake = identity_make("CA", NULL, true, -1, 99);
	struct identity leaf = identity_make(HOST, &ca, false, -1, 9);
	struct identity old = identity_make(HOST, &ca, false, -9, -2);
	struct identity ip = identity_make("192.0.2.1", &ca, false, -1, 9);
	struct identity forged = identity_make(HOST, &fake, false, -1, 9);
	struct identity self = identity_make(HOST, NULL, false, -1, 9);

	(void)state;
	for (int file = 0; file < 2; file++) {
#define PIN                                           \
	(file ? identity_pin_file(&pins, PIN_CA, &ca) \
	      : identity_pin(&pins, PIN_CA, &ca))
		PIN;
		trusts(&leaf, &ca, HOST);
		PIN;
		trusts(&ip, &ca, "192.0.2.1");
		PIN;
		distrusts(&leaf, &ca, "other.example.com", "name");
		PIN;
		distrusts(&ip, &ca, "192.0.2.2", "");
		PIN;
		distrusts(&old, &ca, HOST, "expired");
		PIN;
		distrusts(&forged, &fake, HOST, "");
		/* The CA is there, but has not signed. */
		PIN;
		distrusts(&forged, &ca, HOST, "");
		PIN;
		distrusts(&self, &ca, HOST, "");
#undef PIN
	}
	/* A file holds the CA itself: it need not be sent. */
	identity_pin_file(&pins, PIN_CA, &ca);
	trusts(&leaf, NULL, HOST);
	identity_pin(&pins, PIN_CA, &ca);
	distrusts(&leaf, NULL, HOST, "");
	/* One that signed itself is nobody's CA; its line is a key's. */
	identity_pin(&pins, PIN_CA, &self);
	distrusts(&self, NULL, HOST, "pin sha256:");
	identity_clear(&ca);
	identity_clear(&fake);
	identity_clear(&leaf);
	identity_clear(&old);
	identity_clear(&ip);
	identity_clear(&forged);
	identity_clear(&self);
}

static void
wants_a_version(void **state)
{
	struct identity id = identity_make(HOST, NULL, false, -1, 9);

	(void)state;
	identity_pin(&pins, PIN_KEY, &id);
	begin(&id, NULL);
	SSL_set_max_proto_version(peer.ssl, TLS1_2_VERSION);
	assert_true(start("192.0.2.1", false));
	assert_string_equal(facts.tls, "TLSv1.2");
	assert_int_equal(facts.exporter_len, 0); /* RFC 9266, 2 */
	assert_int_equal(facts.endpoint_len, 32);
	assert_false(peer.ticket);
	assert_string_equal(peer.sni, ""); /* an address is no name */
	end();

	identity_pin(&pins, PIN_KEY, &id);
	begin(&id, NULL);
	SSL_set_max_proto_version(peer.ssl, TLS1_2_VERSION);
	assert_false(start(HOST, true));
	assert_int_equal(e.kind, ERR_TLS);
	end();

	identity_pin(&pins, PIN_KEY, &id);
	begin(&id, NULL);
	SSL_set_security_level(peer.ssl, 0);
	SSL_set_min_proto_version(peer.ssl, TLS1_VERSION);
	SSL_set_max_proto_version(peer.ssl, TLS1_1_VERSION);
	assert_false(start(HOST, false));
	assert_int_equal(e.kind, ERR_TLS);
	end();
	identity_clear(&id);
}

static void
tells_what_went_wrong(void **state)
{
	static const char ssh[] = "SSH-2.0-OpenSSH\r\n";
	static const enum err_kind kinds[] = {ERR_UNREACHABLE, ERR_UNREACHABLE,
	    ERR_UNTRUSTED, ERR_TLS};
	struct identity id = identity_make(HOST, NULL, false, -1, 9);

	(void)state;
	for (int i = 0; i < 4; i++) {
		identity_pin(&pins, PIN_KEY, &id);
		begin(&id, NULL);
		peer.hangs = i != 1;
		peer.closes = i == 1;
		if (i == 2) /* before we said anything */
			BIO_write(peer.out, ssh, sizeof ssh - 1);
		if (i == 3) {
			peer.hangs = false;
			SSL_set_cipher_list(peer.ssl, "AES128-SHA");
			SSL_set_max_proto_version(peer.ssl, TLS1_2_VERSION);
		}
		assert_false(start(HOST, false));
		assert_int_equal(e.kind, kinds[i]);
		if (i == 2)
			assert_int_equal(peer.wrote.n, 0);
		end();
	}
	identity_clear(&id);
}

static void
carries_lines_and_bytes(void **state)
{
	struct identity id = identity_make(HOST, NULL, false, -1, 9);
	struct buf text = {0};
	const char *line;
	size_t n;

	(void)state;
	for (int i = 0; i < 60000; i++)
		buf_addf(&text, "line %d\r\n", i);
	for (size_t piece = 0; piece < 20000; piece += 6007) {
		identity_pin(&pins, PIN_KEY, &id);
		begin(&id, NULL);
		peer.piece = piece;
		peer.first = "220 hello\r\n";
		assert_true(start(HOST, false));
		assert_true(stream_line(stream, &line, &n, CLOCK_NEVER, &e));
		assert_int_equal(n, 9);
		assert_memory_equal(line, "220 hello", 9);
		stream_put(stream, text.p, text.n);
		assert_true(stream_flush(stream, CLOCK_NEVER, &e));
		tlspeer_turn(&peer);
		assert_int_equal(peer.got.n, text.n);
		assert_memory_equal(peer.got.p, text.p, text.n);
		stream_put(stream, "QUIT\r\n", 6);
		stream_end(stream);
		tlspeer_turn(&peer);
		assert_true(peer.ended);
		assert_int_equal(peer.got.n, text.n + 6);
		assert_true(
		    (SSL_get_shutdown(peer.ssl) & SSL_RECEIVED_SHUTDOWN) != 0);
		end();
	}
	buf_clear(&text);
	identity_clear(&id);
}

/* close_notify or not: the line was whole, and there are no more. */
static void
sees_the_end(void **state)
{
	struct identity id = identity_make(HOST, NULL, false, -1, 9);
	const char *line;
	size_t n;

	(void)state;
	for (int bye = 0; bye < 2; bye++) {
		identity_pin(&pins, PIN_KEY, &id);
		begin(&id, NULL);
		peer.first = "421 bye\r\nhalf";
		peer.bye = bye;
		assert_true(start(HOST, false));
		assert_true(stream_line(stream, &line, &n, CLOCK_NEVER, &e));
		assert_int_equal(n, 7);
		peer.gone = true;
		assert_false(stream_line(stream, &line, &n, CLOCK_NEVER, &e));
		assert_int_equal(e.kind, ERR_UNREACHABLE);
		end();
	}
	identity_clear(&id);
}

static void
needs_good_files(void **state)
{
	char path[600];
	struct pin pin = {.kind = PIN_CA, .path = path};
	const struct tls_settings s = {.host = HOST, .pins = &pins};

	(void)state;
	assert_null(tls_prepare(&s, &e)); /* no pin */
	assert_int_equal(e.kind, ERR_CONFIG);
	strcpy(path, unit_path("none.pem"));
	pins_add(&pins, &pin);
	assert_null(tls_prepare(&s, &e));
	assert_err(&e, ERR_CONFIG, "none.pem");
	unit_file("none.pem", 0644, "no certificate\n");
	assert_null(tls_prepare(&s, &e));
	assert_err(&e, ERR_CONFIG, "no certificate");
	unit_file("none.pem", 0666, "");
	assert_null(tls_prepare(&s, &e));
	assert_err(&e, ERR_CONFIG, "chmod go-w");
	pins_clear(&pins);
	tls_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(proves_a_key),
	    TEST(minds_the_key_alone),
	    TEST(knows_a_stranger),
	    TEST(follows_a_ca),
	    TEST(wants_a_version),
	    TEST(tells_what_went_wrong),
	    TEST(carries_lines_and_bytes),
	    TEST(sees_the_end),
	    TEST(needs_good_files),
	};

	return RUN_WITH_DIR("tls", tests);
}
