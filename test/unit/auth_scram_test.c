/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <sys/random.h>

#include "lib/base/ascii.h"
#include "lib/base/digest.h"
#include "lib/smtp/auth.h"
#include "test/unit/scripted.h"

/* The kernel's randomness is NULs: the nonce is always the same. */
ssize_t
getrandom(void *p, size_t n, unsigned flags)
{
	(void)flags;
	memset(p, 0, n);
	return (ssize_t)n;
}

#define NONCE "AAAAAAAAAAAAAAAAAAAAAAAA"
#define SALT "W22ZaJ0SNY7soEsUEjb6gQ=="
#define SERVER_FIRST "r=" NONCE "srv,s=" SALT ",i=4096"
#define BIT(m) (1U << SASL_##m)
#define PLUS (BIT(SCRAM_SHA256_PLUS) | BIT(SCRAM_SHA1_PLUS))
#define BARE (BIT(SCRAM_SHA256) | BIT(SCRAM_SHA1))

static struct scripted s;
static struct buf steps;
static struct err e;

static void
begin(unsigned mechanisms)
{
	e = (struct err){0};
	scripted_begin(&s, buf_str(&steps), true);
	s.client.caps.mechanisms = mechanisms;
	buf_reset(&steps);
}

static void
bind_to(bool exporter, bool endpoint)
{
	memcpy(s.facts.exporter, "EXPORTER", 8);
	memcpy(s.facts.endpoint, "ENDPOINT", 8);
	s.facts.exporter_len = exporter ? 8 : 0;
	s.facts.endpoint_len = endpoint ? 8 : 0;
}

static bool
login(enum sasl named)
{
	const struct login l = {named, "user", "pencil", 587};

	return auth_login(&s.client, &l, &e);
}

static void
add(const char *line)
{
	buf_adds(&steps, line);
	buf_addc(&steps, '\n');
}

static void
add64(const char *prefix, const char *text)
{
	buf_adds(&steps, prefix);
	ascii_base64(&steps, text, strlen(text));
	buf_addc(&steps, '\n');
}

static void
add_first(const char *mech, const char *gs2)
{
	struct buf text = {0};

	buf_addf(&text, "%sn=user,r=" NONCE, gs2);
	buf_addf(&steps, "C: AUTH %s ", mech);
	add64("", text.p);
	buf_clear(&text);
}

/*
 * The signature of a server that knows the password and has seen what we
 * should have said, binding and all.
 */
static void
add_signature(enum digest d, const char *bound)
{
	unsigned char salted[32], key[32], sig[32];
	struct buf salt = {0}, auth = {0}, final = {0};
	size_t n = digest_size(d);

	ascii_unbase64(&salt, SALT, strlen(SALT));
	digest_pbkdf2(d, "pencil", 6, salt.p, salt.n, 4096, salted);
	digest_hmac(d, salted, n, "Server Key", 10, key);
	buf_adds(&auth, "n=user,r=" NONCE "," SERVER_FIRST ",c=");
	ascii_base64(&auth, bound, strlen(bound));
	buf_adds(&auth, ",r=" NONCE "srv");
	digest_hmac(d, key, n, auth.p, auth.n, sig);
	buf_adds(&final, "v=");
	ascii_base64(&final, sig, n);
	add64("S: 334 ", final.p);
	buf_clear(&salt);
	buf_clear(&auth);
	buf_clear(&final);
}

/* Up to the server's last message. */
static void
add_exchange(const char *mech, const char *gs2)
{
	add_first(mech, gs2);
	add64("S: 334 ", SERVER_FIRST);
	add("C: ?*");
}

#define OFFERED (BARE | BIT(PLAIN))
#define PLAIN_LINE "C: AUTH PLAIN AHVzZXIAcGVuY2ls"

static void
proves_both_sides(void **state)
{
	(void)state;
	add_exchange("SCRAM-SHA-256", "n,,");
	add_signature(DIGEST_SHA256, "n,,");
	add("C: \nS: 235 ok");
	begin(BARE | BIT(PLAIN));
	assert_true(login(SASL_NONE));
	assert_string_equal(s.facts.mechanism, "SCRAM-SHA-256");
	assert_int_equal(s.flights, 3);
	assert_lacks(scripted_wrote(&s), "cGVuY2ls"); /* pencil */
	scripted_end(&s);

	add_exchange("SCRAM-SHA-1", "n,,");
	add_signature(DIGEST_SHA1, "n,,");
	add("C: \nS: 235 ok");
	begin(BIT(SCRAM_SHA1));
	assert_true(login(SASL_SCRAM_SHA1));
	scripted_end(&s);
}

