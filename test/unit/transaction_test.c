/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/smtp/transaction.h"
#include "test/unit/scripted.h"

#define TEXT "Subject: x\r\n\r\nbody\r\n" /* 20 bytes */

static struct scripted s;
static struct envelope env;
static struct message msg;
static struct err e;

/* A transaction to come, with n recipients. */
static void
begin(const struct caps *caps, size_t n, const char *steps)
{
	static const char *const locals[] = {"a", "b", "c", "d"};

	e = (struct err){0};
	env = (struct envelope){0};
	envelope_sender(&env, "me@x.example");
	for (size_t i = 0; i < n; i++)
		scripted_rcpt(&env, locals[i], "y.example");
	scripted_message(&msg, TEXT, strlen(TEXT));
	scripted_begin(&s, steps, true);
	s.client.caps = *caps;
}

static void
end(void)
{
	scripted_end(&s);
	envelope_clear(&env);
	message_clear(&msg);
}

/* Verdicts as letters: Pending, Taken, Deferred, Refused. */
static void
verdicts(const char *want)
{
	char got[8] = "";

	for (size_t i = 0; i < env.n; i++)
		got[i] = "PTDR"[env.rcpt[i].v.state];
	assert_string_equal(got, want);
}

static bool
run(void)
{
	return transaction_run(&s.client, &env, &msg, true, &e);
}

static bool
run_whole(void)
{
	return transaction_run(&s.client, &env, &msg, false, &e);
}

static const struct caps plain = {0};
static const struct caps pipe = {.pipelining = true};
static const struct caps chunk = {.chunking = true};
static const struct caps both = {.pipelining = true, .chunking = true};

#define MAIL "C: MAIL FROM:<me@x.example>\n"
#define RCPT(x) "C: RCPT TO:<" x "@y.example>\n"
#define BDAT "C: BDAT 20 LAST\nC+ BDAT\n"
#define OK "S: 250 ok\n"
#define DATA "C: DATA\nS: 354 go\nC*\n"

static void
needs_few_flights(void **state)
{
	static const struct {
		const struct caps *caps;
		bool partial;
		size_t flights;
		const char *steps;
	} t[] = {
	    {&plain, true, 5, MAIL OK RCPT("a") OK RCPT("b") OK DATA OK},
	    {&chunk, true, 4, MAIL OK RCPT("a") OK RCPT("b") OK BDAT OK},
	    {&pipe, true, 2, MAIL RCPT("a") RCPT("b") OK OK OK DATA OK},
	    {&both, true, 1, MAIL RCPT("a") RCPT("b") BDAT OK OK OK OK},
	    {&plain, false, 5, MAIL OK RCPT("a") OK RCPT("b") OK DATA OK},
	    {&pipe, false, 3, MAIL RCPT("a") RCPT("b") OK OK OK DATA OK},
	    {&both, false, 2, MAIL RCPT("a") RCPT("b") OK OK OK BDAT OK},
	    /* A server that answers line by line is as good. */
	    {&both, true, 1, MAIL OK RCPT("a") OK RCPT("b") OK BDAT OK},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		begin(t[i].caps, 2, t[i].steps);
		if (!transaction_run(&s.client, &env, &msg, t[i].partial, &e))
			fail_msg("row %zu: %s", i, e.text);
		verdicts("TT");
		assert_int_equal(s.flights, t[i].flights);
		assert_string_equal(s.facts.reply, "250 ok");
		assert_has(scripted_wrote(&s), TEXT);
		end();
	}
}

static void
goes_in_steps(void **state)
{
	struct transaction t = {.c = &s.client, .env = &env, .msg = &msg};

	(void)state;
	begin(&pipe, 3,
	    MAIL OK RCPT("a") OK RCPT("b") "S: 550 5.1.1 who\n" RCPT(
		"c") "S: 450 later\n" DATA OK);
	assert_true(transaction_begin(&t, &e));
	assert_int_equal(t.size, 20);
	assert_true(transaction_mail(&t, &e));
	assert_true(transaction_rcpt(&t, 0, &e));
	verdicts("PPP");
	assert_true(transaction_rcpt(&t, 1, &e));
	assert_true(transaction_rcpt(&t, 2, &e));
	verdicts("PRD");
	assert_int_equal(t.n_accepted, 1);
	assert_true(transaction_content(&t, &e));
	verdicts("TRD");
	transaction_end(&t);
	end();
}

