/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/base/ascii.h"
#include "lib/smtp/auth.h"
#include "test/unit/scripted.h"

static struct scripted s;
static struct err e;

static void
begin(unsigned mechanisms, const char *steps)
{
	e = (struct err){0};
	scripted_begin(&s, steps, true);
	s.client.caps.mechanisms = mechanisms;
}

static bool
login(enum sasl named, const char *user, const char *password)
{
	const struct login l = {named, user, password, 587};

	return auth_login(&s.client, &l, &e);
}

/* A line of the script: a prefix and base64 of a text. */
static void
add64(struct buf *b, const char *prefix, const char *text)
{
	buf_adds(b, prefix);
	ascii_base64(b, text, strlen(text));
	buf_addc(b, '\n');
}

#define BIT(m) (1U << SASL_##m)
static void
logs_in_by_plain(void **state)
{
	(void)state;
	begin(BIT(PLAIN) | BIT(LOGIN),
	    "C: AUTH PLAIN AGFsaWNlAHNlY3JldA==\nS: 235 ok\n");
	assert_true(login(SASL_NONE, "alice", "secret"));
	assert_string_equal(s.facts.mechanism, "PLAIN");
	assert_string_equal(s.facts.login, "alice");
	assert_int_equal(s.flights, 1);
	scripted_end(&s);
	/* Beyond ASCII it is the way, SCRAM or not. */
	begin(BIT(PLAIN) | BIT(SCRAM_SHA256),
	    "C: AUTH PLAIN AGEAw6Q=\nS: 235 ok\n");
	assert_true(login(SASL_NONE, "a", "\xc3\xa4"));
	scripted_end(&s);
	begin(BIT(PLAIN), "C: AUTH PLAIN AGEAYg==\nS: 535 5.7.8 bad\n");
	assert_false(login(SASL_NONE, "a", "b"));
	assert_err(&e, ERR_LOGIN, "AUTH PLAIN with 535 5.7.8 bad");
	scripted_end(&s);
	begin(BIT(PLAIN), "C: AUTH PLAIN AGEAYg==\nS: 454 later\n");
	assert_false(login(SASL_NONE, "a", "b"));
	assert_int_equal(e.kind, ERR_AGAIN);
	scripted_end(&s);
	/* Everything was said: a challenge has no answer but to cancel. */
	begin(BIT(PLAIN), "C: AUTH PLAIN AGEAYg==\nS: 334 \nEOF\n");
	assert_false(login(SASL_NONE, "a", "b"));
	assert_int_equal(e.kind, ERR_PROTOCOL);
	assert_lacks(scripted_wrote(&s), "AGEAYg==\r\nA");
	scripted_drop(&s);
	begin(BIT(PLAIN), "C: AUTH PLAIN AGEAYg==\nS: 250 ok\n");
	assert_false(login(SASL_NONE, "a", "b"));
	assert_int_equal(e.kind, ERR_PROTOCOL);
	scripted_end(&s);
}

/* "AUTH PLAIN " and 496 digits make 507; 500 digits would make 511. */
static void
waits_with_a_long_response(void **state)
{
	struct buf password = {0}, steps = {0}, initial = {0};

	(void)state;
	for (size_t n = 369; n <= 370; n++) {
		buf_reset(&password);
		while (password.n < n)
			buf_addc(&password, 'p');
		buf_reset(&initial);
		buf_add(&initial, "\0u\0", 3);
		buf_add(&initial, password.p, n);
		buf_reset(&steps);
		buf_adds(&steps,
		    n == 369 ? "C: AUTH PLAIN "
			     : "C: AUTH PLAIN\nS: 334 \nC: ");
		ascii_base64(&steps, initial.p, initial.n);
		buf_adds(&steps, "\nS: 235 ok\n");
		begin(BIT(PLAIN), steps.p);
		assert_true(login(SASL_NONE, "u", password.p));
		assert_int_equal(s.flights, n == 369 ? 1 : 2);
		scripted_end(&s);
	}
	buf_clear(&password);
	buf_clear(&steps);
	buf_clear(&initial);
}

