/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "test/hostile/cert.h"
#include "test/hostile/hostile.h"

#define ONLY(version) .min = version, .max = version
#define V11 TLS1_1_VERSION
#define V12 TLS1_2_VERSION
#define V13 TLS1_3_VERSION

static void
give_tickets(struct server *s)
{
	for (int i = 0; i < 20; i++)
		SSL_new_session_ticket(s->ssl);
	SSL_do_handshake(s->ssl);
}

static void
update_key(struct server *s)
{
	SSL_key_update(s->ssl, SSL_KEY_UPDATE_REQUESTED);
	SSL_do_handshake(s->ssl);
}

static void
update_keys(struct server *s)
{
	for (int i = 0; i < 500; i++)
		update_key(s);
}

/* And is somebody else then. */
static void
ask_again(struct server *s)
{
	SSL_use_certificate(s->ssl, cert_named("other"));
	SSL_use_PrivateKey(s->ssl, cert_key("other"));
	SSL_renegotiate(s->ssl);
	SSL_do_handshake(s->ssl);
}

static void
say_goodbye(struct server *s)
{
	SSL_shutdown(s->ssl);
	server_flush(s);
	s->quiet = true;
}

static void
say_nothing_often(struct server *s)
{
	for (int i = 0; i < 1000; i++)
		SSL_write(s->ssl, "", 0);
}

/* The place of an extension's body in a ClientHello record. */
static char *
extension(struct bytes *b, unsigned type)
{
	/* record, message, version and random; session, suites, compression */
	size_t at = 5 + 4 + 2 + 32;

	at += 1 + (unsigned char)b->p[at];
	at += 2 + ((size_t)(unsigned char)b->p[at] << 8)
	    + (unsigned char)b->p[at + 1];
	at += 1 + (unsigned char)b->p[at] + 2;
	while (at + 4 <= b->n) {
		if (((unsigned)(unsigned char)b->p[at] << 8
			| (unsigned char)b->p[at + 1])
		    == type)
			return b->p + at + 4;
		at += 4 + ((size_t)(unsigned char)b->p[at + 2] << 8)
		    + (unsigned char)b->p[at + 3];
	}
	die("the ClientHello has no extension %u", type);
}

/* Somebody in the way wants an older TLS. */
static void
drop_13(struct bytes *b)
{
	char *p = extension(b, 43);

	p[2] = 3; /* 1.3 was first of the list */
}

static void
change_random(struct bytes *b)
{
	b->p[5 + 4 + 2] ^= 1;
}

static void
change_name(struct bytes *b)
{
	extension(b, 0)[5] ^= 1;
}

