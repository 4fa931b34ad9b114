/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <limits.h>

#include "lib/base/clock.h"

static void
never_goes_back(void **state)
{
	int64_t before = clock_now(), now;

	(void)state;
	for (int i = 0; i < 10000; i++, before = now) {
		now = clock_now();
		assert_true(now >= before);
	}
}

static void
takes_the_earlier_moment(void **state)
{
	int64_t now = clock_now(), t;

	(void)state;
	t = clock_until(60, CLOCK_NEVER);
	assert_true(t >= now + 60000 && t < now + 120000);
	assert_true(clock_until(60, now + 5) == now + 5);
	assert_true(clock_until(60, now - 5) == now - 5);
	assert_true(clock_until(86400, CLOCK_NEVER) > now + 86000000);
}

static void
tells_what_is_left(void **state)
{
	int64_t now = clock_now();

	(void)state;
	assert_int_equal(clock_left(CLOCK_NEVER), -1);
	assert_int_equal(clock_left(now), 0);
	assert_int_equal(clock_left(now - 100000), 0);
	assert_int_equal(clock_left(INT64_MIN / 2), 0);
	assert_int_equal(clock_left(CLOCK_NEVER - 1), INT_MAX);
	assert_in_range(clock_left(now + 3600000), 1, 3600000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(never_goes_back),
	    TEST(takes_the_earlier_moment),
	    TEST(tells_what_is_left),
	};

	return RUN("clock", tests);
}
