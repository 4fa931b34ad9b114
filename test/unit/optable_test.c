/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdio.h>

#include "cmd/optable.h"

static struct options o;
static struct err e;

static bool
reads(const char *command)
{
	static char *argv[UNIT_WORDS + 1];
	int argc = unit_words(command, argv);

	memset(&o, 0x55, sizeof o);
	e = (struct err){0};
	return options_read(&o, argc, argv, &e);
}

static void
good(const char *command)
{
	if (!reads(command))
		fail_msg("%s: %s", command, e.text);
}

static void
bad(const char *command, const char *why)
{
	if (reads(command))
		fail_msg("%s", command);
	assert_err(&e, ERR_USAGE, why);
}

/* As pinmail(1) has them. */
static const char without[] = "cGimnsTtUvx", valued[] = "AaBCDeFfhLMNOopRrVX",
		  attached[] = "dEJQ";

/* "NAME -LETTERREST" sends, from the header or to r. */
static void
takes(const char *name, char letter, const char *rest, bool from_header)
{
	char command[64];

	snprintf(command, sizeof command, "%s -%c%s", name, letter, rest);
	good(command);
	assert_int_equal(o.mode, MODE_SEND);
	if (o.from_header != from_header)
		fail_msg("%s", command);
	if (!from_header)
		assert_string_equal(o.operands[0], "r");
	else
		assert_null(o.operands[0]);
}

static void
takes_values_for_values(void **state)
{
	static const char *const names[] = {"pinmail", "sendmail"};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		for (const char *p = without; *p != '\0'; p++) {
			takes(names[i], *p, "t", true);
			takes(names[i], *p, " -t", true);
			takes(names[i], *p, *p == 't' ? "" : " r", *p == 't');
		}
		for (const char *p = valued; *p != '\0'; p++) {
			takes(names[i], *p, "t r", false);
			takes(names[i], *p, " -t r", false);
			takes(names[i], *p, " '' r", false);
			takes(names[i], *p, " t -t", true);
		}
		for (const char *p = attached; *p != '\0'; p++) {
			takes(names[i], *p, "t r", false);
			takes(names[i], *p, "t -t", true);
		}
		for (const char *p = "dEJ"; *p != '\0'; p++) {
			takes(names[i], *p, " r", false);
			takes(names[i], *p, " -t", true);
		}
	}
	/* Callers that have it wrong for one sendmail or another. */
	good("sendmail -B 8BITMIME -oem x");
	assert_string_equal(o.operands[0], "x");
	good("sendmail -ti oem");
	assert_string_equal(o.operands[0], "oem");
	good("sendmail -oi -f a@b -- -t");
	assert_string_equal(o.operands[0], "-t");
	good("sendmail -itfa@b");
	assert_true(o.dots && o.from_header);
	assert_string_equal(o.sender, "a@b");
}

static void
knows_modes(void **state)
{
	static const struct {
		const char *command;
		enum options_mode mode;
	} t[] = {
	    {"sendmail -bm r", MODE_SEND},
	    {"sendmail -bs", MODE_DIALOGUE},
	    {"sendmail -b s", MODE_DIALOGUE},
	    {"sendmail -bs -t -i", MODE_DIALOGUE},
	    {"sendmail -t -i -bs r", MODE_DIALOGUE},
	    {"sendmail -bs -bp -q -I -bm", MODE_DIALOGUE},
	    {"sendmail -bi -q1h -bs", MODE_DIALOGUE},
	    {"mailq -bs", MODE_DIALOGUE},
	    {"sendmail -bv r", MODE_VERIFY},
	    {"sendmail -bp", MODE_QUEUE},
	    {"sendmail -bp -v", MODE_QUEUE},
	    {"/usr/bin/mailq", MODE_QUEUE},
	    {"mailq -Ac -v", MODE_QUEUE},
	    {"sendmail -bi", MODE_ALIASES},
	    {"sendmail -I", MODE_ALIASES},
	    {"sendmail -vI", MODE_ALIASES},
	    {"newaliases", MODE_ALIASES},
	    {"/usr/bin/newaliases -v", MODE_ALIASES},
	    {"sendmail -q", MODE_NOTHING},
	    {"sendmail -q30m", MODE_NOTHING},
	    {"sendmail -qf -v", MODE_NOTHING},
	    {"sendmail -bh", MODE_NOTHING},
	    {"sendmail -bH", MODE_NOTHING},
	    {"sendmail -bV", MODE_VERSION},
	    {"sendmail --version", MODE_VERSION},
	    {"mailq --help", MODE_HELP},
	    /* The last one counts. */
	    {"sendmail -bp -bm r", MODE_SEND},
	    {"sendmail -bp -bi", MODE_ALIASES},
	    {"newaliases -bp", MODE_QUEUE},
	    {"mailq -bm r", MODE_SEND},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		good(t[i].command);
		if (o.mode != t[i].mode)
			fail_msg("%s: %d", t[i].command, (int)o.mode);
	}
}

