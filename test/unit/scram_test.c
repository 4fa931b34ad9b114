/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/smtp/scram.h"

/* RFC 7677, 3. */
#define NONCE "rOprNGfwEbeRWgbNEkqO"
#define FULL NONCE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define SERVER_FIRST "r=" FULL ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
#define SERVER_FINAL "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

static struct err e;

static bool
final(struct scram *s, const char *first, const char *password, struct buf *b)
{
	return scram_final(s, first, strlen(first), password, b, &e);
}

static bool
verify(const struct scram *s, const char *text)
{
	return scram_verify(s, text, strlen(text), &e);
}

static void
speaks_as_rfc_7677_has_it(void **state)
{
	struct scram s = {.digest = DIGEST_SHA256, .flag = 'n'};
	struct buf b = {0};

	(void)state;
	scram_first(&s, "user", NONCE, &b);
	assert_string_equal(b.p, "n,,n=user,r=" NONCE);
	buf_reset(&b);
	assert_true(final(&s, SERVER_FIRST, "pencil", &b));
	assert_string_equal(b.p,
	    "c=biws,r=" FULL ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
	assert_true(verify(&s, SERVER_FINAL));
	assert_true(verify(&s, SERVER_FINAL ",x=extension"));
	buf_clear(&b);
	scram_clear(&s);
}

static void
speaks_as_rfc_5802_has_it(void **state)
{
	struct scram s = {.digest = DIGEST_SHA1, .flag = 'n'};
	struct buf b = {0};

	(void)state;
	scram_first(&s, "user", "fyko+d2lbbFgONRv9qkxdawL", &b);
	assert_string_equal(b.p, "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
	buf_reset(&b);
	assert_true(final(&s,
	    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
	    "s=QSXCR+Q6sek8bf92,i=4096",
	    "pencil", &b));
	assert_string_equal(b.p,
	    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
	    "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
	assert_true(verify(&s, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="));
	buf_clear(&b);
	scram_clear(&s);
}

static void
binds(void **state)
{
	static const unsigned char data[] = {0x00, 0xff, 0x2c};
	struct scram s = {.digest = DIGEST_SHA256,
	    .flag = 'p',
	    .binding = "tls-exporter",
	    .bound = data,
	    .bound_len = 3};
	struct buf b = {0};

	(void)state;
	scram_first(&s, "a,b=c", NONCE, &b);
	assert_string_equal(b.p, "p=tls-exporter,,n=a=2Cb=3Dc,r=" NONCE);
	buf_reset(&b);
	assert_true(final(&s, SERVER_FIRST, "pencil", &b));
	/* base64 of "p=tls-exporter,," and the data */
	assert_has(b.p, "c=cD10bHMtZXhwb3J0ZXIsLAD/LA==,r=" FULL ",p=");
	scram_clear(&s);

	s = (struct scram){.digest = DIGEST_SHA256,
	    .flag = 'y',
	    .bound = data,
	    .bound_len = 3};
	buf_reset(&b);
	scram_first(&s, "u", NONCE, &b);
	assert_string_equal(b.p, "y,,n=u,r=" NONCE);
	buf_reset(&b);
	assert_true(final(&s, SERVER_FIRST, "pencil", &b));
	assert_has(b.p, "c=eSws,r=");
	buf_clear(&b);
	scram_clear(&s);
}

static void
refuses_bad_challenges(void **state)
{
	static const char *const bad[][2] = {
	    {"", "nonce"},
	    {"r=", "nonce"},
	    {"x=y", "nonce"},
	    {"r=" NONCE ",s=W22Z,i=4096", "nonce"}, /* adds nothing */
	    {"r=xOprNGfwEbeRWgbNEkqOabc,s=W22Z,i=4096", "nonce"},
	    {"r=abc" NONCE ",s=W22Z,i=4096", "nonce"},
	    {"r=rOprNGfwEbeRWgbNEk,s=W22Z,i=4096", "nonce"},
	    {"m=ext,r=" FULL ",s=W22Z,i=4096", "nonce"},
	    {"s=W22Z,r=" FULL ",i=4096", "nonce"},
	    {" r=" FULL ",s=W22Z,i=4096", "nonce"},
	    {"r=" FULL, "salt"},
	    {"r=" FULL ",", "salt"},
	    {"r=" FULL ",i=4096,s=W22Z", "salt"},
	    {"r=" FULL ",m=x,s=W22Z,i=4096", "salt"},
	    {"r=" FULL ",s=,i=4096", "salt"},
	    {"r=" FULL ",s=?,i=4096", "salt"},
	    {"r=" FULL ",s=W22Za,i=4096", "salt"},
	    {"r=" FULL ",s=W22Z", "iteration"},
	    {"r=" FULL ",s=W22Z,i=", "iteration"},
	    {"r=" FULL ",s=W22Z,i=x", "iteration"},
	    {"r=" FULL ",s=W22Z,i=-1", "iteration"},
	    {"r=" FULL ",s=W22Z,i=1", "iteration"},
	    {"r=" FULL ",s=W22Z,i=4095", "iteration"},
	    {"r=" FULL ",s=W22Z,i=1000001", "iteration"},
	    {"r=" FULL ",s=W22Z,i=4096 ", "iteration"},
	    {"r=" FULL ",s=W22Z,i=4294971392", "iteration"},
	    {"r=" FULL ",s=W22Z,i=00000000000000004096", "iteration"},
	    {"r=" FULL ",s=W22Z,m=x,i=4096", "iteration"},
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct scram s = {.digest = DIGEST_SHA256, .flag = 'n'};

		scram_first(&s, "user", NONCE, &b);
		buf_reset(&b);
		if (final(&s, bad[i][0], "pencil", &b))
			fail_msg("\"%s\"", bad[i][0]);
		assert_err(&e, ERR_PROTOCOL, bad[i][1]);
		assert_int_equal(b.n, 0);
		scram_clear(&s);
	}
	buf_clear(&b);
}

static void
takes_what_is_allowed(void **state)
{
	static const char *const good[] = {"r=" FULL ",s=W22Z,i=4096",
	    "r=" FULL ",s=W22Z,i=10000,x=extension",
	    "r=" NONCE "x,s=W22Z,i=4097"};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct scram s = {.digest = DIGEST_SHA256, .flag = 'n'};

		scram_first(&s, "user", NONCE, &b);
		assert_true(final(&s, good[i], "pencil", &b));
		scram_clear(&s);
	}
	buf_clear(&b);
}

/* Only the right signature is one. */
static void
wants_the_right_signature(void **state)
{
	static const char *const bad[] = {"", "v=", "v", "x=y",
	    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=",
	    "v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
	    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95A==",
	    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4= ",
	    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4AAAA=",
	    "x=y,v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "v=?"};
	struct scram s = {.digest = DIGEST_SHA256, .flag = 'n'};
	struct buf b = {0};

	(void)state;
	scram_first(&s, "user", NONCE, &b);
	assert_true(final(&s, SERVER_FIRST, "pencil", &b));
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (verify(&s, bad[i]))
			fail_msg("\"%s\"", bad[i]);
		assert_int_equal(e.kind, ERR_UNTRUSTED);
	}
	assert_false(verify(&s, "e=invalid-proof"));
	assert_err(&e, ERR_LOGIN, "invalid-proof");
	scram_clear(&s);

	/* Another password, another signature. */
	buf_reset(&b);
	scram_first(&s, "user", NONCE, &b);
	assert_true(final(&s, SERVER_FIRST, "Pencil", &b));
	assert_false(verify(&s, SERVER_FINAL));
	buf_clear(&b);
	scram_clear(&s);
	/* What is cleared holds nothing to be compared with. */
	assert_memory_equal(s.server_signature, (char[DIGEST_MAX]){0},
	    DIGEST_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(speaks_as_rfc_7677_has_it),
	    TEST(speaks_as_rfc_5802_has_it),
	    TEST(binds),
	    TEST(refuses_bad_challenges),
	    TEST(takes_what_is_allowed),
	    TEST(wants_the_right_signature),
	};

	return RUN("scram", tests);
}
