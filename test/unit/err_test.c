/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

static void
sets_kind_and_text(void **state)
{
	struct err e = {0};

	(void)state;
	assert_false(err_set(&e, ERR_CONFIG, "line %d: %s", 7, "why"));
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_string_equal(e.text, "line 7: why");
	assert_false(err_set(&e, ERR_IO, "other"));
	assert_int_equal(e.kind, ERR_IO);
	assert_string_equal(e.text, "other");
}

static void
cuts_a_long_text(void **state)
{
	char text[2 * sizeof((struct err *)0)->text];
	struct err e;

	(void)state;
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	err_set(&e, ERR_IO, "%s", text);
	assert_int_equal(strlen(e.text), sizeof e.text - 1);
}

static void
puts_the_place_in_front(void **state)
{
	struct err e;

	(void)state;
	err_set(&e, ERR_INPUT, "bad");
	assert_false(err_in(&e, "the %s field", "To"));
	assert_false(err_in(&e, "message"));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_string_equal(e.text, "message: the To field: bad");
}

static void
keeps_the_outermost_place(void **state)
{
	char place[sizeof((struct err *)0)->text + 10];
	struct err e;

	(void)state;
	memset(place, 'p', sizeof place);
	/* From the empty place to one that leaves no room for anything. */
	for (size_t n = 0; n < sizeof place; n++) {
		err_set(&e, ERR_IO, "%.*s", (int)sizeof e.text, place);
		err_in(&e, "%.*s", (int)n, place);
		assert_true(strlen(e.text) <= sizeof e.text - 1);
		if (n + 3 <= sizeof e.text)
			assert_memory_equal(e.text + n, ": ", 2);
	}
}

static void
says_what_to_do(void **state)
{
	char text[sizeof((struct err *)0)->text];
	struct err e;

	(void)state;
	err_set(&e, ERR_CONFIG, "bad");
	assert_false(e.advised);
	assert_false(err_advise(&e, "run %s", "it"));
	err_in(&e, "here");
	assert_true(e.advised);
	assert_string_equal(e.text, "here: bad; run it");
	assert_int_equal(e.kind, ERR_CONFIG);
	err_set(&e, ERR_CONFIG, "other");
	assert_false(e.advised);

	memset(text, 'x', sizeof text);
	for (int room = 0; room < 6; room++) {
		err_set(&e, ERR_IO, "%.*s", (int)sizeof text - 1 - room, text);
		err_advise(&e, "run");
		assert_int_equal(strlen(e.text), sizeof e.text - 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(sets_kind_and_text),
	    TEST(cuts_a_long_text),
	    TEST(puts_the_place_in_front),
	    TEST(keeps_the_outermost_place),
	    TEST(says_what_to_do),
	};

	return RUN("err", tests);
}
