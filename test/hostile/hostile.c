/* SPDX-License-Identifier: ISC */
/*
 * Runs a pinmail binary against servers whose certificates or whose TLS are
 * wrong, each on a socket of its own, and prints TAP.
 *
 *	hostile [-j JOBS] [-n WORDS] PINMAIL DIRECTORY
 *
 * DIRECTORY holds keys that take long to make; -n runs only cases whose name
 * holds WORDS. Every client has a login, a password and a message. Whatever
 * comes of it, none of that may cross in the clear; unless a pin was proved,
 * nothing may cross but TLS's own handshake; stdout stays empty; stderr is
 * empty on exit 0, else one clean line that says what and where; there is one
 * connection and at most one submission. Good servers are among them: a client
 * that refuses everything fails.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/hostile/cert.h"
#include "test/hostile/hostile.h"

/* The worker of one case. */
struct job {
	pid_t pid;
	FILE *diagnostics;
	bool done, ok;
};

struct run {
	struct hostile_list cases;
	struct places at;
	struct job *jobs;
};

struct hostile *
hostile_add(struct hostile_list *l)
{
	static const struct setup plain = {.name = ""};
	struct hostile *h;

	if (l->n == l->cap) {
		l->cap = l->cap * 2 + 64;
		l->v = realloc(l->v, l->cap * sizeof(*l->v));
		if (l->v == NULL)
			die("out of memory");
	}
	h = &l->v[l->n++];
	*h = (struct hostile){.setup = &plain,
	    .sent = "leaf",
	    .appended = "",
	    .host = HOSTILE_HOST};
	return h;
}

static void
select_cases(struct hostile_list *l, const char *words)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (strstr(l->v[i].name, words) != NULL)
			l->v[n++] = l->v[i];
	l->n = n;
}

static _Noreturn void
work(const struct run *r, size_t i, FILE *out)
{
	const struct hostile *h = &r->cases.v[i];
	struct bytes diagnostics = {0};
	struct outcome o;
	bool ok;

	client_run(h, &r->at, &o);
	ok = judge(h, &o, &diagnostics);
	fputs(bytes_cstr(&diagnostics), out);
	fflush(out);
	outcome_clear(&o);
	bytes_clear(&diagnostics);
	_exit(ok ? 0 : 1);
}

static void
start(struct run *r, size_t i)
{
	struct job *job = &r->jobs[i];

	job->diagnostics = tmpfile();
	if (job->diagnostics == NULL)
		die("tmpfile: %s", strerror(errno));
	fflush(stdout);
	job->pid = fork();
	if (job->pid < 0)
		die("fork: %s", strerror(errno));
	if (job->pid == 0)
		work(r, i, job->diagnostics);
}

static void
print(const struct run *r, size_t i)
{
	struct job *job = &r->jobs[i];
	char line[2048];

	printf("%s %zu - %s\n", job->ok ? "ok" : "not ok", i + 1,
	    r->cases.v[i].name);
	rewind(job->diagnostics);
	while (fgets(line, sizeof(line), job->diagnostics) != NULL)
		fputs(line, stdout);
	fclose(job->diagnostics);
	fflush(stdout);
}

/* Runs up to `most` at a time, and prints them in order. */
static bool
run_all(struct run *r, size_t most)
{
	size_t started = 0, ended = 0, printed = 0, i;
	bool all = true;
	int status;
	pid_t pid;

	while (printed < r->cases.n) {
		while (started < r->cases.n && started - ended < most)
			start(r, started++);
		pid = wait(&status);
		if (pid < 0)
			die("wait: %s", strerror(errno));
		for (i = 0; i < started; i++)
			if (r->jobs[i].pid == pid && !r->jobs[i].done) {
				r->jobs[i].done = true;
				r->jobs[i].ok = status == 0;
			}
		ended++;
		for (; printed < started && r->jobs[printed].done; printed++) {
			print(r, printed);
			all = all && r->jobs[printed].ok;
		}
	}
	return all;
}

/* Of those from there on, each Nth. */
static void
thin(struct hostile_list *l, size_t from, size_t step)
{
	size_t n = from;

	for (size_t i = from; i < l->n; i += step)
		l->v[n++] = l->v[i];
	l->n = n;
}

int
main(int argc, char *argv[])
{
	char binary[PATH_MAX];
	struct run r = {.at = {.binary = binary}};
	const char *words = "";
	long most = 6, step = 1;
	size_t before;
	bool ok;
	int c;

	while ((c = getopt(argc, argv, "j:n:s:")) != -1)
		if (c == 'j')
			most = strtol(optarg, NULL, 10);
		else if (c == 'n')
			words = optarg;
		else if (c == 's')
			step = strtol(optarg, NULL, 10);
		else
			argc = 0;
	if (argc - optind != 2 || most < 1 || step < 1)
		die("usage: hostile [-j JOBS] [-n WORDS] [-s STEP] PINMAIL "
		    "DIRECTORY");
	if (realpath(argv[optind], binary) == NULL)
		die("%s: %s", argv[optind], strerror(errno));
	signal(SIGPIPE, SIG_IGN);
	cert_data(argv[optind + 1]);
	chains_add(&r.cases);
	thin(&r.cases, 0, (size_t)step);
	setups_add(&r.cases);
	strangers_add(&r.cases);
	before = r.cases.n;
	damage_add(&r.cases);
	thin(&r.cases, before, (size_t)step);
	select_cases(&r.cases, words);
	r.jobs = need(r.cases.n + 1, sizeof(*r.jobs));
	printf("TAP version 13\n1..%zu\n", r.cases.n);
	ok = run_all(&r, (size_t)most);
	free(r.jobs);
	free(r.cases.v);
	return ok ? 0 : 1;
}
