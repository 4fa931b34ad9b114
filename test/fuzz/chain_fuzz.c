/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/net/chain.h"
#include "test/fuzz/fuzz.h"

/* DER becomes PEM, so that bytes of a certificate can be tried. */
static void
add_pem(struct buf *b, const char *what, const char *p, size_t n)
{
	struct buf digits = {0};

	ascii_base64(&digits, p, n);
	buf_addf(b, "-----BEGIN %s-----\n", what);
	for (size_t i = 0; i < digits.n; i += 64)
		buf_addf(b, "%.64s\n", digits.p + i);
	buf_addf(b, "-----END %s-----\n", what);
	buf_clear(&digits);
}

static void
check(const struct chain_cert *c)
{
	static const unsigned char none[32];

	must(c->subject != NULL && c->issuer != NULL && c->names != NULL
	    && c->key != NULL && *c->key != '\0');
	must(!ascii_has_control(c->subject) && !ascii_has_control(c->issuer));
	must((memcmp(c->cert_hash, none, 32) != 0) == c->is_cert);
	must(c->is_cert || memcmp(c->key_hash, none, 32) != 0);
	must(c->is_cert || (!c->is_ca && !c->self_signed));
	must(strlen(c->from) <= 10 && strlen(c->until) <= 10);
	must(c->is_cert || (*c->from == '\0' && *c->until == '\0'));
}

/* "C", "K", "P": DER of a certificate, a key, a private key; else PEM. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data, *path;
	struct buf pem = {0};
	struct chain c = {0};
	struct err e = {0};

	if (n > 0 && *p == 'C')
		add_pem(&pem, "CERTIFICATE", p + 1, n - 1);
	else if (n > 0 && *p == 'K')
		add_pem(&pem, "PUBLIC KEY", p + 1, n - 1);
	else if (n > 0 && *p == 'P')
		add_pem(&pem, "PRIVATE KEY", p + 1, n - 1);
	else
		buf_add(&pem, p, n);
	path = fuzz_file("chain.pem", buf_str(&pem), pem.n, 0600);
	if (chain_file(&c, path, &e)) {
		must(c.n > 0 && e.kind == ERR_NONE);
		for (size_t i = 0; i < c.n; i++)
			check(&c.v[i]);
	} else {
		must(c.n == 0 && e.kind == ERR_CONFIG && *e.text != '\0');
	}
	chain_clear(&c);
	buf_clear(&pem);
	return 0;
}
