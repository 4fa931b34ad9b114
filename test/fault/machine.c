/* SPDX-License-Identifier: ISC */
/*
 * A machine that fails at every point of a delivery, one after the other.
 *
 *	machine [--every] [--stride=N] [-v] BINARY LIBRARIES [DELIVERY
 *[CALL]]
 *
 * LIBRARIES is where nth.so and nomem.so are. Each delivery is made with the
 * first call failing, with the second, and so on until there are no more. Those
 * for memory are so many that without --every only a sample of them is tried:
 * one in N. TAP, with a test for each delivery and kind of fault; -v shows how
 * each run ended.
 */
#include "config.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/fault/bench.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define MISSES 3

#ifdef SANITIZE
#define SANITIZED true
#else
#define SANITIZED false
#endif

#define SHOWN 5 /* faults of a kind that are told of */
#define WORKERS 2

#define HERE "host 127.0.0.1\ntls_starttls off\n"
#define BY_PASSWORD "password wonder1and\nauth plain\n"

static const struct delivery deliveries[] = {
    {.name = "plain", .conf = HERE BY_PASSWORD},
    {.name = "passwordeval",
	.conf = HERE "passwordeval echo wonder1and\nauth login\n"},
    {.name = "host name, client certificate",
	.server = "--request-client-cert",
	.conf = "host localhost\ntls_starttls off\n"
		"tls_cert_file cert.pem\ntls_key_file key.pem\n" BY_PASSWORD},
    {.name = "over 256 KiB",
	.conf = HERE BY_PASSWORD,
	.line = "Quokka says hello, and hello, and hello once more.",
	.lines = 12000},
    {.name = "aliases, step by step, to be encoded",
	.server = "--caps SIZE=0",
	.conf = HERE BY_PASSWORD,
	.args = "-t root",
	.line = "Quokka says \303\251.",
	.filed = "Quokka says =C3=A9.",
	.lines = 40},
    {.name = "STARTTLS, SCRAM",
	.server = "--tls starttls",
	.conf = "host 127.0.0.1\ntls_starttls on\npassword wonder1and\n"},
    {.name = "-bs", .conf = HERE BY_PASSWORD, .args = "", .dialogue = true},
    {.name = "another's key", .conf = HERE BY_PASSWORD, .never = true},
};

/* What fails, how, and what is more to it. */
static const struct fault faults[] = {
    {"malloc", ENOMEM, ONCE},
    {"malloc", ENOMEM, ON},
    {"crypto", ENOMEM, ONCE},
    {"read", EIO, ONCE},
    {"write", ENOSPC, ONCE},
    {"send", ECONNRESET, ONCE},
    {"recv", ECONNRESET, ONCE},
    {"open", EMFILE, ONCE},
    {"mmap", ENOMEM, ONCE},
    {"stat", EIO, ONCE},
    {"socket", EMFILE, ONCE},
    {"connect", ENETUNREACH, ONCE},
    {"pipe", EMFILE, ONCE},
    {"dup", EMFILE, ONCE},
    {"getaddrinfo", EAI_AGAIN, ONCE},
    {"getrandom", EIO, ONCE},
    {"fork", EAGAIN, ONCE},
    {"wait", ECHILD, ONCE},
    {"thread", EAGAIN, ONCE},
    {"poll", ENOMEM, ONCE},
    {"read", EIO, ON},
    {"write", ENOSPC, ON},
    {"send", ECONNRESET, ON},
    {"recv", ECONNRESET, ON},
    {"open", EMFILE, ON},
    {"stat", EIO, ON},
    {"getrandom", EIO, ON},
    {"poll", ENOMEM, ON},
    {"read", EINTR, HARMLESS},
    {"write", EINTR, HARMLESS},
    {"send", EINTR, HARMLESS},
    {"recv", EINTR, HARMLESS},
    {"getrandom", EINTR, HARMLESS},
    {"poll", EINTR, HARMLESS},
    {"madvise", EINVAL, HARMLESS},
    {"read", FAULT_SHORT, HARMLESS},
    {"write", FAULT_SHORT, HARMLESS},
    {"send", FAULT_SHORT, HARMLESS},
    {"recv", FAULT_SHORT, HARMLESS},
    {"getrandom", FAULT_SHORT, HARMLESS},
};

