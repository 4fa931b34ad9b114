/* SPDX-License-Identifier: ISC */
/*
 * LD_PRELOAD: there is no memory for the Nth who asks; see which.h. Kinds:
 * malloc, and crypto, which is what OpenSSL asks for.
 */
#include "config.h"

#undef _FORTIFY_SOURCE

#include <pwd.h>

#include "test/fault/which.h"

enum { MALLOC = 1, CRYPTO };

static const char *const kinds[] =
    {[MALLOC] = "malloc", [CRYPTO] = "crypto", NULL};

/* For the dlsym() that looks for the real ones. */
static char early[8192];
static size_t early_used;
static bool looking;

static struct {
	void *(*malloc)(size_t);
	void *(*calloc)(size_t, size_t);
	void *(*realloc)(void *, size_t);
	void (*free)(void *);
} real;

static bool
is_early(const void *p)
{
	return (const char *)p >= early
	    && (const char *)p < early + sizeof early;
}

static void *
early_alloc(size_t n)
{
	void *p = early + early_used;

	n = (n + 15) & ~(size_t)15;
	if (n > sizeof early - early_used)
		abort();
	early_used += n;
	return p;
}

/* False while it is being looked for. */
static bool
found(void)
{
	if (real.free != NULL)
		return true;
	if (looking)
		return false;
	looking = true;
	*(void **)&real.malloc = dlsym(RTLD_NEXT, "malloc");
	*(void **)&real.calloc = dlsym(RTLD_NEXT, "calloc");
	*(void **)&real.realloc = dlsym(RTLD_NEXT, "realloc");
	*(void **)&real.free = dlsym(RTLD_NEXT, "free");
	looking = false;
	return true;
}

/*
 * The name service of glibc 2.36 crashes when it gets no memory, which is not
 * what is tried here.
 */
static _Thread_local bool spared;

static bool
none_left(void)
{
	return !spared && fails(MALLOC);
}

struct passwd *
getpwuid(uid_t uid)
{
	static struct passwd *(*next)(uid_t);
	struct passwd *pw;

	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "getpwuid");
	spared = true;
	pw = next(uid);
	spared = false;
	return pw;
}

void *
malloc(size_t n)
{
	if (!found())
		return early_alloc(n);
	return none_left() ? NULL : real.malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	if (!found())
		return early_alloc(n * size);
	return none_left() ? NULL : real.calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	if (!found() || is_early(p))
		abort();
	return none_left() ? NULL : real.realloc(p, n);
}

void
free(void *p)
{
	if (p != NULL && !is_early(p) && found())
		real.free(p);
}

static void *
crypto_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails(CRYPTO) ? NULL : malloc(n);
}

static void *
crypto_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails(CRYPTO) ? NULL : realloc(p, n);
}

static void
crypto_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

static void
take_crypto(void)
{
	int (*set)(void *(*)(size_t, const char *, int),
	    void *(*)(void *, size_t, const char *, int),
	    void (*)(void *, const char *, int));

	*(void **)&set = dlsym(RTLD_DEFAULT, "CRYPTO_set_mem_functions");
	if (set == NULL || set(crypto_malloc, crypto_realloc, crypto_free) != 1)
		abort();
}

static __attribute__((constructor)) void
start(void)
{
	int kind = begin(kinds);

	if (kind == CRYPTO)
		take_crypto();
	chosen = kind;
}
