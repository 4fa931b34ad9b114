/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdlib.h>

#include "lib/base/clock.h"
#include "lib/smtp/transaction.h"
#include "test/unit/scripted.h"

#define MIB ((size_t)1024 * 1024)
#define ENVELOPE "C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 250 ok\n"

static struct scripted s;
static struct envelope env;
static struct message msg;
static struct err e;

static const struct caps plain = {0};
static const struct caps pipe = {.pipelining = true};
static const struct caps chunk = {.chunking = true};
static const struct caps both = {.pipelining = true, .chunking = true};

/* A message with a body of about n bytes in lines of that length. */
static void
fill(struct buf *b, size_t n, size_t line)
{
	buf_reset(b);
	buf_adds(b, "A: b\r\n\r\n");
	while (b->n < n + 8) {
		buf_addc(b, '.');
		for (size_t i = 3; i < line; i++)
			buf_addc(b, (char)('a' + (b->n + i) % 26));
		buf_adds(b, "\r\n");
	}
}

static void
begin(const struct caps *caps, const char *text, size_t n, const char *steps)
{
	e = (struct err){0};
	env = (struct envelope){0};
	envelope_sender(&env, "me@x");
	scripted_rcpt(&env, "a", "y");
	scripted_message(&msg, text, n);
	scripted_begin(&s, steps, true);
	s.client.caps = *caps;
}

static void
begin_size(const struct caps *caps, size_t n, const char *steps)
{
	struct buf b = {0};

	fill(&b, n, 80);
	begin(caps, b.p, b.n, steps);
	buf_clear(&b);
}

static bool
run(void)
{
	return transaction_run(&s.client, &env, &msg, true, &e);
}

static void
end(void)
{
	scripted_end(&s);
	envelope_clear(&env);
	message_clear(&msg);
}

/* As RFC 5321, 4.5.2 has it. */
static void
stuff(struct buf *out, const struct buf *in)
{
	buf_reset(out);
	for (size_t i = 0; i < in->n; i++) {
		if (in->p[i] == '.' && (i == 0 || in->p[i - 1] == '\n'))
			buf_addc(out, '.');
		buf_addc(out, in->p[i]);
	}
	buf_adds(out, ".\r\n");
}

static void
goes_up_stuffed(const struct buf *text)
{
	struct buf want = {0};
	const char *data;

	stuff(&want, text);
	begin(&pipe, text->p, text->n,
	    ENVELOPE "C: DATA\nS: 354 go\nC*\nS: 250 ok\n");
	assert_true(run());
	data = strstr(scripted_wrote(&s), "DATA\r\n") + 6;
	assert_int_equal(s.wrote.n - (size_t)(data - s.wrote.p), want.n);
	assert_memory_equal(data, want.p, want.n);
	end();
	buf_clear(&want);
}

static void
stuffs_dots(void **state)
{
	static const char *const t[] = {
	    "A: b\r\n\r\n",
	    "A: b\r\n\r\n.\r\n",
	    "A: b\r\n\r\n..\r\n.\r\n\r\n.\r\n",
	    "A: b\r\n\r\nx.\r\n.x.\r\n",
	    "\r\n.A: b\r\n",
	    "A: b\r\n .\r\n\r\n. \r\n",
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		buf_reset(&b);
		buf_adds(&b, t[i]);
		goes_up_stuffed(&b);
	}
	/* Where the store's pieces and the client's writes meet. */
	for (size_t line = 62; line <= 67; line++) {
		fill(&b, 2 * STORE_MEMORY + 100, line);
		goes_up_stuffed(&b);
	}
	buf_clear(&b);
}

static void
sends_large_ones_in_chunks(void **state)
{
	struct buf text = {0}, wrote = {0};
	const char *p;
	size_t chunk_size;

	(void)state;
	fill(&text, 2 * MIB + 500000, 80);
	begin(&both, text.p, text.n,
	    ENVELOPE "C: BDAT 1048576\nC+ BDAT\nS: 250 one\n"
		     "C: BDAT 1048576\nC+ BDAT\nS: 250 two\n"
		     "C: BDAT 500??? LAST\nC+ BDAT\nS: 250 2.0.0 all\n");
	s.window = 200000;
	assert_true(run());
	assert_int_equal(env.rcpt[0].v.state, TAKEN);
	assert_string_equal(env.rcpt[0].v.text, "250 2.0.0 all");
	/* The envelope first, for nobody may want it; the end last. */
	assert_int_equal(s.flights, 2);
	for (p = strstr(scripted_wrote(&s), "BDAT "); p < s.wrote.p + s.wrote.n;
	     p += chunk_size) {
		chunk_size = strtoul(p + 5, NULL, 10);
		p = strchr(p, '\n') + 1;
		buf_add(&wrote, p, chunk_size);
	}
	assert_int_equal(wrote.n, text.n);
	assert_memory_equal(wrote.p, text.p, text.n);
	end();
	/* Without PIPELINING chunks would cost a round trip each. */
	begin(&chunk, text.p, text.n,
	    ENVELOPE "C: BDAT * LAST\nC+ BDAT\nS: 250 ok\n");
	assert_true(run());
	assert_int_equal(s.flights, 3);
	end();
	buf_clear(&text);
	buf_clear(&wrote);
}

