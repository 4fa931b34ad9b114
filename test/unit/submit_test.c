/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "cmd/report.h"
#include "cmd/submit.h"
#include "test/unit/scripted.h"

/* The whole line of the last outcome. */
static struct buf line;

/*
 * Recipients: Pending, Taken, Deferred, Refused; before that, Left out or
 * Given up on purpose.
 */
static enum err_kind
outcome(const char *states, enum err_kind common)
{
	struct job j = {0};
	struct err e = {.kind = common, .text = "mx: trouble"};
	char local[32];

	for (size_t i = 0; states[i] != '\0'; i++) {
		struct verdict *v;

		snprintf(local, sizeof local, "r%zu", i);
		scripted_rcpt(&j.env, local, "x");
		v = &j.env.rcpt[i].v;
		v->state = states[i] == 'T' || states[i] == 'G' ? TAKEN
		    : states[i] == 'D'                          ? DEFERRED
		    : states[i] == 'R' || states[i] == 'L'      ? REFUSED
								: PENDING;
		v->code = states[i] == 'R' ? 550
		    : states[i] == 'D'     ? 450
		    : states[i] == 'T'     ? 250
					   : 0;
		snprintf(v->text, sizeof v->text, "%s",
		    states[i] == 'R'       ? "550 no"
			: states[i] == 'L' ? "nobody"
					   : "450 later");
	}
	buf_reset(&line);
	submit_outcome(&j, common == ERR_NONE, &e, &line);
	if (e.kind != ERR_NONE)
		assert_memory_equal(e.text, line.p,
		    line.n < sizeof e.text ? line.n + 1 : sizeof e.text - 1);
	job_clear(&j);
	return e.kind;
}

struct row {
	const char *states;
	enum err_kind common, kind;
	const char *text;
};

static void
check(const struct row *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(outcome(t[i].states, t[i].common), t[i].kind);
		assert_string_equal(buf_str(&line), t[i].text);
	}
}

static void
tells_who_has_it_not(void **state)
{
	static const struct row t[] = {
	    {"T", ERR_NONE, ERR_NONE, ""},
	    {"TTT", ERR_NONE, ERR_NONE, ""},
	    {"R", ERR_NONE, ERR_RECIPIENT, "refused: r0@x (550 no)"},
	    {"D", ERR_NONE, ERR_AGAIN, "not taken now: r0@x (450 later)"},
	    {"TR", ERR_NONE, ERR_RECIPIENT,
		"refused: r1@x (550 no); delivered to 1 other, do not resend"},
	    {"TDT", ERR_NONE, ERR_AGAIN,
		"not taken now: r1@x (450 later); delivered to 2 others, do "
		"not resend"},
	    {"DRT", ERR_NONE, ERR_RECIPIENT,
		"refused: r1@x (550 no); not taken now: r0@x (450 later); "
		"delivered to 1 other, do not resend"},
	    {"RR", ERR_NONE, ERR_RECIPIENT,
		"refused: r0@x (550 no), r1@x (550 no)"},
	    {"P", ERR_UNREACHABLE, ERR_UNREACHABLE,
		"mx: trouble; not delivered to r0@x"},
	    {"PP", ERR_MESSAGE, ERR_MESSAGE,
		"mx: trouble; not delivered to r0@x, r1@x"},
	    {"PP", ERR_MAYBE, ERR_MAYBE,
		"mx: trouble; perhaps delivered to r0@x, r1@x"},
	    {"RP", ERR_AGAIN, ERR_RECIPIENT,
		"refused: r0@x (550 no); mx: trouble; not delivered to r1@x"},
	    {"RP", ERR_MAYBE, ERR_RECIPIENT,
		"refused: r0@x (550 no); mx: trouble; perhaps delivered to "
		"r1@x"},
	    {"DP", ERR_MAYBE, ERR_MAYBE,
		"not taken now: r0@x (450 later); mx: trouble; perhaps "
		"delivered to r1@x"},
	    {"TP", ERR_AGAIN, ERR_AGAIN,
		"mx: trouble; not delivered to r1@x; delivered to 1 other, do "
		"not resend"},
	    {"TDRP", ERR_UNTRUSTED, ERR_RECIPIENT,
		"refused: r2@x (550 no); not taken now: r1@x (450 later); mx: "
		"trouble; not delivered to r3@x; delivered to 1 other, do not "
		"resend"},
	    {"GP", ERR_AGAIN, ERR_AGAIN, "mx: trouble; not delivered to r1@x"},
	    {"GGT", ERR_NONE, ERR_NONE, ""},
	    {"", ERR_CONFIG, ERR_CONFIG, "mx: trouble"},
	    {"", ERR_USAGE, ERR_USAGE, "mx: trouble"},
	    {"DD", ERR_AGAIN, ERR_AGAIN,
		"not taken now: r0@x (450 later), r1@x (450 later); mx: "
		"trouble"},
	};

	(void)state;
	check(t, COUNT(t));
}

