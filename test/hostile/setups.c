/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "test/hostile/cert.h"
#include "test/hostile/hostile.h"

#define ONLY(version) .min = version, .max = version
#define V10 TLS1_VERSION
#define V11 TLS1_1_VERSION
#define V12 TLS1_2_VERSION
#define V13 TLS1_3_VERSION
#define NO_AGREEMENT "alert|version|no shared|does not speak"

static unsigned
psk(SSL *ssl, const char *identity, unsigned char *key, unsigned max)
{
	(void)ssl;
	(void)identity;
	memset(key, 'k', max < 16 ? max : 16);
	return 16;
}

static void
with_psk(SSL_CTX *ctx)
{
	SSL_CTX_set_psk_server_callback(ctx, psk);
}

static void
with_sha1(SSL_CTX *ctx)
{
	char list[] = "ECDSA+SHA1";

	SSL_CTX_set1_sigalgs_list(ctx, list);
}

static void
with_good_dh(SSL_CTX *ctx)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	EVP_PKEY *key = NULL;

	if (EVP_PKEY_keygen_init(c) != 1
	    || EVP_PKEY_CTX_set_group_name(c, "ffdhe2048") != 1
	    || EVP_PKEY_generate(c, &key) != 1
	    || SSL_CTX_set0_tmp_dh_pkey(ctx, key) != 1)
		die("cannot make a group");
	EVP_PKEY_CTX_free(c);
}

static void
without_ems(SSL_CTX *ctx)
{
	SSL_CTX_set_options(ctx, SSL_OP_NO_EXTENDED_MASTER_SECRET);
}

