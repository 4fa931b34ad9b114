/* SPDX-License-Identifier: ISC */
/*
 * An honest small submission server for tests, the demo and timing runs: it
 * stands alone, so that a bug of lib/ is not shared by its judge.
 *
 *	smtpd --dir DIR [--until-eof] [--pin] [option ...]
 *
 * It listens on a port of 127.0.0.1 that the kernel chooses, prints the port
 * and a newline, and serves until SIGTERM (with --until-eof also until its
 * stdin ends; with --messages N until N messages were filed). --pin prints the
 * certificate's SPKI hash as `sha256:HEX` and serves nothing; it is in
 * DIR/cert.pin too if the certificate was made there.
 *
 * A message that was accepted is DIR/mail/LOGIN/NNNNNN.eml, as received and
 * unstuffed, with NNNNNN.env beside it, which is there first: one `key=value`
 * a line. LOGIN is _none without AUTH. --hash-only leaves the .eml out,
 * --count-only the hash too (for timing runs).
 *
 * --tls implicit|starttls      default: implicit
 * --cert FILE --key FILE       default: made in DIR
 * --tls-max 1.2|1.3  --request-client-cert
 * --login USER:PASSWORD ...    --no-auth offers no AUTH, needs none
 * --mech "PLAIN LOGIN ..."     also SCRAM-SHA-1, SCRAM-SHA-256 and -PLUS,
 *                              EXTERNAL, OAUTHBEARER, XOAUTH2
 * --no-exporter  --iterations N   for SCRAM
 * --caps "PIPELINING,SIZE=0,..."  what EHLO offers; nothing else goes
 * --owner LOGIN=ADDRESS ...    from then on MAIL FROM is checked
 * --refuse "KEY=CODE TEXT" ... KEY: a recipient, a verb, or CONTENT
 * --rcpt-max N                 452 for the ones after
 * --buffers BYTES              socket buffers, both ways
 * --linewise                   a write for each reply, no reading ahead
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test/server/cert.h"
#include "test/server/session.h"

#define LAST_WORDS_S 5

/* A connection with its thread; ended ones are joined when one more comes. */
struct live {
	struct live *next;
	struct server *server;
	pthread_t thread;
	int fd;
	bool ended;
};

static struct live *all_live;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;
static int stop_pipe[2];

static void
on_signal(int sig)
{
	int saved = errno;

	(void)sig;
	if (write(stop_pipe[1], "", 1) < 0)
		_exit(2);
	errno = saved;
}

static void *
serve(void *arg)
{
	struct live *l = arg;

	session_run(l->server, l->fd);
	pthread_mutex_lock(&lock);
	l->ended = true;
	pthread_cond_signal(&ended);
	pthread_mutex_unlock(&lock);
	return NULL;
}

/* Joins the threads that ended; returns whether that were all. */
static bool
reap(void)
{
	struct live **p, *l;

	pthread_mutex_lock(&lock);
	for (p = &all_live; (l = *p) != NULL;) {
		if (!l->ended) {
			p = &l->next;
			continue;
		}
		*p = l->next;
		pthread_join(l->thread, NULL);
		free(l);
	}
	pthread_mutex_unlock(&lock);
	return all_live == NULL;
}

static void
start(struct server *server, int fd)
{
	struct live *l = need(1, sizeof(*l));

	reap();
	l->server = server;
	l->fd = fd;
	pthread_mutex_lock(&lock);
	l->next = all_live;
	all_live = l;
	if (pthread_create(&l->thread, NULL, serve, l) != 0)
		die("cannot start a thread");
	pthread_mutex_unlock(&lock);
}

static int
listen_somewhere(const struct options *o)
{
	struct sockaddr_in sin = {.sin_family = AF_INET};
	socklen_t n = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	/* Before listen(), so that accepted sockets have them too. */
	if (o->buffers > 0) {
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &o->buffers,
		    sizeof(o->buffers));
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &o->buffers,
		    sizeof(o->buffers));
	}
	if (fd < 0 || bind(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0
	    || listen(fd, 128) != 0
	    || getsockname(fd, (struct sockaddr *)&sin, &n) != 0)
		die("cannot listen: %s", strerror(errno));
	printf("%d\n", ntohs(sin.sin_port));
	fflush(stdout);
	return fd;
}