static void
sends_in_one_flight_up_to_256_kib(void **state)
{
	struct buf text = {0};

	(void)state;
	for (size_t n = 0; n < 2; n++) {
		buf_reset(&text);
		buf_adds(&text, "A: b\r\n\r\n");
		while (text.n < STORE_MEMORY - 2 + n)
			buf_addc(&text, 'x');
		buf_adds(&text, "\r\n");
		begin(&both, text.p, text.n,
		    ENVELOPE "C: BDAT 26214? LAST\nC+ BDAT\nS: 250 ok\n");
		assert_true(run());
		assert_int_equal(s.flights, 1 + n);
		end();
	}
	buf_clear(&text);
}

/* The server stops listening when it has heard enough. */
static void
hears_an_early_verdict(void **state)
{
	static const struct {
		const struct caps *caps;
		const char *steps;
		enum err_kind kind;
		const char *text;
	} t[] = {
	    {&pipe, "C: DATA\nS: 354 go\nC+ 300000\nS: 552 5.3.4 big\n",
		ERR_MESSAGE, "552 5.3.4 big"},
	    {&pipe, "C: DATA\nS: 354 go\nC+ 300000\nS: 552 big\nCLOSE\n",
		ERR_MESSAGE, "552 big"},
	    {&pipe, "C: DATA\nS: 354 go\nC+ 300000\nS: 552 big\nRESET\n",
		ERR_MESSAGE, "552 big"},
	    {&pipe, "C: DATA\nS: 354 go\nC+ 300000\nS: 451 later\nCLOSE\n",
		ERR_AGAIN, "451 later"},
	    {&pipe, "C: DATA\nS: 354 go\nC+ 300000\nS: 250 thanks\nCLOSE\n",
		ERR_PROTOCOL, "half a message"},
	    {&chunk, "C: BDAT * LAST\nC+ 300000\nS: 552 big\n", ERR_MESSAGE,
		"552 big"},
	    {&both, "C: BDAT *\nC+ 300000\nS: 552 big\n", ERR_MESSAGE,
		"552 big"},
	    {&both, "C: BDAT *\nC+ BDAT\nS: 552 big\n", ERR_MESSAGE, "552 big"},
	    {&both,
		"C: BDAT *\nC+ BDAT\nS: 250 ok\nC: BDAT *\nC+ 300000\n"
		"S: 554 virus\n",
		ERR_MESSAGE, "554 virus"},
	    {&both, "C: BDAT *\nC+ BDAT\nS: 450 full\nCLOSE\n", ERR_AGAIN,
		"450 full"},
	};
	struct buf steps = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		buf_reset(&steps);
		buf_addf(&steps, "%s%s", ENVELOPE, t[i].steps);
		begin_size(t[i].caps, 5 * MIB, steps.p);
		s.window = 100000;
		assert_false(run());
		if (e.kind != t[i].kind)
			fail_msg("row %zu: %s", i, e.text);
		assert_has(e.text, t[i].text);
		assert_int_equal(env.rcpt[0].v.state, PENDING);
		assert_true(s.wrote.n < 4 * MIB);
		/* It would be a line of the message. */
		client_quit(&s.client);
		assert_lacks(scripted_wrote(&s), "QUIT");
		s.done = s.wrote.n; /* whatever else went up */
		end();
	}
	buf_clear(&steps);
}

/* The verdict on a chunk that was refused behind our back. */
static void
hears_a_late_refusal(void **state)
{
	(void)state;
	begin_size(&both, MIB + 1000,
	    ENVELOPE "C: BDAT 1048576\nC+ BDAT\nC: BDAT * LAST\nC+ BDAT\n"
		     "S: 554 one\nS: 503 two\n");
	assert_false(run());
	assert_err(&e, ERR_MESSAGE, "554 one");
	end();
	begin_size(&both, MIB + 1000,
	    ENVELOPE "C: BDAT 1048576\nC+ BDAT\nC: BDAT * LAST\nC+ BDAT\n"
		     "S: 250 one\nS: 451 two\n");
	assert_false(run());
	assert_err(&e, ERR_AGAIN, "451 two");
	end();
}

#define SMALL "C: BDAT * LAST\nC+ BDAT\n"
#define TEXT "C: DATA\nS: 354 go\nC*\n"
#define LARGE "C: BDAT *\nC+ BDAT\nS: 250 ok\n"