static void
says_what_it_could_bind(void **state)
{
	static const struct {
		unsigned offered;
		enum sasl named;
		bool exporter, endpoint;
		const char *mech, *gs2, *bound;
	} t[] = {
	    /* y: we could, and they list none that binds. */
	    {BARE, SASL_NONE, true, true, "SCRAM-SHA-256", "y,,", "y,,"},
	    {BARE, SASL_NONE, false, true, "SCRAM-SHA-256", "y,,", "y,,"},
	    {BARE, SASL_NONE, false, false, "SCRAM-SHA-256", "n,,", "n,,"},
	    {BARE, SASL_SCRAM_SHA256, true, true, "SCRAM-SHA-256", "n,,",
		"n,,"},
	    {BARE | PLUS, SASL_SCRAM_SHA256, true, true, "SCRAM-SHA-256", "n,,",
		"n,,"},
	    {BARE | PLUS, SASL_NONE, false, false, "SCRAM-SHA-256", "n,,",
		"n,,"},
	    {BARE | PLUS, SASL_NONE, true, true, "SCRAM-SHA-256-PLUS",
		"p=tls-exporter,,", "p=tls-exporter,,EXPORTER"},
	    {BARE | PLUS, SASL_NONE, false, true, "SCRAM-SHA-256-PLUS",
		"p=tls-server-end-point,,", "p=tls-server-end-point,,ENDPOINT"},
	    {PLUS, SASL_SCRAM_SHA256_PLUS, true, false, "SCRAM-SHA-256-PLUS",
		"p=tls-exporter,,", "p=tls-exporter,,EXPORTER"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		add_exchange(t[i].mech, t[i].gs2);
		add_signature(DIGEST_SHA256, t[i].bound);
		add("C: \nS: 235 ok");
		begin(t[i].offered);
		bind_to(t[i].exporter, t[i].endpoint);
		if (!login(t[i].named))
			fail_msg("row %zu: %s", i, e.text);
		scripted_end(&s);
	}
}

static void
likes_the_strongest(void **state)
{
	static const struct {
		unsigned offered;
		bool can_bind;
		const char *line;
	} t[] = {
	    {PLUS | BARE | BIT(PLAIN) | BIT(LOGIN), true,
		"C: AUTH SCRAM-SHA-256-PLUS *"},
	    {BIT(SCRAM_SHA1_PLUS) | BARE | BIT(PLAIN), true,
		"C: AUTH SCRAM-SHA-1-PLUS *"},
	    {PLUS | BARE | BIT(PLAIN), false, "C: AUTH SCRAM-SHA-256 *"},
	    {PLUS | BIT(SCRAM_SHA1) | BIT(PLAIN), false,
		"C: AUTH SCRAM-SHA-1 *"},
	    {PLUS | BIT(PLAIN) | BIT(LOGIN), false, "C: AUTH PLAIN *"},
	    {BIT(LOGIN) | BIT(EXTERNAL) | BIT(XOAUTH2), false, "C: AUTH LOGIN"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		add(t[i].line);
		add("S: 421 later");
		begin(t[i].offered);
		bind_to(t[i].can_bind, t[i].can_bind);
		assert_false(login(SASL_NONE));
		assert_int_equal(e.kind, ERR_AGAIN);
		scripted_end(&s);
	}
}

/* Where the exporter is not known, the end point may be. */
static void
tries_the_other_binding(void **state)
{
	(void)state;
	add_first("SCRAM-SHA-256-PLUS", "p=tls-exporter,,");
	add("S: 501 unknown binding");
	add_exchange("SCRAM-SHA-256-PLUS", "p=tls-server-end-point,,");
	add_signature(DIGEST_SHA256, "p=tls-server-end-point,,ENDPOINT");
	add("C: \nS: 235 ok");
	begin(PLUS);
	bind_to(true, true);
	assert_true(login(SASL_SCRAM_SHA256_PLUS));
	scripted_end(&s);
	/* It knew the binding, but not us. */
	add_exchange("SCRAM-SHA-256-PLUS", "p=tls-exporter,,");
	add("S: 535 bad");
	begin(PLUS);
	bind_to(true, true);
	assert_false(login(SASL_NONE));
	assert_int_equal(e.kind, ERR_LOGIN);
	scripted_end(&s);
	begin(PLUS);
	assert_false(login(SASL_SCRAM_SHA256_PLUS));
	assert_err(&e, ERR_LOGIN, "cannot be bound");
	scripted_end(&s);
}

/* DESIGN, 4: a 5xx before a good signature lets PLAIN try, once. */
static void
falls_back_to_plain(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		add_first("SCRAM-SHA-256", "n,,");
		if (i == 0) {
			add("S: 504 no");
		} else {
			add64("S: 334 ", SERVER_FIRST);
			add("C: ?*");
			if (i == 1)
				add("S: 535 bad");
			else
				add64("S: 334 ", "e=other-error");
			if (i > 1)
				add("C: \\*\nS: 501 cancelled");
		}
		add(PLAIN_LINE);
		add(i < 3 ? "S: 235 ok" : "S: 535 bad");
		begin(BARE | BIT(PLAIN));
		assert_int_equal(login(SASL_NONE), i < 3);
		assert_string_equal(s.facts.mechanism, "PLAIN");
		if (i == 3)
			assert_int_equal(e.kind, ERR_LOGIN);
		scripted_end(&s);
	}
	/* With both bindings refused, too. */
	add_first("SCRAM-SHA-256-PLUS", "p=tls-exporter,,");
	add("S: 501 no");
	add_first("SCRAM-SHA-256-PLUS", "p=tls-server-end-point,,");
	add("S: 501 no");
	add(PLAIN_LINE);
	add("S: 235 ok");
	begin(PLUS | BARE | BIT(PLAIN));
	bind_to(true, true);
	assert_true(login(SASL_NONE));
	scripted_end(&s);
}

/* And never otherwise: the password must not leave. */
static const struct {
	const char *answer;  /* to our first message */
	const char *verdict; /* to our proof */
	const char *last;    /* to our last, empty word */
	enum sasl named;
	unsigned offered;
	enum err_kind kind;
} others[] = {
    {"S: 535 no", NULL, NULL, SASL_SCRAM_SHA256, OFFERED, ERR_LOGIN},
    {"S: 535 no", NULL, NULL, SASL_NONE, BARE | BIT(LOGIN), ERR_LOGIN},
    {"S: 454 later", NULL, NULL, SASL_NONE, OFFERED, ERR_AGAIN},
    {"S: 235 in", NULL, NULL, SASL_NONE, OFFERED, ERR_PROTOCOL},
    {"CLOSE", NULL, NULL, SASL_NONE, OFFERED, ERR_UNREACHABLE},
    {"S: 334 ?", NULL, NULL, SASL_NONE, OFFERED, ERR_PROTOCOL},
    {"S: 334 cj14LHM9VzIyWixpPTQwOTY=", NULL, NULL, SASL_NONE, OFFERED,
	ERR_PROTOCOL}, /* another nonce */
    {NULL, "S: 454 later", NULL, SASL_NONE, OFFERED, ERR_AGAIN},
    {NULL, "S: 235 in", NULL, SASL_NONE, OFFERED, ERR_UNTRUSTED},
    {NULL, "S: 334 dj1BQUFB", NULL, SASL_NONE, OFFERED,
	ERR_UNTRUSTED}, /* a wrong signature */
    {NULL, "S: 334 eD15", NULL, SASL_NONE, OFFERED, ERR_UNTRUSTED},
    {NULL, NULL, "S: 535 locked", SASL_NONE, OFFERED, ERR_LOGIN},
    {NULL, NULL, "S: 454 later", SASL_NONE, OFFERED, ERR_AGAIN},
};

static void
does_not_fall_back(void **state)
{

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		add_first("SCRAM-SHA-256", "n,,");
		if (others[i].answer != NULL)
			add(others[i].answer);
		else
			add64("S: 334 ", SERVER_FIRST);
		if (others[i].answer == NULL)
			add("C: ?*");
		if (others[i].verdict != NULL)
			add(others[i].verdict);
		if (others[i].last != NULL) {
			add_signature(DIGEST_SHA256, "n,,");
			add("C: ");
			add(others[i].last);
		}
		begin(others[i].offered);
		assert_false(login(others[i].named));
		if (e.kind != others[i].kind)
			fail_msg("row %zu: %s", i, e.text);
		assert_lacks(scripted_wrote(&s), "AUTH PLAIN");
		assert_lacks(scripted_wrote(&s), "AUTH LOGIN");
		scripted_end(&s);
	}
}

