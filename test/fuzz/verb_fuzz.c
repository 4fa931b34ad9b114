/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/smtp/verb.h"
#include "test/fuzz/fuzz.h"

/* The path that we would send is read as the one that came in. */
static void
check_path(const struct command *c)
{
	const struct mailbox *one = c->path.v, *two;
	struct command again = {0};
	struct buf b = {0};

	must(c->path.n == 1 || (c->path.n == 0 && c->verb == VERB_MAIL));
	if (c->path.n == 1) {
		buf_adds(&b, "RCPT TO:<");
		mailbox_path(&b, one);
		buf_addc(&b, '>');
		must(!ascii_has_control(b.p));
		must(command_parse(&again, b.p) == NULL && again.path.n == 1);
		two = again.path.v;
		must(strcmp(one->local, two->local) == 0
		    && strcmp(one->domain, two->domain) == 0);
	}
	command_clear(&again);
	buf_clear(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	struct buf line = {0};
	struct command c = {0};
	const char *wrong;

	while (fuzz_line(&in, &line)) {
		wrong = command_parse(&c, buf_str(&line));
		must(wrong == NULL || *wrong == '5');
		if (wrong == NULL
		    && (c.verb == VERB_MAIL || c.verb == VERB_RCPT))
			check_path(&c);
		must(!ascii_has_control(buf_str(&c.envid))
		    && !ascii_has_control(buf_str(&c.orcpt)));
		command_clear(&c);
	}
	buf_clear(&line);
	return 0;
}
