/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/base/nearest.h"

static const struct row {
	const char *name;
	int other[3];
} rows[] = {
    {"host", {0}},
    {"port", {0}},
    {"password", {0}},
    {"passwordfile", {0}},
    {"tls_starttls", {0}},
    {"user", {0}},
    {"a_name_that_is_far_longer_than_anybody_would_write_it", {0}},
};

static const char *
nearest(const char *s)
{
	const char *name = nearest_name(s, rows, COUNT(rows), sizeof rows[0]);

	return name != NULL ? name : "-";
}

static void
finds_what_was_meant(void **state)
{
	(void)state;
	assert_string_equal(nearest("hots"), "host");
	assert_string_equal(nearest("HOST"), "host");
	assert_string_equal(nearest("pasword"), "password");
	assert_string_equal(nearest("passwort"), "password");
	assert_string_equal(nearest("password_file"), "passwordfile");
	assert_string_equal(nearest("tls_startls"), "tls_starttls");
	assert_string_equal(nearest("starttls"), "-");
}

static void
finds_nothing_far_away(void **state)
{
	char s[200];

	(void)state;
	assert_string_equal(nearest(""), "-");
	assert_string_equal(nearest("zzzzzzzz"), "-");
	assert_string_equal(nearest("x"), "-");
	memset(s, 'a', sizeof s);
	s[sizeof s - 1] = '\0';
	assert_string_equal(nearest(s), "-");
	assert_null(nearest_name("host", rows, 0, sizeof rows[0]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(finds_what_was_meant),
	    TEST(finds_nothing_far_away),
	};

	return RUN("nearest", tests);
}
