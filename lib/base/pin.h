/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_BASE_PIN_H
#define PINMAIL_BASE_PIN_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

enum pin_kind {
	PIN_KEY,  /* the key of the server's own certificate */
	PIN_CERT, /* the server's own certificate */
	PIN_CA    /* a CA that the chain must lead to */
};

/* Says which key a server may prove: a SHA-256 hash, or a PEM file. */
struct pin {
	enum pin_kind kind;
	unsigned char hash[32]; /* when path is NULL */
	char *path;             /* owned */
	char *file;             /* where the configuration has it; owned */
	int line;
};

/* A list of pins; starts as {0}, ends with pins_clear. */
struct pins {
	struct pin *v;
	size_t n;
};

/*
 * Read the argument of a `pin` line: [cert|ca] sha256:HASH (hex or base64;
 * curl's sha256// too) or cert|ca FILE.  ERR_CONFIG without a place; the
 * path is as written.
 */
bool pin_parse(struct pin *, const char *, struct err *);

/* Append the argument that would be read as this pin; hashes in hex. */
void pin_print(struct buf *, const struct pin *);

/* Append a copy. */
void pins_add(struct pins *, const struct pin *);
void pins_copy(struct pins *, const struct pins *);
void pins_clear(struct pins *);

#endif
