/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdio.h>

#include "lib/smtp/transaction.h"
#include "test/unit/scripted.h"

static struct scripted s;
static struct envelope env;
static struct message msg;
static struct err e;

/* Run one transaction in steps; what MAIL and the first RCPT said. */
static bool
run(const struct caps *caps, const char *text, const char *mail,
    const char *rcpt)
{
	struct buf steps = {0};
	bool ok;

	if (mail != NULL)
		buf_addf(&steps,
		    "C: MAIL FROM:<%s\nS: 250 ok\nC: RCPT TO:<%s\nS: 250 ok\n"
		    "C: DATA\nS: 354 go\nC*\nS: 250 ok\n",
		    mail, rcpt);
	scripted_message(&msg, text, strlen(text));
	scripted_begin(&s, buf_str(&steps), true);
	buf_clear(&steps);
	s.client.caps = *caps;
	e = (struct err){0};
	ok = transaction_run(&s.client, &env, &msg, true, &e);
	scripted_end(&s);
	message_clear(&msg);
	envelope_clear(&env);
	return ok;
}

static void
address(const char *sender)
{
	envelope_sender(&env, sender);
	scripted_rcpt(&env, "a", "y");
}

static void
declares_the_size(void **state)
{
	struct caps caps = {0};

	(void)state;
	address("me@x");
	assert_true(run(&caps, "A: b\n\nc\n", "me@x>", "a@y>"));
	caps.size = true;
	address("me@x");
	assert_true(run(&caps, "A: b\n\nc\n", "me@x> SIZE=11", "a@y>"));
	caps.size_max = 11;
	address("");
	assert_true(run(&caps, "A: b\n\nc\n", "> SIZE=11", "a@y>"));
	caps.size_max = 10;
	address("me@x");
	assert_false(run(&caps, "A: b\n\nc\n", NULL, NULL));
	assert_err(&e, ERR_MESSAGE, "10 bytes at most; this one has 11");
}

static void
says_8bitmime_when_it_must(void **state)
{
	const struct caps caps = {.eightbitmime = true}, none = {0};

	(void)state;
	address("me@x");
	assert_true(run(&caps, "A: b\n\nc\n", "me@x>", "a@y>"));
	address("me@x");
	assert_true(
	    run(&caps, "A: b\n\n\xe4\n", "me@x> BODY=8BITMIME", "a@y>"));
	address("me@x");
	assert_true(
	    run(&caps, "A: \xe4\n\nc\n", "me@x> BODY=8BITMIME", "a@y>"));
	address("me@x");
	assert_true(run(&none, "A: b\n\n\xe4\n", "me@x>", "a@y>"));
}

static void
says_smtputf8_when_it_must(void **state)
{
	const struct caps caps = {.smtputf8 = true}, none = {0};

	(void)state;
	address("me@x");
	assert_true(run(&caps, "A: \xc3\xa4\n\nc\n", "me@x>", "a@y>"));
	address("m\xc3\xa4@x");
	assert_true(run(&caps, "A: b\n\n", "m\xc3\xa4@x> SMTPUTF8", "a@y>"));
	address("me@x");
	scripted_rcpt(&env, "b", "\xc3\xb6");
	assert_false(run(&none, "A: b\n\n", NULL, NULL));
	assert_err(&e, ERR_INPUT, "SMTPUTF8");
}

