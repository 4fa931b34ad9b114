/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif

static int settled = -1; /* the exit status, once it is known */
static bool perhaps;

void
mem_settled(int status)
{
	settled = status;
}

void
mem_perhaps(bool on)
{
	perhaps = on;
}

static _Noreturn void
out_of_memory(void)
{
	static const char early[] = "pinmail: out of memory; try again later\n",
			  late[] =
			      "pinmail: out of memory; perhaps delivered\n";
	ssize_t r;

	if (settled >= 0)
		_exit(settled);
	if (perhaps)
		r = write(STDERR_FILENO, late, sizeof late - 1);
	else
		r = write(STDERR_FILENO, early, sizeof early - 1);
	(void)r;
	_exit(EX_TEMPFAIL);
}

void *
mem_alloc(size_t n)
{
	void *p;

	p = calloc(1, n > 0 ? n : 1);
	if (p == NULL)
		out_of_memory();
	return p;
}

void *
mem_resize(void *p, size_t n, size_t size)
{
	if (size > 0 && n > SIZE_MAX / size)
		out_of_memory();
	p = realloc(p, n * size > 0 ? n * size : 1);
	if (p == NULL)
		out_of_memory();
	return p;
}

char *
mem_dup(const char *s)
{
	return mem_dupn(s, strlen(s));
}

char *
mem_dupn(const char *s, size_t n)
{
	char *p;

	p = mem_alloc(n + 1);
	memcpy(p, s, n);
	return p;
}

void
mem_wipe(void *p, size_t n)
{
	if (n > 0)
		explicit_bzero(p, n);
}

void *
mem_secret(size_t n)
{
	void *p;

	p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0);
	if (p == MAP_FAILED)
		out_of_memory();
#ifdef MADV_DONTDUMP
	madvise(p, n, MADV_DONTDUMP);
#endif
	return p;
}

void
mem_secret_free(void *p, size_t n)
{
	if (p == NULL)
		return;
	mem_wipe(p, n);
	munmap(p, n);
}

void
mem_guard(void)
{
	const struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
#ifdef PR_SET_DUMPABLE
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
