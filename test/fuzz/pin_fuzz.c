/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/pin.h"
#include "lib/net/peer.h"
#include "lib/net/tlsa.h"
#include "test/fuzz/fuzz.h"

/* What is printed is read as the same pin. */
static void
check_print(const struct pin *pin)
{
	struct pin again = {0};
	struct buf b = {0};
	struct err e = {0};

	pin_print(&b, pin);
	must(pin_parse(&again, b.p, &e));
	must(again.kind == pin->kind
	    && memcmp(again.hash, pin->hash, sizeof pin->hash) == 0);
	must((again.path == NULL) == (pin->path == NULL));
	must(pin->path == NULL || strcmp(again.path, pin->path) == 0);
	free(again.path);
	buf_clear(&b);
}

/* Each record is one that may prove something, and has the whole hash. */
static void
check_records(const struct pins *pins)
{
	struct tlsa_records r = {0};
	struct err e = {0};

	must(tlsa_make(&r, pins, &e));
	must(r.n >= pins->n && r.n <= 2 * pins->n);
	for (size_t i = 0; i < r.n; i++) {
		const struct tlsa_record *one = &r.v[i];

		must(one->matching == 1 && one->len == 32
		    && memcmp(one->data, one->pin->hash, 32) == 0);
		must(one->pin->kind == PIN_CA ? one->selector == 1
			    && (one->usage == 2 || one->usage == 0)
					      : one->usage == 3
			    && one->selector == (one->pin->kind == PIN_KEY));
	}
	tlsa_clear(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	struct pins pins = {0}, copy = {0};
	struct buf line = {0};
	struct err e = {0};
	struct pin pin;

	while (fuzz_line(&in, &line)) {
		if (!pin_parse(&pin, buf_str(&line), &e)) {
			must(e.kind == ERR_CONFIG && *e.text != '\0'
			    && pin.path == NULL);
			continue;
		}
		must(pin.path == NULL || pin.kind != PIN_KEY);
		check_print(&pin);
		if (pin.path == NULL)
			pins_add(&pins, &pin);
		free(pin.path);
	}
	pins_copy(&copy, &pins);
	must(copy.n == pins.n);
	check_records(&copy);
	pins_clear(&copy);
	pins_clear(&pins);
	buf_clear(&line);
	return 0;
}
