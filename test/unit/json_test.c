/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/base/json.h"

static void
writes_strings(void **state)
{
	static const char *const t[][2] = {
	    {"", "\"\""},
	    {"plain /text", "\"plain /text\""},
	    {"\"\\", "\"\\\"\\\\\""},
	    {"\x01\t\r\n\x1f\x7f",
		"\"\\u0001\\u0009\\u000d\\u000a\\u001f\\u007f\""},
	    {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
		"\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\""},
	    {"\xff", "\"\\\\xff\""},
	    {"\xed\xa0\x80", "\"\\\\xed\\\\xa0\\\\x80\""},
	    {"a\xc3", "\"a\\\\xc3\""},
	    {"\\xff", "\"\\\\xff\""},
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		buf_reset(&b);
		json_string(&b, t[i][0]);
		assert_string_equal(b.p, t[i][1]);
	}
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {TEST(writes_strings)};

	return RUN("json", tests);
}