/* Those whom no server was asked for come first. */
static void
tells_who_is_nobody(void **state)
{
	static const struct row t[] = {
	    {"L", ERR_NONE, ERR_CONFIG, "r0@x: nobody"},
	    {"TLTL", ERR_NONE, ERR_CONFIG,
		"r1@x: nobody; r3@x: nobody; delivered to 2 others, do not "
		"resend"},
	    {"LRT", ERR_NONE, ERR_RECIPIENT,
		"r0@x: nobody; refused: r1@x (550 no); delivered to 1 other, "
		"do not resend"},
	    {"DL", ERR_NONE, ERR_AGAIN,
		"r1@x: nobody; not taken now: r0@x (450 later)"},
	    {"PL", ERR_UNREACHABLE, ERR_UNREACHABLE,
		"r1@x: nobody; mx: trouble; not delivered to r0@x"},
	    {"PL", ERR_MAYBE, ERR_MAYBE,
		"r1@x: nobody; mx: trouble; perhaps delivered to r0@x"},
	    {"PL", ERR_CONFIG, ERR_CONFIG,
		"r1@x: nobody; mx: trouble; not delivered to r0@x"},
	    {"LL", ERR_INPUT, ERR_INPUT,
		"r0@x: nobody; r1@x: nobody; mx: trouble"},
	};

	(void)state;
	check(t, COUNT(t));
}

/* All states by all kinds: 0 is for those alone whom nobody misses. */
static void
is_never_too_glad(void **state)
{
	static const char letters[] = "PTDRL";
	char states[4] = "";

	(void)state;
	for (int i = 0; i < 125; i++) {
		states[0] = letters[i % 5];
		states[1] = letters[i / 5 % 5];
		states[2] = letters[i / 25];
		for (int k = ERR_NONE; k < ERR_KINDS; k++) {
			int kind = (int)outcome(states, (enum err_kind)k);
			bool all = strspn(states, "T") == 3;

			assert_int_equal(report_exit((enum err_kind)kind) == 0,
			    all && k == ERR_NONE);
			if (strchr(states, 'R') != NULL)
				assert_int_equal(kind, ERR_RECIPIENT);
			else if (k != ERR_NONE)
				assert_int_equal(kind, k);
			else if (strpbrk(states, "DP") != NULL)
				assert_int_equal(kind, ERR_AGAIN);
			else
				assert_int_equal(kind,
				    all ? ERR_NONE : ERR_CONFIG);
			for (size_t r = 0; r < 3; r++) {
				char name[] = "r0@x";

				name[1] += (char)r;
				if (strchr("DRL", states[r]) != NULL
				    || (states[r] == 'P' && k != ERR_NONE))
					assert_has(buf_str(&line), name);
				if (states[r] == 'T')
					assert_lacks(buf_str(&line), name);
			}
		}
	}
}

/* Those that the line has no room for are counted. */
static void
misses_nobody_of_many(void **state)
{
	const char *others;
	size_t named = 0;
	char states[2001];

	(void)state;
	memset(states, 'R', 2000);
	states[1000] = 'T';
	states[2000] = '\0';
	assert_int_equal(outcome(states, ERR_NONE), ERR_RECIPIENT);
	for (const char *p = line.p; (p = strstr(p, " (550 no)")) != NULL; p++)
		named++;
	others = strstr(line.p, " and ");
	assert_non_null(others);
	assert_true(named >= 8);
	assert_int_equal(named + strtoul(others + 5, NULL, 10), 1999);
	assert_has(line.p, " others; delivered to 1 other, do not resend");
	memset(states, 'L', 2000);
	states[1000] = 'T';
	assert_int_equal(outcome(states, ERR_NONE), ERR_CONFIG);
	named = 0;
	for (const char *p = line.p; (p = strstr(p, ": nobody")) != NULL; p++)
		named++;
	others = strstr(line.p, " and ");
	assert_non_null(others);
	assert_true(named >= 8);
	assert_int_equal(named + strtoul(others + 5, NULL, 10), 1999);
	assert_true(line.n < 4096);
}

static void
has_an_exit_for_each_kind(void **state)
{
	static const int want[ERR_KINDS] = {[ERR_NONE] = 0,
	    [ERR_USAGE] = 64,
	    [ERR_INPUT] = 65,
	    [ERR_RECIPIENT] = 67,
	    [ERR_NOHOST] = 68,
	    [ERR_MESSAGE] = 69,
	    [ERR_SERVER] = 69,
	    [ERR_SYSTEM] = 71,
	    [ERR_CREATE] = 73,
	    [ERR_IO] = 74,
	    [ERR_UNREACHABLE] = 75,
	    [ERR_AGAIN] = 75,
	    [ERR_INTERRUPTED] = 75,
	    [ERR_MAYBE] = 75,
	    [ERR_PROTOCOL] = 76,
	    [ERR_TLS] = 76,
	    [ERR_UNTRUSTED] = 76,
	    [ERR_LOGIN] = 77,
	    [ERR_SECRET] = 77,
	    [ERR_SENDER] = 77,
	    [ERR_CONFIG] = 78};

	(void)state;
	for (int k = 0; k < ERR_KINDS; k++)
		assert_int_equal(report_exit((enum err_kind)k), want[k]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(tells_who_has_it_not),
	    TEST(tells_who_is_nobody),
	    TEST(is_never_too_glad),
	    TEST(misses_nobody_of_many),
	    TEST(has_an_exit_for_each_kind),
	};

	int failed = RUN("submit", tests);

	buf_clear(&line);
	return failed;
}