static void
refuses_modes(void **state)
{
	static const char *const daemons[] = {"-bd", "-bD", "-bl", "-bt", "-bP",
	    "-ba", "-bC", "-bz", "-bq", "-b ''", "-bss", "-bM", "-b mm"};
	static const char *const queue[] = {"-bp", "-bi", "-q", "-q1h", "-I"};
	char command[64];

	(void)state;
	for (size_t i = 0; i < COUNT(daemons); i++) {
		snprintf(command, sizeof command, "sendmail %s r", daemons[i]);
		bad(command, "is not supported");
	}
	for (size_t i = 0; i < COUNT(queue); i++) {
		snprintf(command, sizeof command, "sendmail %s r", queue[i]);
		bad(command, "recipients");
		snprintf(command, sizeof command, "pinmail %s -t", queue[i]);
		bad(command, "recipients");
	}
	bad("mailq r", "recipients");
	bad("newaliases -t", "recipients");
	bad("sendmail -bv", "-bv needs addresses");
	bad("sendmail -bv -t", "-bv needs addresses");
	bad("smtpd", "no daemon");
	bad("/usr/sbin/smtpd -bs", "no daemon");
	bad("smtpd --help", "no daemon");
	bad("sendmail", "no recipients");
	bad("sendmail -i", "no recipients");
	bad("sendmail -bm", "no recipients");
}

/* Some mean more, or another thing, by their value or name. */
static void
minds_the_odd_ones(void **state)
{
	static const char *const dots[] = {"-i", "-oi", "-o i", "-oitrue",
	    "-oem -oi", "-ti", "-oi -oem"};
	static const char *const no_dots[] = {"-oem", "-odi", "-o em", "-ooi",
	    "-O i", "-eoi", "-n"};
	char command[64];

	(void)state;
	for (size_t i = 0; i < COUNT(dots) + COUNT(no_dots); i++) {
		bool yes = i < COUNT(dots);

		snprintf(command, sizeof command, "sendmail %s -t",
		    yes ? dots[i] : no_dots[i - COUNT(dots)]);
		good(command);
		if (o.dots != yes)
			fail_msg("%s", command);
	}
	good("pinmail -d r");
	assert_true(o.verbose);
	good("pinmail -d0.1 r");
	assert_false(o.verbose);
	good("pinmail -v -d0.1 r");
	assert_true(o.verbose);
	good("sendmail -d r");
	assert_false(o.verbose);
	good("sendmail -S -t");
	assert_true(o.from_header);
	good("sendmail -X /x r");
	good("sendmail -XVxyz r");
	good("sendmail -X/V+= r");
	bad("sendmail -XV r", "-XV: VERP");
	bad("sendmail -XV+= r", "-XV+=: VERP");
	bad("sendmail -X V r", "VERP");
	bad("sendmail -Q r", "-Q needs a reason");
	good("sendmail -Qreason r");
	bad("pinmail -P r", "-bv");
	bad("pinmail -S r", "-v");
	bad("sendmail -P r", "-P");
}

