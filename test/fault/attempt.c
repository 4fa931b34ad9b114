/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "test/fault/bench.h"

#define PATIENCE_MS 30000
#define WORDS 32

static const char to[] = "bob@example.org";

/* A session in its thread. */
struct caller {
	struct caller *next;
	struct server *server;
	pthread_t thread;
	int fd;
};

/* More from there; false at its end. */
static bool
read_some(int fd, struct bytes *out)
{
	char piece[65536];
	ssize_t n = read(fd, piece, sizeof(piece));

	if (n > 0)
		bytes_add(out, piece, (size_t)n);
	return n > 0 || (n < 0 && errno == EINTR);
}

static void
read_file(const char *path, struct bytes *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	while (read_some(fd, out))
		;
	close(fd);
}

static long
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (long)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* --- the program --------------------------------------------------------- */

bool
fault_of_memory(const struct fault *f)
{
	return strcmp(f->call, "malloc") == 0 || strcmp(f->call, "crypto") == 0;
}

static void
keep(char **env, size_t *n, const char *name, const char *more)
{
	const char *value = getenv(name);
	struct bytes var = {0};

	if (value == NULL && *more == '\0')
		return;
	bytes_fmt(&var, "%s=%s%s", name, value != NULL ? value : "", more);
	env[(*n)++] = var.p;
}

static void
give(char **env, size_t *n, const char *name, const char *value)
{
	struct bytes var = {0};

	bytes_fmt(&var, "%s=%s", name, value);
	env[(*n)++] = var.p;
}

static char **
environment(const struct bench *b, const struct fault *f, unsigned long nth)
{
	char **env = need(WORDS, sizeof(*env)), which[24], *path;
	struct bytes library = {0}, how = {0};
	size_t n = 0;

	keep(env, &n, "PATH", "");
	/* OpenSSL has leaks of its own when it gets no memory. */
	keep(env, &n, "ASAN_OPTIONS",
	    fault_of_memory(f) ? ":verify_asan_link_order=0:detect_leaks=0"
			       : ":verify_asan_link_order=0");
	keep(env, &n, "LSAN_OPTIONS", "");
	keep(env, &n, "UBSAN_OPTIONS", "");
	bytes_fmt(&library, "%s/%s", b->faults,
	    fault_of_memory(f) ? "nomem.so" : "nth.so");
	snprintf(which, sizeof(which), "%lu", nth);
	if (f->error == FAULT_SHORT)
		bytes_str(&how, "short");
	else
		bytes_fmt(&how, "%d", f->error);
	path = bench_path(b, "tmp");
	give(env, &n, "TMPDIR", path);
	give(env, &n, "HOME", path);
	path = bench_path(b, "state");
	give(env, &n, "NTH_STATE", path);
	give(env, &n, "NTH_CALL", f->call);
	give(env, &n, "NTH_ERRNO", how.p);
	give(env, &n, "NTH", which);
	if (f->mode == ON)
		give(env, &n, "NTH_ON", "1");
	give(env, &n, "LD_PRELOAD", library.p);
	return env;
}

/* In the child. */
static _Noreturn void
become(const struct bench *b, const struct fault *f, unsigned long nth,
    const int ends[2])
{
	char *argv[WORDS], flag[] = "-C", dialogue[] = "-bs";
	char **env = environment(b, f, nth), *p;
	const char *given = b->delivery->args;
	char *args = given != NULL ? need_copy(given, strlen(given))
				   : need_copy(to, strlen(to));
	char *input = bench_path(b, "input");
	int argc = 0, fd = open(input, O_RDONLY);

	argv[argc++] = need_copy(b->binary, strlen(b->binary));
	argv[argc++] = flag;
	argv[argc++] = bench_path(b, "conf");
	if (b->delivery->dialogue)
		argv[argc++] = dialogue;
	for (p = strtok(args, " "); p != NULL && argc < WORDS - 1;
	     p = strtok(NULL, " "))
		argv[argc++] = p;
	argv[argc] = NULL;
	if (fd < 0 || dup2(fd, 0) < 0 || dup2(ends[0], 1) < 0
	    || dup2(ends[1], 2) < 0)
		_exit(126);
	close(fd);
	signal(SIGPIPE, SIG_DFL);
	execve(argv[0], argv, env);
	_exit(127);
}

/* --- the server ---------------------------------------------------------- */

static void *
answer(void *arg)
{
	struct caller *c = arg;

	session_run(c->server, c->fd);
	return NULL;
}

