/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdlib.h>

#include "lib/mail/mailbox.h"

static void
prints_paths(void **state)
{
	static const struct {
		const char *local, *domain, *path;
	} t[] = {
	    {"a", "b.example", "a@b.example"},
	    {"a.b+c", "d", "a.b+c@d"},
	    {"root", "", "root"},
	    {"", "x", "\"\"@x"},
	    {"a b", "x", "\"a b\"@x"},
	    {"a@b", "x", "\"a@b\"@x"},
	    {"a\"b\\c", "x", "\"a\\\"b\\\\c\"@x"},
	    {".a", "x", "\".a\"@x"},
	    {"a.", "x", "\"a.\"@x"},
	    {"a..b", "x", "\"a..b\"@x"},
	    {".", "x", "\".\"@x"},
	    {"a>b", "x", "\"a>b\"@x"},
	    {"a,b", "", "\"a,b\""},
	    {"\xc3\xa4", "\xc3\xb6.x", "\xc3\xa4@\xc3\xb6.x"},
	    {"a", "[192.0.2.1]", "a@[192.0.2.1]"},
	    {"!#$%&'*+-/=?^_`{|}~", "x", "!#$%&'*+-/=?^_`{|}~@x"},
	};
	struct buf b = {0};
	char local[64], domain[64], name[1] = "";

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct mailbox m = {name, local, domain};

		strcpy(local, t[i].local);
		strcpy(domain, t[i].domain);
		buf_reset(&b);
		mailbox_path(&b, &m);
		assert_string_equal(b.p, t[i].path);
	}
	buf_clear(&b);
}

static void
prints_fields(void **state)
{
	static const char *const t[][2] = {
	    {"", "a@b"},
	    {"Name", "Name <a@b>"},
	    {"Two Words", "Two Words <a@b>"},
	    {"Q. Public", "\"Q. Public\" <a@b>"},
	    {"a, b", "\"a, b\" <a@b>"},
	    {"say \"hi\" \\", "\"say \\\"hi\\\" \\\\\" <a@b>"},
	    {"root@web1 (Cron Daemon)", "\"root@web1 (Cron Daemon)\" <a@b>"},
	    {"x <evil@y>", "\"x <evil@y>\" <a@b>"},
	    {"J\xc3\xbcrgen", "=?utf-8?B?SsO8cmdlbg==?=\r\n <a@b>"},
	    {"\xff", "=?unknown-8bit?B?/w==?=\r\n <a@b>"},
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		buf_reset(&b);
		mailbox_print(&b, t[i][0], "a@b");
		assert_string_equal(b.p, t[i][1]);
	}
	buf_clear(&b);
}

static void
keeps_copies(void **state)
{
	struct mailboxes l = {0};
	char name[] = "n", local[] = "l", domain[] = "d";

	(void)state;
	for (int i = 0; i < 100; i++)
		mailboxes_add(&l, name, local, domain);
	name[0] = local[0] = domain[0] = '?';
	assert_int_equal(l.n, 100);
	for (size_t i = 0; i < l.n; i++) {
		assert_string_equal(l.v[i].name, "n");
		assert_string_equal(l.v[i].local, "l");
		assert_string_equal(l.v[i].domain, "d");
	}
	mailboxes_clear(&l);
	mailboxes_clear(&l);
}

static void
knows_atoms(void **state)
{
	static const char specials[] = "()<>[]:;@\\,.\" \t\r\n\x01\x7f";

	(void)state;
	for (size_t i = 0; i < sizeof specials; i++) /* NUL too */
		assert_false(mailbox_atext(specials[i]));
	for (const char *p = "azAZ09!#$%&'*+-/=?^_`{|}~\x80\xff"; *p; p++)
		assert_true(mailbox_atext(*p));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(prints_paths),
	    TEST(prints_fields),
	    TEST(keeps_copies),
	    TEST(knows_atoms),
	};

	return RUN("mailbox", tests);
}
