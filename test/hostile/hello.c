/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "test/hostile/hostile.h"

/* RFC 8446, 4.1.2: what is left of a part of the ClientHello. */
struct span {
	const unsigned char *p;
	size_t n;
	bool bad; /* it ended too early */
};

struct seen {
	const struct hostile *h;
	char name[256];
	bool versions, old, forbidden;
	int extension;
};

static unsigned
number(struct span *s, size_t bytes)
{
	unsigned v = 0;

	if (s->n < bytes) {
		s->bad = true;
		s->n = 0;
		return 0;
	}
	for (; bytes > 0; bytes--, s->n--)
		v = v << 8 | *s->p++;
	return v;
}

/* What a length of so many bytes announces. */
static struct span
part(struct span *s, size_t bytes)
{
	struct span got = {.n = number(s, bytes)};

	if (s->n < got.n)
		s->bad = true;
	if (s->bad)
		return (struct span){.bad = true};
	got.p = s->p;
	s->p += got.n;
	s->n -= got.n;
	return got;
}

/* AEAD with forward secrecy, authenticated by a certificate. */
static bool
good_suite(unsigned suite)
{
	static const unsigned good[] = {0x1301, 0x1302, 0x1303, 0xc02b, 0xc02c,
	    0xc02f, 0xc030, 0xcca8, 0xcca9, 0xccaa, 0x009e, 0x009f, 0x00a2,
	    0x00a3, 0x00ff /* RFC 5746 */};

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (good[i] == suite)
			return true;
	return false;
}

static void
look_at_versions(struct seen *seen, struct span list)
{
	bool only_13 = strstr(seen->h->conf, "tls_min_version 1.3") != NULL;
	unsigned v;

	seen->versions = true;
	for (list = part(&list, 1); list.n > 0;) {
		v = number(&list, 2);
		if (v != 0x0304 && (v != 0x0303 || only_13))
			seen->old = true;
	}
}

static void
look_at_extension(struct seen *seen, unsigned type, struct span s)
{
	/* heartbeat, ticket, psk, early data, NPN: nobody asked for them */
	static const unsigned forbidden[] = {15, 35, 41, 42, 13172};
	struct span list;

	for (size_t i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++)
		if (type == forbidden[i]) {
			seen->forbidden = true;
			seen->extension = (int)type;
		}
	if (type == 43)
		look_at_versions(seen, s);
	if (type != 0)
		return;
	list = part(&s, 2);
	number(&list, 1);
	s = part(&list, 2);
	snprintf(seen->name, sizeof(seen->name), "%.*s", (int)s.n,
	    (const char *)s.p);
}

static bool
is_name(const char *host)
{
	unsigned char ip[16];

	return *host != '\0' && inet_pton(AF_INET, host, ip) != 1
	    && inet_pton(AF_INET6, host, ip) != 1;
}

static const char *
verdict(const struct seen *seen)
{
	static char text[80];

	if (seen->forbidden) {
		snprintf(text, sizeof(text), "holds extension %d",
		    seen->extension);
		return text;
	}
	if (!seen->versions || seen->old)
		return "offers a version that is too old";
	if (strcmp(seen->name, is_name(seen->h->host) ? seen->h->host : "")
	    != 0)
		return "names another host, or none";
	return "";
}

const char *
judge_hello(const struct hostile *h, const struct bytes *hello)
{
	struct span s = {(const unsigned char *)bytes_cstr(hello), hello->n,
	    false};
	struct seen seen = {.h = h};
	struct span list;
	unsigned type;

	if (number(&s, 1) != 0x16)
		return "is no handshake record";
	number(&s, 2);
	s = part(&s, 2);
	if (number(&s, 1) != 1)
		return "is none";
	s = part(&s, 3);
	number(&s, 2);
	for (int i = 0; i < 8; i++)
		number(&s, 4);
	part(&s, 1);
	for (list = part(&s, 2); list.n > 0;)
		if (!good_suite(number(&list, 2)))
			return "offers a cipher that is too weak";
	list = part(&s, 1);
	if (list.n != 1 || *list.p != 0)
		return "offers compression";
	for (list = part(&s, 2); list.n > 0;) {
		type = number(&list, 2);
		look_at_extension(&seen, type, part(&list, 2));
	}
	return s.bad || list.bad ? "is cut off" : verdict(&seen);
}