/* What is tried, and what came of it; shared by the workers. */
struct test {
	const struct delivery *d;
	const struct fault *f;
	unsigned long runs, failed, wrong;
};

static struct test *tests;
static size_t n_tests;
static atomic_size_t *next;
static unsigned long stride; /* of those for memory, if not 0 */
static bool every, verbose;

static void
name_of(struct bytes *out, const struct test *t)
{
	const struct fault *f = t->f;
	const char *how = f->error == FAULT_SHORT ? "short"
	    : f->error < 0                        ? gai_strerror(f->error)
						  : strerror(f->error);

	bytes_reset(out);
	bytes_fmt(out, "%s: %s: %s%s", t->d->name, f->call, how,
	    f->mode == ON ? ", from then on" : "");
}

/*
 * Without a sanitizer, what OpenSSL asks for is asked of malloc; a sanitizer
 * has an allocator of its own, that is not asked here. A sample leaves out what
 * another run is likely to show too: what fails from then on, or does no harm,
 * is tried where there is much of it.
 */
static bool
is_left_out(const struct delivery *d, const struct fault *f)
{
	if (strcmp(f->call, SANITIZED ? "malloc" : "crypto") == 0)
		return true;
	if (every || f->mode == ONCE)
		return false;
	return fault_of_memory(f) || SANITIZED
	    || (d->lines < 1000 && !d->dialogue);
}

/* From the nth call to try to the next one. */
static unsigned long
step(const struct test *t, unsigned long nth)
{
	if (fault_of_memory(t->f)) {
		if (stride > 0)
			return stride;
		if (every)
			return t->f->mode == ONCE && !SANITIZED ? 1 : 97;
		return SANITIZED ? 1999 : 389;
	}
	if (every || !SANITIZED)
		return 1;
	/* With the sanitizer's patience each delivery has some of them. */
	return nth > 1 ? 3 : 1 + (size_t)(t->d - deliveries) % 3;
}

