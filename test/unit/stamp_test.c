/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lib/mail/stamp.h"

/* The clock stands still here, for libuuid too. */
static time_t now = 1000000000;
static bool no_randomness;

time_t
time(time_t *t)
{
	if (t != NULL)
		*t = now;
	return now;
}

ssize_t
getrandom(void *p, size_t n, unsigned flags)
{
	if (!no_randomness)
		return syscall(SYS_getrandom, p, n, flags);
	errno = ENOSYS;
	return -1;
}

#define IDS 20000
#define LENGTH (1 + 36 + 1 + 9 + 1)

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, LENGTH);
}

static void
makes_no_id_twice(void **state)
{
	char *ids = malloc(IDS * LENGTH);
	struct buf b = {0};
	struct err e;

	(void)state;
	assert_non_null(ids);
	for (size_t i = 0; i < IDS; i++) {
		buf_reset(&b);
		assert_true(stamp_message_id(&b, "x.example", &e));
		assert_int_equal(b.n, LENGTH);
		memcpy(ids + i * LENGTH, b.p, LENGTH);
		/* <xxxxxxxx-xxxx-4xxx-Vxxx-xxxxxxxxxxxx@x.example> */
		assert_int_equal(b.p[0], '<');
		assert_int_equal(b.p[15], '4');
		assert_non_null(strchr("89ab", b.p[20]));
		assert_string_equal(b.p + 37, "@x.example>");
		for (size_t k = 1; k < 37; k++)
			assert_non_null(
			    strchr(k == 9 || k == 14 || k == 19 || k == 24
				    ? "-"
				    : "0123456789abcdef",
				b.p[k]));
		assert_true(stamp_is_message_id(b.p, b.n));
	}
	qsort(ids, IDS, LENGTH, compare);
	for (size_t i = 1; i < IDS; i++)
		assert_int_not_equal(compare(ids + (i - 1) * LENGTH,
					 ids + i * LENGTH),
		    0);
	buf_clear(&b);
	free(ids);
}

static void
makes_none_without_randomness(void **state)
{
	struct buf b = {0};
	struct err e;

	(void)state;
	no_randomness = true;
	assert_false(stamp_message_id(&b, "x", &e));
	no_randomness = false;
	assert_err(&e, ERR_SYSTEM, "Message-ID");
	assert_int_equal(b.n, 0);
	buf_clear(&b);
}

static void
writes_the_date(void **state)
{
	static const struct {
		const char *zone;
		time_t t;
		const char *text;
	} t[] = {
	    {"UTC0", 1000000000, "Sun, 9 Sep 2001 01:46:40 +0000"},
	    {"IST-5:30", 1000000000, "Sun, 9 Sep 2001 07:16:40 +0530"},
	    {"NST3:30", 1000000000, "Sat, 8 Sep 2001 22:16:40 -0330"},
	    {"ABC-0:15", 1000000000, "Sun, 9 Sep 2001 02:01:40 +0015"},
	    {"XXX0:15", 1000000000, "Sun, 9 Sep 2001 01:31:40 -0015"},
	    {"LINT-14", 1000000000, "Sun, 9 Sep 2001 15:46:40 +1400"},
	    {"CET-1CEST,M3.5.0,M10.5.0/3", 1000000000,
		"Sun, 9 Sep 2001 03:46:40 +0200"},
	    {"CET-1CEST,M3.5.0,M10.5.0/3", 1700000000,
		"Tue, 14 Nov 2023 23:13:20 +0100"},
	    {"UTC0", 2147483648, "Tue, 19 Jan 2038 03:14:08 +0000"},
	    {"UTC0", 1709164800, "Thu, 29 Feb 2024 00:00:00 +0000"},
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		setenv("TZ", t[i].zone, 1);
		tzset();
		now = t[i].t;
		buf_reset(&b);
		stamp_date(&b);
		assert_string_equal(b.p, t[i].text);
	}
	buf_clear(&b);
}

static void
knows_message_ids(void **state)
{
	static const char *const good[] = {"<a@b>", " <a@b>", "<a@b> ",
	    "\r\n <a.b@c.d>\r\n ", "(c) <a@b> (d)", "<a@[192.0.2.1]>",
	    "<!#$%&'*+-/=?^_`{|}~@x>", "<1234567890@localhost>"};
	static const char *const bad[] = {"", " ", "a@b", "<>", "<@>", "<a>",
	    "<a@b>(", "<a@>", "<@b>", "<a@b", "a@b>", "<a@b><c@d>",
	    "<a@b> <c@d>", "<a@b>x", "x<a@b>", "<a b@c>", "< a@b>", "<a@b >",
	    "<a@b@c>", "<a@[1>", "<a@1]>", "<a@[1 2]>", "<a@[]]>",
	    "<\xc3\xa4@b>", "<a@\xc3\xb6>", "<a\x01@b>", "<a@b\x7f>",
	    "<a@b>\x01", "<a@b>\r\nx", "(<a@b>)"};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (!stamp_is_message_id(good[i], strlen(good[i])))
			fail_msg("\"%s\"", good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (stamp_is_message_id(bad[i], strlen(bad[i])))
			fail_msg("\"%s\"", bad[i]);
	assert_false(stamp_is_message_id("<a\0@b>", 6));
	assert_true(stamp_is_message_id("<a@b>c", 5));
	assert_false(stamp_is_message_id("<a@b>", 4));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(makes_no_id_twice),
	    TEST(makes_none_without_randomness),
	    TEST(writes_the_date),
	    TEST(knows_message_ids),
	};

	return RUN("stamp", tests);
}
