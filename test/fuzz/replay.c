/* SPDX-License-Identifier: ISC */
#include "config.h"

/*
 * The corpus of a target, or the files that are named, through the target
 * once: no libFuzzer, any compiler, TAP.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "test/fuzz/fuzz.h"

static void
give_up(const char *path)
{
	printf("Bail out! ");
	fflush(stdout);
	perror(path);
	exit(1);
}

/* The bytes in memory of just that size, so that a step beyond is seen. */
static void
replay(const char *path)
{
	struct stat st;
	uint8_t *data;
	size_t n;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		give_up(path);
	n = (size_t)st.st_size;
	data = malloc(n > 0 ? n : 1);
	if (data == NULL || read(fd, data, n) != st.st_size)
		give_up(path);
	close(fd);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
}

static int
is_input(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* The target's name is the program's: test/fuzz/addr_fuzz. */
static char **
corpus(const char *program, int *n)
{
	const char *top = getenv("top_srcdir"), *slash;
	struct dirent **found;
	struct buf dir = {0}, path = {0};
	char **paths;

	slash = strrchr(program, '/');
	program = slash != NULL ? slash + 1 : program;
	buf_addf(&dir, "%s/test/fuzz/corpus/%.*s", top != NULL ? top : ".",
	    (int)strcspn(program, "_"), program);
	*n = scandir(dir.p, &found, is_input, alphasort);
	if (*n <= 0)
		give_up(dir.p);
	paths = calloc((size_t)*n, sizeof *paths);
	for (int i = 0; paths != NULL && i < *n; i++) {
		buf_reset(&path);
		buf_addf(&path, "%s/%s", dir.p, found[i]->d_name);
		paths[i] = strdup(path.p);
		free(found[i]);
	}
	free(found);
	buf_clear(&path);
	buf_clear(&dir);
	return paths;
}

int
main(int argc, char **argv)
{
	char **paths = argv + 1;
	int n = argc - 1;

	if (n == 0)
		paths = corpus(argv[0], &n);
	printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		/* Said first: an input that is bad ends this process. */
		printf("# %s\n", paths[i]);
		fflush(stdout);
		replay(paths[i]);
		printf("ok %d - %s\n", i + 1, strrchr(paths[i], '/') + 1);
	}
	for (int i = 0; argc == 1 && i < n; i++)
		free(paths[i]);
	if (argc == 1)
		free(paths);
	return 0;
}