static void
delivers_to_some(void **state)
{
	static const struct {
		const struct caps *caps;
		const char *steps;
	} t[] = {
	    {&plain,
		MAIL OK RCPT("a") "S: 550-5.1.1 no\nS: 550 5.1.1 body\n" RCPT(
		    "b") OK RCPT("c") "S: 451 4.3.0 x\n" DATA
				      "S: 250 2.0.0 q\n"},
	    {&pipe,
		MAIL OK RCPT("a") "S: 550-5.1.1 no\nS: 550 5.1.1 body\n" RCPT(
		    "b") OK RCPT("c") "S: 451 4.3.0 x\n" DATA
				      "S: 250 2.0.0 q\n"},
	    {&both,
		MAIL OK RCPT("a") "S: 550-5.1.1 no\nS: 550 5.1.1 body\n" RCPT(
		    "b") OK RCPT("c") "S: 451 4.3.0 x\n" BDAT
				      "S: 250 2.0.0 q\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		begin(t[i].caps, 3, t[i].steps);
		assert_true(run());
		verdicts("RTD");
		assert_int_equal(env.rcpt[0].v.code, 550);
		assert_string_equal(env.rcpt[0].v.status, "5.1.1");
		assert_string_equal(env.rcpt[0].v.text,
		    "550 5.1.1 no 5.1.1 body");
		assert_int_equal(env.rcpt[1].v.code, 250);
		assert_string_equal(env.rcpt[1].v.status, "2.0.0");
		assert_int_equal(env.rcpt[2].v.code, 451);
		end();
	}
}

static void
delivers_to_nobody(void **state)
{
	(void)state;
	begin(&plain, 2,
	    MAIL OK RCPT("a") "S: 550 no\n" RCPT("b") "S: 450 no\nC: QUIT\n");
	assert_true(run());
	verdicts("RD");
	client_quit(&s.client);
	end();
	/* What has left has left; the server refuses it by itself. */
	begin(&both, 2,
	    MAIL OK RCPT("a") "S: 550 no\n" RCPT(
		"b") "S: 550 no\n" BDAT "S: 554 no recipients\nC: QUIT\n");
	assert_true(run());
	verdicts("RR");
	client_quit(&s.client);
	end();
	/* DATA is on its way: a QUIT might become a line of the message. */
	begin(&pipe, 2,
	    MAIL OK RCPT("a") "S: 550 no\n" RCPT(
		"b") "S: 550 no\nC: DATA\nS: 354 go\nEOF\n");
	assert_true(run());
	verdicts("RR");
	client_quit(&s.client);
	assert_lacks(scripted_wrote(&s), "body");
	assert_lacks(scripted_wrote(&s), "QUIT");
	end();
}

static void
tells_mail_apart(void **state)
{
	static const struct {
		const char *reply;
		enum err_kind kind;
	} t[] = {
	    {"550 5.7.1 no", ERR_MESSAGE},
	    {"552 too big", ERR_MESSAGE},
	    {"553 no", ERR_MESSAGE},
	    {"503 no", ERR_SERVER},
	    {"530 log in", ERR_SERVER},
	    {"534 no", ERR_SERVER},
	    {"535 no", ERR_SERVER},
	    {"538 no", ERR_SERVER},
	    {"451 later", ERR_AGAIN},
	    {"421 bye", ERR_AGAIN},
	    {"354 what", ERR_PROTOCOL},
	};
	struct buf steps = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		buf_reset(&steps);
		buf_addf(&steps, MAIL "S: %s\n", t[i].reply);
		begin(&plain, 2, steps.p);
		assert_false(run());
		assert_err(&e, t[i].kind, "mx answered MAIL with ");
		assert_has(e.text, t[i].reply);
		verdicts("PP");
		end();
		/* In one flight the rest went too, and got its answers. */
		buf_reset(&steps);
		buf_addf(&steps,
		    MAIL RCPT("a") RCPT("b") BDAT
		    "S: %s\nS: 503 x\nS: 503 x\nS: 503 x\nC: QUIT\n",
		    t[i].reply);
		begin(&both, 2, steps.p);
		assert_false(run());
		assert_has(e.text, t[i].reply);
		if (t[i].kind != ERR_PROTOCOL)
			assert_int_equal(e.kind, t[i].kind);
		verdicts("PP");
		client_quit(&s.client);
		end();
	}
	buf_clear(&steps);
}

