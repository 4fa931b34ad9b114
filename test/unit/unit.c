/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS 300
#define NOBODY 65534

char unit_dir[512];

void
unit_begin(void)
{
	alarm(SECONDS);
	umask(022);
}

void
unit_has(const char *text, const char *part, bool yes, const char *file,
    int line)
{
	if ((strstr(text, part) != NULL) == yes)
		return;
	print_error("\"%s\" %s \"%s\"\n", text, yes ? "lacks" : "has", part);
	_fail(file, line);
}

void
unit_die(const char *file, int line, const char *what)
{
	fprintf(stderr, "# %s:%d: %s\n", file, line, what);
	_exit(1);
}

static void
run_child(void (*f)(void), uid_t uid)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		if (uid != getuid() && (setgid(uid) != 0 || setuid(uid) != 0))
			unit_die(__FILE__, __LINE__, "setuid");
		f();
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

void
unit_alone(void (*f)(void))
{
	run_child(f, getuid());
}

void
unit_as_nobody(void (*f)(void))
{
	run_child(f, getuid() == 0 ? NOBODY : getuid());
}

int
unit_make_dir(void **state)
{
	const char *base = getenv("TMPDIR");

	(void)state;
	snprintf(unit_dir, sizeof unit_dir, "%s/pinmail-unit.XXXXXX",
	    base != NULL && *base != '\0' ? base : "/tmp");
	if (mkdtemp(unit_dir) == NULL)
		return -1;
	return chmod(unit_dir, 0755);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int
unit_remove_dir(void **state)
{
	(void)state;
	return nftw(unit_dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *
unit_path(const char *name)
{
	static char paths[16][1024];
	static unsigned next;
	char *path = paths[next++ % 16];

	snprintf(path, sizeof paths[0], "%s/%s", unit_dir, name);
	return path;
}

const char *
unit_file(const char *name, mode_t mode, const char *text)
{
	const char *path = unit_path(name);
	FILE *f;

	unlink(path); /* which may be read-only */
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

size_t
unit_entries(const char *dir)
{
	DIR *d = opendir(dir);
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2; /* . and .. */
}

int
unit_words(const char *command, char *argv[UNIT_WORDS + 1])
{
	static char text[UNIT_WORDS * 64];
	int n = 0;

	assert_true(strlen(command) < sizeof text);
	strcpy(text, command);
	for (char *p = strtok(text, " "); p != NULL; p = strtok(NULL, " ")) {
		assert_true(n < UNIT_WORDS);
		argv[n++] = strcmp(p, "''") == 0 ? p + 2 : p;
	}
	argv[n] = NULL;
	return n;
}

uint32_t
unit_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}
