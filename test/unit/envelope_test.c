/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/mail/envelope.h"

static void
add(struct envelope *env, const char *local, const char *domain)
{
	struct mailboxes l = {0};

	mailboxes_add(&l, "", local, domain);
	envelope_add(env, &l.v[0]);
	mailboxes_clear(&l);
}

static void
has(const struct envelope *env, const char *want)
{
	struct buf b = {0};

	for (size_t i = 0; i < env->n; i++)
		buf_addf(&b, "%s%s", i > 0 ? " " : "", env->rcpt[i].mailbox.p);
	assert_string_equal(buf_str(&b), want);
	buf_clear(&b);
}

static void
drops_doubles(void **state)
{
	struct envelope env = {0};

	(void)state;
	add(&env, "a", "b.example");
	add(&env, "a", "B.Example");
	add(&env, "A", "b.example"); /* the receiver may tell them apart */
	add(&env, "a", "b.example");
	add(&env, "root", "");
	add(&env, "root", "");
	add(&env, "a@x", "b");
	add(&env, "a@X", "b");
	add(&env, "a", "c.example");
	has(&env,
	    "a@b.example A@b.example root \"a@x\"@b \"a@X\"@b a@c.example");
	for (size_t i = 0; i < env.n; i++) {
		assert_int_equal(env.rcpt[i].v.state, PENDING);
		assert_int_equal(env.rcpt[i].notify, 0);
	}
	envelope_clear(&env);
	has(&env, "");
}

/* With a list that is searched this would take for ever. */
static void
is_fast(void **state)
{
	struct envelope env = {0};
	char local[32];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 200000; i++) {
			snprintf(local, sizeof local, "user%d", i);
			add(&env, local,
			    round == 0 ? "x.example" : "X.example");
		}
		assert_int_equal(env.n, 200000);
	}
	assert_string_equal(env.rcpt[4999].mailbox.p, "user4999@x.example");
	envelope_clear(&env);
}

static void
needs_utf8(void **state)
{
	struct envelope env = {0};

	(void)state;
	envelope_sender(&env, "a@b");
	add(&env, "a", "b");
	assert_false(env.utf8);
	add(&env, "\xc3\xa4", "b");
	assert_true(env.utf8);
	envelope_clear(&env);
	envelope_sender(&env, "a@\xc3\xb6");
	assert_true(env.utf8);
	envelope_clear(&env);
}

static void
has_one_sender(void **state)
{
	struct envelope env = {0};

	(void)state;
	envelope_sender(&env, "first@x");
	envelope_sender(&env, "b@x");
	assert_string_equal(env.sender.p, "b@x");
	envelope_sender(&env, "");
	assert_int_equal(env.sender.n, 0);
	envelope_clear(&env);
}

/* What was added, or was there. */
static void
gives_the_recipient(void **state)
{
	struct mailboxes l = {0};
	struct envelope env = {0};
	struct recipient *r;

	(void)state;
	mailboxes_add(&l, "", "a", "x");
	mailboxes_add(&l, "", "b", "x");
	mailboxes_add(&l, "A", "a", "X");
	r = envelope_add(&env, &l.v[0]);
	assert_string_equal(r->mailbox.p, "a@x");
	r->notify = 2;
	assert_string_equal(envelope_add(&env, &l.v[1])->mailbox.p, "b@x");
	assert_int_equal(envelope_add(&env, &l.v[2])->notify, 2);
	assert_int_equal(env.n, 2);
	env.rcpt[1].v.state = REFUSED;
	assert_int_equal(envelope_count(&env, PENDING), 1);
	assert_int_equal(envelope_count(&env, REFUSED), 1);
	mailboxes_clear(&l);
	envelope_clear(&env);
}

