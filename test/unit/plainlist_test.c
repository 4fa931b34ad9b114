/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <dlfcn.h>

#include "lib/base/ascii.h"
#include "lib/mail/addr.h"
#include "lib/mail/plainlist.h"
#include "lib/mail/words.h"

#define E "\xc3\xa9"
#define WORD "=?utf-8?B?w6k=?="
#define UMLAUT      \
	"b\xc3\xbc" \
	"cher.example"

static void
gives(const char *in, const char *charset, const char *want)
{
	struct buf b = {0}, lf = {0};

	buf_adds(&b, "To: ");
	plainlist_put(&b, in, charset);
	assert_memory_equal(b.p, "To: ", 4);
	for (size_t i = 4; i < b.n; i++) {
		assert_int_equal(b.p[i] == '\r', b.p[i + 1] == '\n');
		if (b.p[i] != '\r')
			buf_addc(&lf, b.p[i]);
	}
	assert_string_equal(buf_str(&lf), want);
	buf_clear(&b);
	buf_clear(&lf);
}

struct row {
	const char *in, *want;
};

static void
all_give(const struct row *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		gives(t[i].in, NULL, t[i].want != NULL ? t[i].want : t[i].in);
}

static void
leaves_ascii(void **state)
{
	static const struct row t[] = {
	    {"", NULL},
	    {"a@b", NULL},
	    {" a@b ", NULL},
	    {"a <a@b>", NULL},
	    {"\"b, \\\"a\\\"\" <a@b>", NULL},
	    {"a@b (c, (d) \\) e)", NULL},
	    {"g: a@b;", NULL},
	    {"undisclosed-recipients:;", NULL},
	    {"=?utf-8?Q?=C3=A9?= <a@b>", NULL},
	    {"a@b, c@d", "a@b,\n c@d"},
	    {"a@b,c@d ,\te@f", "a@b,\n c@d ,\n e@f"},
	    {"a@b,", NULL},
	    {"not a list <", NULL},
	};

	(void)state;
	all_give(t, COUNT(t));
}

static void
encodes_names(void **state)
{
	static const struct row t[] = {
	    {E " <a@b>", WORD " <a@b>"},
	    {E "<a@b>", WORD " <a@b>"},
	    {"  " E "  <a@b>  ", "  " WORD "  <a@b>  "},
	    {"\"" E "\" <a@b>", WORD " <a@b>"},
	    {"\"a \\\"" E "\\\\\" b <a@b>", "=?utf-8?B?YSAiw6lcIGI=?= <a@b>"},
	    {"a \"" E ", b\" <a@b>", "=?utf-8?B?YSDDqSwgYg==?= <a@b>"},
	    {"\"b, c\" <a@b>, " E " <c@d>", "\"b, c\" <a@b>,\n " WORD " <c@d>"},
	    {E " <a@b>, c <c@d>", WORD " <a@b>,\n c <c@d>"},
	    {E " <>", WORD " <>"},
	    /* With words in it, it is one text. */
	    {"=?utf-8?Q?=C3=A9?= " E " <a@b>", "=?utf-8?B?w6kgw6k=?= <a@b>"},
	    {"=?utf-8?Q?=C3=A9?= <a@b>, " E " <c@d>",
		"=?utf-8?Q?=C3=A9?= <a@b>,\n " WORD " <c@d>"},
	    /* Groups have names, too. */
	    {E ": a@b, " E " <c@d>;, e@f",
		WORD " : a@b,\n " WORD " <c@d>;,\n e@f"},
	    {E ":;", WORD " :;"},
	};

	(void)state;
	all_give(t, COUNT(t));
	gives("\xe9 <a@b>", "koi8-r", "=?koi8-r?B?6Q==?= <a@b>");
	gives("\xe9 <a@b>", NULL, "=?unknown-8bit?B?6Q==?= <a@b>");
}

static void
encodes_comments(void **state)
{
	static const struct row t[] = {
	    {"a@b (" E ")", "a@b (" WORD ")"},
	    {"a@b (" E "), c@d", "a@b (" WORD "),\n c@d"},
	    {"(" E ") a@b", "(" WORD ") a@b"},
	    {"a@b (c, " E ")", "a@b (=?utf-8?B?Yywgw6k=?=)"},
	    {"a (" E ") <a@b>", "a (" WORD ") <a@b>"},
	    {E " (b) <a@b>", WORD " (b) <a@b>"},
	    {E " (" E ") <a@b> (" E ")", WORD " (" WORD ") <a@b> (" WORD ")"},
	};

	(void)state;
	all_give(t, COUNT(t));
}