static bool
at_eof(int fd)
{
	char buf[512];
	ssize_t n = read(fd, buf, sizeof(buf));

	return n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN);
}

/* Accepts until it is told to stop: by a signal, stdin, or enough messages. */
static void
accept_all(struct server *server, int listener)
{
	struct pollfd p[3] = {{.fd = listener, .events = POLLIN},
	    {.fd = stop_pipe[0], .events = POLLIN},
	    {.fd = server->o->until_eof ? STDIN_FILENO : -1, .events = POLLIN}};
	int fd;

	for (;;) {
		if (poll(p, 3, -1) < 0 && errno != EINTR)
			die("poll: %s", strerror(errno));
		if (p[1].revents != 0
		    || (p[2].revents != 0 && at_eof(STDIN_FILENO)))
			return;
		if ((p[0].revents & POLLIN) == 0)
			continue;
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			start(server, fd);
	}
}

static bool
any_left(void)
{
	const struct live *l = all_live;

	while (l != NULL && l->ended)
		l = l->next;
	return l != NULL;
}

/* Lets replies that are due go out; cut: without waiting for the clients. */
static bool
wait_for_sessions(bool cut)
{
	struct timespec until;
	struct live *l;
	int r = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += LAST_WORDS_S;
	pthread_mutex_lock(&lock);
	for (l = all_live; cut && l != NULL; l = l->next)
		if (!l->ended)
			shutdown(l->fd, SHUT_RD);
	while (any_left() && r == 0)
		r = pthread_cond_timedwait(&ended, &lock, &until);
	pthread_mutex_unlock(&lock);
	return reap();
}

static void
note_pin(const struct options *o, const char *pin)
{
	struct bytes path = {0};
	FILE *f;

	bytes_fmt(&path, "%s/cert.pin", o->dir);
	f = fopen(path.p, "w");
	if (f == NULL || fprintf(f, "%s\n", pin) < 0 || fclose(f) != 0)
		die("%s: %s", path.p, strerror(errno));
	bytes_clear(&path);
}

static void
prepare(struct options *o, struct bytes *cert, struct bytes *key)
{
	char pin[CERT_PIN_SIZE];

	if (mkdir(o->dir, 0755) != 0 && errno != EEXIST)
		die("%s: %s", o->dir, strerror(errno));
	if (o->cert == NULL) {
		bytes_fmt(cert, "%s/cert.pem", o->dir);
		bytes_fmt(key, "%s/key.pem", o->dir);
		cert_make(cert->p, key->p);
		o->cert = cert->p;
		o->key = key->p;
		cert_pin(o->cert, pin);
		note_pin(o, pin);
	}
}

static void
run(struct options *o)
{
	struct sigaction sa = {.sa_handler = on_signal};
	struct server server = {.o = o};
	bool all;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	if (pipe(stop_pipe) != 0)
		die("pipe: %s", strerror(errno));
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	server.done = stop_pipe[1];
	server.ctx = tlsconf_make(o);
	fd = listen_somewhere(o);
	accept_all(&server, fd);
	close(fd);
	all = wait_for_sessions(
	    o->messages == 0 || atomic_load(&server.filed) < o->messages);
	/* Threads that are still there would use what exit() tears down. */
	if (!all)
		_exit(0);
	SSL_CTX_free(server.ctx);
}

int
main(int argc, char *argv[])
{
	struct bytes cert = {0}, key = {0};
	char pin[CERT_PIN_SIZE];
	struct options o;

	options_parse(&o, argc, argv);
	prepare(&o, &cert, &key);
	if (o.print_pin) {
		cert_pin(o.cert, pin);
		puts(pin);
	} else {
		run(&o);
	}
	options_clear(&o);
	bytes_clear(&cert);
	bytes_clear(&key);
	return 0;
}