static const struct entry entries[] = {
    /* Versions, ciphers, groups. */
    {.setup = {"TLS 1.3", ONLY(V13)}},
    {.setup = {"TLS 1.2", ONLY(V12)}},
    {.setup = {"TLS 1.3, AES-128", ONLY(V13),
	 .suites = "TLS_AES_128_GCM_SHA256"}},
    {.setup = {"TLS 1.3, ChaCha20", ONLY(V13),
	 .suites = "TLS_CHACHA20_POLY1305_SHA256"}},
    {.setup = {"TLS 1.3, CCM", ONLY(V13), .suites = "TLS_AES_128_CCM_SHA256"},
	.exit = 76,
	.why = NO_AGREEMENT},
    {.setup = {"TLS 1.2, ChaCha20", ONLY(V12),
	 .ciphers = "ECDHE-ECDSA-CHACHA20-POLY1305"}},
    {.setup = {"TLS 1.2, finite fields", ONLY(V12),
	 .ciphers = "DHE-RSA-AES128-GCM-SHA256", .context = with_good_dh},
	.sent = "rsa2048",
	.conf = "key rsa2048"},
    {.setup = {"TLS 1.2, finite fields of 1024 bits", ONLY(V12),
	 .ciphers = "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0"},
	.sent = "rsa1024",
	.conf = "key rsa1024",
	.exit = 76,
	.why = "too small|too weak"},
    {.setup = {"TLS 1.1", ONLY(V11)}, .exit = 76, .why = "TLS 1.2"},
    {.setup = {"TLS 1.0", ONLY(V10)}, .exit = 76, .why = "TLS 1.2"},
    {.setup = {"TLS 1.0 and 1.1", .min = V10, .max = V11},
	.exit = 76,
	.why = "TLS 1.2"},
    {.setup = {"tls_min_version 1.3, TLS 1.3", ONLY(V13)},
	.conf = "key leaf;tls_min_version 1.3"},
    {.setup = {"tls_min_version 1.3, TLS 1.2", ONLY(V12)},
	.conf = "key leaf;tls_min_version 1.3",
	.exit = 76,
	.why = "TLS 1.|version"},
    {.setup = {"tls_min_version 1.2, TLS 1.1", ONLY(V11)},
	.conf = "key leaf;tls_min_version 1.2",
	.exit = 76,
	.why = "TLS 1.2"},
    {.setup = {"TLS 1.2 without AEAD", ONLY(V12),
	 .ciphers = "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA"},
	.exit = 76,
	.why = NO_AGREEMENT},
    {.setup = {"TLS 1.2, CCM", ONLY(V12), .ciphers = "ECDHE-ECDSA-AES128-CCM8"},
	.exit = 76,
	.why = NO_AGREEMENT},
    {.setup = {"TLS 1.2 without encryption", ONLY(V12),
	 .ciphers = "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0"},
	.exit = 76,
	.why = NO_AGREEMENT},
    {.setup = {"TLS 1.2 without forward secrecy", ONLY(V12),
	 .ciphers = "AES128-GCM-SHA256:AES256-SHA"},
	.sent = "rsa2048",
	.conf = "key rsa2048",
	.exit = 76,
	.why = NO_AGREEMENT},
    {.setup = {"TLS 1.2 without a certificate", ONLY(V12),
	 .ciphers = "aNULL:@SECLEVEL=0", .anonymous = true},
	.exit = 76,
	.why = NO_AGREEMENT},
    {.setup = {"TLS 1.3 without a certificate", ONLY(V13), .anonymous = true},
	.exit = 76,
	.why = NO_AGREEMENT},
    {.setup = {"TLS 1.2 with a shared key", ONLY(V12),
	 .ciphers = "PSK:@SECLEVEL=0", .anonymous = true, .context = with_psk},
	.exit = 76,
	.why = NO_AGREEMENT},
    {.setup = {"TLS 1.3 with a shared key", ONLY(V13), .anonymous = true,
	 .context = with_psk},
	.exit = 76,
	.why = NO_AGREEMENT},
    {.setup = {"TLS 1.2, the handshake signed with SHA-1", ONLY(V12),
	 .context = with_sha1},
	.exit = 76,
	.why = NO_AGREEMENT},
    {.setup = {"TLS 1.2 without an extended master secret", ONLY(V12),
	 .context = without_ems}},
    {.setup = {"TLS 1.3, a second ClientHello", ONLY(V13), .groups = "P-384"}},
    {.setup = {"TLS 1.3, X448", ONLY(V13), .groups = "X448"}},
    {.setup = {"TLS 1.3, a group that is not offered", ONLY(V13),
	 .groups = "brainpoolP256r1"},
	.exit = 76,
	.why = NO_AGREEMENT},
    {.setup = {"TLS 1.2, a group that is too small", ONLY(V12),
	 .groups = "P-192"},
	.exit = 76,
	.why = NO_AGREEMENT},
    {.setup = {"a byte a segment, TLS 1.3", ONLY(V13), .drip = true}},
    {.setup = {"a byte a segment, TLS 1.2", ONLY(V12), .drip = true}},

    /* The client's certificate. */
    {.setup = {"TLS 1.3 asks for a certificate", ONLY(V13),
	 .verify = SSL_VERIFY_PEER}},
    {.setup = {"TLS 1.2 asks for a certificate", ONLY(V12),
	 .verify = SSL_VERIFY_PEER}},
    {.setup = {"TLS 1.3 wants a certificate", ONLY(V13),
	 .verify = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT},
	.exit = 76,
	.why = "certificate required",
	.proved = true},
    {.setup = {"TLS 1.2 wants a certificate", ONLY(V12),
	 .verify = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT},
	.exit = 76,
	.why = "alert"},
    {.setup = {"TLS 1.3 gets a certificate", ONLY(V13),
	 .verify = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT},
	.conf = "key leaf;client client"},
    {.setup = {"TLS 1.2 gets no certificate", ONLY(V12),
	 .verify = SSL_VERIFY_PEER},
	.conf = "key leaf;client client",
	.exit = 76,
	.why = "TLS 1.|version"},
    {.setup = {"TLS 1.2 gets a certificate where that is wanted", ONLY(V12),
	 .verify = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT},
	.conf = "key leaf;client client;tls_min_version 1.2",
	.shows_client = true},
    {.setup = {"TLS 1.3, a stranger asks for a certificate", ONLY(V13),
	 .verify = SSL_VERIFY_PEER},
	.conf = "key other;client client",
	.exit = 76,
	.why = "no pin"},
    {.setup = {"TLS 1.2, a stranger asks for a certificate", ONLY(V12),
	 .verify = SSL_VERIFY_PEER},
	.conf = "key other;client client;tls_min_version 1.2",
	.exit = 76,
	.why = "no pin"},
};

void
entries_add(struct hostile_list *l, const struct entry *e, size_t n)
{
	struct hostile *h;

	for (; n > 0; n--, e++) {
		h = hostile_add(l);
		snprintf(h->name, sizeof(h->name), "%s: %s", e->setup.name,
		    e->exit == 0                    ? "passes"
			: e->exit == HOSTILE_EITHER ? "is safe"
						    : "fails");
		snprintf(h->conf, sizeof(h->conf), "%s",
		    e->conf != NULL ? e->conf : "key leaf");
		h->setup = &e->setup;
		h->sent = e->sent != NULL ? e->sent : "leaf";
		h->exit = e->exit;
		h->why = e->why;
		h->proved = e->proved;
		h->shows_client = e->shows_client;
		h->alarm = e->alarm;
	}
}

void
setups_add(struct hostile_list *l)
{
	entries_add(l, entries, sizeof(entries) / sizeof(*entries));
}