static void
logs_in_by_login(void **state)
{
	(void)state;
	begin(BIT(LOGIN),
	    "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YQ==\n"
	    "S: 334 UGFzc3dvcmQ6\nC: Yg==\nS: 235 ok\n");
	assert_true(login(SASL_NONE, "a", "b"));
	assert_string_equal(s.facts.mechanism, "LOGIN");
	scripted_end(&s);
	/* No password to one who has not asked for it. */
	begin(BIT(LOGIN), "C: AUTH LOGIN\nS: 334 x\nC: YQ==\nS: 535 no\n");
	assert_false(login(SASL_NONE, "a", "b"));
	assert_int_equal(e.kind, ERR_LOGIN);
	scripted_end(&s);
	begin(BIT(LOGIN), "C: AUTH LOGIN\nS: 235 already\n");
	assert_false(login(SASL_NONE, "a", "b"));
	scripted_end(&s);
}

static void
takes_named_ones_only_when_named(void **state)
{
	(void)state;
	begin(BIT(EXTERNAL) | BIT(OAUTHBEARER) | BIT(XOAUTH2), "");
	assert_false(login(SASL_NONE, "a", "b"));
	assert_err(&e, ERR_LOGIN, "asked for by name");
	scripted_end(&s);
	begin(0, "");
	assert_false(login(SASL_NONE, "a", "b"));
	assert_err(&e, ERR_LOGIN, "auth off");
	scripted_end(&s);
	begin(BIT(PLAIN), "");
	assert_false(login(SASL_LOGIN, "a", "b"));
	assert_err(&e, ERR_LOGIN, "does not offer LOGIN");
	scripted_end(&s);

	begin(BIT(EXTERNAL), "C: AUTH EXTERNAL YQ==\nS: 235 ok\n");
	assert_true(login(SASL_EXTERNAL, "a", ""));
	scripted_end(&s);
	begin(BIT(EXTERNAL), "C: AUTH EXTERNAL =\nS: 235 ok\n");
	assert_true(login(SASL_EXTERNAL, "", ""));
	scripted_end(&s);
}

static void
takes_tokens(void **state)
{
	struct buf steps = {0};

	(void)state;
	add64(&steps, "C: AUTH XOAUTH2 ", "user=a\001auth=Bearer t\001\001");
	buf_adds(&steps, "S: 235 ok\n");
	begin(BIT(XOAUTH2), steps.p);
	assert_true(login(SASL_XOAUTH2, "a", "t"));
	scripted_end(&s);
	buf_reset(&steps);
	add64(&steps, "C: AUTH XOAUTH2 ", "user=a\001auth=Bearer t\001\001");
	buf_adds(&steps, "S: 334 eyJzIjoiNDAxIn0=\nC: \nS: 535 expired\n");
	begin(BIT(XOAUTH2), steps.p);
	assert_false(login(SASL_XOAUTH2, "a", "t"));
	assert_err(&e, ERR_LOGIN, "expired");
	scripted_end(&s);
	/* The error is a challenge; the answer is ^A (RFC 7628, 3.2.3). */
	buf_reset(&steps);
	add64(&steps, "C: AUTH OAUTHBEARER ",
	    "n,a=a,\001host=mx\001port=587\001auth=Bearer t\001\001");
	buf_adds(&steps, "S: 334 eyJzIjoiNDAxIn0=\nC: AQ==\nS: 535 expired\n");
	begin(BIT(OAUTHBEARER), steps.p);
	assert_false(login(SASL_OAUTHBEARER, "a", "t"));
	assert_err(&e, ERR_LOGIN, "expired");
	scripted_end(&s);
	buf_clear(&steps);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(logs_in_by_plain),
	    TEST(waits_with_a_long_response),
	    TEST(logs_in_by_login),
	    TEST(takes_named_ones_only_when_named),
	    TEST(takes_tokens),
	};

	return RUN("auth", tests);
}
