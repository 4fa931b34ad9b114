/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "test/script/trial.h"

#define WATCHDOG_S 30

static const char default_message[] = "From: Alice <alice@example.com>\n"
				      "To: bob@example.org\n"
				      "Subject: Wombat report\n"
				      "\n"
				      "Quokka says hello.\n";

static const char *const kept_environment[] = {"PATH", "ASAN_OPTIONS",
    "LSAN_OPTIONS", "UBSAN_OPTIONS", "LD_PRELOAD"};

static int child_pipe[2];

static char *
in_dir(const struct trial *t, const char *name)
{
	struct bytes path = {0};

	bytes_fmt(&path, "%s/%s", t->dir.p, name);
	return path.p;
}

static void
write_file(const struct trial *t, const char *name, const char *p, size_t n)
{
	char *path = in_dir(t, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, p, n) != (ssize_t)n || close(fd) != 0)
		die("%s: %s", path, strerror(errno));
	free(path);
}

static void
read_file(const struct trial *t, const char *name, struct bytes *out)
{
	char *path = in_dir(t, name), buf[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	while (fd >= 0 && (n = read(fd, buf, sizeof(buf))) > 0)
		bytes_add(out, buf, (size_t)n);
	if (fd >= 0)
		close(fd);
	free(path);
}

static bool
same_keyword(const char *a, const char *b)
{
	size_t n = strcspn(a, " ");

	return strcspn(b, " ") == n && strncmp(a, b, n) == 0;
}

/* A default line stays unless the script leaves it out or has its own. */
static void
conf_line(const struct trial *t, struct bytes *conf, const char *line)
{
	const struct script *s = &t->script;
	size_t i;

	for (i = 0; i < s->without.n; i++)
		if (same_keyword(s->without.at[i], line))
			return;
	for (i = 0; i < s->conf.n; i++)
		if (same_keyword(s->conf.at[i], line)
		    && !same_keyword(line, "pin"))
			return;
	bytes_fmt(conf, "%s\n", line);
}

static void
write_conf(const struct trial *t)
{
	const struct script *s = &t->script;
	struct bytes conf = {0}, line = {0};
	size_t i;

	conf_line(t, &conf, "account default");
	conf_line(t, &conf, "host 127.0.0.1");
	bytes_fmt(&line, "port %d", t->port);
	conf_line(t, &conf, line.p);
	conf_line(t, &conf,
	    s->tls == SCRIPT_STARTTLS ? "tls_starttls on" : "tls_starttls off");
	bytes_reset(&line);
	bytes_fmt(&line, "pin %s", t->pin);
	conf_line(t, &conf, line.p);
	conf_line(t, &conf, "from alice@example.com");
	conf_line(t, &conf, "syslog off");
	conf_line(t, &conf, "timeout 5");
	bytes_reset(&line);
	bytes_fmt(&line, "logfile %s/log", t->dir.p);
	conf_line(t, &conf, line.p);
	for (i = 0; i < s->conf.n; i++)
		bytes_fmt(&conf, "%s\n", s->conf.at[i]);
	write_file(t, "conf", conf.p, conf.n);
	bytes_clear(&conf);
	bytes_clear(&line);
}

static int
listen_somewhere(struct trial *t)
{
	struct sockaddr_in sin = {.sin_family = AF_INET};
	socklen_t n = sizeof(sin);
	int window = t->script.window;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	/* Before listen(): the window is promised in the handshake. */
	if (window > 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof(window));
	if (fd < 0 || bind(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0
	    || listen(fd, 8) != 0
	    || getsockname(fd, (struct sockaddr *)&sin, &n) != 0)
		die("cannot listen: %s", strerror(errno));
	t->port = ntohs(sin.sin_port);
	return fd;
}

static void
prepare(struct trial *t)
{
	const struct script *s = &t->script;
	const char *tmp = getenv("TMPDIR");

	bytes_fmt(&t->dir, "%s/script.XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(t->dir.p) == NULL)
		die("%s: %s", t->dir.p, strerror(errno));
	t->player = (struct player){.s = s, .ctx = t->ctx, .fd = -1};
	t->player.listener = listen_somewhere(t);
	write_conf(t);
	if (s->input != NULL)
		write_file(t, "stdin", s->input, s->input_len);
	else
		write_file(t, "stdin", default_message,
		    sizeof(default_message) - 1);
}

static char **
environment(const struct trial *t)
{
	size_t i, n = sizeof(kept_environment) / sizeof(*kept_environment);
	char **env = need(n + 2, sizeof(*env));
	struct bytes var;
	const char *value;
	size_t at = 0;

	var = (struct bytes){0};
	bytes_fmt(&var, "HOME=%s", t->dir.p);
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

static void
redirect(const struct trial *t, const char *name, int flags, int to)
{
	char *path = in_dir(t, name);
	int fd = open(path, flags, 0600);

	if (fd < 0 || dup2(fd, to) < 0)
		_exit(126);
	if (fd != to)
		close(fd);
	free(path);
}

/* In the child. */
static _Noreturn void
become_client(const struct trial *t)
{
	const struct script_list *args = &t->script.args;
	char **argv = need(args->n + 4, sizeof(*argv));
	char **env = environment(t);
	char flag[] = "-C";

	argv[0] = need_copy(t->binary, strlen(t->binary));
	argv[1] = flag;
	argv[2] = in_dir(t, "conf");
	memcpy(argv + 3, args->at, args->n * sizeof(*argv));
	redirect(t, "stdin", O_RDONLY, STDIN_FILENO);
	redirect(t, "stdout", O_WRONLY | O_CREAT, STDOUT_FILENO);
	redirect(t, "stderr", O_WRONLY | O_CREAT, STDERR_FILENO);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	execve(argv[0], argv, env);
	_exit(127);
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
on_child(int sig)
{
	int saved = errno;

	(void)sig;
	if (write(child_pipe[1], "", 1) < 0)
		_exit(2);
	errno = saved;
}

static void
watch(struct trial *t, pid_t pid)
{
	struct pollfd p = {.fd = child_pipe[0], .events = POLLIN};
	double start = now(), left;

	while (waitpid(pid, &t->status, WNOHANG) == 0) {
		left = start + WATCHDOG_S - now();
		if (left <= 0) {
			t->killed = true;
			kill(pid, SIGKILL);
			waitpid(pid, &t->status, 0);
			break;
		}
		poll(&p, 1, (int)(left * 1000) + 1);
	}
	t->seconds = now() - start;
}

static void *
play(void *arg)
{
	player_run(arg);
	return NULL;
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
trial_run(struct trial *t)
{
	struct sigaction sa = {.sa_handler = on_child};
	struct pollfd again = {.events = POLLIN};
	pthread_t thread;
	int stop[2];
	pid_t pid;

	prepare(t);
	if (pipe2(child_pipe, O_CLOEXEC) != 0 || pipe2(stop, O_CLOEXEC) != 0)
		die("pipe: %s", strerror(errno));
	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGCHLD, &sa, NULL);
	pid = fork();
	if (pid == 0)
		become_client(t);
	t->player.stop = stop[0];
	if (pid < 0 || pthread_create(&thread, NULL, play, &t->player) != 0)
		die("cannot start: %s", strerror(errno));
	watch(t, pid);
	close(stop[1]);
	pthread_join(thread, NULL);
	again.fd = t->player.listener;
	t->second = poll(&again, 1, 0) > 0;
	close(t->player.listener);
	read_file(t, "stdout", &t->stdout_text);
	read_file(t, "stderr", &t->stderr_text);
	read_file(t, "log", &t->log_text);
	nftw(t->dir.p, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void
trial_clear(struct trial *t)
{
	player_clear(&t->player);
	bytes_clear(&t->dir);
	bytes_clear(&t->stdout_text);
	bytes_clear(&t->stderr_text);
	bytes_clear(&t->log_text);
}
