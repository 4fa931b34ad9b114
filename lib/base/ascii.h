/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_BASE_ASCII_H
#define PINMAIL_BASE_ASCII_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"

/* Character classes and comparisons that no locale changes. */
bool ascii_is_alpha(char);
bool ascii_is_digit(char);
bool ascii_is_blank(char);   /* space, tab */
bool ascii_is_control(char); /* below 32, and DEL */
char ascii_lower(char);
char ascii_upper(char);

int ascii_casecmp(const char *, const char *);
int ascii_ncasecmp(const char *, const char *, size_t);
bool ascii_has_8bit(const char *, size_t);
bool ascii_has_control(const char *);

/*
 * Shell glob without brackets: `?` and `*` match any characters but '@', and
 * letters match in either case.
 */
bool ascii_glob(const char *pattern, const char *s);

/* A decimal number, all of s, from min to max; false without touching *n. */
bool ascii_uint(const char *s, uint64_t min, uint64_t max, uint64_t *n);

/* Length of the valid UTF-8 sequence at s (at most n bytes); 0 is bad. */
size_t ascii_utf8(const char *s, size_t n);

/*
 * Append s with control bytes and bad UTF-8 as \xNN, so that what a stranger
 * wrote can stand on a terminal or in a log.
 */
void ascii_clean(struct buf *, const char *s, size_t n);

/* Append base64 with padding (RFC 4648, section 4). */
void ascii_base64(struct buf *, const void *, size_t n);

/*
 * Append the bytes of canonical base64; padding may be left out altogether.
 * False: not base64, or more than the buffer's max.
 */
bool ascii_unbase64(struct buf *, const char *s, size_t n);

/* Bytes as lower-case hex to out, which has room for 2 * n + 1. */
void ascii_hex(char *out, const void *, size_t n);

/* Exactly n bytes of hex, with or without colons between; all of s. */
bool ascii_unhex(void *out, size_t n, const char *s);

#endif