static void
names_the_option_that_was_meant(void **state)
{
	static const char *const t[][2] = {
	    {"sendmail -H r", "unknown option -H; is it -h?"},
	    {"sendmail -g r", "unknown option -g; is it -G?"},
	    {"sendmail -tj", "unknown option -j; is it -J?"},
	    {"pinmail -w r", "unknown option -w; see pinmail(1)"},
	    {"pinmail -4 r", "unknown option -4; see pinmail(1)"},
	    {"pinmail -6 r", "unknown option -6"},
	    {"pinmail -[ r", "unknown option -["},
	    {"pinmail -t- r", "unknown option --"},
	    {"pinmail --acount x r", "--account"},
	    {"pinmail --recipients r", "unknown option --recipients"},
	    {"pinmail --timeuot=3 r", "is it --timeout?"},
	    {"pinmail --verbose r", "unknown option --verbose"},
	    {"pinmail --=x r", "unknown option"},
	    {"sendmail --acount x r", "unknown option --acount; see"},
	    /* What msmtp takes is a line of the file here. */
	    {"pinmail --host=h r", "--host is a setting"},
	    {"pinmail --host h r", "pinmail.conf: host"},
	    {"pinmail --passwordeval=x r", "--passwordeval is a setting"},
	    {"pinmail --logfile=/x r", "--logfile is a setting"},
	    {"pinmail --tls-trust-file=/x r", "pinmail.conf: tls_trust_file"},
	    {"pinmail --tls r", "--tls is a setting"},
	    {"pinmail --pretend r", "-bv"},
	    {"pinmail --serverinfo", "-v"},
	    {"sendmail --host=h r", "unknown option --host; see pinmail(1)"},
	    {"sendmail --logfile=/x r", "unknown option --logfile; see"},
	    {"sendmail --pretend r", "unknown option --pretend; see"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		bad(t[i][0], t[i][1]);
}

static void
takes_long_options(void **state)
{
	static const char *const ours[] = {"--account=a", "--debug",
	    "--dsn-notify=never", "--dsn-return=full", "--file=x", "--from=a@b",
	    "--read-recipients", "--timeout=3"};
	char command[64];

	(void)state;
	good("pinmail --account=acc --debug --dsn-notify=never "
	     "--dsn-return=headers --from=a@b --read-recipients --timeout=7");
	assert_string_equal(o.account, "acc");
	assert_true(o.verbose && o.from_header);
	assert_int_equal(o.notify, NOTIFY_NEVER);
	assert_int_equal(o.ret, RET_HEADERS);
	assert_string_equal(o.sender, "a@b");
	assert_int_equal(o.timeout, 7);
	good("pinmail --account acc --from -t --timeout off r");
	assert_string_equal(o.account, "acc");
	assert_string_equal(o.sender, "-t");
	assert_int_equal(o.timeout, 0);
	assert_string_equal(o.operands[0], "r");
	good("pinmail --from= r");
	assert_string_equal(o.sender, "");
	good("pinmail --from=a=b r");
	assert_string_equal(o.sender, "a=b");
	/* Who calls us by the other name is an old program. */
	for (size_t i = 0; i < COUNT(ours); i++) {
		snprintf(command, sizeof command, "sendmail %s r", ours[i]);
		bad(command, "unknown option");
	}
	bad("pinmail --account", "--account needs a value");
	bad("pinmail -t --debug=x", "--debug takes no value");
	bad("pinmail --timeout=0 r", "off or seconds");
	bad("pinmail --timeout=-1 r", "off or seconds");
	bad("pinmail --timeout=86401 r", "off or seconds");
	bad("pinmail --timeout= r", "off or seconds");
	bad("pinmail --timeout=3s r", "off or seconds");
	/* A file, in one place only (DESIGN, 5.7). */
	good("pinmail --file=x -t");
	assert_string_equal(o.config, "x");
	good("pinmail --file x -t");
	assert_string_equal(o.config, "x");
	bad("pinmail -t --file=x", "--file counts only as the first");
	bad("pinmail --file=x --file=y -t", "--file counts only as the first");
	bad("sendmail --file=x -t", "unknown option --file");
	bad("pinmail -t --version", "--version counts only as the first");
}

/* The last of those that say who sends. */
static void
lets_the_last_sender_count(void **state)
{
	(void)state;
	good("sendmail -f a@x -r b@x --read-envelope-from r");
	assert_null(o.sender);
	good("sendmail --read-envelope-from -f a@x -r b@x r");
	assert_string_equal(o.sender, "b@x");
	good("pinmail -f a@x --from=b@x -fc@x r");
	assert_string_equal(o.sender, "c@x");
	good("pinmail --read-envelope-from --read-envelope-from r");
	assert_null(o.sender);
	bad("pinmail --read-envelope-from=x r", "takes no value");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(takes_values_for_values),
	    TEST(knows_modes),
	    TEST(refuses_modes),
	    TEST(minds_the_odd_ones),
	    TEST(names_the_option_that_was_meant),
	    TEST(takes_long_options),
	    TEST(lets_the_last_sender_count),
	};

	return RUN("optable", tests);
}
