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

static void
splits(void **state)
{
	static const char *const t[][3] = {
	    {"", ",", ""},
	    {",", ",", ""},
	    {" ,\t, ", ", \t", ""},
	    {"a", ",", "<a>"},
	    {"a,b", ",", "<a><b>"},
	    {" a  b\tc,,d, ", ", \t", "<a><b><c><d>"},
	    {"a b", ",", "<a b>"},
	    {"a,b", "", "<a,b>"},
	};
	struct strv l = {0};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		strv_split(&l, t[i][0], t[i][1]);
		buf_reset(&b);
		for (size_t k = 0; k < l.n; k++)
			buf_addf(&b, "<%s>", l.v[k]);
		assert_string_equal(buf_str(&b), t[i][2]);
		strv_clear(&l);
	}
	/* It adds to what is there. */
	strv_add(&l, "first");
	strv_split(&l, "a b", " ");
	assert_int_equal(l.n, 3);
	assert_string_equal(l.v[0], "first");
	assert_string_equal(l.v[2], "b");
	strv_clear(&l);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {TEST(keeps_copies), TEST(splits)};

	return RUN("strv", tests);
}
