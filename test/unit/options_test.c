/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "cmd/options.h"

/* What was made of a command line. */
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
	assert_int_equal(o.mode, MODE_SEND);
}

static const char *
operands(void)
{
	static char text[UNIT_WORDS * 64];

	text[0] = '\0';
	for (char *const *p = o.operands; *p != NULL; p++) {
		strcat(text, "|");
		strcat(text, *p);
	}
	return text;
}

static void
knows_modes(void **state)
{
	(void)state;
	assert_true(reads("pinmail"));
	assert_int_equal(o.mode, MODE_LOST);
	assert_true(reads("/usr/bin/pinmail --help"));
	assert_int_equal(o.mode, MODE_HELP);
	assert_true(reads("pinmail --version a@b"));
	assert_int_equal(o.mode, MODE_VERSION);
	/* They count in the first place only. */
	assert_false(reads("pinmail -t --help"));
	assert_err(&e, ERR_USAGE, "--help");
	good("pinmail a@b --help");
	assert_string_equal(operands(), "|a@b|--help");
	good("pinmail -- --help");
	assert_string_equal(operands(), "|--help");
	assert_false(reads("sendmail"));
	assert_err(&e, ERR_USAGE, "no recipients");
}

static void
has_defaults(void **state)
{
	(void)state;
	good("pinmail a@b");
	assert_true(o.as_pinmail);
	assert_false(o.from_header);
	assert_false(o.dots);
	assert_false(o.verbose);
	assert_int_equal(o.timeout, -1);
	assert_null(o.config);
	assert_null(o.account);
	assert_null(o.sender);
	assert_null(o.full_name);
	assert_null(o.envid);
	assert_int_equal(o.notify, 0);
	assert_int_equal(o.ret, RET_DEFAULT);
	assert_string_equal(operands(), "|a@b");
}

static void
takes_values(void **state)
{
	(void)state;
	good("pinmail -t -v -a acc -f me@x -F Me -N never -R hdrs -V id1");
	assert_true(o.from_header && o.verbose);
	assert_string_equal(o.account, "acc");
	assert_string_equal(o.sender, "me@x");
	assert_string_equal(o.full_name, "Me");
	assert_string_equal(o.envid, "id1");
	assert_int_equal(o.notify, NOTIFY_NEVER);
	assert_int_equal(o.ret, RET_HEADERS);
	assert_string_equal(operands(), "");
	good("pinmail -tvaacc -fme@x -FMe -Nsuccess,delay -Rfull -Vid1 r@x");
	assert_true(o.from_header && o.verbose);
	assert_string_equal(o.account, "acc");
	assert_string_equal(o.sender, "me@x");
	assert_int_equal(o.notify, NOTIFY_SUCCESS | NOTIFY_DELAY);
	assert_int_equal(o.ret, RET_FULL);
	assert_string_equal(operands(), "|r@x");
	good("pinmail -f '' a@b");
	assert_string_equal(o.sender, "");
	good("pinmail -f -t a@b"); /* a value, whatever it looks like */
	assert_string_equal(o.sender, "-t");
	assert_false(o.from_header);
	good("pinmail -f a -r b c");
	assert_string_equal(o.sender, "b");
}

static void
stops_at_the_first_operand(void **state)
{
	(void)state;
	good("pinmail -t a@b -v -f x");
	assert_true(o.from_header);
	assert_false(o.verbose);
	assert_null(o.sender);
	assert_string_equal(operands(), "|a@b|-v|-f|x");
	good("pinmail -t -- -v");
	assert_false(o.verbose);
	assert_string_equal(operands(), "|-v");
	good("pinmail - -v");
	assert_string_equal(operands(), "|-|-v");
	good("pinmail '' -v");
	assert_string_equal(operands(), "||-v");
}

/* What real callers say. */
static void
swallows_what_sendmail_takes(void **state)
{
	static const char *const t[] = {
	    "sendmail -t -i",
	    "sendmail -oi -t",
	    "sendmail -oem -oi -t",
	    "sendmail -bm -t",
	    "sendmail -FCronDaemon -i -B8BITMIME -oem -t",
	    "sendmail -oi -oem -odb -t",
	    "sendmail -i -G -t",
	    "sendmail -O DeliveryMode=b -t",
	    "sendmail -X /tmp/x -t",
	    "sendmail -D /tmp/x -t",
	    "sendmail -L tag -p smtp:h -h 3 -t",
	    "sendmail -d0.1 -d -t",
	    "sendmail -A c -Mid -n -s -m -U -x -T -t",
	    "sendmail -o i -t",
	    "sendmail -em -t",
	    "sendmail -oQ/tmp -t",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		good(t[i]);
		assert_true(o.from_header);
		assert_false(o.verbose);
		assert_false(o.as_pinmail);
		assert_null(o.config);
		assert_null(o.sender);
		assert_string_equal(operands(), "");
	}
}

