/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/base/clock.h"
#include "lib/smtp/transaction.h"
#include "test/unit/scripted.h"

/* A transaction in steps, as a dialogue has it: the message comes last. */

#define TEXT "Subject: x\r\n\r\nbody\r\n" /* 20 bytes */
#define MAIL "C: MAIL FROM:<me@x.example>"
#define RCPT(x) "C: RCPT TO:<" x "@y.example>\n"
#define OK "S: 250 ok\n"
#define DATA "C: DATA\nS: 354 go\nC*\n"

static struct scripted s;
static struct envelope env;
static struct message msg;
static struct transaction t;
static struct err e;

static void
begin(const struct caps *caps, const char *steps)
{
	e = (struct err){0};
	env = (struct envelope){0};
	envelope_sender(&env, "me@x.example");
	scripted_begin(&s, steps, true);
	s.client.caps = *caps;
	t = (struct transaction){.c = &s.client, .env = &env};
}

/* Whom DATA is for is known by then. */
static void
give_message(void)
{
	scripted_message(&msg, TEXT, strlen(TEXT));
	t.msg = &msg;
}

static void
end(void)
{
	transaction_end(&t);
	scripted_end(&s);
	envelope_clear(&env);
	if (t.msg != NULL)
		message_clear(&msg);
}

/* Ask for one more; the letter of the verdict, or + if it was accepted. */
static char
ask(const char *local)
{
	size_t i = env.n;

	scripted_rcpt(&env, local, "y.example");
	assert_int_equal(env.n, i + 1);
	if (!transaction_rcpt(&t, i, &e))
		return '!';
	assert_true(!env.rcpt[i].accepted || env.rcpt[i].v.state == PENDING);
	return env.rcpt[i].accepted ? '+' : "PTDR"[env.rcpt[i].v.state];
}

static void
verdicts(const char *want)
{
	char got[16] = "";

	for (size_t i = 0; i < env.n; i++)
		got[i] = "PTDR"[env.rcpt[i].v.state];
	assert_string_equal(got, want);
}

static const struct caps plain = {0};
static const struct caps all = {.pipelining = true,
    .chunking = true,
    .eightbitmime = true,
    .size = true,
    .size_max = 1000,
    .smtputf8 = true};

static void
lets_the_message_come_last(void **state)
{
	(void)state;
	begin(&plain,
	    MAIL "\n" OK RCPT("a") OK RCPT("b") "S: 550 5.1.1 who\n" RCPT(
		"c") "S: 450 later\n" RCPT("d") "S: 251 ok\n" DATA
						"S: 250 2.0.0 q\n");
	assert_true(transaction_begin(&t, &e));
	assert_true(transaction_mail(&t, &e));
	assert_int_equal(ask("a"), '+');
	assert_int_equal(ask("b"), 'R');
	assert_int_equal(ask("c"), 'D');
	assert_int_equal(ask("d"), '+');
	assert_int_equal(t.n_accepted, 2);
	verdicts("PRDP");
	assert_string_equal(env.rcpt[1].v.text, "550 5.1.1 who");
	assert_string_equal(env.rcpt[1].v.status, "5.1.1");
	give_message();
	assert_true(transaction_content(&t, &e));
	verdicts("TRDT");
	assert_int_equal(env.rcpt[0].v.code, 250);
	assert_int_equal(env.rcpt[1].v.code, 550);
	assert_has(scripted_wrote(&s), TEXT);
	end();
}

/* What nobody knows yet is not promised, and may be needed. */
static void
announces_what_is_known(void **state)
{
	(void)state;
	begin(&all, MAIL " BODY=8BITMIME\n" OK);
	assert_true(transaction_begin(&t, &e));
	assert_true(transaction_mail(&t, &e));
	end();
	begin(&all, MAIL " SIZE=999 BODY=8BITMIME SMTPUTF8\n" OK);
	t.size = 999;
	env.utf8 = true;
	assert_true(transaction_begin(&t, &e));
	assert_true(transaction_mail(&t, &e));
	end();
	/* A message that is there speaks for itself. */
	begin(&all, MAIL " SIZE=20\n" OK);
	t.size = 999;
	give_message();
	assert_true(transaction_begin(&t, &e));
	assert_true(transaction_mail(&t, &e));
	end();
	begin(&plain, MAIL "\n" OK);
	t.size = 999;
	assert_true(transaction_begin(&t, &e));
	assert_true(transaction_mail(&t, &e));
	end();
}

static void
begins_nothing_in_vain(void **state)
{
	(void)state;
	begin(&all, "EOF\n");
	t.size = 1001;
	assert_false(transaction_begin(&t, &e));
	assert_err(&e, ERR_MESSAGE, "1000 bytes at most; this one has 1001");
	end();
	begin(&plain, "EOF\n");
	env.utf8 = true;
	assert_false(transaction_begin(&t, &e));
	assert_err(&e, ERR_INPUT, "SMTPUTF8");
	end();
}

/* The caller's SIZE was a lie, or there was none. */
static void
measures_the_message(void **state)
{
	struct caps small = all;

	(void)state;
	small.size_max = 19;
	begin(&small, MAIL " BODY=8BITMIME\n" OK RCPT("a") OK "C: QUIT\n");
	assert_true(transaction_begin(&t, &e));
	assert_true(transaction_mail(&t, &e));
	assert_int_equal(ask("a"), '+');
	give_message();
	assert_false(transaction_content(&t, &e));
	assert_err(&e, ERR_MESSAGE, "19 bytes at most; this one has 20");
	verdicts("P");
	transaction_end(&t);
	client_quit(&s.client);
	assert_lacks(scripted_wrote(&s), "body");
	end();
	begin(&all,
	    MAIL " SIZE=1 BODY=8BITMIME\n" OK RCPT("a") OK
	    "C: BDAT 20 LAST\nC+ BDAT\n" OK);
	t.size = 1;
	assert_true(transaction_begin(&t, &e));
	assert_true(transaction_mail(&t, &e));
	assert_int_equal(ask("a"), '+');
	give_message();
	assert_true(transaction_content(&t, &e));
	verdicts("T");
	end();
}

