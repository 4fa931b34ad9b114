/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <fcntl.h>
#include <unistd.h>

#include "lib/base/file.h"

#define STRANGER 65533

static struct stat st;
static struct file_trouble trouble;
static struct err e;

static void
refused(const char *path, const char *why)
{
	e.kind = ERR_NONE;
	assert_int_equal(file_open(path, &st, &trouble, &e), -1);
	assert_err(&e, ERR_CONFIG, why);
	assert_lacks(e.text, unit_dir);
	assert_false(trouble.missing);
	assert_false(trouble.denied);
}

static void
accepted(const char *path, const char *text)
{
	struct buf b = {0};
	int fd = file_open(path, &st, &trouble, &e);

	assert_true(fd >= 0);
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	assert_true(file_read(fd, &b, &e));
	assert_string_equal(buf_str(&b), text);
	assert_int_equal(st.st_size, strlen(text));
	close(fd);
	buf_clear(&b);
}

static void
opens_what_is_ours(void **state)
{
	(void)state;
	accepted(unit_file("plain", 0600, "text\n"), "text\n");
	accepted(unit_file("readable", 0644, "x"), "x");
	accepted(unit_file("empty", 0400, ""), "");
}

static void
refuses_what_others_write(void **state)
{
	(void)state;
	refused(unit_file("group", 0620, "x"), "0620");
	refused(unit_file("others", 0602, "x"), "chmod go-w");
	refused(unit_file("all", 0666, "x"), "0666");
}

static void
refuses_what_is_no_file(void **state)
{
	(void)state;
	refused(unit_dir, "not a regular file");
	refused("/dev/null", "not a regular file");
	/* Nobody writes there: opening it must not wait. */
	assert_int_equal(mkfifo(unit_path("fifo"), 0600), 0);
	refused(unit_path("fifo"), "not a regular file");
}

static void
follows_our_links(void **state)
{
	(void)state;
	unit_file("target", 0600, "t");
	assert_int_equal(symlink("target", unit_path("link")), 0);
	accepted(unit_path("link"), "t");
	unit_file("bad", 0666, "t");
	assert_int_equal(symlink("bad", unit_path("badlink")), 0);
	refused(unit_path("badlink"), "0666");
	assert_int_equal(symlink("loop", unit_path("loop")), 0);
	refused(unit_path("loop"), "symbolic links");
}

static void
tells_what_is_missing(void **state)
{
	static const char *const names[] = {"nothing", "nowhere/x", "plain/x"};

	(void)state;
	unit_file("plain", 0600, "x");
	assert_int_equal(symlink("gone", unit_path("dangling")), 0);
	for (size_t i = 0; i <= COUNT(names); i++) {
		e.kind = ERR_NONE;
		assert_int_equal(file_open(unit_path(i < COUNT(names)
						   ? names[i]
						   : "dangling"),
				     &st, &trouble, &e),
		    -1);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_true(trouble.missing);
		assert_false(trouble.denied);
	}
}

static void
refuses_a_strangers(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		print_message("# SKIP only root can make such files\n");
		return;
	}
	assert_int_equal(chown(unit_file("alien", 0600, "x"), STRANGER,
			     STRANGER),
	    0);
	refused(unit_path("alien"), "65533");
	refused(unit_path("alien"), "uid 0");
	unit_file("ours", 0600, "x");
	assert_int_equal(symlink("ours", unit_path("alienlink")), 0);
	assert_int_equal(lchown(unit_path("alienlink"), STRANGER, STRANGER), 0);
	refused(unit_path("alienlink"), "symbolic link of uid 65533");
	/* A stranger that leads to a stranger is no better. */
	assert_int_equal(symlink("alien", unit_path("half")), 0);
	refused(unit_path("half"), "belongs to uid 65533");
}

static void
do_tells_who_may_not_read(void)
{
	const char *path = unit_path("secret");

	must(file_open(path, &st, &trouble, &e) == -1);
	must(e.kind == ERR_CONFIG && trouble.denied && !trouble.missing);
	must(strstr(e.text, "0200") != NULL && strstr(e.text, "owner") != NULL);
	must(strstr(e.text, path) == NULL);
	must(e.advised && strstr(e.text, "chmod g+r") != NULL);
	path = unit_path("closed/x");
	must(file_open(path, &st, &trouble, &e) == -1);
	must(e.kind == ERR_CONFIG && trouble.denied && !trouble.missing);
	/* Its mode is not to be seen: the reason may be any. */
	must(e.advised && strstr(e.text, "chmod go+x") != NULL);
	must(strstr(e.text, "SELinux") != NULL);
	must(!file_check(path, &e) && strstr(e.text, path) != NULL);
}

static void
tells_who_may_not_read(void **state)
{
	(void)state;
	unit_file("secret", 0200, "x");
	assert_int_equal(mkdir(unit_path("closed"), 0000), 0);
	unit_as_nobody(do_tells_who_may_not_read);
	assert_int_equal(chmod(unit_path("closed"), 0700), 0);
}

static void
reads_up_to_the_max(void **state)
{
	struct buf b = {.max = 10000};
	char text[10001];
	int fd;

	(void)state;
	memset(text, 'x', 10000);
	text[10000] = '\0';
	fd = file_open(unit_file("long", 0600, text), &st, &trouble, &e);
	assert_true(file_read(fd, &b, &e));
	assert_int_equal(b.n, 10000);
	assert_string_equal(b.p, text);

	buf_clear(&b);
	b.max = 9999;
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_false(file_read(fd, &b, &e));
	assert_err(&e, ERR_CONFIG, "9999");
	close(fd);
	buf_clear(&b);

	/* What is in the buffer counts. */
	b.max = 9999 + 2;
	buf_adds(&b, "ab");
	fd = file_open(unit_path("long"), &st, &trouble, &e);
	assert_false(file_read(fd, &b, &e));
	close(fd);
	buf_clear(&b);
}

static void
tells_of_read_errors(void **state)
{
	struct buf b = {0};
	int fd = open(unit_dir, O_RDONLY | O_DIRECTORY);

	(void)state;
	assert_false(file_read(fd, &b, &e));
	assert_int_equal(e.kind, ERR_IO);
	close(fd);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(opens_what_is_ours),
	    TEST(refuses_what_others_write),
	    TEST(refuses_what_is_no_file),
	    TEST(follows_our_links),
	    TEST(tells_what_is_missing),
	    TEST(refuses_a_strangers),
	    TEST(tells_who_may_not_read),
	    TEST(reads_up_to_the_max),
	    TEST(tells_of_read_errors),
	};

	return RUN_WITH_DIR("file", tests);
}