static void
replaces_recipients(void **state)
{
	struct envelope env = {0}, now = {0};

	(void)state;
	envelope_sender(&env, "s@x");
	buf_adds(&env.envid, "id");
	env.ret = RET_FULL;
	add(&env, "\xc3\xa4", "x");
	for (int i = 0; i < 40; i++) {
		char local[8];

		snprintf(local, sizeof local, "u%d", i);
		add(&now, local, "x");
	}
	envelope_replace(&env, &now);
	assert_int_equal(env.n, 40);
	assert_false(env.utf8);
	assert_string_equal(env.sender.p, "s@x");
	assert_string_equal(env.envid.p, "id");
	assert_int_equal(env.ret, RET_FULL);
	assert_int_equal(now.n, 0);
	assert_null(now.rcpt);
	/* Doubles are still known. */
	add(&env, "u39", "X");
	assert_int_equal(env.n, 40);
	add(&env, "u40", "x");
	assert_int_equal(env.n, 41);
	envelope_sender(&env, "\xc3\xa4@x");
	add(&now, "only", "x");
	envelope_replace(&env, &now);
	has(&env, "only@x");
	assert_true(env.utf8);
	envelope_replace(&env, &now);
	assert_int_equal(env.n, 0);
	envelope_clear(&env);
}

static bool
from_header(struct envelope *env, const char *text, struct err *e)
{
	struct header h = {0};
	size_t n;
	bool ok;

	for (; *text != '\0'; text += n) {
		n = strcspn(text, "\n") + 1;
		assert_int_equal(header_push(&h, text, n), HEADER_TAKEN);
	}
	ok = envelope_from_header(env, &h, e);
	header_clear(&h);
	return ok;
}

static void
takes_what_the_header_says(void **state)
{
	static const char *const t[][2] = {
	    {"Subject: x\r\n", ""},
	    {"To: a@x\r\nCc: b@x\r\nBcc: c@x\r\n", "a@x b@x c@x"},
	    {"To: a@x\r\nBcc : c@x\r\nTo: d@x, a@X\r\n", "a@x c@x d@x"},
	    {"To: A <a@x>,\r\n (c) g:b@x,c@x;,\r\n\td@x\r\n",
		"a@x b@x c@x d@x"},
	    {"From: f@x\r\nReply-To: r@x\r\nSender: s@x\r\n", ""},
	    {"To: undisclosed-recipients:;\r\nCc:\r\nBcc: b@x\r\n", "b@x"},
	    {"X-To: x@x\r\nResent: y@x\r\nTo: a@x\r\n", "a@x"},
	    /* A resent message goes to those of the latest resending. */
	    {"Resent-From: f@x\r\nResent-To: r@x\r\nTo: a@x\r\nCc: c@x\r\n",
		"r@x"},
	    {"Resent-To: r@x\r\nResent-Cc: s@x\r\nResent-Bcc: t@x\r\n"
	     "Resent-From: f@x\r\nResent-To: old@x\r\nTo: a@x\r\n",
		"r@x s@x t@x"},
	    {"Resent-From: f@x\r\nTo: a@x\r\n", ""},
	};
	struct envelope env = {0};
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		assert_true(from_header(&env, t[i][0], &e));
		has(&env, t[i][1]);
		envelope_clear(&env);
	}
}

static void
names_the_bad_field(void **state)
{
	struct envelope env = {0};
	struct err e;

	(void)state;
	assert_false(from_header(&env, "To: a@x\r\nCc: two words\r\n", &e));
	assert_err(&e, ERR_INPUT, "the Cc field: ");
	assert_false(from_header(&env, "resent-bcc: <a@x\r\n", &e));
	assert_err(&e, ERR_INPUT, "the Resent-Bcc field: ");
	/* Nobody asks what else stands there. */
	assert_true(from_header(&env, "From: two words\r\nTo: a@x\r\n", &e));
	envelope_clear(&env);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(drops_doubles),
	    TEST(is_fast),
	    TEST(needs_utf8),
	    TEST(has_one_sender),
	    TEST(gives_the_recipient),
	    TEST(replaces_recipients),
	    TEST(takes_what_the_header_says),
	    TEST(names_the_bad_field),
	};

	return RUN("envelope", tests);
}
