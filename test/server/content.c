/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "test/server/content.h"

void
content_begin(struct content *c, bool hash, const char *dir)
{
	*c = (struct content){.sha = hash ? EVP_MD_CTX_new() : NULL};
	if (hash
	    && (c->sha == NULL
		|| EVP_DigestInit_ex(c->sha, EVP_sha256(), NULL) != 1))
		die("cannot hash");
	filing_begin(&c->file, dir);
}

/* A line's length does not count its CRLF; bare CR and LF are part of it. */
static void
measure_lines(struct content *c, const unsigned char *p, size_t n)
{
	const unsigned char *end = p + n, *start = p, *lf;
	unsigned char before;

	while ((lf = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		before = lf > end - n ? lf[-1] : c->last;
		c->lf++;
		p = lf + 1;
		if (before != '\r')
			continue;
		c->crlf++;
		c->line += (uint64_t)(lf - start) - 1;
		if (c->line > c->longest)
			c->longest = c->line;
		c->line = 0;
		start = p;
	}
	c->line += (uint64_t)(end - start);
}

static uint64_t
count(const unsigned char *p, size_t n, int byte)
{
	const unsigned char *end = p + n;
	uint64_t r = 0;

	for (; (p = memchr(p, byte, (size_t)(end - p))) != NULL; p++)
		r++;
	return r;
}

/* Eight bytes at a time: timing runs send gigabytes through here. */
static bool
any_high(const unsigned char *p, size_t n)
{
	uint64_t word, high = 0;

	for (; n >= sizeof(word); p += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		high |= word;
	}
	for (; n > 0; n--)
		high |= *p++;
	return (high & 0x8080808080808080U) != 0;
}

void
content_add(struct content *c, const void *data, size_t n)
{
	const unsigned char *p = data;

	if (n == 0)
		return;
	c->eightbit = c->eightbit || any_high(p, n);
	c->nul += count(p, n, '\0');
	c->cr += count(p, n, '\r');
	measure_lines(c, p, n);
	c->last = p[n - 1];
	c->size += n;
	if (c->sha != NULL)
		EVP_DigestUpdate(c->sha, p, n);
	filing_add(&c->file, p, n);
}

/*
 * RFC 5321 section 4.5.2, a byte at a time at the beginning of a line. A dot
 * is left out, and so is what stands between it and the end while it may
 * still be the end.
 */
static void
step(struct content *c, unsigned char byte, bool *end)
{
	if (c->state == AT_BOL && byte == '.') {
		c->state = AT_DOT;
		return;
	}
	if (c->state == AT_DOT && byte == '\r') {
		c->state = AT_DOTCR;
		return;
	}
	if (c->state == AT_DOTCR) {
		*end = byte == '\n';
		if (*end)
			return;
		content_add(c, "\r", 1);
		c->state = AT_CR;
	}
	content_add(c, &byte, 1);
	if (byte == '\r')
		c->state = AT_CR;
	else
		c->state = byte == '\n' && c->state == AT_CR ? AT_BOL : AT_MID;
}

size_t
content_data(struct content *c, const unsigned char *p, size_t n, bool *end)
{
	const unsigned char *at;
	size_t i = 0, from;

	*end = false;
	while (i < n && !*end) {
		if (c->state != AT_MID
		    && !(c->state == AT_BOL && p[i] != '.')) {
			step(c, p[i++], end);
			continue;
		}
		/* Whole lines in one piece, up to a dot that begins one. */
		for (from = i; i < n; i = (size_t)(at - p) + 1) {
			at = memchr(p + i, '\n', n - i);
			if (at == NULL) {
				i = n;
				c->state = p[n - 1] == '\r' ? AT_CR : AT_MID;
				break;
			}
			c->state =
			    at > p + from && at[-1] == '\r' ? AT_BOL : AT_MID;
			if (c->state == AT_BOL && at + 1 < p + n
			    && at[1] == '.') {
				i = (size_t)(at - p) + 1;
				break;
			}
		}
		content_add(c, p + from, i - from);
	}
	return i;
}

void
content_facts(struct content *c, struct bytes *env)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	char hex[2 * EVP_MAX_MD_SIZE + 1];
	unsigned n = 0;

	if (c->sha != NULL)
		EVP_DigestFinal_ex(c->sha, hash, &n);
	hex_encode(hex, hash, n);
	if (c->line > c->longest)
		c->longest = c->line;
	bytes_fmt(env, "size=%llu\nsha256=%s\n", (unsigned long long)c->size,
	    hex);
	bytes_fmt(env, "barecr=%llu\nbarelf=%llu\nlongest=%llu\n",
	    (unsigned long long)(c->cr - c->crlf),
	    (unsigned long long)(c->lf - c->crlf),
	    (unsigned long long)c->longest);
	bytes_fmt(env, "eightbit=%d\nnul=%llu\n", c->eightbit,
	    (unsigned long long)c->nul);
}

void
content_end(struct content *c)
{
	EVP_MD_CTX_free(c->sha);
	c->sha = NULL;
	filing_end(&c->file);
}