/* Those who have called by now. */
static void
answer_all(struct bench *b, struct caller **all)
{
	struct caller *c;
	int fd;

	while ((fd = accept4(b->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		c = need(1, sizeof(*c));
		*c = (struct caller){*all, &b->server, 0, fd};
		if (pthread_create(&c->thread, NULL, answer, c) != 0)
			die("cannot start a thread");
		*all = c;
	}
}

static void
hang_up(struct caller *c)
{
	struct caller *next;

	for (; c != NULL; c = next) {
		next = c->next;
		pthread_join(c->thread, NULL);
		free(c);
	}
}

/* --- one run ------------------------------------------------------------- */

/* Until both of its outputs have ended. */
static void
watch(struct bench *b, pid_t pid, const int ends[2], struct caller **all,
    struct outcome *o)
{
	struct pollfd p[] = {{.fd = ends[0], .events = POLLIN},
	    {.fd = ends[1], .events = POLLIN},
	    {.fd = b->listener, .events = POLLIN}};
	long until = now_ms() + PATIENCE_MS, left;

	while (p[0].fd >= 0 || p[1].fd >= 0) {
		left = until - now_ms();
		if (left <= 0 && !o->hung) {
			o->hung = true;
			kill(pid, SIGKILL);
		}
		if (poll(p, 3, left > 0 ? (int)left : 1000) < 0)
			continue;
		if (p[0].revents != 0 && !read_some(p[0].fd, &o->out))
			p[0].fd = -1;
		if (p[1].revents != 0 && !read_some(p[1].fd, &o->err))
			p[1].fd = -1;
		if (p[2].revents != 0)
			answer_all(b, all);
	}
	while (waitpid(pid, &o->status, 0) < 0 && errno == EINTR)
		;
}

/* A child of it is ours now, and about to end, or else it is a fault. */
static bool
leaves_child(void)
{
	const struct timespec pause = {0, 2000000};
	long until = now_ms() + PATIENCE_MS;
	pid_t r;

	while ((r = waitpid(-1, NULL, WNOHANG)) >= 0 && now_ms() < until)
		if (r == 0)
			nanosleep(&pause, NULL);
	return r >= 0;
}

/* Counts what was filed, and removes it. */
static void
take_filed(const struct bench *b, struct outcome *o)
{
	char *dir = bench_path(b, "mail/alice");
	struct bytes path = {0}, text = {0};
	const struct dirent *entry;
	const char *body;
	DIR *d = opendir(dir);

	while (d != NULL && (entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		bytes_reset(&path);
		bytes_reset(&text);
		bytes_fmt(&path, "%s/%s", dir, entry->d_name);
		if (strstr(entry->d_name, ".eml") != NULL) {
			o->filed++;
			read_file(path.p, &text);
			body = strstr(bytes_cstr(&text), "\r\n\r\n");
			if (body == NULL
			    || strcmp(body + 4, bytes_cstr(&b->body)) != 0)
				o->damaged = true;
		}
		unlink(path.p);
	}
	if (d != NULL)
		closedir(d);
	bytes_clear(&path);
	bytes_clear(&text);
	free(dir);
}

static bool
leaves_file(const struct bench *b)
{
	char *dir = bench_path(b, "tmp");
	struct bytes path = {0};
	const struct dirent *entry;
	DIR *d = opendir(dir);
	bool any = false;

	while (d != NULL && (entry = readdir(d)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0
		    || strcmp(entry->d_name, "..") == 0)
			continue;
		any = true;
		bytes_reset(&path);
		bytes_fmt(&path, "%s/%s", dir, entry->d_name);
		unlink(path.p);
	}
	if (d != NULL)
		closedir(d);
	bytes_clear(&path);
	free(dir);
	return any;
}

void
outcome_clear(struct outcome *o)
{
	bytes_clear(&o->out);
	bytes_clear(&o->err);
	bytes_clear(&o->log);
	*o = (struct outcome){0};
}

void
bench_run(struct bench *b, const struct fault *f, unsigned long nth,
    struct outcome *o)
{
	char *log = bench_path(b, "log");
	struct caller *all = NULL;
	int out[2], err[2];
	pid_t pid;

	outcome_clear(o);
	unlink(log);
	atomic_store(&b->state->calls, 0);
	atomic_store(&b->state->failed, 0);
	if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
		die("pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		die("fork: %s", strerror(errno));
	if (pid == 0)
		become(b, f, nth, (const int[]){out[1], err[1]});
	close(out[1]);
	close(err[1]);
	watch(b, pid, (const int[]){out[0], err[0]}, &all, o);
	close(out[0]);
	close(err[0]);
	answer_all(b, &all);
	hang_up(all);
	o->failed = atomic_load(&b->state->failed);
	o->orphan = leaves_child();
	o->litter = leaves_file(b);
	take_filed(b, o);
	read_file(log, &o->log);
	free(log);
}
