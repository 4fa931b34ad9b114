/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "test/server/scram.h"

struct secret {
	struct secret *next;
	char *login;
	const EVP_MD *md;
	unsigned char salt[16], salted[EVP_MAX_MD_SIZE];
};

static struct secret *secrets;
static pthread_mutex_t secrets_lock = PTHREAD_MUTEX_INITIALIZER;

static void
random_bytes(void *p, size_t n)
{
	if (RAND_bytes(p, (int)n) != 1)
		die("no random bytes");
}

void
scram_secret(const EVP_MD *md, const char *login, const char *password,
    int iterations, unsigned char salt[16],
    unsigned char salted[EVP_MAX_MD_SIZE])
{
	struct secret *s;

	random_bytes(salt, 16);
	random_bytes(salted, EVP_MAX_MD_SIZE);
	if (password == NULL)
		return;
	pthread_mutex_lock(&secrets_lock);
	for (s = secrets; s != NULL; s = s->next)
		if (s->md == md && strcmp(s->login, login) == 0)
			break;
	if (s == NULL) {
		s = need(1, sizeof(*s));
		s->login = need_copy(login, strlen(login));
		s->md = md;
		s->next = secrets;
		secrets = s;
		random_bytes(s->salt, sizeof(s->salt));
		if (PKCS5_PBKDF2_HMAC(password, -1, s->salt, sizeof(s->salt),
			iterations, md, EVP_MD_get_size(md), s->salted)
		    != 1)
			die("PBKDF2 failed");
	}
	memcpy(salt, s->salt, sizeof(s->salt));
	memcpy(salted, s->salted, sizeof(s->salted));
	pthread_mutex_unlock(&secrets_lock);
}

/* The attribute's value at *p, which moves behind it and its comma. */
static bool
attribute(const char **p, const char *end, char name, struct bytes *value)
{
	const char *comma;

	if (end - *p < 2 || (*p)[0] != name || (*p)[1] != '=')
		return false;
	comma = memchr(*p, ',', (size_t)(end - *p));
	if (comma == NULL)
		comma = end;
	bytes_reset(value);
	bytes_add(value, *p + 2, (size_t)(comma - *p) - 2);
	*p = comma < end ? comma + 1 : end;
	return true;
}

/* `=2C` and `=3D` are the only escapes of a saslname. */
static bool
unescape(struct bytes *name)
{
	char *in, *out;

	if (strlen(bytes_cstr(name)) != name->n)
		return false;
	for (in = out = name->p; *in != '\0'; in++, out++) {
		*out = *in;
		if (*in != '=')
			continue;
		if (strncmp(in, "=2C", 3) != 0 && strncmp(in, "=3D", 3) != 0)
			return false;
		*out = in[1] == '2' ? ',' : '=';
		in += 2;
	}
	*out = '\0';
	name->n = (size_t)(out - name->p);
	return name->n > 0;
}

static bool
gs2_header(struct scram *s, const char **p, const char *end)
{
	const char *start = *p;
	struct bytes type = {0};
	bool ok = false;

	if (end - *p < 3)
		goto out;
	s->flag = **p;
	if (s->flag == 'p') {
		if (!attribute(p, end, 'p', &type) || type.n == 0
		    || type.n >= sizeof(s->binding))
			goto out;
		memcpy(s->binding, type.p, type.n + 1);
	} else if ((s->flag == 'n' || s->flag == 'y') && (*p)[1] == ',') {
		*p += 2;
	} else {
		goto out;
	}
	if (*p < end && **p == ',')
		(*p)++;
	else if (!attribute(p, end, 'a', &s->authzid) || !unescape(&s->authzid))
		goto out;
	bytes_add(&s->gs2, start, (size_t)(*p - start));
	ok = true;
out:
	bytes_clear(&type);
	return ok;
}

bool
scram_client_first(struct scram *s, const char *text, size_t n)
{
	const char *p = text, *end = text + n;

	if (!gs2_header(s, &p, end))
		return false;
	bytes_add(&s->bare, p, (size_t)(end - p));
	/* `m=` first would be a mandatory extension that we do not know. */
	if (!attribute(&p, end, 'n', &s->user) || !unescape(&s->user)
	    || !attribute(&p, end, 'r', &s->nonce) || s->nonce.n == 0)
		return false;
	return true;
}

