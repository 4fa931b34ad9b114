/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "test/hostile/conf.h"
#include "test/hostile/hostile.h"

#define WATCHDOG_S 90

static const char message[] = "From: Numbat <" HOSTILE_FROM ">\n"
			      "To: " HOSTILE_TO "\n"
			      "Subject: " HOSTILE_SUBJECT "\n"
			      "\n" HOSTILE_BODY "\n";

static const char *const kept_environment[] = {"PATH", "ASAN_OPTIONS",
    "LSAN_OPTIONS", "UBSAN_OPTIONS", "LD_PRELOAD"};

/* The client while it runs. */
struct client {
	struct outcome *o;
	char dir[256];
	int listener, port, out, err;
	pid_t pid;
};

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
listen_somewhere(struct client *c)
{
	struct sockaddr_in sin = {.sin_family = AF_INET};
	socklen_t n = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0
	    || listen(fd, 8) != 0
	    || getsockname(fd, (struct sockaddr *)&sin, &n) != 0)
		die("cannot listen: %s", strerror(errno));
	c->port = ntohs(sin.sin_port);
	c->listener = fd;
}

static char **
environment(const struct client *c)
{
	size_t i, n = sizeof(kept_environment) / sizeof(*kept_environment);
	char **env = need(n + 2, sizeof(*env));
	struct bytes var = {0};
	const char *value;
	size_t at = 0;

	bytes_fmt(&var, "HOME=%s", c->dir);
	env[at++] = var.p;
	for (i = 0; i < n; i++) {
		value = getenv(kept_environment[i]);
		if (value == NULL)
			continue;
		var = (struct bytes){0};
		bytes_fmt(&var, "%s=%s", kept_environment[i], value);
		env[at++] = var.p;
	}
	return env;
}

/* In the child. */
static _Noreturn void
become_client(const struct client *c, const char *binary, const int in[2],
    const int out[2], const int err[2])
{
	char flag[] = "-C", recipients[] = "-t";
	struct bytes conf = {0};
	char *argv[] = {need_copy(binary, strlen(binary)), flag, NULL,
	    recipients, NULL};

	bytes_fmt(&conf, "%s/conf", c->dir);
	argv[2] = conf.p;
	if (dup2(in[0], STDIN_FILENO) < 0 || dup2(out[1], STDOUT_FILENO) < 0
	    || dup2(err[1], STDERR_FILENO) < 0)
		_exit(126);
	signal(SIGPIPE, SIG_DFL);
	execve(argv[0], argv, environment(c));
	_exit(127);
}

static void
start(struct client *c, const char *binary)
{
	int in[2], out[2], err[2];

	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0
	    || pipe2(err, O_CLOEXEC) != 0
	    || write(in[1], message, sizeof(message) - 1)
		!= (ssize_t)sizeof(message) - 1)
		die("pipe: %s", strerror(errno));
	close(in[1]);
	c->pid = fork();
	if (c->pid < 0)
		die("fork: %s", strerror(errno));
	if (c->pid == 0)
		become_client(c, binary, in, out, err);
	close(in[0]);
	close(out[1]);
	close(err[1]);
	c->out = out[0];
	c->err = err[0];
}

static void
take(int *fd, struct bytes *b)
{
	char buf[4096];
	ssize_t n = read(*fd, buf, sizeof(buf));

	if (n > 0) {
		bytes_add(b, buf, (size_t)n);
	} else {
		close(*fd);
		*fd = -1;
	}
}

/* The first connection is served, another one only counted. */
static void
take_connection(struct client *c, const struct hostile *h)
{
	int on = 1, fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (c->o->server.setup != NULL) {
		c->o->second = true;
		close(fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	server_begin(&c->o->server, h, fd);
}

/* Until the client has closed its outputs, that is, ended. */
static void
serve(struct client *c, const struct hostile *h)
{
	struct outcome *o = c->o;
	double end = now() + WATCHDOG_S;
	struct pollfd p[4];

	while ((c->out >= 0 || c->err >= 0) && now() < end) {
		p[0] = (struct pollfd){.fd = c->out, .events = POLLIN};
		p[1] = (struct pollfd){.fd = c->err, .events = POLLIN};
		p[2] = (struct pollfd){.fd = c->listener, .events = POLLIN};
		p[3] = (struct pollfd){.fd = o->server.fd, .events = POLLIN};
		if (poll(p, 4, 1000) <= 0)
			continue;
		if (p[3].revents != 0)
			server_turn(&o->server);
		if (p[2].revents != 0)
			take_connection(c, h);
		if (p[0].revents != 0)
			take(&c->out, &o->out);
		if (p[1].revents != 0)
			take(&c->err, &o->err);
	}
	o->killed = c->out >= 0 || c->err >= 0;
	if (o->killed)
		kill(c->pid, SIGKILL);
	while (o->server.fd >= 0)
		server_turn(&o->server);
	p[0] = (struct pollfd){.fd = c->listener, .events = POLLIN};
	o->second = o->second || poll(p, 1, 0) > 0;
}

static void
reap(struct client *c)
{
	if (waitpid(c->pid, &c->o->status, 0) < 0)
		die("waitpid: %s", strerror(errno));
	close(c->listener);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
client_run(const struct hostile *h, const struct places *at, struct outcome *o)
{
	const char *tmp = getenv("TMPDIR");
	struct client c = {.o = o};
	double begun;

	*o = (struct outcome){.server = {.fd = -1}};
	snprintf(c.dir, sizeof(c.dir), "%s/hostile.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(c.dir) == NULL)
		die("%s: %s", c.dir, strerror(errno));
	listen_somewhere(&c);
	/* Some keys take long to sign with. */
	server_certs(h);
	conf_write(h, c.dir, c.port);
	begun = now();
	start(&c, at->binary);
	serve(&c, h);
	reap(&c);
	o->seconds = now() - begun;
	conf_read(c.dir, "log", &o->log);
	nftw(c.dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void
outcome_clear(struct outcome *o)
{
	server_clear(&o->server);
	bytes_clear(&o->out);
	bytes_clear(&o->err);
	bytes_clear(&o->log);
}
