/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/base/clock.h"
#include "lib/smtp/client.h"
#include "test/unit/scripted.h"

static struct scripted s;
static struct err e;

static void
begin(const char *steps, bool proved)
{
	e = (struct err){0};
	scripted_begin(&s, steps, proved);
}

static void
greets(void **state)
{
	(void)state;
	begin("S: 220-mx\nS: 220 ready\n"
	      "C: EHLO me.example\nS: 250-mx\nS: 250 PIPELINING\n",
	    true);
	assert_true(client_greeting(&s.client, &e));
	assert_true(client_ehlo(&s.client, "me.example", &e));
	assert_true(s.client.caps.pipelining);
	assert_int_equal(s.flights, 2);
	scripted_end(&s);
}

static void
tells_what_is_wrong(void **state)
{
	static const struct {
		const char *steps;
		enum err_kind kind;
		const char *text;
	} t[] = {
	    {"S: 421 busy\n", ERR_AGAIN, "mx answered the connection with 421"},
	    {"S: 554 no\n", ERR_SERVER, "554 no"},
	    {"S: 250 OK\n", ERR_PROTOCOL, "250 OK"},
	    {"S: SSH-2.0-x\n", ERR_PROTOCOL, "mx does not speak SMTP"},
	    {"S: 220-a\nS: 221 b\n", ERR_PROTOCOL, "does not speak SMTP"},
	    {"S: \n", ERR_PROTOCOL, "does not speak SMTP"},
	    {"S- 554 \\x1b[2J\\x07\\r\\n\n", ERR_SERVER, "554 \\x1b[2J\\x07"},
	    {"S- 220 half\nCLOSE\n", ERR_UNREACHABLE, "closed"},
	    {"CLOSE\n", ERR_UNREACHABLE, "mx: the server closed"},
	    {"RESET\n", ERR_UNREACHABLE, "reset"},
	    {"HANG\n", ERR_UNREACHABLE, "mx: timed out"},
	    {"S: 220-a\nHANG\n", ERR_UNREACHABLE, "timed out"},
	    {"S* forever 220-x\\r\\n\n", ERR_PROTOCOL, "SMTP"},
	    {"S* forever x\n", ERR_PROTOCOL, "without end"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		begin(t[i].steps, false);
		assert_false(client_greeting(&s.client, &e));
		assert_err(&e, t[i].kind, t[i].text);
		assert_int_equal(s.wrote.n, 0);
		scripted_end(&s);
	}
}

static void
notes_the_reply(void **state)
{
	(void)state;
	begin("S: 220 hi\nC: EHLO x\nS: 502-5.5.1 what\nS: 502 is that\n",
	    true);
	assert_true(client_greeting(&s.client, &e));
	assert_false(client_ehlo(&s.client, "x", &e));
	assert_err(&e, ERR_SERVER, "EHLO with 502 5.5.1 what is that");
	assert_string_equal(s.facts.reply, "502 5.5.1 what is that");
	scripted_end(&s);
}

/* The promise: nothing else, whatever the caller wants. */
static void
says_nothing_to_strangers(void **state)
{
	static const char *const harmful[] = {"EHLO me.example", "HELO x",
	    "EHLO", "EHLO ", "ehlo [127.0.0.1]", "MAIL FROM:<a@b>",
	    "RCPT TO:<a@b>", "DATA", "BDAT 1 LAST",
	    "AUTH PLAIN AGEAYg==", "AUTH LOGIN", "NOOP", "RSET", "VRFY a",
	    "quit", "", "x QUIT"};

	(void)state;
	begin("C: EHLO ?127.0.0.1?\nS: 250 mx\n", false);
	for (size_t i = 0; i < COUNT(harmful); i++) {
		e.kind = ERR_NONE;
		assert_false(client_command(&s.client, &e, "%s", harmful[i]));
		assert_err(&e, ERR_UNTRUSTED, "nothing was sent");
		e.kind = ERR_NONE;
		assert_false(client_secret(&s.client, harmful[i], &e));
		assert_int_equal(e.kind, ERR_UNTRUSTED);
	}
	assert_false(client_ehlo(&s.client, "me.example", &e));
	assert_true(client_ehlo(&s.client, "[127.0.0.1]", &e));
	assert_string_equal(scripted_wrote(&s), "EHLO [127.0.0.1]\r\n");
	scripted_end(&s);
}

static void
starts_tls(void **state)
{
	(void)state;
	begin("S: 220 mx\nC: EHLO ?127.0.0.1?\nS: 250-mx\nS: 250-AUTH PLAIN\n"
	      "S: 250-PIPELINING\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\n"
	      "TLS\nC: EHLO me.example\nS: 250-mx\nS: 250 SIZE 7\n",
	    false);
	assert_true(client_greeting(&s.client, &e));
	assert_true(client_ehlo(&s.client, "[127.0.0.1]", &e));
	assert_true(s.client.caps.mechanisms != 0);
	assert_true(client_starttls(&s.client, &e));
	/* What was said before is forgotten (RFC 3207, 4.2). */
	assert_int_equal(s.client.caps.mechanisms, 0);
	assert_false(s.client.caps.pipelining);
	assert_int_equal(s.client.reply.code, 0);
	assert_int_equal(s.client.reply.text.n, 0);
	assert_true(stream_proved(s.stream));
	assert_true(client_ehlo(&s.client, "me.example", &e));
	assert_false(s.client.caps.starttls);
	assert_int_equal(s.client.caps.size_max, 7);
	assert_int_equal(s.flights, 4);
	scripted_end(&s);
}

static void
does_without_no_tls(void **state)
{
	static const struct {
		const char *steps;
		enum err_kind kind;
		const char *text;
	} t[] = {
	    {"S: 250 mx\n", ERR_UNTRUSTED, "offers no STARTTLS"},
	    {"S: 250-mx\nS: 250 XSTARTTLS\n", ERR_UNTRUSTED, "no STARTTLS"},
	    {"S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 454 later\n",
		ERR_AGAIN, "454 later"},
	    {"S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 502 no\n",
		ERR_UNTRUSTED, "502 no"},
	    {"S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 250 no\n",
		ERR_PROTOCOL, "250 no"},
	    {"S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nNOTLS\n",
		ERR_UNTRUSTED, "no pin"},
	    {"S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nCLOSE\n",
		ERR_UNREACHABLE, "closed"},
	    /* CVE-2011-0411 and its like. */
	    {"S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\n"
	     "S- 220 go\\r\\n250 injected\\r\\n\n",
		ERR_UNTRUSTED, "somebody is in the way"},
	    {"S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS- 220 go\\r\\n2\n",
		ERR_UNTRUSTED, "somebody is in the way"},
	};
	struct buf steps = {0};

	(void)state;
	/* Once all in one read, once with a read that ends behind "220 go". */
	for (size_t i = 0; i < 2 * COUNT(t); i++) {
		const size_t k = i / 2;

		buf_reset(&steps);
		buf_addf(&steps, "C: EHLO ?::1?\n%s", t[k].steps);
		begin(steps.p, false);
		s.piece = i % 2 * 8;
		assert_true(client_ehlo(&s.client, "[::1]", &e));
		assert_false(client_starttls(&s.client, &e));
		assert_err(&e, t[k].kind, t[k].text);
		assert_false(stream_proved(s.stream));
		assert_lacks(scripted_wrote(&s), "AUTH");
		scripted_end(&s);
	}
	buf_clear(&steps);
}

static void
quits(void **state)
{
	(void)state;
	begin("S: 220 mx\nC: QUIT\n", false);
	assert_true(client_greeting(&s.client, &e));
	client_quit(&s.client);
	assert_int_equal(s.flights, 1); /* no answer is waited for */
	assert_true(s.said_end);
	scripted_end(&s);
	/* In the middle of content it would be a line of it. */
	begin("EOF\n", true);
	s.client.midway = true;
	/* And the end of the content would make it a message. */
	stream_put(s.stream, ".\r\n", 3);
	client_quit(&s.client);
	assert_int_equal(s.wrote.n, 0);
	assert_false(s.said_end);
	scripted_end(&s);
}

static void
keeps_to_limits(void **state)
{
	int64_t now = clock_now();

	(void)state;
	begin("", false);
	assert_in_range(client_until(&s.client, 60), now + 60000, now + 100000);
	s.client.timeout = 5;
	assert_in_range(client_until(&s.client, 60), now + 5000, now + 50000);
	assert_in_range(client_until(&s.client, 3), now + 3000, now + 4900);
	s.client.timeout = 100;
	assert_in_range(client_until(&s.client, 60), now + 60000, now + 99000);
	s.client.deadline = now + 7;
	assert_true(client_until(&s.client, 60) == now + 7);
	/* The last byte is out: the server has its ten minutes. */
	s.client.away = true;
	s.client.timeout = 1;
	assert_in_range(client_until(&s.client, 60), now + 600000,
	    now + 700000);
	scripted_drop(&s);

	begin("HANG\n", false);
	now = clock_now();
	assert_false(client_greeting(&s.client, &e));
	assert_in_range(s.until, now + SECONDS_HELLO * 1000,
	    now + SECONDS_HELLO * 1000 + 50000);
	scripted_end(&s);
}

static void
show(void *arg, char who, const char *line)
{
	buf_addf(arg, "%c%s|", who, line);
}

static void
shows_no_secrets(void **state)
{
	struct buf b = {0};

	(void)state;
	begin(
	    "S- 220 mx\\x1b\\r\\n\nS: 334 VXNlcm5hbWU6\nC: AUTH PLAIN *\nC: c2VjcmV0\n"
	    "C: NOOP\nS: 250 ok\n",
	    true);
	s.client.trace = show;
	s.client.trace_arg = &b;
	assert_true(client_greeting(&s.client, &e));
	assert_true(client_reply(&s.client, CLOCK_NEVER, &e));
	assert_true(client_secret(&s.client, "AUTH PLAIN AGEAc2VjcmV0", &e));
	assert_true(client_secret(&s.client, "c2VjcmV0", &e));
	assert_true(client_command(&s.client, &e, "NOOP"));
	assert_true(client_reply(&s.client, CLOCK_NEVER, &e));
	assert_string_equal(b.p,
	    "<220 mx\\x1b|<334 ****|>AUTH PLAIN ****|>****|>NOOP|<250 ok|");
	buf_clear(&b);
	scripted_end(&s);
}

/* A server that quotes what it does not understand. */
static void
masks_what_is_said_back(void **state)
{
	struct buf b = {0};

	(void)state;
	begin("C: AUTH PLAIN *\nS: 501-AUTH PLAIN AGEAc2VjcmV0?\n"
	      "S: 501 AGEAc2VjcmV0AGEAc2VjcmV0\nC: NOOP\nS: 250 AGEAc2VjcmV0\n"
	      "C: AUTH PLAIN *\nS: 501 AGEAYSBzZWNyZXQgd29y...\n",
	    true);
	s.client.trace = show;
	s.client.trace_arg = &b;
	assert_true(client_secret(&s.client, "AUTH PLAIN AGEAc2VjcmV0", &e));
	assert_true(client_reply(&s.client, CLOCK_NEVER, &e));
	assert_int_equal(s.client.secret.n, 0);
	assert_false(client_refused(&s.client, "AUTH", ERR_LOGIN, &e));
	assert_err(&e, ERR_LOGIN, "501 AUTH PLAIN ************?");
	assert_null(strstr(e.text, "AGEA"));
	assert_null(strstr(s.facts.reply, "AGEA"));
	assert_null(strstr(b.p, "AGEA"));
	/* Later it is a word like others. */
	assert_true(client_command(&s.client, &e, "NOOP"));
	assert_true(client_reply(&s.client, CLOCK_NEVER, &e));
	client_note(&s.client);
	assert_has(s.facts.reply, "AGEA");
	/* Cut off, it is still the beginning of it. */
	assert_true(client_secret(&s.client,
	    "AUTH PLAIN AGEAYSBzZWNyZXQgd29yZA==", &e));
	assert_true(client_reply(&s.client, CLOCK_NEVER, &e));
	client_note(&s.client);
	assert_has(s.facts.reply, "501 ********************...");
	buf_clear(&b);
	scripted_end(&s);
}

/* What nobody asked for is the answer to nothing. */
static void
stays_in_step(void **state)
{
	(void)state;
	begin("S- 220 mx\\r\\n250 early\\r\\n\n", true);
	assert_true(client_greeting(&s.client, &e));
	assert_false(client_command(&s.client, &e, "EHLO me.example"));
	assert_err(&e, ERR_PROTOCOL, "250 early before it was asked");
	scripted_end(&s);

	begin("S- 220 mx\\r\\n421 go away\\r\\n\n", true);
	assert_true(client_greeting(&s.client, &e));
	assert_false(client_command(&s.client, &e, "EHLO me.example"));
	assert_err(&e, ERR_AGAIN, "421 go away");
	scripted_end(&s);

	begin("C: NOOP\nS: nonsense\nS: 250 ok\n", true);
	assert_true(client_command(&s.client, &e, "NOOP"));
	assert_false(client_reply(&s.client, CLOCK_NEVER, &e));
	assert_false(client_reply(&s.client, CLOCK_NEVER, &e));
	assert_err(&e, ERR_PROTOCOL, "cannot be told apart");
	scripted_end(&s);

	/* Content would go where no verdict can be read. */
	begin("C: NOOP\nS: nonsense\n", true);
	assert_true(client_command(&s.client, &e, "NOOP"));
	assert_false(client_reply(&s.client, CLOCK_NEVER, &e));
	assert_false(client_command(&s.client, &e, "BDAT 9 LAST"));
	assert_err(&e, ERR_PROTOCOL, "cannot be told apart");
	scripted_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(masks_what_is_said_back),
	    TEST(stays_in_step),
	    TEST(greets),
	    TEST(tells_what_is_wrong),
	    TEST(notes_the_reply),
	    TEST(says_nothing_to_strangers),
	    TEST(starts_tls),
	    TEST(does_without_no_tls),
	    TEST(quits),
	    TEST(keeps_to_limits),
	    TEST(shows_no_secrets),
	};

	return RUN("client", tests);
}
