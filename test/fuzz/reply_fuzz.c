/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/smtp/caps.h"
#include "lib/smtp/reply.h"
#include "test/fuzz/fuzz.h"

/* What a whole reply says can stand in a log, and is the reply's own. */
static void
check(const struct reply *r)
{
	struct buf b = {0};
	struct caps caps = {0};
	char status[12];
	const char *last;
	size_t n;

	must(r->code >= 200 && r->code < 600 && r->whole);
	must(reply_class(r) == r->code / 100);
	last = reply_last(r, &n);
	must(last >= r->text.p && last + n + 1 == r->text.p + r->text.n);
	must(memchr(last, '\n', n) == NULL);
	reply_status(r, status, sizeof status);
	must(status[0] == '\0' || status[0] == '0' + reply_class(r));
	reply_print(r, &b);
	must(b.n >= 3 && !ascii_has_control(b.p) && strlen(b.p) == b.n);
	caps_parse(&caps, r);
	buf_clear(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	struct reply r = {0};
	struct buf line = {0};

	while (fuzz_line(&in, &line)) {
		switch (reply_push(&r, buf_str(&line), line.n)) {
		case REPLY_MORE:
			must(!r.whole);
			break;
		case REPLY_WHOLE:
			check(&r);
			break;
		case REPLY_BAD:
			reply_clear(&r);
			break;
		}
	}
	reply_clear(&r);
	buf_clear(&line);
	return 0;
}
