/* SPDX-License-Identifier: ISC */
#ifndef TEST_UNIT_SHAPE_H
#define TEST_UNIT_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/mail/mime.h"

#define MULTI(b) "Content-Type: multipart/mixed; boundary=" b "\n"

/* A message, and what was read of it.  The body is to be filled in. */
extern struct shaped {
	struct header header;
	struct buf body; /* CRLF */
	struct store store;
	struct mime mime;
} shaped;

/* LF becomes CRLF. */
void shape_crlf(struct buf *, const char *);

/* Read the body; the header's lines end in LF. */
bool shape_read(const char *header, struct err *);

/* And be ready for the next one, also behind a test that failed. */
int shape_forget(void **);
#define SHAPE_TEST(f) cmocka_unit_test_teardown(f, shape_forget)

/*
 * The same, and a look at the whole structure: a letter for each kind (Text,
 * Other, Multipart, messaGe, Signed, Broken, remark), `?` if it is not typed,
 * its encoding (q, b), 8 and L for what is in the body, and in brackets what
 * it holds.  Flags, spans and headers must be those of the bytes there.
 */
void shape_is(const char *header, const char *want);

struct shape {
	const char *header, *body, *want;
};
void shape_all(const struct shape *, size_t n);

#endif
