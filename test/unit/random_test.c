/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/random.h"

/* The kernel's, as the test wants it. */
static struct {
	enum { HONEST, FAILS, GIVES_NOTHING, DRIPS } mood;
	int calls;
} kernel;

ssize_t
getrandom(void *p, size_t n, unsigned flags)
{
	kernel.calls++;
	switch (kernel.mood) {
	case FAILS:
		errno = ENOSYS;
		return -1;
	case GIVES_NOTHING:
		return 0;
	case DRIPS:
		if (kernel.calls % 2 == 0) {
			errno = EINTR;
			return -1;
		}
		n = n < 3 ? n : 3;
		break;
	case HONEST:
		break;
	}
	return syscall(SYS_getrandom, p, n, flags);
}

static size_t
zeros(const unsigned char *p, size_t n)
{
	size_t z = 0;

	for (size_t i = 0; i < n; i++)
		z += p[i] == 0;
	return z;
}

static void
fills_all_of_it(void **state)
{
	unsigned char a[1000] = {0}, b[1000] = {0};
	struct err e;

	(void)state;
	kernel.mood = HONEST;
	assert_true(random_bytes(a, sizeof a, &e));
	kernel.mood = DRIPS;
	assert_true(random_bytes(b, sizeof b - 1, &e));
	assert_true(zeros(a, sizeof a) < 50);
	assert_true(zeros(b, sizeof b) < 50);
	assert_int_equal(b[sizeof b - 1], 0);
	assert_memory_not_equal(a, b, sizeof a);
	assert_true(random_bytes(a, 0, &e));
}

static void
has_no_substitute(void **state)
{
	unsigned char a[16];
	struct err e;

	(void)state;
	kernel.mood = FAILS;
	assert_false(random_bytes(a, sizeof a, &e));
	assert_err(&e, ERR_SYSTEM, "nothing is sent");
	kernel.mood = GIVES_NOTHING;
	assert_false(random_bytes(a, sizeof a, &e));
	assert_err(&e, ERR_SYSTEM, "no bytes");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(fills_all_of_it),
	    TEST(has_no_substitute),
	};

	return RUN("random", tests);
}
