/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/base/clock.h"
#include "lib/net/tls.h"
#include "test/unit/tlspeer.h"

#define HOST "mail.example.com"

static struct identity id;
static struct tlspeer peer;
static struct stream *stream;
static struct pins pins;
static struct facts facts;
static struct err e;

static void
begin(void)
{
	id = identity_make(HOST, NULL, false, -1, 9);
	identity_pin(&pins, PIN_KEY, &id);
	tlspeer_begin(&peer, &id, NULL, 0);
	stream = stream_open(&tlspeer_layer, &peer);
}

static bool
start(int64_t until)
{
	const struct tls_settings s = {.host = HOST, .pins = &pins};
	struct tls *tls = tls_prepare(&s, &e);

	if (tls_start(tls, stream, until, &facts, &e))
		return true;
	tls_close(tls);
	return false;
}

static void
end(void)
{
	stream_close(stream);
	tlspeer_clear(&peer);
	pins_clear(&pins);
	identity_clear(&id);
}

/* What was pushed while we began to wait has left, whatever ends the wait. */
static void
knows_what_has_left(void **state)
{
	(void)state;
	for (int lost = 0; lost < 2; lost++) {
		begin();
		assert_true(start(CLOCK_NEVER));
		stream_put(stream, ".\r\n", 3);
		peer.busy = 1;
		peer.stops = true;
		peer.resets = lost;
		assert_true(stream_flush(stream, CLOCK_NEVER, &e));
		assert_int_equal(stream_broken(stream), lost);
		tlspeer_turn(&peer);
		assert_int_equal(peer.got.n, lost ? 0 : 3);
		end();
	}
}

/* OpenSSL would skip them as long as there are some. */
static void
has_no_time_for_a_flood(void **state)
{
	(void)state;
	begin();
	peer.floods = true;
	assert_false(start(clock_until(0, CLOCK_NEVER)));
	assert_err(&e, ERR_UNREACHABLE, "timed out");
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(knows_what_has_left),
	    TEST(has_no_time_for_a_flood),
	};

	return RUN("flight", tests);
}
