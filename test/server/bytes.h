/* SPDX-License-Identifier: ISC */
#ifndef TEST_SERVER_BYTES_H
#define TEST_SERVER_BYTES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Growable bytes for the test servers. Starts as {0}; always NUL-terminated
 * once something was added (the NUL does not count). Out of memory ends the
 * process, as it would end the test.
 */
struct bytes {
	char *p;
	size_t n, cap;
};

void bytes_add(struct bytes *, const void *, size_t);
void bytes_str(struct bytes *, const char *);
void bytes_fmt(struct bytes *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
/* Forgets the content, keeps the memory. */
void bytes_reset(struct bytes *);
void bytes_clear(struct bytes *);
/* The content as a string, "" when nothing was ever added. */
const char *bytes_cstr(const struct bytes *);

void base64_add(struct bytes *, const void *, size_t);
/* Strict RFC 4648 with padding; false leaves the output unspecified. */
bool base64_decode(struct bytes *, const char *, size_t);
/* The output takes 2 * n + 1 bytes. */
void hex_encode(char *, const void *, size_t);

_Noreturn void die(const char *, ...) __attribute__((format(printf, 1, 2)));
/* calloc and strndup that never return NULL. */
void *need(size_t, size_t);
char *need_copy(const char *, size_t);

#endif
