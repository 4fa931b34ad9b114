/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/dsn.h"
#include "test/fuzz/fuzz.h"

static void
check_notify(const char *s)
{
	struct buf b = {0};
	unsigned bits = 99, again = 0;

	if (!dsn_parse_notify(s, &bits)) {
		must(bits == 99);
		return;
	}
	must(bits > 0 && bits < 16
	    && ((bits & NOTIFY_NEVER) == 0 || bits == NOTIFY_NEVER));
	dsn_print_notify(&b, bits);
	must(dsn_parse_notify(b.p, &again) && again == bits);
	buf_clear(&b);
}

/* Whatever it is, it is xtext then, and means the same. */
static void
check_print(const char *s)
{
	struct buf b = {0}, back = {0};

	dsn_print_xtext(&b, s);
	for (size_t i = 0; i < b.n; i++)
		must(b.p[i] > 32 && b.p[i] < 127 && b.p[i] != '=');
	if (dsn_parse_xtext(&back, buf_str(&b)))
		must(strcmp(buf_str(&back), s) == 0);
	else
		must(ascii_has_control(s));
	buf_clear(&b);
	buf_clear(&back);
}

static void
check_parse(const char *s)
{
	struct buf b = {0}, again = {0}, back = {0};

	if (dsn_parse_xtext(&b, s)) {
		must(b.n <= strlen(s) && strlen(buf_str(&b)) == b.n);
		must(!ascii_has_control(buf_str(&b)));
		dsn_print_xtext(&again, buf_str(&b));
		must(dsn_parse_xtext(&back, buf_str(&again))
		    && fuzz_same(&b, &back));
	}
	buf_clear(&b);
	buf_clear(&again);
	buf_clear(&back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	struct buf line = {0};
	enum dsn_ret ret = RET_DEFAULT;

	while (fuzz_line(&in, &line)) {
		check_notify(buf_str(&line));
		check_print(buf_str(&line));
		check_parse(buf_str(&line));
		must(dsn_parse_ret(buf_str(&line), &ret)
		    == (ret != RET_DEFAULT));
		ret = RET_DEFAULT;
	}
	buf_clear(&line);
	return 0;
}
