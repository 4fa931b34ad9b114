/* SPDX-License-Identifier: ISC */
/*
 * Runs a pinmail binary against transcripts, each on a TLS socket of its own,
 * and prints TAP.
 *
 *	play [-j JOBS] PINMAIL FILE.script ...
 *
 * The grammar of transcripts stands in script.h; `each` makes many cases of
 * one. Every run has its own directory, port and configuration (`-C`), an
 * environment of HOME, PATH and what sanitizers and LD_PRELOAD need, and 30
 * seconds. Besides what the transcript wants: stdout is empty; stderr is empty
 * on exit 0, else a single line of clean text that begins with `pinmail: `;
 * the log has one such line; it was over in ten seconds; there was one
 * connection, and the message went out once at most; the password is nowhere
 * to be read, nor went out beside SCRAM; and before the server's proof the
 * client said nothing but TLS, and with STARTTLS EHLO [127.0.0.1], STARTTLS and
 * QUIT: nothing of user, password, addresses, subject or body.
 */
#include "config.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/err.h>

#include "test/script/cases.h"
#include "test/script/trial.h"
#include "test/server/cert.h"

/* The worker of one transcript. */
struct job {
	pid_t pid;
	FILE *diagnostics;
	bool done, ok;
};

struct run {
	char binary[PATH_MAX], pin[CERT_PIN_SIZE];
	SSL_CTX *ctx;
	struct cases cases;
	struct job *jobs;
};

static void
read_script(const char *path, struct bytes *text)
{
	char buf[4096];
	FILE *f = fopen(path, "r");
	size_t n;

	if (f == NULL)
		die("%s: %s", path, strerror(errno));
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		bytes_add(text, buf, n);
	fclose(f);
}

/* The cases of all files; whoever reads TAP wants their number first. */
/* Of the cases that one file makes, each Nth. */
static void
thin(struct cases *c, size_t from, size_t step)
{
	size_t n = from;

	for (size_t i = from; i < c->n; i++) {
		if ((i - from) % step == 0) {
			c->at[n++] = c->at[i];
		} else {
			free(c->at[i].name);
			free(c->at[i].text);
		}
	}
	c->n = n;
}

static void
read_all(struct run *r, char *paths[], size_t n, size_t step)
{
	struct bytes text = {0};
	char why[256], *name;
	size_t i, len, before;

	for (i = 0; i < n; i++) {
		before = r->cases.n;
		bytes_reset(&text);
		read_script(paths[i], &text);
		name = basename(paths[i]);
		len = strlen(name);
		if (len > 7 && strcmp(name + len - 7, ".script") == 0)
			name[len - 7] = '\0';
		if (!cases_add(&r->cases, name, bytes_cstr(&text), why,
			sizeof(why)))
			die("%s: %s", name, why);
		thin(&r->cases, before, step);
	}
	bytes_clear(&text);
	r->jobs = need(r->cases.n, sizeof(*r->jobs));
}

/* In the worker: plays one case, and tells what was wrong. */
static bool
play(const struct run *r, const struct a_case *one, FILE *out)
{
	struct trial t = {.binary = r->binary, .pin = r->pin, .ctx = r->ctx};
	struct bytes diagnostics = {0};
	char why[256];
	bool ok = false;

	if (script_parse(&t.script, one->text, one->len, why, sizeof(why))) {
		trial_run(&t);
		ok = trial_judge(&t, &diagnostics);
	} else {
		bytes_fmt(&diagnostics, "# %s\n", why);
	}
	fputs(bytes_cstr(&diagnostics), out);
	fflush(out);
	trial_clear(&t);
	script_clear(&t.script);
	bytes_clear(&diagnostics);
	return ok;
}

static void
start(struct run *r, size_t i)
{
	struct job *job = &r->jobs[i];
	bool ok;

	job->diagnostics = tmpfile();
	if (job->diagnostics == NULL)
		die("tmpfile: %s", strerror(errno));
	fflush(stdout);
	job->pid = fork();
	if (job->pid < 0)
		die("fork: %s", strerror(errno));
	if (job->pid == 0) {
		ok = play(r, &r->cases.at[i], job->diagnostics);
		_exit(ok ? 0 : 1);
	}
}

static void
print(const struct run *r, size_t i)
{
	struct job *job = &r->jobs[i];
	char line[512];

	printf("%s %zu - %s\n", job->ok ? "ok" : "not ok", i + 1,
	    r->cases.at[i].name);
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
			if (r->jobs[i].pid == pid) {
				r->jobs[i].done = true;
				r->jobs[i].ok = status == 0;
			}
		ended++;
		for (; printed < r->cases.n && r->jobs[printed].done;
		     printed++) {
			print(r, printed);
			all = all && r->jobs[printed].ok;
		}
	}
	return all;
}

static SSL_CTX *
make_context(char pin[CERT_PIN_SIZE])
{
	const char *tmp = getenv("TMPDIR");
	struct bytes dir = {0}, cert = {0}, key = {0};
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	bytes_fmt(&dir, "%s/play.XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(dir.p) == NULL)
		die("%s: %s", dir.p, strerror(errno));
	bytes_fmt(&cert, "%s/cert.pem", dir.p);
	bytes_fmt(&key, "%s/key.pem", dir.p);
	cert_make(cert.p, key.p);
	cert_pin(cert.p, pin);
	if (ctx == NULL
	    || SSL_CTX_use_certificate_file(ctx, cert.p, SSL_FILETYPE_PEM) != 1
	    || SSL_CTX_use_PrivateKey_file(ctx, key.p, SSL_FILETYPE_PEM) != 1)
		die("cannot prepare TLS: %s",
		    ERR_reason_error_string(ERR_peek_last_error()));
	unlink(cert.p);
	unlink(key.p);
	rmdir(dir.p);
	bytes_clear(&dir);
	bytes_clear(&cert);
	bytes_clear(&key);
	return ctx;
}

int
main(int argc, char *argv[])
{
	struct run r = {0};
	long most = 8, step = 1;
	bool ok;
	int c;

	while ((c = getopt(argc, argv, "j:s:")) != -1)
		if (c == 'j')
			most = strtol(optarg, NULL, 10);
		else if (c == 's')
			step = strtol(optarg, NULL, 10);
		else
			argc = 0;
	if (argc - optind < 2 || most < 1 || step < 1)
		die("usage: play [-j JOBS] [-s STEP] PINMAIL FILE.script ...");
	if (realpath(argv[optind], r.binary) == NULL)
		die("%s: %s", argv[optind], strerror(errno));
	read_all(&r, argv + optind + 1, (size_t)(argc - optind - 1),
	    (size_t)step);
	r.ctx = make_context(r.pin);
	printf("1..%zu\n", r.cases.n);
	ok = run_all(&r, (size_t)most);
	SSL_CTX_free(r.ctx);
	free(r.jobs);
	cases_clear(&r.cases);
	return ok ? 0 : 1;
}
