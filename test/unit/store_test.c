/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/mail/store.h"

/* A file system that knows no files without a name. */
static bool no_tmpfile;

int
open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	if (no_tmpfile && (flags & O_TMPFILE) == O_TMPFILE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static char
byte_at(uint64_t i)
{
	return (char)(i * 2654435761U >> 13);
}

static void
fill(struct store *s, uint64_t to, size_t step)
{
	static char piece[STORE_MEMORY * 2];
	struct err e;
	size_t n;

	while (s->size < to) {
		n = to - s->size < step ? (size_t)(to - s->size) : step;
		for (size_t i = 0; i < n; i++)
			piece[i] = byte_at(s->size + i);
		assert_true(store_add(s, piece, n, &e));
	}
}

static void
check(struct store *s, uint64_t from)
{
	struct err e;
	const char *p;
	size_t n;

	for (uint64_t at = from; at < s->size; at += n) {
		assert_true(store_read(s, at, &p, &n, &e));
		assert_true(n > 0 && at + n <= s->size);
		for (size_t i = 0; i < n; i++)
			if (p[i] != byte_at(at + i))
				fail_msg("byte %zu", (size_t)at + i);
	}
}

static void
keeps_little_in_memory(void **state)
{
	struct store s;

	(void)state;
	/* The directory is not even looked at. */
	store_begin(&s, "/nonexistent");
	fill(&s, STORE_MEMORY, 4097);
	assert_int_equal(s.fd, -1);
	check(&s, 0);
	check(&s, STORE_MEMORY - 1);
	store_clear(&s);
}

static void
spills_what_is_more(void **state)
{
	static const uint64_t sizes[] = {STORE_MEMORY + 1, 2 * STORE_MEMORY,
	    5 * STORE_MEMORY + 77};
	static const size_t steps[] = {1000, 65536, STORE_MEMORY,
	    STORE_MEMORY + 1, 2 * STORE_MEMORY};
	struct store s;

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		for (size_t j = 0; j < COUNT(steps); j++) {
			store_begin(&s, unit_dir);
			fill(&s, sizes[i], steps[j]);
			assert_true(s.fd >= 0);
			assert_int_equal(s.size, sizes[i]);
			/* The file has no name from the first moment. */
			assert_int_equal(unit_entries(unit_dir), 0);
			check(&s, 0);
			check(&s, 0);
			store_clear(&s);
			assert_int_equal(s.fd, -1);
		}
	}
	assert_int_equal(unit_entries(unit_dir), 0);
}

static void
does_without_tmpfile(void **state)
{
	struct store s;

	(void)state;
	no_tmpfile = true;
	store_begin(&s, unit_dir);
	fill(&s, STORE_MEMORY + 1, 4096);
	assert_true(s.fd >= 0);
	assert_true((fcntl(s.fd, F_GETFD) & FD_CLOEXEC) != 0);
	assert_int_equal(unit_entries(unit_dir), 0);
	check(&s, 0);
	store_clear(&s);
	no_tmpfile = false;
}

static void
reads_anywhere(void **state)
{
	uint32_t seed = 7;
	struct store s;
	struct err e;
	const char *p;
	uint64_t at;
	size_t n;

	(void)state;
	store_begin(&s, unit_dir);
	fill(&s, 6 * STORE_MEMORY + 3, 30000);
	for (int i = 0; i < 2000; i++) {
		at = unit_random(&seed) % s.size;
		assert_true(store_read(&s, at, &p, &n, &e));
		assert_true(n > 0 && at + n <= s.size);
		assert_int_equal(p[0], byte_at(at));
		assert_int_equal(p[n - 1], byte_at(at + n - 1));
	}
	store_clear(&s);
}

static void
gives_room(void **state)
{
	struct store s;
	struct err e;
	char *p;

	(void)state;
	store_begin(&s, unit_dir);
	for (int i = 0; i < 10; i++) {
		p = store_room(&s, 100000);
		for (size_t k = 0; k < 60000; k++)
			p[k] = byte_at(s.size + k);
		assert_true(store_took(&s, 60000, &e));
	}
	assert_int_equal(s.size, 600000);
	check(&s, 0);
	store_clear(&s);
}

static void
tells_where_there_is_no_room(void **state)
{
	char *big = calloc(1, STORE_MEMORY + 1);
	struct store s;
	struct err e;

	(void)state;
	assert_non_null(big);
	store_begin(&s, "/nonexistent/dir");
	assert_false(store_add(&s, big, STORE_MEMORY + 1, &e));
	assert_err(&e, ERR_CREATE, "/nonexistent/dir");
	assert_has(e.text, "TMPDIR");
	store_clear(&s);
	free(big);
}

static void
do_tells_of_a_full_disk(void)
{
	const struct rlimit limit = {STORE_MEMORY, STORE_MEMORY};
	char *big = calloc(1, 2 * STORE_MEMORY);
	struct store s;
	struct err e;

	signal(SIGXFSZ, SIG_IGN);
	must(big != NULL && setrlimit(RLIMIT_FSIZE, &limit) == 0);
	store_begin(&s, unit_dir);
	must(!store_add(&s, big, 2 * STORE_MEMORY, &e));
	must(e.kind == ERR_IO && strstr(e.text, unit_dir) != NULL);
	store_clear(&s);
	free(big);
}

static void
tells_of_a_full_disk(void **state)
{
	(void)state;
	unit_alone(do_tells_of_a_full_disk);
	assert_int_equal(unit_entries(unit_dir), 0);
}

static void
may_be_empty(void **state)
{
	struct store s;

	(void)state;
	store_begin(&s, unit_dir);
	assert_int_equal(s.size, 0);
	store_clear(&s);
	store_clear(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(keeps_little_in_memory),
	    TEST(spills_what_is_more),
	    TEST(does_without_tmpfile),
	    TEST(reads_anywhere),
	    TEST(gives_room),
	    TEST(tells_where_there_is_no_room),
	    TEST(tells_of_a_full_disk),
	    TEST(may_be_empty),
	};

	return RUN_WITH_DIR("store", tests);
}