static void
tells_what_may_be_delivered(void **state)
{
	static const struct {
		const struct caps *caps;
		size_t size, window;
		const char *steps;
		enum err_kind kind;
	} t[] = {
	    /* Behind the last byte. */
	    {&both, 100, 0, ENVELOPE SMALL "CLOSE\n", ERR_MAYBE},
	    {&both, 100, 0, ENVELOPE SMALL "RESET\n", ERR_MAYBE},
	    {&both, 100, 0, ENVELOPE SMALL "HANG\n", ERR_MAYBE},
	    {&both, 100, 0, ENVELOPE SMALL "S: what?\n", ERR_MAYBE},
	    {&both, 100, 0, ENVELOPE SMALL "S: 250-half\nCLOSE\n", ERR_MAYBE},
	    {&both, 100, 0, "C: MAIL*\nC: RCPT*\n" SMALL "CLOSE\n", ERR_MAYBE},
	    {&both, 100, 0, "C: MAIL*\nC: RCPT*\n" SMALL "HANG\n", ERR_MAYBE},
	    {&both, 100, 0, "C: MAIL*\nC: RCPT*\n" SMALL "S: 250 ok\nCLOSE\n",
		ERR_MAYBE},
	    {&chunk, 100, 0, ENVELOPE SMALL "CLOSE\n", ERR_MAYBE},
	    {&pipe, 100, 0, ENVELOPE TEXT "CLOSE\n", ERR_MAYBE},
	    {&pipe, 500000, 999, ENVELOPE TEXT "RESET\n", ERR_MAYBE},
	    {&plain, 100, 0, ENVELOPE TEXT "HANG\n", ERR_MAYBE},
	    {&both, MIB + MIB / 2, 0, ENVELOPE LARGE SMALL "CLOSE\n",
		ERR_MAYBE},
	    {&both, MIB + MIB / 2, 0,
		ENVELOPE "C: BDAT *\nC+ BDAT\n" SMALL "CLOSE\n", ERR_MAYBE},
	    /* In front of it. */
	    {&both, 100, 0, "C: MAIL*\nCLOSE\n", ERR_MAYBE},
	    {&both, 50000, 999, "C: MAIL*\nCLOSE\n", ERR_UNREACHABLE},
	    {&both, MIB + 1000, 999,
		ENVELOPE "C: BDAT *\nC+ BDAT\nS: 250 ok\nC: BDAT * LAST\n"
			 "C+ 10\nRESET\n",
		ERR_UNREACHABLE},
	    {&both, 50000, 999, ENVELOPE "C: BDAT*\nC+ 3000\nRESET\n",
		ERR_UNREACHABLE},
	    {&pipe, 50000, 999, ENVELOPE "C: DATA\nS: 354 go\nC+ 30\nCLOSE\n",
		ERR_UNREACHABLE},
	    {&pipe, 50000, 999, ENVELOPE "C: DATA\nS: 354 go\nC+ 30\nHANG\n",
		ERR_UNREACHABLE},
	    {&pipe, 50000, 999, ENVELOPE "C: DATA\nCLOSE\n", ERR_UNREACHABLE},
	    {&plain, 100, 0, ENVELOPE "C: DATA\nHANG\n", ERR_UNREACHABLE},
	    {&plain, 100, 0, "C: MAIL*\nS: 250 ok\nC: RCPT*\nCLOSE\n",
		ERR_UNREACHABLE},
	    {&both, 2 * MIB, 99999, ENVELOPE LARGE "CLOSE\n", ERR_UNREACHABLE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		begin_size(t[i].caps, t[i].size, t[i].steps);
		s.window = t[i].window;
		assert_false(run());
		if (e.kind != t[i].kind)
			fail_msg("row %zu: %d %s", i, (int)e.kind, e.text);
		assert_int_equal(env.rcpt[0].v.state, PENDING);
		s.done = s.wrote.n;
		end();
	}
}

/* The last byte is out: ten minutes, whatever the limits were before. */
static void
gives_the_verdict_its_time(void **state)
{
	const int64_t now = clock_now();

	(void)state;
	begin_size(&both, 100, ENVELOPE SMALL "HANG\n");
	s.client.deadline = now + 1000;
	s.client.timeout = 1;
	assert_false(run());
	assert_in_range(s.until, now + 600000, now + 700000);
	end();
	begin_size(&pipe, 100, ENVELOPE "C: DATA\nHANG\n");
	s.client.timeout = 1;
	assert_false(run());
	assert_in_range(s.until, now + 1000, now + 100000);
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(stuffs_dots),
	    TEST(sends_large_ones_in_chunks),
	    TEST(sends_in_one_flight_up_to_256_kib),
	    TEST(hears_an_early_verdict),
	    TEST(hears_a_late_refusal),
	    TEST(tells_what_may_be_delivered),
	    TEST(gives_the_verdict_its_time),
	};

	return RUN("content", tests);
}