/* DESIGN, 5.7: whoever can append arguments must not choose files. */
static void
takes_a_file_in_one_place_only(void **state)
{
	static const char *const t[] = {
	    "pinmail -t -C evil",
	    "pinmail -v -C evil -t",
	    "pinmail -i -tC evil",
	    "pinmail -tC evil",
	    "sendmail -C evil -t",
	    "sendmail -Cevil -t",
	    "sendmail -t -C evil",
	    "/usr/sbin/sendmail -C evil -t",
	    "pinmail.old -C evil -t",
	};
	static const char *const modes[] = {"--check --offline", "--check",
	    "--pin -a x"};
	char command[64];

	(void)state;
	good("pinmail -C file -t");
	assert_string_equal(o.config, "file");
	good("/opt/bin/pinmail -Cfile -t");
	assert_string_equal(o.config, "file");
	good("pinmail -C file -C evil -t");
	assert_string_equal(o.config, "file");
	for (size_t i = 0; i < COUNT(t); i++) {
		good(t[i]);
		assert_null(o.config);
		assert_true(o.from_header);
		assert_string_equal(operands(), "");
	}
	/* Never on a file that the caller did not mean. */
	for (size_t i = 0; i < COUNT(modes); i++) {
		snprintf(command, sizeof command, "pinmail -C f %s", modes[i]);
		assert_true(reads(command));
		assert_string_equal(o.config, "f");
		snprintf(command, sizeof command, "pinmail %s -C f", modes[i]);
		assert_false(reads(command));
		assert_err(&e, ERR_USAGE, "-C FILE counts only as the first");
		snprintf(command, sizeof command, "pinmail -C f %s -vCg",
		    modes[i]);
		assert_false(reads(command));
		assert_err(&e, ERR_USAGE, "-C FILE counts only as the first");
	}
	assert_true(reads("mailq -C evil"));
	assert_null(o.config);
	assert_true(reads("newaliases -Cevil"));
	assert_null(o.config);
	assert_true(reads("sendmail -bs -C evil"));
	assert_null(o.config);
}

static void
refuses(void **state)
{
	static const char *const t[][2] = {
	    {"pinmail -v", "no recipients"},
	    {"pinmail --", "no recipients"},
	    {"pinmail -Z a@b", "unknown option -Z"},
	    {"pinmail -tZ", "unknown option -Z"},
	    {"pinmail -\xc3\xa4 a@b", "unknown option"},
	    {"pinmail --config x a@b", "unknown option --config"},
	    {"pinmail -f", "-f needs a value"},
	    {"pinmail -tf", "-f needs a value"},
	    {"sendmail -X", "-X needs a value"},
	    {"pinmail -bd", "-bd is not supported"},
	    {"sendmail -bD", "-bD is not supported"},
	    {"sendmail -bt", "-bt is not supported"},
	    {"pinmail -b x a@b", "-bx is not supported"},
	    {"pinmail -FA\rB a@b", "-F: "},
	    {"pinmail -FA\nBcc:x a@b", "-F: "},
	    {"pinmail -FA\x1b a@b", "-F: "},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		if (reads(t[i][0]))
			fail_msg("%s", t[i][0]);
		assert_err(&e, ERR_USAGE, t[i][1]);
	}
}

/* As sendmail: what it cannot use it does without. */
static void
ignores_bad_dsn_wishes(void **state)
{
	struct buf b = {0};

	(void)state;
	good("pinmail -N sometimes -R all -V a\tb a@b");
	assert_int_equal(o.notify, 0);
	assert_int_equal(o.ret, RET_DEFAULT);
	assert_null(o.envid);
	good("pinmail -V \xc3\xa4 a@b");
	assert_null(o.envid);
	good("pinmail -V '' a@b");
	assert_null(o.envid);
	/* 100 characters as xtext (RFC 3461, 4.4). */
	buf_adds(&b, "pinmail a@b");
	for (int i = 0; i < 100; i++)
		buf_addc(&b, 'v');
	memcpy(b.p, "pinmail -V ", 11);
	buf_adds(&b, " a@b");
	good(b.p);
	assert_int_equal(strlen(o.envid), 100);
	b.p[20] = '+';
	good(b.p);
	assert_null(o.envid);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(knows_modes),
	    TEST(has_defaults),
	    TEST(takes_values),
	    TEST(stops_at_the_first_operand),
	    TEST(swallows_what_sendmail_takes),
	    TEST(takes_a_file_in_one_place_only),
	    TEST(refuses),
	    TEST(ignores_bad_dsn_wishes),
	};

	return RUN("options", tests);
}
