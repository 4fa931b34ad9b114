/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/base/clock.h"
#include "lib/net/tls.h"
#include "test/unit/tlspeer.h"

#define HOST "mail.example.com"

static struct tlspeer peer;
static struct stream *stream;
static struct facts facts;
static struct err e;

/* A tls that only looks, at somebody who shows that certificate. */
static struct tls *
begin(const struct identity *id)
{
	const struct pins none = {0};
	const struct tls_settings s = {.host = HOST,
	    .pins = &none,
	    .look = true};
	struct tls *tls;

	tlspeer_begin(&peer, id, NULL, 0);
	stream = stream_open(&tlspeer_layer, &peer);
	facts = (struct facts){0};
	e = (struct err){0};
	tls = tls_prepare(&s, &e);
	if (tls == NULL)
		fail_msg("%s", e.text);
	return tls;
}

/* Nothing was proved, and nothing said but TLS. */
static void
end(struct tls *tls)
{
	assert_false(stream_proved(stream));
	tlspeer_turn(&peer);
	assert_int_equal(peer.got.n, 0);
	tls_close(tls);
	stream_close(stream);
	tlspeer_clear(&peer);
}

static void
sees_and_proves_nothing(void **state)
{
	struct identity id = identity_make(HOST, NULL, false, -1, 90);
	struct chain chain = {0};
	struct tls *tls = begin(&id);

	(void)state;
	if (!tls_look(tls, stream, CLOCK_NEVER, &chain, &facts, &e))
		fail_msg("%s", e.text);
	if (chain.n != 1)
		fail_msg("%zu %s", chain.n, e.text);
	assert_string_equal(chain.v[0].names, HOST);
	assert_true(chain.v[0].sent);
	assert_false(chain.vouched);
	chain_clear(&chain);
	end(tls);
	identity_clear(&id);
}

/* Whoever mixes the two up gets no session for it. */
static void
starts_no_session(void **state)
{
	struct identity id = identity_make(HOST, NULL, false, -1, 90);
	struct tls *tls = begin(&id);

	(void)state;
	assert_false(tls_start(tls, stream, CLOCK_NEVER, &facts, &e));
	assert_err(&e, ERR_UNTRUSTED, "nothing was sent");
	assert_string_equal(facts.pin, "");
	end(tls);
	identity_clear(&id);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(sees_and_proves_nothing),
	    TEST(starts_no_session),
	};

	return RUN("look", tests);
}