/* In one write, so that those of the workers do not mix. */
static void
tell(const char *name, unsigned long nth, const char *what,
    const struct outcome *o)
{
	struct bytes text = {0};
	char *p;

	bytes_fmt(&text,
	    "%s, call %lu: %s (status %#x, %lu filed, %.300s%.300s)", name, nth,
	    what, (unsigned)o->status, o->filed, bytes_cstr(&o->out),
	    bytes_cstr(&o->err));
	for (p = text.p; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			*p = '|';
	printf("# %s\n", text.p);
	fflush(stdout);
	bytes_clear(&text);
}

/* How often the program waits and reads is a matter of luck. */
static bool
varies(const struct fault *f)
{
	return strcmp(f->call, "poll") == 0 || strcmp(f->call, "recv") == 0
	    || strcmp(f->call, "send") == 0;
}

static void
try(struct bench *b, struct test *t)
{
	unsigned long nth = 1;
	struct outcome o = {0};
	struct bytes name = {0};
	int missed = 0;
	const char *what;

	name_of(&name, t);
	do {
		bench_run(b, t->f, nth, &o);
		missed = o.failed > 0 ? 0 : missed + 1;
		what = judge(t->d, t->f, &o);
		t->runs++;
		t->failed += o.failed > 0;
		t->wrong += what != NULL;
		if (verbose || (what != NULL && t->wrong <= SHOWN))
			tell(name.p, nth, what != NULL ? what : "fine", &o);
		nth += step(t, nth);
	} while (
	    missed == 0 || (missed < MISSES && t->failed > 0 && varies(t->f)));
	outcome_clear(&o);
	bytes_clear(&name);
}

static void
work(struct bench *b, const char *dir, int number)
{
	size_t i;

	bench_open(b, dir, number);
	while ((i = atomic_fetch_add(next, 1)) < n_tests) {
		bench_set(b, tests[i].d);
		try(b, &tests[i]);
	}
	bench_close(b);
}

static void *
shared(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	return p;
}

/* True if none of them broke down. */
static bool
work_all(struct bench *b, int workers)
{
	const char *tmp = getenv("TMPDIR");
	struct bytes dir = {0};
	bool ok = true;
	int i, status;
	pid_t pid;

	bytes_fmt(&dir, "%s/machine.XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(dir.p) == NULL)
		die("%s: %s", dir.p, strerror(errno));
	for (i = 0; i < workers; i++) {
		pid = fork();
		if (pid < 0)
			die("fork: %s", strerror(errno));
		if (pid == 0) {
			work(b, dir.p, i);
			exit(0);
		}
	}
	while (wait(&status) > 0)
		ok = ok && status == 0;
	rmdir(dir.p);
	bytes_clear(&dir);
	return ok;
}

static bool
report(size_t i)
{
	const struct test *t = &tests[i];
	struct bytes name = {0};

	name_of(&name, t);
	printf("%s %zu - %s: %lu runs\n", t->wrong > 0 ? "not ok" : "ok", i + 1,
	    name.p, t->runs);
	bytes_clear(&name);
	return t->wrong == 0;
}

/* A call that is never seen to fail is not caught by our libraries. */
static bool
all_seen(void)
{
	unsigned long failed;
	bool ok = true;
	size_t i, j;

	for (i = 0; i < n_tests; i++) {
		failed = 0;
		for (j = 0; j < n_tests; j++)
			if (strcmp(tests[j].f->call, tests[i].f->call) == 0)
				failed += tests[j].failed;
		if (failed == 0)
			printf("# %s never failed\n", tests[i].f->call);
		ok = ok && failed > 0;
	}
	return ok;
}

/* Those of memory, which take longest, come first. */
static void
plan(const char *delivery, const char *call)
{
	size_t i, j;

	tests = shared(COUNT(faults) * COUNT(deliveries) * sizeof(*tests));
	next = shared(sizeof(*next));
	for (i = 0; i < COUNT(faults); i++) {
		for (j = 0; j < COUNT(deliveries); j++) {
			if ((delivery != NULL
				&& strcmp(delivery, deliveries[j].name) != 0)
			    || (call != NULL
				&& strcmp(call, faults[i].call) != 0)
			    || is_left_out(&deliveries[j], &faults[i]))
				continue;
			tests[n_tests].d = &deliveries[j];
			tests[n_tests++].f = &faults[i];
		}
	}
}

int
main(int argc, char *argv[])
{
	struct bench b = {0};
	bool ok, whole;
	size_t i;

	while (argc > 1 && argv[1][0] == '-') {
		every = every || strcmp(argv[1], "--every") == 0;
		verbose = verbose || strcmp(argv[1], "-v") == 0;
		if (strncmp(argv[1], "--stride=", 9) == 0)
			stride = strtoul(argv[1] + 9, NULL, 10);
		argc--;
		argv++;
	}
	if (argc < 3)
		die("usage: machine [--every] [--stride=N] [-v] BINARY LIBRARIES "
		    "[DELIVERY [CALL]]");
	b.binary = argv[1];
	b.faults = argv[2];
	plan(argc > 3 ? argv[3] : NULL, argc > 4 ? argv[4] : NULL);
	signal(SIGPIPE, SIG_IGN);
	printf("1..%zu\n", n_tests + 1);
	fflush(stdout);
	ok = work_all(&b, WORKERS);
	for (i = 0; i < n_tests; i++)
		ok = report(i) && ok;
	whole = argc > 3 || all_seen();
	printf("%s %zu - each call was seen to fail\n", whole ? "ok" : "not ok",
	    n_tests + 1);
	return ok && whole ? 0 : 1;
}
