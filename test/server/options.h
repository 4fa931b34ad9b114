/* SPDX-License-Identifier: ISC */
#ifndef TEST_SERVER_OPTIONS_H
#define TEST_SERVER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A pair given on the command line: USER:PASSWORD, LOGIN=ADDRESS, KEY=REPLY. */
struct pair {
	char *key, *value;
};

struct pairs {
	struct pair *at;
	size_t n;
};

enum cap {
	CAP_PIPELINING = 1,
	CAP_CHUNKING = 2,
	CAP_8BITMIME = 4,
	CAP_SMTPUTF8 = 8,
	CAP_DSN = 16,
	CAP_ENHANCED = 32,
	CAP_SIZE = 64
};

struct options {
	const char *dir, *cert, *key;
	struct pairs logins, owners, refusals;
	const char *mechanisms;
	unsigned caps;
	uint64_t size_max;      /* 0: no limit */
	unsigned long rcpt_max; /* 0: no limit */
	unsigned long messages; /* 0: no end */
	int iterations, buffers, tls_max;
	bool starttls, no_auth, no_exporter, linewise;
	bool client_cert, hash_only, count_only, until_eof, print_pin;
};

/* Reads argv; ends the process with 2 and a line on stderr when it is wrong. */
void options_parse(struct options *, int, char *[]);
void options_clear(struct options *);

/* The value of the key, compared without case, or NULL. */
const char *pairs_find(const struct pairs *, const char *);
/* Is the word one of the blank-separated words of the list? Without case. */
bool word_in(const char *list, const char *word);

#endif
