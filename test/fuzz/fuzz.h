/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_TEST_FUZZ_FUZZ_H
#define PINMAIL_TEST_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/mail/message.h"

/* What a target is: libFuzzer calls it, and replay.c does. */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* What is true for every input.  Not assert(), which NDEBUG takes away. */
#define must(c) ((c) ? (void)0 : fuzz_die(__FILE__, __LINE__, #c))

_Noreturn void fuzz_die(const char *file, int line, const char *what);

/* An input: the first bytes choose, the rest is the text. */
struct input {
	const char *p;
	size_t n;
};

/* Its next byte as a number below 16, 0 at the end: '0' is 0 as well. */
unsigned fuzz_choice(struct input *);

/* Its next line without the LF, for functions that take a string. */
bool fuzz_line(struct input *, struct buf *);

/* How long the next piece of n bytes is: all of it for a step of 0. */
size_t fuzz_piece(const char *, size_t n, unsigned step);

/* Append the bytes as lib/mail/canon makes them. */
void fuzz_canon(struct buf *, const char *, size_t);

/* A message of these bytes, in pieces; cleared in any case by the caller. */
bool fuzz_message(struct message *, const char *, size_t, unsigned step);

/* Append it as it goes out. */
void fuzz_emit(struct buf *, struct message *);

/* Is it fit for the wire: no bare CR or LF, no NUL? */
bool fuzz_is_wire(const char *, size_t);

bool fuzz_same(const struct buf *, const struct buf *);

/*
 * A file of that name and mode with these bytes, in a directory that is this
 * process's own and goes when it ends.  Its path, good until the end.
 */
const char *fuzz_file(const char *name, const void *, size_t, unsigned mode);

/* Behind what calls mem_guard: a sanitizer looks for leaks with ptrace. */
void fuzz_unguard(void);

#endif