/* 452 is no verdict on somebody when others were accepted. */
static void
knows_when_it_is_full(void **state)
{
	(void)state;
	begin(&plain,
	    MAIL "\n" OK RCPT("a") "S: 452 disk\n" RCPT("b") OK RCPT(
		"c") "S: 452 too many\n" RCPT("d") "S: 552 too many\n" DATA OK);
	assert_true(transaction_begin(&t, &e));
	assert_true(transaction_mail(&t, &e));
	assert_int_equal(ask("a"), 'D');
	assert_false(t.full);
	assert_int_equal(ask("b"), '+');
	assert_int_equal(ask("c"), 'P');
	assert_true(t.full);
	assert_int_equal(ask("d"), 'P');
	give_message();
	assert_true(transaction_content(&t, &e));
	verdicts("DTPP");
	end();
}

static void
may_ask_again(void **state)
{
	(void)state;
	begin(&plain,
	    MAIL "\n" OK RCPT("a") "S: 450 greylisted\n" RCPT("a") OK DATA OK);
	assert_true(transaction_begin(&t, &e));
	assert_true(transaction_mail(&t, &e));
	assert_int_equal(ask("a"), 'D');
	env.rcpt[0].v = (struct verdict){0};
	assert_true(transaction_rcpt(&t, 0, &e));
	assert_true(env.rcpt[0].accepted);
	give_message();
	assert_true(transaction_content(&t, &e));
	verdicts("T");
	end();
}

/* What one transaction has heard is nothing to the next. */
static void
begins_anew(void **state)
{
	(void)state;
	begin(&plain,
	    MAIL "\n" OK RCPT("a") OK RCPT("b") OK
	    "C: DATA\nS: 451 no\n" MAIL "\n" OK
	    "C: RCPT TO:<b@y.example>\n" OK DATA OK);
	assert_true(transaction_begin(&t, &e));
	assert_true(transaction_mail(&t, &e));
	assert_int_equal(ask("a"), '+');
	assert_int_equal(ask("b"), '+');
	give_message();
	assert_false(transaction_content(&t, &e));
	assert_int_equal(e.kind, ERR_AGAIN);
	verdicts("PP");
	transaction_end(&t);
	t = (struct transaction){.c = &s.client, .env = &env, .msg = &msg};
	assert_true(transaction_begin(&t, &e));
	assert_false(env.rcpt[0].accepted || env.rcpt[1].accepted);
	assert_true(transaction_mail(&t, &e));
	assert_true(transaction_rcpt(&t, 1, &e));
	assert_true(transaction_content(&t, &e));
	verdicts("PT");
	end();
}

/* Once all of it has left, ten minutes are due; and then no more. */
static void
comes_back_from_afar(void **state)
{
	(void)state;
	begin(&plain, MAIL "\n" OK RCPT("a") OK DATA "CLOSE\n");
	assert_true(transaction_begin(&t, &e));
	assert_true(transaction_mail(&t, &e));
	assert_int_equal(ask("a"), '+');
	give_message();
	assert_false(transaction_content(&t, &e));
	assert_int_equal(e.kind, ERR_MAYBE);
	verdicts("P");
	assert_true(s.client.away);
	transaction_end(&t);
	assert_false(s.client.away);
	end();
	begin(&plain, MAIL "\n" OK RCPT("a") OK DATA OK "C: QUIT\n");
	assert_true(transaction_begin(&t, &e));
	assert_true(transaction_mail(&t, &e));
	assert_int_equal(ask("a"), '+');
	give_message();
	assert_true(transaction_content(&t, &e));
	transaction_end(&t);
	assert_false(s.client.away);
	s.client.timeout = 1;
	assert_true(client_until(&s.client, 300) <= clock_now() + 1000);
	client_quit(&s.client);
	end();
}

/* The server may go while the caller thinks. */
static void
tells_of_a_loss(void **state)
{
	(void)state;
	begin(&plain, MAIL "\n" OK RCPT("a") OK "S: 421 bored\nCLOSE\n");
	assert_true(transaction_begin(&t, &e));
	assert_true(transaction_mail(&t, &e));
	assert_int_equal(ask("a"), '+');
	give_message();
	assert_false(transaction_content(&t, &e));
	assert_int_equal(e.kind, ERR_AGAIN);
	verdicts("P");
	end();
	begin(&plain, MAIL "\n" OK RCPT("a") "S: 421 bye\n");
	assert_true(transaction_begin(&t, &e));
	assert_true(transaction_mail(&t, &e));
	assert_int_equal(ask("a"), '!');
	assert_int_equal(e.kind, ERR_AGAIN);
	verdicts("P");
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(lets_the_message_come_last),
	    TEST(announces_what_is_known),
	    TEST(begins_nothing_in_vain),
	    TEST(measures_the_message),
	    TEST(knows_when_it_is_full),
	    TEST(may_ask_again),
	    TEST(begins_anew),
	    TEST(comes_back_from_afar),
	    TEST(tells_of_a_loss),
	};

	return RUN("steps", tests);
}
