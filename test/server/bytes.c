/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/server/bytes.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("test server: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(2);
}

void *
need(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (p == NULL)
		die("out of memory");
	return p;
}

char *
need_copy(const char *s, size_t n)
{
	char *p = need(n + 1, 1);

	memcpy(p, s, n);
	return p;
}

static void
room(struct bytes *b, size_t more)
{
	size_t want = b->n + more + 1;

	if (want <= b->cap)
		return;
	b->cap = want > 2 * b->cap ? want : 2 * b->cap;
	b->p = realloc(b->p, b->cap);
	if (b->p == NULL)
		die("out of memory");
}

void
bytes_add(struct bytes *b, const void *p, size_t n)
{
	room(b, n);
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void
bytes_str(struct bytes *b, const char *s)
{
	bytes_add(b, s, strlen(s));
}

void
bytes_fmt(struct bytes *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		die("vsnprintf: %s", strerror(errno));
	room(b, (size_t)n);
	va_start(ap, fmt);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void
bytes_reset(struct bytes *b)
{
	b->n = 0;
	if (b->p != NULL)
		b->p[0] = '\0';
}

void
bytes_clear(struct bytes *b)
{
	free(b->p);
	*b = (struct bytes){0};
}

const char *
bytes_cstr(const struct bytes *b)
{
	return b->p != NULL ? b->p : "";
}

void
base64_add(struct bytes *b, const void *data, size_t n)
{
	const unsigned char *p = data;
	char quad[4];
	uint32_t v;

	for (; n > 0; p += 3) {
		v = (uint32_t)p[0] << 16;
		v |= n > 1 ? (uint32_t)p[1] << 8 : 0;
		v |= n > 2 ? p[2] : 0;
		quad[0] = alphabet[v >> 18];
		quad[1] = alphabet[v >> 12 & 63];
		quad[2] = n > 1 ? alphabet[v >> 6 & 63] : '=';
		quad[3] = n > 2 ? alphabet[v & 63] : '=';
		bytes_add(b, quad, 4);
		n -= n > 2 ? 3 : n;
	}
}

bool
base64_decode(struct bytes *b, const char *s, size_t n)
{
	uint32_t v = 0;
	size_t i, pad = 0;
	const char *at;
	char out[3];

	bytes_reset(b);
	bytes_add(b, "", 0);
	if (n % 4 != 0)
		return false;
	while (n > 0 && pad < 2 && s[n - 1 - pad] == '=')
		pad++;
	for (i = 0; i < n; i++) {
		at = memchr(alphabet, s[i], 64);
		if (at == NULL && i < n - pad)
			return false;
		v = v << 6 | (at != NULL ? (uint32_t)(at - alphabet) : 0);
		if (i % 4 < 3)
			continue;
		out[0] = (char)(v >> 16 & 255);
		out[1] = (char)(v >> 8 & 255);
		out[2] = (char)(v & 255);
		bytes_add(b, out, i + 1 == n ? 3 - pad : 3);
		/* Bits that the padding hides must be zero. */
		if (i + 1 == n && pad > 0
		    && (v & (pad == 1 ? 0xffu : 0xffffu)) != 0)
			return false;
	}
	return true;
}

void
hex_encode(char *out, const void *data, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = data;
	size_t i;

	for (i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * n] = '\0';
}
