/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "test/script/liar.h"
#include "test/server/tlsconf.h"

#define SALT "c29tZSBzYWx0IG9yIG90aGVy"

/* The value of an attribute of a message, up to its comma. */
static bool
attribute(const struct bytes *message, const char *name, struct bytes *value)
{
	const char *p = bytes_cstr(message);

	for (; p != NULL; p = strchr(p, ',')) {
		p += *p == ',';
		if (strncmp(p, name, 2) != 0)
			continue;
		bytes_add(value, p + 2, strcspn(p + 2, ","));
		return true;
	}
	return false;
}

/* gs2-header, then what the signatures cover of the first message. */
static void
hear_first(struct liar *l, const struct bytes *text)
{
	const char *p = bytes_cstr(text), *bare = strchr(p, ',');

	bare = bare != NULL ? strchr(bare + 1, ',') : NULL;
	if (bare == NULL)
		return;
	bytes_reset(&l->gs2);
	bytes_add(&l->gs2, p, (size_t)(bare - p) + 1);
	bytes_reset(&l->bare);
	bytes_str(&l->bare, bare + 1);
}

void
liar_hear(struct liar *l, const char *line, struct bytes *decoded)
{
	struct bytes text = {0};
	const char *p = line, *end;

	if (strncmp(line, "AUTH ", 5) == 0) {
		end = p + 5 + strcspn(p + 5, " ");
		end += *end == ' ';
		bytes_add(decoded, p, (size_t)(end - p));
		l->sha1 = strncmp(p, "AUTH SCRAM-SHA-1", 16) == 0;
		p = end;
	}
	if (!base64_decode(&text, p, strlen(p))) {
		bytes_str(decoded, p);
	} else {
		bytes_add(decoded, bytes_cstr(&text), text.n);
		if (strncmp(bytes_cstr(&text), "c=", 2) == 0) {
			bytes_reset(&l->final);
			bytes_add(&l->final, text.p, text.n);
		} else if (p != line) {
			hear_first(l, &text);
		}
	}
	bytes_clear(&text);
}

static const EVP_MD *
digest(const struct liar *l)
{
	return l->sha1 ? EVP_sha1() : EVP_sha256();
}

static size_t
mac(const struct liar *l, const unsigned char *key, const struct bytes *text,
    unsigned char *out)
{
	unsigned n = 0;

	if (HMAC(digest(l), key, EVP_MD_get_size(digest(l)),
		(const unsigned char *)text->p, text->n, out, &n)
	    == NULL)
		die("HMAC failed");
	return n;
}

/* ServerSignature = HMAC(HMAC(salted, "Server Key"), AuthMessage). */
static void
sign(const struct liar *l, const char *password, struct bytes *out)
{
	unsigned char salted[EVP_MAX_MD_SIZE], key[EVP_MAX_MD_SIZE];
	struct bytes coded = {0}, salt = {0}, count = {0}, text = {0};
	const char *proof = strstr(bytes_cstr(&l->final), ",p=");
	size_t n;

	attribute(&l->first, "s=", &coded);
	base64_decode(&salt, bytes_cstr(&coded), coded.n);
	attribute(&l->first, "i=", &count);
	if (PKCS5_PBKDF2_HMAC(password, -1,
		(const unsigned char *)bytes_cstr(&salt), (int)salt.n,
		atoi(bytes_cstr(&count)), digest(l), EVP_MD_get_size(digest(l)),
		salted)
	    != 1)
		die("PBKDF2 failed");
	bytes_str(&text, "Server Key");
	mac(l, salted, &text, key);
	bytes_reset(&text);
	bytes_fmt(&text, "%s,%s,", bytes_cstr(&l->bare), bytes_cstr(&l->first));
	if (proof != NULL)
		bytes_add(&text, l->final.p, (size_t)(proof - l->final.p));
	n = mac(l, key, &text, salted);
	bytes_add(out, salted, n);
	bytes_clear(&coded);
	bytes_clear(&salt);
	bytes_clear(&count);
	bytes_clear(&text);
}

/* A signature, right or not quite. */
static void
signature(const struct liar *l, const char *how, struct bytes *out)
{
	struct bytes raw = {0};

	sign(l, strcmp(how, "-other") == 0 ? "another" : l->password, &raw);
	if (strcmp(how, "-flip") == 0)
		raw.p[raw.n - 1] ^= 1;
	else if (strcmp(how, "-short") == 0)
		raw.n--;
	else if (strcmp(how, "-long") == 0)
		bytes_add(&raw, "x", 1);
	base64_add(out, raw.p, raw.n);
	bytes_clear(&raw);
}

/* What `c=` has to be: the header, and the binding that it names. */
static void
binding(const struct liar *l, SSL *ssl, struct bytes *out)
{
	struct bytes raw = {0}, type = {0};

	bytes_add(&raw, bytes_cstr(&l->gs2), l->gs2.n);
	if (attribute(&l->gs2, "p=", &type) && ssl != NULL)
		tlsconf_binding(ssl, type.p, &raw);
	base64_add(out, raw.p, raw.n);
	bytes_clear(&raw);
	bytes_clear(&type);
}

static bool
compute(const struct liar *l, SSL *ssl, const char *name, struct bytes *out)
{
	if (strcmp(name, "nonce") == 0)
		attribute(&l->bare, "r=", out);
	else if (strcmp(name, "salt") == 0)
		bytes_str(out, SALT);
	else if (strcmp(name, "v") == 0 || strncmp(name, "v-", 2) == 0)
		signature(l, name + 1, out);
	else if (strcmp(name, "proof") == 0)
		attribute(&l->final, "p=", out);
	else if (strcmp(name, "c") == 0)
		binding(l, ssl, out);
	else
		return false;
	return true;
}

void
liar_fill(struct liar *l, SSL *ssl, const char *text, struct bytes *out)
{
	const char *end;
	char *name;
	bool known;

	for (; *text != '\0'; text++) {
		end = *text == '{' ? strchr(text, '}') : NULL;
		name = need_copy(text + 1,
		    end != NULL ? (size_t)(end - text) - 1 : 0);
		known = compute(l, ssl, name, out);
		free(name);
		if (known)
			text = end;
		else
			bytes_add(out, text, 1);
	}
}

void
liar_say(struct liar *l, SSL *ssl, const char *text, struct bytes *out)
{
	struct bytes plain = {0};

	liar_fill(l, ssl, text + 4, &plain);
	/* The signature covers what was said first. */
	if (l->final.n == 0 && bytes_cstr(&plain)[0] != 'v') {
		bytes_reset(&l->first);
		bytes_add(&l->first, bytes_cstr(&plain), plain.n);
	}
	bytes_add(out, text, 4);
	base64_add(out, bytes_cstr(&plain), plain.n);
	bytes_str(out, "\r\n");
	bytes_clear(&plain);
}

void
liar_clear(struct liar *l)
{
	bytes_clear(&l->gs2);
	bytes_clear(&l->bare);
	bytes_clear(&l->first);
	bytes_clear(&l->final);
}
