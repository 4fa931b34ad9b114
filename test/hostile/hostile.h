/* SPDX-License-Identifier: ISC */
#ifndef TEST_HOSTILE_HOSTILE_H
#define TEST_HOSTILE_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/ssl.h>

#include "test/server/bytes.h"

/* Exits: any that is not 0; 0 as well. Either way nothing may have leaked. */
#define HOSTILE_FAILS (-1)
#define HOSTILE_EITHER (-2)

/* What the client has to say, and may not say to just anybody. */
#define HOSTILE_HOST "mail.example.net"
#define HOSTILE_USER "wombat-user"
#define HOSTILE_PASSWORD "Quokka-secret-77"
#define HOSTILE_FROM "numbat@quoll.example"
#define HOSTILE_TO "bilby@potoroo.example"
#define HOSTILE_SUBJECT "Dunnart-report"
#define HOSTILE_BODY "Kowari-says-hello"
#define HOSTILE_CLIENT "thylacine-client"

struct server;

/* Where in what the server sends as TLS. */
enum at {
	AT_NOWHERE,
	AT_BYTE,   /* of its first flight, from 0 */
	AT_PART,   /* thousandth of its first flight */
	AT_RECORD, /* before this record of all, from 0 */
	AT_OPENED  /* when the handshake is done, before anything else */
};

enum deed {
	DO_NOTHING,
	DO_CLOSE, /* the socket, in peace */
	DO_RESET,
	DO_HANG, /* say nothing more */
	DO_FLIP, /* a bit of the byte at that place */
	DO_INSERT,
	DO_DROP, /* the record there */
	DO_TWICE /* the same record again */
};

/* How a server does TLS; every member is optional. */
struct setup {
	const char *name;
	int min, max;
	const char *ciphers, *suites, *groups;
	bool anonymous;     /* no certificate */
	int verify;         /* SSL_VERIFY_... */
	const char *first;  /* said as soon as the client comes */
	const char *answer; /* said to the ClientHello, in place of TLS */
	size_t answer_len;  /* 0: a string */
	enum at at;
	int n;
	enum deed deed;
	const char *data;
	size_t data_len, times; /* times 0: once */
	void (*context)(SSL_CTX *);
	/* After the handshake, before the greeting. */
	void (*opened)(struct server *);
	/* The client's ClientHello record, before TLS sees it. */
	void (*hello)(struct bytes *);
	bool starttls;
	bool drip;            /* a byte a segment */
	bool again;           /* the first flight of an earlier session */
	const char *injected; /* STARTTLS: with the 220, in one segment */
};

/* A run of the client against a server, and what has to come of it. */
struct hostile {
	char name[160];
	const struct setup *setup;
	const char *sent;     /* the chain: names, the server's own first */
	const char *appended; /* one more */
	/*
	 * Lines of configuration with ';' between. In place of a pin stands
	 * `key NAME`, `cert NAME`, `cert-file NAMES`, `print NAME` (as
	 * tls_fingerprint), `ca NAME`, `ca-file NAMES`, `trust NAMES`, or
	 * `client NAME`.
	 */
	char conf[160];
	const char *host;  /* that certificates must name; "": 127.0.0.1 */
	int exit;          /* 0: the message arrived */
	const char *why;   /* on stderr; alternatives with '|' between */
	char log[64];      /* `key NAME`...: the pin that the log names */
	bool proved;       /* the trouble comes when it may speak */
	bool shows_client; /* its certificate may cross in the clear */
	bool alarm;        /* the log says that somebody may be in the way */
};

struct server {
	const struct setup *setup;
	SSL_CTX *ctx;
	SSL *ssl;
	BIO *in, *out;
	int fd;
	bool clear;         /* before STARTTLS */
	bool begun;         /* the ClientHello is whole */
	bool done;          /* the handshake */
	bool quiet;         /* says nothing any more */
	int record;         /* how many TLS records have left */
	bool flown;         /* the first flight has left */
	struct bytes wire;  /* all that came, as it came */
	struct bytes hello; /* the ClientHello as it came */
	struct bytes old;   /* what it answered to somebody else */
	struct bytes said;  /* what TLS held */
	size_t before_tls;  /* how much of wire */
	size_t taken_at;    /* how much was answered */
	bool content;       /* after DATA */
	int taken;          /* messages */
	bool client_showed; /* a certificate of its own */
	bool renegotiated;
	int alert; /* the client's, 0 if none */
};

/* What came of a run. */
struct outcome {
	struct server server;
	struct bytes out, err, log;
	int status; /* as of waitpid */
	double seconds;
	bool killed, second; /* second: it connected once more */
};

/* Where things are. */
struct places {
	const char *binary; /* absolute */
	const char *data;   /* the directory with keys that take long */
};

/* A growing list of runs. */
struct hostile_list {
	struct hostile *v;
	size_t n, cap;
};

struct hostile *hostile_add(struct hostile_list *);

/* A setup and what has to come of it; its pin is `key leaf` by default. */
struct entry {
	struct setup setup;
	const char *sent, *conf;
	int exit;
	const char *why;
	bool proved, shows_client, alarm;
};

void entries_add(struct hostile_list *, const struct entry *, size_t);

/* The tables. */
void chains_add(struct hostile_list *);
void setups_add(struct hostile_list *);
void strangers_add(struct hostile_list *);
void damage_add(struct hostile_list *);

void client_run(const struct hostile *, const struct places *,
    struct outcome *);
void outcome_clear(struct outcome *);

/*
 * Whether that was as it has to be; adds a `# ` line for every fault.
 */
bool judge(const struct hostile *, const struct outcome *, struct bytes *);
/* What of the ClientHello is not as it has to be, "" if nothing. */
const char *judge_hello(const struct hostile *, const struct bytes *);

/*
 * The server of a case over a connection; it never blocks for input:
 * server_turn() is called when there is some.
 */
void server_certs(const struct hostile *); /* ahead of time */
void server_begin(struct server *, const struct hostile *, int fd);
void server_turn(struct server *);
void server_put(struct server *, const void *, size_t);
/* What TLS has to say goes out. */
void server_flush(struct server *);
void server_clear(struct server *);

#endif
