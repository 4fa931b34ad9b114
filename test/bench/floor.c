/* SPDX-License-Identifier: ISC */
/*
 * The floor: what a submission costs that does nothing but submit.
 *
 *	floor HOST PORT PIN LOGIN PASSWORD SENDER RECIPIENT ... <message
 *
 * HOST is an IPv4 address and PIN the SHA-256 of the server's SPKI in hex. The
 * message has CRLF and is sent as it is, with MAIL, RCPT, BDAT and QUIT as one
 * flight to a server that is taken to offer PIPELINING and CHUNKING; the
 * program ends with the reply to BDAT. OpenSSL is used as it comes. Nothing is
 * checked that need not be, nothing is freed, nothing waits for a deadline: it
 * is there to be compared with, not to be used.
 */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#define BUFFER (256 * 1024)

/* Commands come first in it, then as much of the message as fits. */
static char out[BUFFER];
static size_t out_n;
static char in[16 * 1024];
static size_t in_n;
static SSL *ssl;

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "floor: %s\n", what);
	exit(1);
}

static int
dial(const char *host, const char *port)
{
	struct sockaddr_in sin = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	sin.sin_port = htons((in_port_t)atoi(port));
	if (inet_pton(AF_INET, host, &sin.sin_addr) != 1 || fd < 0
	    || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0
	    || connect(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0)
		die("cannot connect");
	return fd;
}

static bool
proved(const char *pin)
{
	unsigned char hash[EVP_MAX_MD_SIZE], *spki = NULL;
	X509 *leaf = SSL_get0_peer_certificate(ssl);
	char hex[2 * 32 + 1];
	int n, i;

	if (leaf == NULL)
		return false;
	n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &spki);
	if (n <= 0
	    || EVP_Digest(spki, (size_t)n, hash, NULL, EVP_sha256(), NULL) != 1)
		return false;
	for (i = 0; i < 32; i++)
		sprintf(hex + 2 * i, "%02x", hash[i]);
	return strcmp(hex, pin) == 0;
}

static void
start_tls(int fd, const char *pin)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	ssl = ctx != NULL ? SSL_new(ctx) : NULL;
	if (ssl == NULL || SSL_set_fd(ssl, fd) != 1 || SSL_connect(ssl) != 1)
		die("no TLS");
	if (!proved(pin))
		die("not the pinned key");
}

static void
put(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(out + out_n, sizeof(out) - out_n, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(out) - out_n)
		die("too many recipients");
	out_n += (size_t)n;
}

static void
flush(void)
{
	if (SSL_write(ssl, out, (int)out_n) != (int)out_n)
		die("cannot write");
	out_n = 0;
}

/* The end of the reply that begins at p, NULL if there is more to come. */
static char *
reply_end(char *p)
{
	char *lf;

	for (; (lf = strchr(p, '\n')) != NULL; p = lf + 1)
		if (lf - p > 3 && p[3] == ' ')
			return lf + 1;
	return NULL;
}

/* Read a reply; what came with it stays for the next one. */
static void
expect(char class)
{
	char *end;
	int n;

	while ((end = reply_end(in)) == NULL) {
		n = SSL_read(ssl, in + in_n, (int)(sizeof(in) - 1 - in_n));
		if (n <= 0)
			die("the server has gone");
		in_n += (size_t)n;
		in[in_n] = '\0';
	}
	if (in[0] != class)
		die(in);
	in_n -= (size_t)(end - in);
	memmove(in, end, in_n + 1);
}

static void
log_in(const char *login, const char *password)
{
	unsigned char plain[256], text[4 * sizeof(plain) / 3 + 5];
	int n = snprintf((char *)plain, sizeof(plain), "%c%s%c%s", '\0', login,
	    '\0', password);

	if (n < 0 || (size_t)n >= sizeof(plain))
		die("login too long");
	EVP_EncodeBlock(text, plain, n);
	put("AUTH PLAIN %s\r\n", text);
	flush();
	expect('2');
}

/* Fill the buffer from stdin, and whether that was all of it. */
static bool
fill(void)
{
	ssize_t n = 1;

	while (out_n < sizeof(out) && n > 0) {
		n = read(STDIN_FILENO, out + out_n, sizeof(out) - out_n);
		if (n < 0)
			die("cannot read");
		out_n += (size_t)n;
	}
	return n == 0;
}

static void
send_message(const char *sender, char *recipients[])
{
	struct stat st;
	off_t left;

	if (fstat(STDIN_FILENO, &st) != 0 || !S_ISREG(st.st_mode))
		die("the message is not a file");
	put("MAIL FROM:<%s>\r\n", sender);
	for (int i = 0; recipients[i] != NULL; i++)
		put("RCPT TO:<%s>\r\n", recipients[i]);
	put("BDAT %lld LAST\r\n", (long long)st.st_size);
	left = st.st_size + (off_t)out_n;
	while (!fill()) {
		left -= (off_t)out_n;
		flush();
	}
	if (left != (off_t)out_n)
		die("the message has changed");
	if (sizeof(out) - out_n < 8)
		flush();
	put("QUIT\r\n");
	flush();
	for (int i = 0; recipients[i] != NULL; i++)
		expect('2');
	expect('2'); /* MAIL */
	expect('2'); /* BDAT */
}

int
main(int argc, char *argv[])
{
	int fd;

	if (argc < 8)
		die("HOST PORT PIN LOGIN PASSWORD SENDER RECIPIENT ...");
	fd = dial(argv[1], argv[2]);
	start_tls(fd, argv[3]);
	expect('2');
	put("EHLO localhost\r\n");
	flush();
	expect('2');
	log_in(argv[4], argv[5]);
	send_message(argv[6], argv + 7);
	_exit(0);
}