/* After a challenge that it does not like, the client says so. */
static void
cancels(void **state)
{
	(void)state;
	add_exchange("SCRAM-SHA-256", "n,,");
	add("S: 334 dj1BQUFB\nC: \\*\nC: QUIT");
	begin(BARE | BIT(PLAIN));
	assert_false(login(SASL_NONE));
	assert_int_equal(e.kind, ERR_UNTRUSTED);
	client_quit(&s.client);
	scripted_end(&s);
}

static void
leaves_more_than_ascii_to_plain(void **state)
{
	const struct login l = {SASL_NONE, "us\xc3\xa9r", "x", 587};
	const struct login named = {SASL_SCRAM_SHA256, "u", "\xff", 587};

	(void)state;
	add("C: AUTH PLAIN AHVzw6lyAHg=\nS: 235 ok");
	begin(BARE | PLUS | BIT(PLAIN));
	bind_to(true, true);
	assert_true(auth_login(&s.client, &l, &e));
	scripted_end(&s);
	begin(BARE | BIT(PLAIN));
	assert_false(auth_login(&s.client, &named, &e));
	assert_err(&e, ERR_LOGIN, "auth plain");
	scripted_end(&s);
	begin(BARE);
	assert_false(auth_login(&s.client, &l, &e));
	assert_int_equal(e.kind, ERR_LOGIN);
	scripted_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(proves_both_sides),
	    TEST(says_what_it_could_bind),
	    TEST(likes_the_strongest),
	    TEST(tries_the_other_binding),
	    TEST(falls_back_to_plain),
	    TEST(does_not_fall_back),
	    TEST(cancels),
	    TEST(leaves_more_than_ascii_to_plain),
	};
	int failed = RUN("auth_scram", tests);

	buf_clear(&steps);
	return failed;
}
