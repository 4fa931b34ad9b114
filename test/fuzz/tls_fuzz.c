/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/clock.h"
#include "lib/net/tls.h"
#include "test/fuzz/player.h"

/* The key of the certificate in corpus/tls/pinned. */
#define PIN \
	"sha256:faf1e6925757a71863bac24fd0d05b87fecfec578c3d131b39bcd19219094f5c"

/* All that was said are records of TLS, without data of ours. */
static void
check_heard(const struct buf *heard)
{
	const unsigned char *p = (const unsigned char *)buf_str(heard);
	size_t left = heard->n, n;

	for (; left >= 5; p += n, left -= n) {
		must(p[0] >= 20 && p[0] <= 22 && p[1] == 3);
		n = 5 + ((size_t)p[3] << 8) + p[4];
		if (n > left)
			return;
	}
}

/* Bytes that were written before we spoke cannot prove a key. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	unsigned how = fuzz_choice(&in);
	struct pins pins = {0};
	struct tls_settings settings = {.command = "default",
	    .host = "mail.example.com",
	    .pins = &pins,
	    .tls13 = (how & 1) != 0};
	struct player player = {0};
	struct facts facts = {0};
	struct stream *s;
	struct err e = {0};
	struct pin pin;
	struct tls *t;

	must(pin_parse(&pin, PIN, &e));
	pins_add(&pins, &pin);
	player_begin(&player, &in);
	player.server = in;
	s = player_open(&player);
	t = tls_prepare(&settings, &e);
	must(t != NULL);
	must(!tls_start(t, s, CLOCK_NEVER, &facts, &e));
	must(!stream_proved(s));
	must(e.kind == ERR_TLS || e.kind == ERR_UNTRUSTED
	    || e.kind == ERR_UNREACHABLE);
	must(*e.text != '\0' && !ascii_has_control(e.text));
	must(*facts.pin == '\0' && facts.exporter_len == 0);
	stream_end(s);
	tls_close(t);
	stream_close(s);
	check_heard(&player.heard);
	player_clear(&player);
	pins_clear(&pins);
	return 0;
}
