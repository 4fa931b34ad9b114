/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "lib/base/log.h"

static char text[4096];

/* What stands in the file. */
static const char *
contents(const char *path)
{
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	fclose(f);
	return text;
}

static const char *
line(bool json, const char *time_format, const struct log_field *f, size_t n)
{
	const struct log log = {.file = unit_path("log"),
	    .time_format = time_format,
	    .json = json};

	unlink(log.file);
	log_write(&log, LOG_INFO, f, n);
	return contents(log.file);
}

static void
quotes_values(void **state)
{
	static const struct log_field f[] = {
	    {"plain", "a@b.example", false},
	    {"empty", "", false},
	    {"none", NULL, false},
	    {"blank", "two words", false},
	    {"quote", "say \"hi\"", false},
	    {"back", "a\\b", false},
	    {"equals", "a=b", false},
	    {"break", "a\r\nmore=evil", false},
	    {"utf8", "J\xc3\xbcrgen", false},
	    {"bad", "\xff\x1b", false},
	    {"fake", "\\x0a", false},
	    {"number", "7", true},
	};

	(void)state;
	assert_string_equal(line(false, "", f, COUNT(f)),
	    "plain=a@b.example blank=\"two words\" "
	    "quote=\"say \\\"hi\\\"\" back=\"a\\\\b\" equals=\"a=b\" "
	    "break=\"a\\x0d\\x0amore=evil\" utf8=J\xc3\xbcrgen "
	    "bad=\"\\xff\\x1b\" fake=\"\\\\x0a\" number=7\n");
}

static void
writes_json(void **state)
{
	static const struct log_field f[] = {
	    {"name", "a \"b\"\r\n", false},
	    {"empty", "", false},
	    {"ms", "12", true},
	    {"bad", "\xff", false},
	};
	const char *s = line(true, "ignored", f, COUNT(f));

	(void)state;
	/* {"time":"2026-11-21T21:45:00+0100", */
	assert_memory_equal(s, "{\"time\":\"20", 11);
	assert_int_equal(s[19], 'T');
	assert_string_equal(s + 34,
	    ",\"name\":\"a \\\"b\\\"\\u000d\\u000a\",\"ms\":12,"
	    "\"bad\":\"\\\\xff\"}\n");
}

static void
writes_the_time_in_front(void **state)
{
	static const struct log_field f[] = {{"a", "1", false}};

	(void)state;
	assert_string_equal(line(false, "now", f, 1), "now a=1\n");
	assert_string_equal(line(false, "", f, 1), "a=1\n");
	assert_string_equal(line(false, "%%%n", f, 0), "%\n\n");
}

static void
appends_to_a_private_file(void **state)
{
	static const struct log_field f[] = {{"a", "1", false}};
	const struct log log = {.file = unit_path("more"), .time_format = ""};
	struct stat st;

	(void)state;
	umask(0);
	log_write(&log, LOG_INFO, f, 1);
	umask(022);
	log_write(&log, LOG_INFO, f, 1);
	assert_string_equal(contents(log.file), "a=1\na=1\n");
	assert_int_equal(stat(log.file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void
writes_to_standard_error(void **state)
{
	static const struct log_field f[] = {{"a", "1", false}};
	const struct log log = {.file = "-", .time_format = ""};
	int saved = dup(STDERR_FILENO), fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	fflush(stderr);
	dup2(fds[1], STDERR_FILENO);
	log_write(&log, LOG_INFO, f, 1);
	dup2(saved, STDERR_FILENO);
	text[read(fds[0], text, sizeof text - 1)] = '\0';
	assert_string_equal(text, "a=1\n");
	close(fds[0]);
	close(fds[1]);
	close(saved);
}

/* A log that cannot be written never fails or delays anything. */
static void
is_silent_when_it_cannot(void **state)
{
	static const struct log_field f[] = {{"a", "1", false}};
	struct log log = {.time_format = ""};
	char full[65536] = "";
	int fd;

	(void)state;
	log.file = unit_path("no/such/dir");
	log_write(&log, LOG_INFO, f, 1);
	log.file = unit_dir;
	log_write(&log, LOG_INFO, f, 1);
	log.file = "/dev/full";
	log_write(&log, LOG_INFO, f, 1);
	log.file = NULL;
	log_write(&log, LOG_INFO, f, 1);

	log.file = unit_path("fifo");
	assert_int_equal(mkfifo(log.file, 0600), 0);
	log_write(&log, LOG_INFO, f, 1); /* nobody reads it */
	fd = open(log.file, O_RDWR | O_NONBLOCK);
	assert_true(fd >= 0);
	while (write(fd, full, sizeof full) > 0)
		;
	log_write(&log, LOG_INFO, f, 1); /* it is full */
	close(fd);
}

static struct err e;

static bool
usable(const char *name)
{
	const struct log log = {.file = unit_path(name)};
	size_t before = unit_entries(unit_dir);
	bool ok = log_usable(&log, &e);

	must(unit_entries(unit_dir) == before);
	must(ok || (e.kind == ERR_IO && strstr(e.text, log.file) != NULL));
	return ok;
}

static void
do_sees_what_it_may_write(void)
{
	must(usable("open/none") && usable("open/link") && usable("to"));
	must(!usable("none") && strstr(e.text, "0755") != NULL);
	must(!usable("there") && strstr(e.text, "0600") != NULL);
	must(!usable("away") && !usable("lost") && !usable("open"));
}

static void
sees_what_it_may_write(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(mkdir(unit_path("open"), 0755), 0);
	assert_int_equal(chmod(unit_path("open"), 0777), 0);
	unit_file("there", 0600, "text");
	/* Links to what is not there: beside it, behind another, elsewhere. */
	assert_int_equal(symlink("gone", unit_path("open/link")), 0);
	assert_int_equal(symlink("open/link", unit_path("to")), 0);
	assert_int_equal(symlink("gone", unit_path("away")), 0);
	assert_int_equal(symlink("nowhere/gone", unit_path("lost")), 0);
	assert_true(usable("away"));
	assert_false(usable("lost"));
	assert_true(usable("there"));
	assert_string_equal(contents(unit_path("there")), "text");
	assert_int_equal(lstat(unit_path("to"), &st), 0);
	assert_int_equal(stat(unit_path("to"), &st), -1);
	assert_int_equal(unit_entries(unit_path("open")), 1);
	if (geteuid() == 0)
		unit_as_nobody(do_sees_what_it_may_write);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(quotes_values),
	    TEST(writes_json),
	    TEST(writes_the_time_in_front),
	    TEST(appends_to_a_private_file),
	    TEST(writes_to_standard_error),
	    TEST(is_silent_when_it_cannot),
	    TEST(sees_what_it_may_write),
	};

	return RUN_WITH_DIR("log", tests);
}