static void
writes_domains_in_ascii(void **state)
{
	static const struct row t[] = {
	    {"a@" UMLAUT, "a@xn--bcher-kva.example"},
	    {"x <a@" UMLAUT ">", "x <a@xn--bcher-kva.example>"},
	    {"a@" UMLAUT ", " E " <c@" UMLAUT ">;",
		"a@xn--bcher-kva.example,\n " WORD
		" <c@xn--bcher-kva.example>;"},
	    {"a@" UMLAUT " (" E ")", "a@xn--bcher-kva.example (" WORD ")"},
	};
	void *handle = dlopen("libidn2.so.0", RTLD_NOW);

	(void)state;
	if (handle == NULL) {
		print_message("# SKIP no libidn2.so.0\n");
		return;
	}
	all_give(t, COUNT(t));
	dlclose(handle);
}

/* Addresses that need SMTPUTF8, no domains, and what is no list. */
static void
leaves_what_it_cannot(void **state)
{
	static const struct row t[] = {
	    {E "@b", NULL},
	    {E "@" UMLAUT, NULL},
	    {"x <" E "@b>", NULL},
	    {E " <" E "@b>", WORD " <" E "@b>"},
	    {"a@\xe9.example", NULL},
	    {"x <a@-" E "->", NULL},
	    {E, NULL},
	};

	(void)state;
	all_give(t, COUNT(t));
}

/* ---- no mailbox comes, goes or changes ---- */

static void
unfold(struct buf *to, const struct buf *from)
{
	buf_reset(to);
	for (size_t i = 0; i < from->n; i++)
		if (from->p[i] != '\r' && from->p[i] != '\n')
			buf_addc(to, from->p[i]);
}

static void
has_same_mailboxes(const char *in, const struct buf *out)
{
	struct mailboxes a = {0}, b = {0};
	struct buf one = {0}, name = {0}, other = {0};
	struct err e;

	unfold(&one, out);
	assert_true(addr_parse(&a, in, strlen(in), &e));
	if (!addr_parse(&b, buf_str(&one), one.n, &e))
		fail_msg("%s -> %s: %s", in, out->p, e.text);
	assert_int_equal(a.n, b.n);
	for (size_t i = 0; i < a.n; i++) {
		assert_string_equal(a.v[i].local, b.v[i].local);
		assert_string_equal(a.v[i].domain, b.v[i].domain);
		buf_reset(&name);
		buf_reset(&other);
		words_decode(&name, a.v[i].name);
		words_decode(&other, b.v[i].name);
		if (strcmp(buf_str(&name), buf_str(&other)) != 0)
			fail_msg("%s -> %s", in, out->p);
	}
	mailboxes_clear(&a);
	mailboxes_clear(&b);
	buf_clear(&one);
	buf_clear(&name);
	buf_clear(&other);
}

static void
keeps_every_mailbox(void **state)
{
	static const char *const units[] = {E, "a", "\"" E ", b\"", "\"\\\"\"",
	    "=?utf-8?Q?=C3=A9?=", "b.c", "\"" E "\\\\\"", "'x'",
	    "\"=?utf-8?Q?=C3=A9?=\""};
	static const char *const paths[] = {" <a@b>", "<\"c d\"@e>",
	    "<\"c,>\"@e>", " <f@[192.0.2.1]>"};
	struct buf in = {0}, out = {0};
	uint32_t seed = 5;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		buf_reset(&in);
		buf_reset(&out);
		for (int n = round % 3; n >= 0; n--) {
			for (uint32_t k = unit_random(&seed) % 4; k > 0; k--)
				buf_addf(&in, "%s ",
				    units[unit_random(&seed) % COUNT(units)]);
			buf_adds(&in, paths[unit_random(&seed) % COUNT(paths)]);
			buf_adds(&in, n > 0 ? ", " : "");
		}
		plainlist_put(&out, in.p, NULL);
		assert_false(ascii_has_8bit(out.p, out.n));
		has_same_mailboxes(in.p, &out);
	}
	buf_clear(&in);
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(leaves_ascii),
	    TEST(encodes_names),
	    TEST(encodes_comments),
	    TEST(writes_domains_in_ascii),
	    TEST(leaves_what_it_cannot),
	    TEST(keeps_every_mailbox),
	};

	return RUN("plainlist", tests);
}
