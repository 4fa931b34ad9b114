/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdlib.h>

#include "lib/base/mem.h"

/* base/mem as far as buf needs it, to see what is wiped. */
static struct {
	void *p;
	size_t n;
} wiped[64];
static size_t wipes;

void *
mem_alloc(size_t n)
{
	void *p = calloc(1, n);

	assert_non_null(p);
	return p;
}

void *
mem_resize(void *p, size_t n, size_t size)
{
	p = realloc(p, n * size);
	assert_non_null(p);
	return p;
}

void
mem_wipe(void *p, size_t n)
{
	if (n == 0)
		return;
	memset(p, 0, n);
	assert_true(wipes < COUNT(wiped));
	wiped[wipes].p = p;
	wiped[wipes++].n = n;
}

void *
mem_secret(size_t n)
{
	return mem_alloc(n);
}

void
mem_secret_free(void *p, size_t n)
{
	if (p == NULL)
		return;
	mem_wipe(p, n);
	free(p);
}

static void
adds(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_string_equal(buf_str(&b), "");
	assert_true(buf_add(&b, "ab\0c", 4));
	assert_true(buf_adds(&b, "def"));
	assert_true(buf_addc(&b, 'g'));
	assert_true(buf_addf(&b, "%d%s", 12, "h"));
	assert_true(buf_add(&b, NULL, 0));
	assert_int_equal(b.n, 11);
	assert_memory_equal(b.p, "ab\0cdefg12h", 12);
	buf_clear(&b);
	assert_null(b.p);
	assert_string_equal(buf_str(&b), "");
}

static void
grows(void **state)
{
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < 300000; i++) {
		assert_true(buf_addc(&b, (char)('a' + i % 23)));
		assert_true(b.n < b.room);
		assert_int_equal(b.p[b.n], '\0');
	}
	for (int i = 0; i < 300000; i++)
		assert_int_equal(b.p[i], 'a' + i % 23);
	buf_clear(&b);
}

static void
keeps_to_its_max(void **state)
{
	struct buf b = {.max = 5};

	(void)state;
	assert_true(buf_adds(&b, "abc"));
	assert_false(buf_adds(&b, "def"));
	assert_false(buf_addf(&b, "%s", "def"));
	assert_string_equal(buf_str(&b), "abc");
	assert_true(buf_adds(&b, "de"));
	assert_false(buf_addc(&b, 'f'));
	assert_false(buf_reserve(&b, 1));
	assert_true(buf_reserve(&b, 0));
	assert_true(buf_add(&b, "", 0));
	assert_string_equal(buf_str(&b), "abcde");
	assert_false(buf_add(&b, "x", SIZE_MAX));
	buf_clear(&b);
	assert_int_equal(b.max, 5);
}

static void
reserves(void **state)
{
	struct buf b = {0};

	(void)state;
	for (size_t n = 0; n < 5000; n += 61) {
		assert_true(buf_reserve(&b, n));
		assert_true(b.room - b.n > n);
		memset(b.p + b.n, 'x', n);
		b.n += n;
		assert_true(buf_add(&b, "", 0));
		assert_int_equal(b.p[b.n], '\0');
	}
	buf_clear(&b);
}

static void
consumes(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_consume(&b, 0);
	buf_adds(&b, "abcdef");
	buf_consume(&b, 2);
	assert_string_equal(b.p, "cdef");
	assert_int_equal(b.n, 4);
	buf_consume(&b, 4);
	assert_string_equal(b.p, "");
	assert_int_equal(b.n, 0);
	buf_adds(&b, "x");
	buf_reset(&b);
	assert_string_equal(b.p, "");
	assert_true(b.room > 0);
	buf_clear(&b);
}

/* Each block that held the secret is wiped whole, the one it grew out of too.
 */
static void
wipes_a_secret(void **state)
{
	struct buf b = {.secret = true};
	size_t room[8];
	void *was[8];
	size_t n = 0;

	(void)state;
	wipes = 0;
	for (int i = 0; i < 40000; i++) {
		if (n == 0 || was[n - 1] != b.p) {
			was[n] = b.p;
			room[n++] = b.room;
		}
		buf_addc(&b, 's');
	}
	if (was[n - 1] != b.p) {
		was[n] = b.p;
		room[n++] = b.room;
	}
	buf_clear(&b);
	assert_true(n >= 4);
	assert_int_equal(wipes, n - 1); /* the first one is no block */
	for (size_t i = 1; i < n; i++) {
		assert_ptr_equal(wiped[i - 1].p, was[i]);
		assert_int_equal(wiped[i - 1].n, room[i]);
	}
	assert_true(b.secret);

	buf_adds(&b, "again");
	wipes = 0;
	buf_reset(&b);
	assert_int_equal(wipes, 1);
	assert_memory_equal(b.p, "\0\0\0\0\0", 5);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(adds),
	    TEST(grows),
	    TEST(keeps_to_its_max),
	    TEST(reserves),
	    TEST(consumes),
	    TEST(wipes_a_secret),
	};

	return RUN("buf", tests);
}
