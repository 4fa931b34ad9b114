/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/mail/addr.h"
#include "test/fuzz/fuzz.h"

static bool
is_blank(const char *s)
{
	return s[strspn(s, " \t")] == '\0';
}

/* What we print is read as the mailbox that it was, and so is a second. */
static void
check(const struct mailbox *one)
{
	struct buf path = {0}, b = {0};
	struct mailboxes l = {0};
	struct err e = {0};

	mailbox_path(&path, one);
	mailbox_print(&b, one->name, buf_str(&path));
	must(fuzz_is_wire(b.p, b.n));
	must(addr_parse(&l, b.p, b.n, &e) && l.n == 1);
	must(strcmp(one->local, l.v[0].local) == 0
	    && strcmp(one->domain, l.v[0].domain) == 0);
	must(is_blank(one->name) == is_blank(l.v[0].name));
	mailboxes_clear(&l);
	buf_clear(&path);
	buf_clear(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct mailboxes l = {0};
	struct err e = {0};
	bool ok;

	ok = addr_parse(&l, (const char *)data, n, &e);
	must(ok ? e.kind == ERR_NONE : e.kind == ERR_INPUT && *e.text != '\0');
	for (size_t i = 0; i < l.n; i++)
		check(&l.v[i]);
	mailboxes_clear(&l);
	return 0;
}
