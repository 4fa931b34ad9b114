/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/canon.h"
#include "test/fuzz/fuzz.h"

/* What canon.h promises, one byte after the other; the longest line. */
static size_t
expect(struct buf *b, const struct input *in)
{
	size_t crs = 0, line = 0, longest = 0;

	for (size_t i = 0; i < in->n; i++) {
		if (in->p[i] == '\r') {
			crs++;
		} else if (in->p[i] == '\n') {
			buf_adds(b, "\r\n");
			crs = line = 0;
		} else if (in->p[i] != '\0') {
			for (; crs > 0; crs--, line++)
				buf_addc(b, ' ');
			buf_addc(b, in->p[i]);
			line++;
		}
		longest = line > longest ? line : longest;
	}
	if (line > 0 || crs > 0)
		buf_adds(b, "\r\n");
	return longest;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	static char out[CANON_ROOM];
	struct buf got = {0}, want = {0};
	struct canon c = {0};
	unsigned step = fuzz_choice(&in);
	size_t taken, some;

	for (size_t i = 0; i < in.n; i += taken) {
		some = fuzz_piece(in.p + i, in.n - i, step);
		buf_add(&got, out,
		    canon_piece(&c, in.p + i, some, &taken, out));
		must(taken <= some);
	}
	buf_add(&got, out, canon_end(&c, out));
	must(expect(&want, &in) == c.longest);
	must(fuzz_same(&got, &want) && fuzz_is_wire(got.p, got.n));
	must(c.eightbit == (in.n > 0 && ascii_has_8bit(in.p, in.n)));
	buf_clear(&got);
	buf_clear(&want);
	return 0;
}
