/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/smtp/sasl.h"
#include "lib/smtp/scram.h"
#include "test/fuzz/fuzz.h"

#define NONCE "fyko+d2lbbFgONRv9qkxdawL"

/* A count that is taken, and takes a while. */
static bool
is_slow(const char *p)
{
	unsigned long i;

	while ((p = strstr(p, "i=")) != NULL) {
		p += 2;
		i = strtoul(p, NULL, 10);
		if (i > 9999 && i <= 1000000)
			return true;
	}
	return false;
}

/* Whether the server knows the password, only its signature tells. */
static void
check_verify(const struct scram *s, const struct buf *claim)
{
	struct buf good = {0};
	struct err e = {0};
	bool same;

	buf_adds(&good, "v=");
	ascii_base64(&good, s->server_signature, digest_size(s->digest));
	must(scram_verify(s, good.p, good.n, &e));
	same = claim->n >= good.n - 2
	    && strncmp(claim->p, good.p, strcspn(good.p + 2, "=") + 2) == 0;
	must(!scram_verify(s, buf_str(claim), claim->n, &e) || same);
	must(same || e.kind == ERR_LOGIN || e.kind == ERR_UNTRUSTED);
	good.p[2] ^= good.p[2] == 'A' ? 'A' ^ 'B' : good.p[2] ^ 'A';
	must(!scram_verify(s, good.p, good.n, &e) && e.kind == ERR_UNTRUSTED);
	buf_clear(&good);
}

/* "c=...,r=NONCE...,p=...", for an answer to ours that asks for enough. */
static void
check_final(const struct scram *s, const struct buf *first,
    const struct buf *final)
{
	const char *comma = memchr(first->p, ',', first->n), *end, *r, *i;
	size_t n = (size_t)(comma - first->p);
	struct buf proof = {0};

	i = memmem(first->p, first->n, ",i=", 3);
	must(i != NULL && strtoul(i + 3, NULL, 10) >= 4096);
	must(strncmp(first->p, "r=" NONCE, 2 + strlen(NONCE)) == 0);
	must(n > 2 + strlen(NONCE));
	must(strncmp(final->p, "c=", 2) == 0);
	r = memmem(final->p, final->n, ",r=", 3);
	must(r != NULL && memcmp(r + 1, first->p, n) == 0);
	end = r + 1 + n;
	must(strncmp(end, ",p=", 3) == 0);
	must(ascii_unbase64(&proof, end + 3,
		 (size_t)(final->p + final->n - end - 3))
	    && proof.n == digest_size(s->digest));
	buf_clear(&proof);
}

static void
check_first(const struct buf *first, size_t header)
{
	/* Two attributes: commas and signs of the name are written out. */
	const char *name = first->p + header, *comma = strchr(name, ',');

	must(strncmp(name, "n=", 2) == 0 && comma != NULL);
	must(strcmp(comma, ",r=" NONCE) == 0);
	for (const char *p = name + 2; p < comma; p++)
		must(*p != '=' || strncmp(p, "=2C", 3) == 0
		    || strncmp(p, "=3D", 3) == 0);
}

/* First lines: user, password, what the server says first, and last. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	unsigned how = fuzz_choice(&in);
	struct buf user = {0}, password = {0}, challenge = {0}, claim = {0};
	struct buf first = {0}, final = {0};
	struct scram s = {.digest = how & 1 ? DIGEST_SHA1 : DIGEST_SHA256,
	    .flag = "nypp"[how >> 1 & 3],
	    .binding = "tls-exporter",
	    .bound = (const unsigned char *)"0123456789",
	    .bound_len = 10};
	struct err e = {0};

	if (fuzz_line(&in, &user) && fuzz_line(&in, &password)
	    && fuzz_line(&in, &challenge) && !is_slow(buf_str(&challenge))) {
		fuzz_line(&in, &claim);
		buf_str(&claim);
		scram_first(&s, buf_str(&user), NONCE, &first);
		check_first(&first, s.flag == 'p' ? 16 : 3);
		if (scram_final(&s, buf_str(&challenge), challenge.n,
			buf_str(&password), &final, &e)) {
			check_final(&s, &challenge, &final);
			check_verify(&s, &claim);
		} else {
			must(e.kind == ERR_PROTOCOL && final.n == 0);
		}
	}
	scram_clear(&s);
	buf_clear(&user);
	buf_clear(&password);
	buf_clear(&challenge);
	buf_clear(&claim);
	buf_clear(&first);
	buf_clear(&final);
	return 0;
}
