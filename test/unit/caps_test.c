/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/smtp/caps.h"
#include "lib/smtp/sasl.h"

/* From lines that end in LF; the last one becomes the reply's. */
static struct caps
parse(const char *lines)
{
	struct caps c = {.starttls = true, .size_max = 1, .mechanisms = 1};
	struct reply r = {0};
	struct buf b = {0};
	size_t n;

	for (; *lines != '\0'; lines += n + 1) {
		n = strcspn(lines, "\n");
		buf_reset(&b);
		buf_addf(&b, "250%c%.*s", lines[n + 1] != '\0' ? '-' : ' ',
		    (int)n, lines);
		assert_int_not_equal(reply_push(&r, b.p, b.n), REPLY_BAD);
	}
	caps_parse(&c, &r);
	buf_clear(&b);
	reply_clear(&r);
	return c;
}

static void
knows_nothing_of_itself(void **state)
{
	struct caps c = parse("PIPELINING STARTTLS\n"), none = {0};

	(void)state;
	/* The first line is a greeting, whatever it says. */
	assert_memory_equal(&c, &none, sizeof c);
	c = parse("mx\nHELP\nXSTARTTLS\nSTARTTLSX\nSTART TLS\n");
	assert_memory_equal(&c, &none, sizeof c);
}

static void
knows_words(void **state)
{
	struct caps c = parse("mx\nPIPELINING\nSIZE 1000\nstarttls\n"
			      "8bitMIME\nSMTPUTF8\nDSN\nCHUNKING\n");

	(void)state;
	assert_true(c.pipelining && c.size && c.starttls && c.eightbitmime);
	assert_true(c.smtputf8 && c.dsn && c.chunking);
	assert_int_equal(c.size_max, 1000);
	c = parse("mx\nSTARTTLS REQUIRED\n");
	assert_true(c.starttls);
}

static void
reads_the_size(void **state)
{
	static const struct {
		const char *lines;
		bool size;
		uint64_t max;
	} t[] = {
	    {"mx\nSIZE\n", true, 0},
	    {"mx\nSIZE 0\n", true, 0},
	    {"mx\nSIZE \n", true, 0},
	    {"mx\nSIZE 35882577\n", true, 35882577},
	    {"mx\nSIZE 18446744073709551615\n", true, UINT64_MAX},
	    {"mx\nSIZE 18446744073709551616\n", true, 0},
	    {"mx\nSIZE 10 20\n", true, 0},
	    {"mx\nSIZE x\n", true, 0},
	    {"mx\nSIZE 111111111111111111111111111111\n", true, 0},
	    {"mx\nXSIZE 5\n", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct caps c = parse(t[i].lines);

		assert_int_equal(c.size, t[i].size);
		assert_true(c.size_max == t[i].max);
	}
}

static void
knows_mechanisms(void **state)
{
	struct caps c = parse("mx\nAUTH PLAIN LOGIN\n");

	(void)state;
	assert_int_equal(c.mechanisms, 1 << SASL_PLAIN | 1 << SASL_LOGIN);
	c = parse("mx\nAUTH=plain\nAUTH  scram-sha-256   CRAM-MD5 XOAUTH2 \n");
	assert_int_equal(c.mechanisms,
	    1 << SASL_PLAIN | 1 << SASL_SCRAM_SHA256 | 1 << SASL_XOAUTH2);
	c = parse("mx\nAUTH\n");
	assert_int_equal(c.mechanisms, 0);
	c = parse("mx\nAUTH PLAINX XPLAIN SCRAM-SHA-512\nXAUTH PLAIN\n");
	assert_int_equal(c.mechanisms, 0);
	c = parse("mx\nAUTH SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS SCRAM-SHA-1 "
		  "EXTERNAL OAUTHBEARER\n");
	assert_int_equal(c.mechanisms,
	    1 << SASL_SCRAM_SHA1_PLUS | 1 << SASL_SCRAM_SHA256_PLUS
		| 1 << SASL_SCRAM_SHA1 | 1 << SASL_EXTERNAL
		| 1 << SASL_OAUTHBEARER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(knows_nothing_of_itself),
	    TEST(knows_words),
	    TEST(reads_the_size),
	    TEST(knows_mechanisms),
	};

	return RUN("caps", tests);
}
