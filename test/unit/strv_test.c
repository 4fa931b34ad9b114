/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdio.h>

#include "lib/base/strv.h"

static void
keeps_copies(void **state)
{
	struct strv a = {0}, b = {0};
	char s[32];

	(void)state;
	for (int i = 0; i < 100; i++) {
		snprintf(s, sizeof s, "item %d", i);
		strv_add(&a, s);
	}
	strv_add(&b, "first");
	strv_copy(&b, &a);
	assert_int_equal(a.n, 100);
	assert_int_equal(b.n, 101);
	strv_clear(&a);
	assert_int_equal(a.n, 0);
	assert_null(a.v);
	assert_string_equal(b.v[0], "first");
	assert_string_equal(b.v[1], "item 0");
	assert_string_equal(b.v[100], "item 99");
	strv_clear(&b);
	strv_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {TEST(keeps_copies)};

	return RUN("strv", tests);
}