static void
asks_for_dsn_where_it_can(void **state)
{
	const struct caps caps = {.dsn = true, .size = true}, none = {0};

	(void)state;
	for (int can = 0; can < 2; can++) {
		address("me@x");
		env.ret = RET_HEADERS;
		buf_adds(&env.envid, "id+1=2\r\nDATA");
		env.rcpt[0].notify = NOTIFY_SUCCESS | NOTIFY_DELAY;
		buf_adds(&env.rcpt[0].orcpt, "o rig@z");
		if (can)
			assert_true(run(&caps, "A: b\n\n",
			    "me@x> SIZE=8 RET=HDRS "
			    "ENVID=id+2B1+3D2+0D+0ADATA",
			    "a@y> NOTIFY=SUCCESS,DELAY "
			    "ORCPT=rfc822;o+20rig@z"));
		else
			assert_true(run(&none, "A: b\n\n", "me@x>", "a@y>"));
	}
	address("me@x");
	env.ret = RET_FULL;
	env.rcpt[0].notify = NOTIFY_NEVER;
	assert_true(run(&caps, "A: b\n\n", "me@x> SIZE=8 RET=FULL",
	    "a@y> NOTIFY=NEVER"));
	address("me@x");
	assert_true(run(&caps, "A: b\n\n", "me@x> SIZE=8", "a@y>"));
}

/* Everything in the order of the RFCs' examples, and printed by us. */
static void
prints_paths_itself(void **state)
{
	const struct caps none = {0};

	(void)state;
	envelope_sender(&env, "\"a>b\"@x");
	scripted_rcpt(&env, "x> SIZE=1 y", "z");
	assert_true(run(&none, "A: b\n\n", "\"a>b\"@x>", "\"x> SIZE=1 y\"@z>"));
}

#define MANY 5000
#define WINDOW 1000

static void
add_recipients(struct buf *steps, int from, int n, const char *reply)
{
	for (int i = from; i < from + n; i++)
		buf_addf(steps, "C: RCPT TO:<u%d@y>\nS: %s\n", i, reply);
}

static void
run_many(const struct buf *steps, size_t flights)
{
	const struct caps caps = {.pipelining = true, .chunking = true};
	char local[32];

	envelope_sender(&env, "me@x");
	for (int i = 0; i < MANY; i++) {
		snprintf(local, sizeof local, "u%d", i);
		scripted_rcpt(&env, local, "y");
	}
	scripted_message(&msg, "A: b\n\n", 6);
	scripted_begin(&s, steps->p, true);
	s.client.caps = caps;
	if (!transaction_run(&s.client, &env, &msg, true, &e))
		fail_msg("%s", e.text);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(env.rcpt[i].v.state, TAKEN);
	assert_int_equal(s.flights, flights);
	scripted_end(&s);
	message_clear(&msg);
	envelope_clear(&env);
}

static void
sends_many_in_windows(void **state)
{
	struct buf steps = {0};

	(void)state;
	buf_adds(&steps, "C: MAIL*\nS: 250 ok\n");
	add_recipients(&steps, 0, MANY, "250 ok");
	buf_adds(&steps, "C: BDAT 8 LAST\nC+ BDAT\nS: 250 ok\n");
	run_many(&steps, MANY / WINDOW);
	buf_clear(&steps);
}

/* No more refusals than a window: Postfix hangs up after 1,000. */
static void
sends_many_to_a_server_that_takes_few(void **state)
{
	struct buf steps = {0};

	(void)state;
	for (int from = 0; from < MANY; from += WINDOW) {
		buf_adds(&steps, "C: MAIL*\nS: 250 ok\n");
		add_recipients(&steps, from, WINDOW, "250 ok");
		if (from + WINDOW < MANY)
			add_recipients(&steps, from + WINDOW, WINDOW,
			    "452 4.5.3 too many");
		buf_adds(&steps, "C: BDAT 8 LAST\nC+ BDAT\nS: 250 ok\n");
	}
	run_many(&steps, 3 * (MANY / WINDOW - 1));
	buf_clear(&steps);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(declares_the_size),
	    TEST(says_8bitmime_when_it_must),
	    TEST(says_smtputf8_when_it_must),
	    TEST(asks_for_dsn_where_it_can),
	    TEST(prints_paths_itself),
	    TEST(sends_many_in_windows),
	    TEST(sends_many_to_a_server_that_takes_few),
	};

	return RUN("extension", tests);
}
