/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/smtp/scram.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/mem.h"

#define ITERATIONS_MIN 4096 /* RFC 7677, 4 */
#define ITERATIONS_MAX 1000000

/* gs2-header (RFC 5802, 7). */
static void
add_header(const struct scram *s, struct buf *b)
{
	if (s->flag == 'p')
		buf_addf(b, "p=%s,,", s->binding);
	else
		buf_addf(b, "%c,,", s->flag);
}

void
scram_first(struct scram *s, const char *user, const char *nonce,
    struct buf *out)
{
	s->first_bare.secret = true;
	buf_adds(&s->nonce, nonce);
	buf_adds(&s->first_bare, "n=");
	for (; *user != '\0'; user++) {
		if (*user == ',')
			buf_adds(&s->first_bare, "=2C");
		else if (*user == '=')
			buf_adds(&s->first_bare, "=3D");
		else
			buf_addc(&s->first_bare, *user);
	}
	buf_addf(&s->first_bare, ",r=%s", nonce);
	add_header(s, out);
	buf_add(out, s->first_bare.p, s->first_bare.n);
}

/* The value of an attribute at *p, which goes behind its comma. */
static bool
attribute(const char **p, const char *end, char name, const char **value,
    size_t *n)
{
	const char *comma;

	if (end - *p < 2 || (*p)[0] != name || (*p)[1] != '=')
		return false;
	*value = *p + 2;
	comma = memchr(*value, ',', (size_t)(end - *value));
	*n = (size_t)((comma != NULL ? comma : end) - *value);
	*p = comma != NULL ? comma + 1 : end;
	return true;
}

struct server_first {
	const char *nonce;
	size_t nonce_len;
	struct buf salt;
	uint32_t iterations;
};

/* An m= in front of it all would be an extension that must be understood. */
static bool
parse_first(const struct scram *s, const char *p, size_t len,
    struct server_first *f, struct err *e)
{
	const char *end = p + len, *v;
	char number[16];
	uint64_t i;
	size_t n;

	if (!attribute(&p, end, 'r', &f->nonce, &f->nonce_len)
	    || f->nonce_len <= s->nonce.n
	    || memcmp(f->nonce, s->nonce.p, s->nonce.n) != 0)
		return err_set(e, ERR_PROTOCOL,
		    "SCRAM: the server's nonce does not extend ours");
	if (!attribute(&p, end, 's', &v, &n) || !ascii_unbase64(&f->salt, v, n)
	    || f->salt.n == 0)
		return err_set(e, ERR_PROTOCOL, "SCRAM: a bad salt");
	if (!attribute(&p, end, 'i', &v, &n) || n >= sizeof number)
		return err_set(e, ERR_PROTOCOL, "SCRAM: a bad iteration count");
	memcpy(number, v, n);
	number[n] = '\0';
	if (!ascii_uint(number, ITERATIONS_MIN, ITERATIONS_MAX, &i))
		return err_set(e, ERR_PROTOCOL,
		    "SCRAM: an iteration count that is not from %d to %d",
		    ITERATIONS_MIN, ITERATIONS_MAX);
	f->iterations = (uint32_t)i;
	return true;
}

/* RFC 5802, 3: proof = ClientKey xor HMAC(H(ClientKey), AuthMessage). */
static bool
prove(struct scram *s, const struct server_first *f, const char *password,
    const struct buf *auth, unsigned char *proof)
{
	unsigned char salted[DIGEST_MAX], key[DIGEST_MAX], stored[DIGEST_MAX];
	enum digest d = s->digest;
	size_t n = digest_size(d);
	bool ok;

	ok = digest_pbkdf2(d, password, strlen(password), f->salt.p, f->salt.n,
		 f->iterations, salted)
	    && digest_hmac(d, salted, n, "Client Key", 10, key)
	    && digest_hash(d, key, n, stored)
	    && digest_hmac(d, stored, n, auth->p, auth->n, proof);
	for (size_t i = 0; i < n; i++)
		proof[i] ^= key[i];
	ok = ok && digest_hmac(d, salted, n, "Server Key", 10, key)
	    && digest_hmac(d, key, n, auth->p, auth->n, s->server_signature);
	mem_wipe(salted, sizeof salted);
	mem_wipe(key, sizeof key);
	mem_wipe(stored, sizeof stored);
	return ok;
}

bool
scram_final(struct scram *s, const char *server_first, size_t n,
    const char *password, struct buf *out, struct err *e)
{
	struct buf header = {0}, auth = {.secret = true};
	struct server_first f = {0};
	unsigned char proof[DIGEST_MAX];
	size_t from = out->n;
	bool ok;

	ok = parse_first(s, server_first, n, &f, e);
	if (!ok)
		goto out;
	/* client-final-message-without-proof */
	add_header(s, &header);
	if (s->flag == 'p')
		buf_add(&header, s->bound, s->bound_len);
	buf_adds(out, "c=");
	ascii_base64(out, header.p, header.n);
	buf_adds(out, ",r=");
	buf_add(out, f.nonce, f.nonce_len);

	buf_add(&auth, s->first_bare.p, s->first_bare.n);
	buf_addc(&auth, ',');
	buf_add(&auth, server_first, n);
	buf_addc(&auth, ',');
	buf_add(&auth, out->p + from, out->n - from);
	ok = prove(s, &f, password, &auth, proof)
	    || err_set(e, ERR_SYSTEM, "SCRAM: libcrypto fails");
	if (ok) {
		buf_adds(out, ",p=");
		ascii_base64(out, proof, digest_size(s->digest));
	}
out:
	mem_wipe(proof, sizeof proof);
	buf_clear(&header);
	buf_clear(&auth);
	buf_clear(&f.salt);
	return ok;
}

bool
scram_verify(const struct scram *s, const char *p, size_t len, struct err *e)
{
	const char *end = p + len, *v;
	struct buf sig = {.max = DIGEST_MAX};
	size_t n;
	bool ok;

	if (attribute(&p, end, 'e', &v, &n))
		return err_set(e, ERR_LOGIN, "SCRAM: the server says %.*s",
		    (int)(n < 100 ? n : 100), v);
	ok = attribute(&p, end, 'v', &v, &n) && ascii_unbase64(&sig, v, n)
	    && sig.n == digest_size(s->digest)
	    && digest_equal(sig.p, s->server_signature, sig.n);
	buf_clear(&sig);
	return ok
	    || err_set(e, ERR_UNTRUSTED,
		"SCRAM: the server does not know the password itself");
}

void
scram_clear(struct scram *s)
{
	buf_clear(&s->nonce);
	buf_clear(&s->first_bare);
	mem_wipe(s->server_signature, sizeof s->server_signature);
}
