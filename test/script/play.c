/* SPDX-License-Identifier: ISC */
/*
 * Runs a pinmail binary against transcripts, each on a TLS socket of its own,
 * and prints TAP.
 *
 *	play [-j JOBS] PINMAIL FILE.script ...
 *
 * The grammar of transcripts stands in script.h. Every run has its own
 * directory, port and configuration (`-C`), an environment of HOME, PATH and
 * what sanitizers and LD_PRELOAD need, and 30 seconds. Besides what the
 * transcript wants: stdout is empty; stderr is empty on exit 0, else a
 * single line that begins with `pinmail: `, without control bytes; and what the
 * client sends before TLS holds nothing of user, password, addresses, subject
 * or body.
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
	char **files;
	struct job *jobs;
	size_t n;
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

/* In the worker: plays one file, and tells what was wrong. */
static bool
play(const struct run *r, const char *path, FILE *out)
{
	struct trial t = {.binary = r->binary, .pin = r->pin, .ctx = r->ctx};
	struct bytes text = {0}, diagnostics = {0};
	char why[256];
	bool ok = false;

	read_script(path, &text);
	if (script_parse(&t.script, bytes_cstr(&text), text.n, why,
		sizeof(why))) {
		trial_run(&t);
		ok = trial_judge(&t, &diagnostics);
	} else {
		bytes_fmt(&diagnostics, "# %s: %s\n", path, why);
	}
	fputs(bytes_cstr(&diagnostics), out);
	fflush(out);
	trial_clear(&t);
	script_clear(&t.script);
	bytes_clear(&text);
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
		ok = play(r, r->files[i], job->diagnostics);
		_exit(ok ? 0 : 1);
	}
}

static void
print(const struct run *r, size_t i)
{
	struct job *job = &r->jobs[i];
	char line[512], *name = basename(r->files[i]);
	size_t n = strlen(name);

	if (n > 7 && strcmp(name + n - 7, ".script") == 0)
		n -= 7;
	printf("%s %zu - %.*s\n", job->ok ? "ok" : "not ok", i + 1, (int)n,
	    name);
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

	while (printed < r->n) {
		while (started < r->n && started - ended < most)
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
		for (; printed < r->n && r->jobs[printed].done; printed++) {
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
	long most = 8;
	bool ok;
	int c;

	while ((c = getopt(argc, argv, "j:")) != -1)
		if (c == 'j')
			most = strtol(optarg, NULL, 10);
		else
			argc = 0;
	if (argc - optind < 2 || most < 1)
		die("usage: play [-j JOBS] PINMAIL FILE.script ...");
	if (realpath(argv[optind], r.binary) == NULL)
		die("%s: %s", argv[optind], strerror(errno));
	r.files = argv + optind + 1;
	r.n = (size_t)(argc - optind - 1);
	r.jobs = need(r.n, sizeof(*r.jobs));
	r.ctx = make_context(r.pin);
	printf("1..%zu\n", r.n);
	ok = run_all(&r, (size_t)most);
	SSL_CTX_free(r.ctx);
	free(r.jobs);
	return ok ? 0 : 1;
}
