/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif

#include "test/fault/bench.h"

#define WORDS 32

static const char said[] = "EHLO me\n"
			   "MAIL FROM:<alice@example.com>\n"
			   "RCPT TO:<bob@example.org>\n"
			   "DATA\n";
static const char header[] = "From: Alice <alice@example.com>\n"
			     "To: bob@example.org\n"
			     "Subject: Wombat report\n"
			     "\n";
static const char aliases[] = "root: bob@example.org, carol\n"
			      "carol: carol@example.net\n";

char *
bench_path(const struct bench *b, const char *name)
{
	struct bytes path = {0};

	bytes_fmt(&path, "%s/%s", b->dir.p, name);
	return path.p;
}

static void
write_file(const struct bench *b, const char *name, const void *p, size_t n)
{
	char *path = bench_path(b, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, p, n) != (ssize_t)n || close(fd) != 0)
		die("%s: %s", path, strerror(errno));
	free(path);
}

static void
make_dir(const struct bench *b, const char *name)
{
	char *path = bench_path(b, name);

	if (mkdir(path, 0700) != 0)
		die("%s: %s", path, strerror(errno));
	free(path);
}

static void
map_state(struct bench *b)
{
	const struct nth_state none = {0};
	char *path = bench_path(b, "state");
	int fd;

	write_file(b, "state", &none, sizeof(none));
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0)
		b->state = mmap(NULL, sizeof(none), PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, 0);
	if (fd < 0 || b->state == MAP_FAILED)
		die("%s: %s", path, strerror(errno));
	close(fd);
	free(path);
}

void
bench_open(struct bench *b, const char *parent, int number)
{
	char *cert, *key;

	bytes_fmt(&b->dir, "%s/%d", parent, number);
	make_dir(b, "");
	make_dir(b, "tmp");
	write_file(b, "aliases", aliases, strlen(aliases));
	map_state(b);
	cert = bench_path(b, "cert.pem");
	key = bench_path(b, "key.pem");
	cert_make(cert, key);
	cert_pin(cert, b->pin);
	free(cert);
	free(key);
	b->listener = -1;
#ifdef PR_SET_CHILD_SUBREAPER
	/* What is left behind becomes ours. */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
#endif
}

static void
forget(struct bench *b)
{
	if (b->listener >= 0)
		close(b->listener);
	SSL_CTX_free(b->server.ctx);
	options_clear(&b->options);
	bytes_clear(&b->words);
	bytes_clear(&b->body);
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
bench_close(struct bench *b)
{
	forget(b);
	munmap(b->state, sizeof(*b->state));
	nftw(b->dir.p, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	bytes_clear(&b->dir);
}

static int
listen_somewhere(int *port)
{
	struct sockaddr_in sin = {.sin_family = AF_INET};
	socklen_t n = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0
	    || listen(fd, 8) != 0
	    || getsockname(fd, (struct sockaddr *)&sin, &n) != 0)
		die("cannot listen: %s", strerror(errno));
	*port = ntohs(sin.sin_port);
	return fd;
}

/* The options keep what they point to, which is in b->words. */
static void
serve(struct bench *b)
{
	char *argv[WORDS], *p;
	int argc = 0;

	bytes_fmt(&b->words,
	    "smtpd --dir %s --cert %s/cert.pem --key %s/key.pem "
	    "--login alice:wonder1and %s",
	    b->dir.p, b->dir.p, b->dir.p,
	    b->delivery->server != NULL ? b->delivery->server : "");
	for (p = strtok(b->words.p, " "); p != NULL && argc < WORDS - 1;
	     p = strtok(NULL, " "))
		argv[argc++] = p;
	argv[argc] = NULL;
	optind = 0;
	options_parse(&b->options, argc, argv);
	b->server = (struct server){.o = &b->options, .done = -1};
	b->server.ctx = tlsconf_make(&b->options);
}

static void
write_conf(struct bench *b, int port)
{
	static const char stranger[] = "sha256:"
				       "00000000000000000000000000000000"
				       "00000000000000000000000000000000";
	struct bytes conf = {0};

	bytes_fmt(&conf,
	    "account default\n"
	    "port %d\n"
	    "pin %s\n"
	    "from alice@example.com\n"
	    "user alice\n"
	    "timeout 10\n"
	    "syslog off\n"
	    "logfile %s/log\n"
	    "aliases %s/aliases\n"
	    "%s",
	    port, b->delivery->never ? stranger : b->pin, b->dir.p, b->dir.p,
	    b->delivery->conf);
	write_file(b, "conf", conf.p, conf.n);
	bytes_clear(&conf);
}

static void
write_input(struct bench *b)
{
	const struct delivery *d = b->delivery;
	const char *line = d->line != NULL ? d->line : "Quokka says hello.";
	struct bytes input = {0};
	int i = 0;

	if (d->dialogue)
		bytes_str(&input, said);
	bytes_str(&input, header);
	do {
		bytes_fmt(&input, "%s\n", line);
		bytes_fmt(&b->body, "%s\r\n",
		    d->filed != NULL ? d->filed : line);
	} while (++i < d->lines);
	if (d->dialogue)
		bytes_str(&input, ".\nQUIT\n");
	write_file(b, "input", input.p, input.n);
	bytes_clear(&input);
}

void
bench_set(struct bench *b, const struct delivery *d)
{
	int port;

	forget(b);
	b->delivery = d;
	serve(b);
	b->listener = listen_somewhere(&port);
	write_conf(b, port);
	write_input(b);
}
