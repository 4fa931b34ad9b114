/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/base/clock.h"
#include "lib/net/tls.h"
#include "test/unit/tlspeer.h"

#define HOST "mail.example.com"

static struct identity ca, spare_ca, leaf, spare;
static struct pins pins;

/* How many of the pins are left when what proved itself is gone. */
static int
backups(void)
{
	const struct identity *behind = &ca;
	const struct tls_settings s = {.host = HOST, .pins = &pins};
	struct facts facts = {0};
	struct stream *stream;
	struct tlspeer peer;
	struct err e = {0};
	struct tls *tls;

	tlspeer_begin(&peer, &leaf, &behind, 1);
	stream = stream_open(&tlspeer_layer, &peer);
	tls = tls_prepare(&s, &e);
	if (tls == NULL || !tls_start(tls, stream, CLOCK_NEVER, &facts, &e))
		fail_msg("%s", e.text);
	stream_close(stream);
	tlspeer_clear(&peer);
	pins_clear(&pins);
	return facts.backups;
}

static void
are_of_other_certificates(void **state)
{
	(void)state;
	identity_pin(&pins, PIN_KEY, &leaf);
	assert_int_equal(backups(), 0);
	identity_pin(&pins, PIN_KEY, &leaf);
	identity_pin(&pins, PIN_CERT, &leaf);
	identity_pin(&pins, PIN_KEY, &leaf);
	identity_pin_file(&pins, PIN_CERT, &leaf);
	assert_int_equal(backups(), 0);
	identity_pin(&pins, PIN_CERT, &leaf);
	identity_pin(&pins, PIN_KEY, &spare);
	assert_int_equal(backups(), 1);
	/* What the CA signs next will do. */
	identity_pin(&pins, PIN_KEY, &leaf);
	identity_pin(&pins, PIN_CA, &ca);
	assert_int_equal(backups(), 1);
}

static void
of_a_ca_are_of_others(void **state)
{
	(void)state;
	identity_pin(&pins, PIN_CA, &ca);
	assert_int_equal(backups(), 0);
	identity_pin(&pins, PIN_CA, &ca);
	identity_pin_file(&pins, PIN_CA, &ca);
	assert_int_equal(backups(), 0);
	identity_pin_file(&pins, PIN_CA, &ca);
	identity_pin(&pins, PIN_CA, &spare_ca);
	assert_int_equal(backups(), 1);
	identity_pin(&pins, PIN_CA, &ca);
	identity_pin_file(&pins, PIN_CA, &spare_ca);
	identity_pin(&pins, PIN_KEY, &spare);
	assert_int_equal(backups(), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(are_of_other_certificates),
	    TEST(of_a_ca_are_of_others),
	};

	ca = identity_make("CA", NULL, true, -1, 99);
	spare_ca = identity_make("CA 2", NULL, true, -1, 99);
	leaf = identity_make(HOST, &ca, false, -1, 9);
	spare = identity_make(HOST, NULL, false, -1, 9);
	return RUN_WITH_DIR("backups", tests);
}