static const struct entry entries[] = {
    /* Strangers. */
    {.setup = {"TLS 1.3, a stranger", ONLY(V13)},
	.conf = "key other",
	.exit = 76,
	.why = "no pin"},
    {.setup = {"TLS 1.2, a stranger", ONLY(V12)},
	.conf = "key other",
	.exit = 76,
	.why = "no pin"},
    {.setup = {"TLS 1.2, a stranger's leaf, the pinned CA behind", ONLY(V12)},
	.sent = "by-stranger root",
	.conf = "ca root",
	.exit = 76,
	.why = "unable to get|no pin"},
    {.setup = {"TLS 1.2, the pinned certificate without its key", ONLY(V12)},
	.sent = "leaf-copied",
	.exit = 76,
	.why = "signature"},
    {.setup = {"TLS 1.3, a session of yesterday", ONLY(V13), .again = true},
	.exit = 76,
	.why = "handshake"},
    {.setup = {"TLS 1.2, a session of yesterday", ONLY(V12), .again = true},
	.exit = 76,
	.why = "signature|handshake"},

    /* Somebody in the way. */
    {.setup = {"TLS 1.3 taken out of the ClientHello", .hello = drop_13},
	.exit = 76,
	.why = "fallback|downgrade|signature|alert"},
    {.setup = {"TLS 1.3, another random in the ClientHello", ONLY(V13),
	 .hello = change_random},
	.exit = 76,
	.why = "handshake"},
    {.setup = {"TLS 1.2, another random in the ClientHello", ONLY(V12),
	 .hello = change_random},
	.exit = 76,
	.why = "handshake"},
    {.setup = {"TLS 1.3, another name in the ClientHello", ONLY(V13),
	 .hello = change_name},
	.exit = 76,
	.why = "handshake"},
    {.setup = {"TLS 1.2, another name in the ClientHello", ONLY(V12),
	 .hello = change_name},
	.exit = 76,
	.why = "handshake"},

    /* After the handshake. */
    {.setup = {"tickets", ONLY(V13), .opened = give_tickets}},
    {.setup = {"a new key", ONLY(V13), .opened = update_key}},
    {.setup = {"500 new keys", ONLY(V13), .opened = update_keys},
	.exit = HOSTILE_EITHER,
	.proved = true},
    {.setup = {"TLS 1.2, renegotiation", ONLY(V12), .opened = ask_again},
	.exit = HOSTILE_EITHER,
	.proved = true},
    {.setup = {"1000 empty writes", ONLY(V13), .opened = say_nothing_often}},
    {.setup = {"TLS 1.3, close_notify for a greeting", ONLY(V13),
	 .opened = say_goodbye},
	.exit = 75,
	.why = "closed",
	.proved = true},
    {.setup = {"TLS 1.2, close_notify for a greeting", ONLY(V12),
	 .opened = say_goodbye},
	.exit = 75,
	.why = "closed",
	.proved = true},

    /* STARTTLS. */
    {.setup = {"STARTTLS", .starttls = true}},
    {.setup = {"STARTTLS, TLS 1.2", ONLY(V12), .starttls = true}},
    {.setup = {"STARTTLS, a stranger", .starttls = true},
	.conf = "key other",
	.exit = 76,
	.why = "no pin"},
    {.setup = {"STARTTLS, a stranger of TLS 1.2", ONLY(V12), .starttls = true},
	.conf = "key other",
	.exit = 76,
	.why = "no pin"},
    {.setup = {"STARTTLS, TLS 1.1", ONLY(V11), .starttls = true},
	.exit = 76,
	.why = "TLS 1.2"},
    {.setup = {"STARTTLS, no certificate", .anonymous = true, .starttls = true},
	.exit = 76,
	.why = "alert|does not speak"},
    {.setup = {"STARTTLS, a reply behind the 220", .starttls = true,
	 .injected = "250 injected\r\n"},
	.exit = 76,
	.why = "before the TLS handshake|more than its answer",
	.alarm = true},
    {.setup = {"STARTTLS, an alert behind the 220", .starttls = true,
	 .injected = "\x15\x03\x03\x01\x02\x02\x28"},
	.exit = 76,
	.why = "before the TLS handshake|more than its answer",
	.alarm = true},
    {.setup = {"STARTTLS, half a record behind the 220", .starttls = true,
	 .injected = "\x16\x03\x03"},
	.exit = 76,
	.why = "before the TLS handshake|more than its answer",
	.alarm = true},
    {.setup = {"STARTTLS, plain text for a ServerHello", .starttls = true,
	 .answer = "250 ok\r\n"},
	.exit = 76,
	.why = "does not speak TLS",
	.alarm = true},
    {.setup = {"STARTTLS, the end for a ServerHello", .starttls = true,
	 .answer = ""},
	.exit = 75,
	.why = "closed"},
    {.setup = {"STARTTLS, nothing for a ServerHello", .starttls = true,
	 .answer = "", .deed = DO_HANG},
	.conf = "key leaf;timeout 1",
	.exit = 75,
	.why = "timed out|handshake"},
};

void
strangers_add(struct hostile_list *l)
{
	entries_add(l, entries, sizeof(entries) / sizeof(*entries));
}