void
scram_server_first(struct scram *s, const unsigned char salt[16],
    int iterations, struct bytes *out)
{
	unsigned char ours[18];

	random_bytes(ours, sizeof(ours));
	base64_add(&s->nonce, ours, sizeof(ours));
	bytes_fmt(&s->first, "r=%s,s=", s->nonce.p);
	base64_add(&s->first, salt, 16);
	bytes_fmt(&s->first, ",i=%d", iterations);
	bytes_add(out, s->first.p, s->first.n);
}

static void
mac(const EVP_MD *md, const unsigned char *key, const void *p, size_t n,
    unsigned char out[EVP_MAX_MD_SIZE])
{
	if (HMAC(md, key, EVP_MD_get_size(md), p, n, out, NULL) == NULL)
		die("HMAC failed");
}

/* RFC 5802 section 3. */
static bool
check_proof(const struct scram *s, const unsigned char *salted,
    const struct bytes *message, const struct bytes *proof, struct bytes *out)
{
	unsigned char key[EVP_MAX_MD_SIZE], stored[EVP_MAX_MD_SIZE];
	unsigned char signature[EVP_MAX_MD_SIZE];
	size_t i, size = (size_t)EVP_MD_get_size(s->md);

	if (proof->n != size)
		return false;
	mac(s->md, salted, "Client Key", 10, key);
	EVP_Digest(key, size, stored, NULL, s->md, NULL);
	mac(s->md, stored, message->p, message->n, signature);
	for (i = 0; i < size; i++)
		key[i] = signature[i] ^ (unsigned char)proof->p[i];
	EVP_Digest(key, size, key, NULL, s->md, NULL);
	if (CRYPTO_memcmp(key, stored, size) != 0)
		return false;
	mac(s->md, salted, "Server Key", 10, key);
	mac(s->md, key, message->p, message->n, signature);
	bytes_str(out, "v=");
	base64_add(out, signature, size);
	return true;
}

enum scram_end
scram_client_final(struct scram *s, const char *text, size_t n,
    const struct bytes *cbdata, const unsigned char *salted, struct bytes *out)
{
	const char *p = text, *end = text + n, *proof_at;
	struct bytes field = {0}, raw = {0}, expected = {0}, message = {0};
	enum scram_end r = SCRAM_SYNTAX;

	if (!attribute(&p, end, 'c', &field)
	    || !base64_decode(&raw, field.p, field.n))
		goto out;
	bytes_add(&expected, s->gs2.p, s->gs2.n);
	bytes_add(&expected, bytes_cstr(cbdata), cbdata->n);
	r = SCRAM_BINDING;
	if (raw.n != expected.n || memcmp(raw.p, expected.p, raw.n) != 0)
		goto out;
	r = SCRAM_SYNTAX;
	if (!attribute(&p, end, 'r', &field) || field.n != s->nonce.n
	    || memcmp(field.p, s->nonce.p, field.n) != 0)
		goto out;
	proof_at = p - 1;
	if (!attribute(&p, end, 'p', &field) || p != end
	    || !base64_decode(&raw, field.p, field.n))
		goto out;
	bytes_fmt(&message, "%s,%s,", s->bare.p, s->first.p);
	bytes_add(&message, text, (size_t)(proof_at - text));
	r = check_proof(s, salted, &message, &raw, out) ? SCRAM_OK
							: SCRAM_PROOF;
out:
	bytes_clear(&field);
	bytes_clear(&raw);
	bytes_clear(&expected);
	bytes_clear(&message);
	return r;
}

void
scram_clear(struct scram *s)
{
	bytes_clear(&s->gs2);
	bytes_clear(&s->authzid);
	bytes_clear(&s->user);
	bytes_clear(&s->bare);
	bytes_clear(&s->nonce);
	bytes_clear(&s->first);
}