static void
tells_content_apart(void **state)
{
	static const struct {
		const char *reply;
		enum err_kind kind;
	} t[] = {{"554 spam", ERR_MESSAGE}, {"552 big", ERR_MESSAGE},
	    {"451 later", ERR_AGAIN}, {"354 what", ERR_MAYBE}};
	struct buf steps = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		buf_reset(&steps);
		buf_addf(&steps, MAIL OK RCPT("a") OK DATA "S: %s\nC: QUIT\n",
		    t[i].reply);
		begin(&pipe, 1, steps.p);
		assert_false(run());
		assert_err(&e, t[i].kind, t[i].reply);
		verdicts("P");
		client_quit(&s.client);
		end();
		buf_reset(&steps);
		buf_addf(&steps, MAIL OK RCPT("a") OK BDAT "S: %s\n",
		    t[i].reply);
		begin(&both, 1, steps.p);
		assert_false(run());
		assert_err(&e, t[i].kind, t[i].reply);
		end();
	}
	begin(&plain, 1, MAIL OK RCPT("a") OK "C: DATA\nS: 554 no\nC: QUIT\n");
	assert_false(run());
	assert_err(&e, ERR_MESSAGE, "DATA with 554");
	client_quit(&s.client);
	end();
	begin(&plain, 1, MAIL OK RCPT("a") OK "C: DATA\nS: 250 what\n");
	assert_false(run());
	assert_int_equal(e.kind, ERR_PROTOCOL);
	end();
	buf_clear(&steps);
}

/* RFC 5321, 4.5.3.1.10 */
static void
goes_on_after_452(void **state)
{
	(void)state;
	begin(&both, 4,
	    MAIL OK RCPT("a") OK RCPT("b")
		OK RCPT("c") "S: 452 4.5.3 full\n" RCPT(
		    "d") "S: 452 4.5.3 full\n" BDAT OK MAIL OK RCPT("c")
		    OK RCPT("d") "S: 552 full\n" BDAT OK MAIL OK RCPT("d")
			OK BDAT OK);
	assert_true(run());
	verdicts("TTTT");
	assert_int_equal(s.flights, 3);
	end();
	begin(&plain, 3,
	    MAIL OK RCPT("a") OK RCPT("b") "S: 452 full\n" DATA OK MAIL OK RCPT(
		"b") OK RCPT("c") OK DATA OK);
	assert_true(run());
	verdicts("TTT");
	end();
	/* Nobody was taken: it is not the number that is too much. */
	begin(&both, 2,
	    MAIL OK RCPT("a") "S: 452 full disk\n" RCPT(
		"b") "S: 552 full disk\n" BDAT "S: 554 nobody\n");
	assert_true(run());
	verdicts("DD");
	end();
	/* One mailbox is full, the second time too. */
	begin(&pipe, 2,
	    MAIL OK RCPT("a")
		OK RCPT("b") "S: 452 quota\n" DATA OK MAIL OK RCPT(
		    "b") "S: 452 quota\nC: DATA\nS: 554 nobody\n");
	assert_true(run());
	verdicts("TD");
	end();
	/* What the second one fails with is told of those that are left. */
	begin(&both, 2,
	    MAIL OK RCPT("a") OK RCPT("b") "S: 452 full\n" BDAT OK MAIL
					   "S: 421 bye\n" RCPT("b") BDAT
	    "CLOSE\n");
	assert_false(run());
	assert_int_equal(e.kind, ERR_AGAIN);
	verdicts("TP");
	end();
}

static void
delivers_to_all_or_nobody(void **state)
{
	(void)state;
	begin(&both, 3,
	    MAIL RCPT("a") RCPT("b") RCPT("c") OK OK
	    "S: 550 no\nS: 250 ok\nC: QUIT\n");
	assert_false(run_whole());
	assert_err(&e, ERR_AGAIN, "partial off");
	verdicts("PRP");
	client_quit(&s.client);
	assert_lacks(scripted_wrote(&s), "body");
	end();
	begin(&plain, 2, MAIL OK RCPT("a") OK RCPT("b") "S: 452 full\n");
	assert_false(run_whole());
	assert_err(&e, ERR_AGAIN, "partial off");
	end();
	begin(&pipe, 2,
	    MAIL OK RCPT("a") "S: 550 no\n" RCPT("b") "S: 550 no\nC: QUIT\n");
	assert_true(run_whole());
	verdicts("RR");
	client_quit(&s.client);
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(needs_few_flights),
	    TEST(goes_in_steps),
	    TEST(delivers_to_some),
	    TEST(delivers_to_nobody),
	    TEST(tells_mail_apart),
	    TEST(tells_content_apart),
	    TEST(goes_on_after_452),
	    TEST(delivers_to_all_or_nobody),
	};

	return RUN("transaction", tests);
}
