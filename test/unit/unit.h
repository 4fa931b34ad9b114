/* SPDX-License-Identifier: ISC */
#ifndef TEST_UNIT_UNIT_H
#define TEST_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* A test of this function's name. */
#define TEST(f) cmocka_unit_test(f)

/* main's last word; tests is an array.  A program that hangs is ended. */
#define RUN(name, tests) \
	(unit_begin(), cmocka_run_group_tests_name(name, tests, NULL, NULL))
#define RUN_WITH_DIR(name, tests)                                   \
	(unit_begin(),                                              \
	    cmocka_run_group_tests_name(name, tests, unit_make_dir, \
		unit_remove_dir))

/* The error is of that kind, and its text holds the part. */
#define assert_err(e, k, part)                  \
	do {                                    \
		assert_int_equal((e)->kind, k); \
		assert_has((e)->text, part);    \
	} while (0)

#define assert_has(text, part) unit_has(text, part, true, __FILE__, __LINE__)
#define assert_lacks(text, part) unit_has(text, part, false, __FILE__, __LINE__)

/* Where cmocka's asserts cannot be: in a child. */
#define must(c)                                           \
	do {                                              \
		if (!(c))                                 \
			unit_die(__FILE__, __LINE__, #c); \
	} while (0)

void unit_begin(void);
void unit_has(const char *text, const char *part, bool yes, const char *file,
    int line);
_Noreturn void unit_die(const char *file, int line, const char *what);

/* Run it in a process of its own, which has to end well. */
void unit_alone(void (*)(void));

/* Run it as somebody who is not root; in this process if we are not. */
void unit_as_nobody(void (*)(void));

/* A directory of the group's own, and files in it. */
int unit_make_dir(void **);
int unit_remove_dir(void **);
extern char unit_dir[];

/* The path of a name in it; good for the next 16 calls. */
const char *unit_path(const char *name);

/* Write a file there; mode as it shall be, whatever the umask.  The path. */
const char *unit_file(const char *name, mode_t, const char *text);

/* How many entries it has. */
size_t unit_entries(const char *dir);

/*
 * A command line as main gets it: words with blanks between, '' is an empty
 * one; argv has UNIT_WORDS of room and a NULL.  It lives until the next call.
 */
#define UNIT_WORDS 24
int unit_words(const char *command, char *argv[UNIT_WORDS + 1]);

/* Numbers that look random and are the same in each run; seed is not 0. */
uint32_t unit_random(uint32_t *seed);

#endif
