/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <sys/stat.h>

#include "lib/base/ascii.h"
#include "lib/mail/expansion.h"

static struct expansion x;

static bool
owns(const void *owner, const char *domain)
{
	return ascii_casecmp(owner, domain) == 0;
}

/* On web1, for an account that owns somebody at vm, which was local. */
static void
expand(const char *text, const char *name)
{
	static char intern[] = "intern", vm[] = "vm";
	static char *more[] = {intern, vm};
	const struct strv domains = {more, COUNT(more), COUNT(more)};
	const struct local local = {"web1", "web1.host.example", &domains, owns,
	    "vm"};
	struct aliases a = {0};
	struct err e = {0};

	expansion_clear(&x);
	if (!aliases_read(&a, unit_file("a", 0600, text), false, &e))
		fail_msg("%s", e.text);
	expansion_of(&x, &a, &local, name);
	aliases_clear(&a);
}

/* Who gets it, - for discarded, ? for a fault and ! for a mistake. */
static void
becomes(const char *text, const char *name, const char *want)
{
	struct buf b = {0};

	expand(text, name);
	for (size_t i = 0; i < x.to.n; i++) {
		buf_adds(&b, i > 0 ? " " : "");
		mailbox_path(&b, &x.to.v[i]);
	}
	buf_adds(&b, x.discarded ? "-" : "");
	if (x.fault.n > 0)
		buf_adds(&b, x.wrong ? "!" : "?");
	if (strcmp(buf_str(&b), want) != 0)
		fail_msg("%s in %sbecomes \"%s\" (%s), not \"%s\"", name, text,
		    buf_str(&b), buf_str(&x.fault), want);
	buf_clear(&b);
}

struct row {
	const char *text, *name, *want;
};

static void
check(const struct row *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		becomes(t[i].text, t[i].name, t[i].want);
}

static void
follows_names(void **state)
{
	static const struct row t[] = {
	    {"", "bob", "bob"},
	    {"root: a@x\n", "bob", "bob"},
	    {"root: a@x, b@x\n", "root", "a@x b@x"},
	    {"Root: a@x\n", "rOOT", "a@x"},
	    {"root: bob, c@x\nbob: b@x\n", "root", "b@x c@x"},
	    {"root: bob\nbob: carl\ncarl: c@x\n", "root", "c@x"},
	    {"root: bob\n", "root", "bob"},
	    {"root: bob\nROOT: a@x\nbob: b@x\n", "root", "b@x"},
	    {"\"john s\": j@x\nroot: \"john s\"\n", "root", "j@x"},
	    {"root: \"J S\" <j@x>, (me) k@x\n", "root", "j@x k@x"},
	    {"root: \"a b\"@x\n", "root", "\"a b\"@x"},
	    /* domains of this host */
	    {"root: bob@localhost\nbob: b@x\n", "root", "b@x"},
	    {"root: bob@LOCALHOST.localdomain, bob@Web1\nbob: b@x\n", "root",
		"b@x b@x"},
	    {"root: bob@intern\nbob: b@x\n", "root", "b@x"},
	    {"root: bob@vm\nbob: b@x\n", "root", "bob@vm"},
	    /* The whole name is here only for those who have an alias. */
	    {"root: bob@web1.host.example\nbob: b@x\n", "root", "b@x"},
	    {"root: bob@web1.host.example\n", "root", "bob@web1.host.example"},
	    {"root: root@web1.host.example\n", "root",
		"root@web1.host.example"},
	};

	(void)state;
	check(t, COUNT(t));
	expand("root: \"Al B\" <al@x>, bob@y\n", "root");
	assert_string_equal(x.to.v[0].name, "Al B");
	assert_string_equal(x.to.v[1].name, "");
}

static void
stops_at_a_name_of_its_own(void **state)
{
	static const struct row t[] = {
	    {"root: \\root, a@x\n", "root", "root a@x"},
	    {"root: \\bob\nbob: b@x\n", "root", "bob"},
	    {"root: \"\\\\bob\"\nbob: b@x\n", "root", "bob"},
	    {"root: \\bob@localhost\nbob: b@x\n", "root", "bob"},
	    {"root: \\bob\ndefault: d@x\n", "root", "bob"},
	    {"root: \\b@x\n", "root", "b@x"},
	    {"root: root, a@x\n", "root", "root a@x"},
	    {"root: a@x, ROOT@localhost\n", "root", "a@x ROOT"},
	    {"root: root\ndefault: d@x\n", "root", "root"},
	    {"ops: root\nroot: root, a@x\n", "ops", "root a@x"},
	};

	(void)state;
	check(t, COUNT(t));
}

static void
has_a_line_for_all_others(void **state)
{
	static const struct row t[] = {
	    {"default: d@x\n", "bob", "d@x"},
	    {"DEFAULT: d@x\n", "bob", "d@x"},
	    {"*: s@x\n", "bob", "s@x"},
	    {"*: s@x\ndefault: d@x\n", "bob", "d@x"},
	    {"default: d@x\nbob: b@x\n", "bob", "b@x"},
	    {"root: al, bob\ndefault: d@x\nbob: b@x\n", "root", "d@x b@x"},
	    {"root: al, bob\ndefault: d@x\n", "root", "d@x d@x"},
	    {"root: bob@web1.host.example\n*: s@x\n", "root",
		"bob@web1.host.example"},
	    /* It leads to a name. */
	    {"default: root\nroot: a@x\n", "bob", "a@x"},
	    {"default: root\n", "bob", "root"},
	    {"default: root\n", "root", "root"},
	    {"root: al, bob\ndefault: carl, d@x\n", "root",
		"carl d@x carl d@x"},
	    {"default: postmaster\npostmaster: root\n", "bob", "root"},
	    /* It leads to itself. */
	    {"default: default\n", "bob", "default"},
	    {"*: *\n", "bob", "*"},
	    {"default: bob\n", "bob", "bob"},
	    {"default: \\bob\n", "bob", "bob"},
	    {"default: default\n", "default", "default"},
	    {"default: root\nroot: default\n", "root", "!"},
	};

	(void)state;
	check(t, COUNT(t));
}

static void
finds_loops(void **state)
{
	static const char three[] = "a: b\nb: c, x@y\nc: a\n";
	static const struct row t[] = {
	    {three, "a", "x@y!"},
	    {three, "b", "x@y!"},
	    {three, "c", "x@y!"},
	    {"a: b\nb: A@localhost\n", "a", "!"},
	    {"ops: a, o@x\na: b\nb: a\n", "ops", "o@x!"},
	    {"ok: o@x\na: b\nb: a\n", "ok", "o@x"},
	    /* Twice on two ways is no loop. */
	    {"a: b, c\nb: d\nc: d\nd: d@x\n", "a", "d@x d@x"},
	};

	(void)state;
	check(t, COUNT(t));
	expand("# c\na: b\nb: a\n", "a");
	assert_has(x.fault.p, unit_path("a"));
	assert_has(x.fault.p, "a comes back to itself");
}

static void
cannot_run_or_write(void **state)
{
	static const struct row t[] = {
	    {"a: |cmd\n", "a", "?"},
	    {"a: \"|cmd x, y\", b@x\n", "a", "b@x?"},
	    {"a: |\"cmd x, y\", b@x\n", "a", "b@x?"},
	    {"a: /var/mail/a, b@x\n", "a", "b@x?"},
	    {"a: \"/var/mail/a b\"\n", "a", "?"},
	    {"a: /dev/null\n", "a", "-"},
	    {"a: \"/dev/null\"\n", "a", "-"},
	    {"a: /dev/null, b@x\n", "a", "b@x-"},
	    {"a: /dev/nullx\n", "a", "?"},
	    {"a: b\nb: /dev/null\n", "a", "-"},
	    {"a: |cmd\nb: b@x\n", "b", "b@x"},
	    {"c: a, b\na: |cmd\nb: b@x\n", "c", "b@x?"},
	};

	(void)state;
	check(t, COUNT(t));
	expand("x: y\n\na: b@x,\n |cmd -x\n", "a");
	assert_has(x.fault.p, ":4: ");
	assert_has(x.fault.p, "|cmd -x");
}

/* Nobody's mail vanishes because of a slip of the pen. */
static void
loses_nobody_in_silence(void **state)
{
	static const struct row t[] = {
	    {"root:\n", "root", "!"},
	    {"root: ,,\n", "root", "!"},
	    {"root:\ndefault: d@x\n", "root", "!"},
	    {"root: # a@x\n", "root", "!"},
	    {"root: (a@x)\n", "root", "!"},
	    {"root: \\\n", "root", "!"},
	    {"root: g:;\n", "root", "!"},
	    {"a: root\nroot:\n", "a", "!"},
	    {"a: root, b@x\nroot:\n", "a", "b@x!"},
	    {"a: /dev/null, root\nroot:\n", "a", "-!"},
	    {"root: two words\n", "root", "!"},
	    {"root: a@x, two words, b@x\n", "root", "a@x b@x!"},
	    {"root: a@x, \"b@x\nc: c@x\n", "root", "a@x!"},
	    {"root: a@x, \"b@x\nc: c@x\n", "c", "c@x"},
	    {"root: (a@x\n", "root", "!"},
	    {"root: a@x)\n", "root", "!"},
	    {"root: a@@x\n", "root", "!"},
	    {"root: <>\n", "root", "!"},
	    {"root: a@\n", "root", "!"},
	    {"root: b: c@x\n", "root", "!"},
	    {"root: a\x01@x\n", "root", "!"},
	    {"root: \xff@x\n", "root", "!"},
	    /* What we only cannot do does not hide a mistake. */
	    {"root: |cmd, two words\n", "root", "!"},
	    {"root: two words, |cmd\n", "root", "!"},
	};

	(void)state;
	check(t, COUNT(t));
	expand("\nroot: a@x,\n# c\n two words\n", "root");
	assert_has(x.fault.p, ":4: two words");
}

/* Of that file, which is to hold the text, by the name `list`. */
static void
includes(const char *file, mode_t mode, const char *text, const char *more,
    const char *want)
{
	struct buf b = {0};

	unit_file(file, mode, text);
	buf_addf(&b, "list: :include:%s%s\n%s", unit_path(file), more,
	    "bob: b@x\nlist2: l2@x\n");
	becomes(b.p, "list", want);
	buf_clear(&b);
}

static void
includes_files(void **state)
{
	static const char *const t[][2] = {
	    {"a@x\nc@x, bob\n", "a@x c@x b@x"},
	    {"# c\n\n a@x # d\n\tc@x,\r\nbob\r\n", "a@x c@x b@x"},
	    {"A B <a@x>\n\"C, D\" <c@x>", "a@x c@x"},
	    {"list, list2, \\bob, nobody", "list l2@x bob nobody"},
	    {"/dev/null", "-"},
	    {"|cmd\na@x", "a@x?"},
	    {"/var/mail/x", "?"},
	    {"two words\na@x", "a@x!"},
	    {"\"a@x\nc@x", "!"},
	    {"", "!"},
	    {"# nobody yet\n", "!"},
	    {":include:relative", "!"},
	    {":include:", "!"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		includes("i", 0644, t[i][0], "", t[i][1]);
	includes("i", 0644, "", ", a@x", "a@x");
	includes("i", 0644, "a@x", ", :Include: /dev/null", "a@x!");
	includes("i", 0644, "a@x\n\n# c\nc@x, two words\n", "", "a@x c@x!");
	assert_has(x.fault.p, unit_path("i:4: two words"));
	becomes("list: :include:a\n", "list", "!");
	assert_has(x.fault.p, "needs a whole path, not a");
	becomes("list: \":include:/nonexistent/x y\"\n", "list", "!");
	assert_has(x.fault.p, "/nonexistent/x y: ");
	assert_has(x.fault.p, unit_path("a:1: "));
}

static void
includes_only_what_is_ours(void **state)
{
	(void)state;
	includes("open", 0666, "a@x", "", "!");
	assert_has(x.fault.p, "open: can be written by others");
	includes("open", 0666, "a@x", ", c@x", "c@x!");
	mkdir(unit_path("dir"), 0700);
	includes("dir/i", 0600, "a@x", "", "a@x");
	becomes("list: :include:/\n", "list", "!");
	assert_has(x.fault.p, "not a regular file");
}

/* By itself, by another, and twice as often each time. */
static void
includes_itself_in_vain(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_addf(&b, ":include:%s\n", unit_path("self"));
	includes("self", 0600, b.p, "", "!");
	assert_has(x.fault.p, "too many aliases deep");
	buf_reset(&b);
	buf_addf(&b, ":include:%s\n", unit_path("one"));
	unit_file("other", 0600, b.p);
	buf_reset(&b);
	buf_addf(&b, ":include:%s\n", unit_path("other"));
	includes("one", 0600, b.p, "", "!");
	buf_reset(&b);
	for (int i = 0; i < 2; i++)
		buf_addf(&b, ":include:%s\n", unit_path("twice"));
	includes("twice", 0600, b.p, "", "!");
	/* By way of a name. */
	includes("i", 0600, "loop\n", "\nloop: list", "!");
	assert_has(x.fault.p, "list comes back to itself");
	buf_clear(&b);
}

static void
is_not_led_too_deep(void **state)
{
	struct buf b = {0};

	(void)state;
	for (int i = 1; i < 20; i++)
		buf_addf(&b, "n%d: n%d\n", i, i + 1);
	buf_adds(&b, "n20: end@x\n");
	becomes(b.p, "n1", "end@x");
	buf_adds(&b, "n0: n1, a@x\n");
	becomes(b.p, "n0", "a@x!");
	assert_has(x.fault.p, "n20 is too many aliases deep");
	/* Twice as many with each name. */
	buf_reset(&b);
	for (int i = 0; i < 19; i++)
		buf_addf(&b, "n%d: n%d, n%d\n", i, i + 1, i + 1);
	buf_adds(&b, "n19: end@x\n");
	expand(b.p, "n0");
	assert_true(x.wrong && x.to.n <= 10000);
	assert_has(x.fault.p, "too many addresses");
	expand(b.p, "n10");
	assert_int_equal(x.to.n, 512);
	assert_int_equal(x.fault.n, 0);
	/* A long list is no chain. */
	buf_reset(&b);
	buf_adds(&b, "all: ");
	for (int i = 0; i < 9999; i++)
		buf_addf(&b, "u%d@x,", i);
	buf_adds(&b, "last@x\n");
	expand(b.p, "all");
	assert_int_equal(x.to.n, 10000);
	assert_string_equal(x.to.v[9999].local, "last");
	assert_int_equal(x.fault.n, 0);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(follows_names),
	    TEST(stops_at_a_name_of_its_own),
	    TEST(has_a_line_for_all_others),
	    TEST(finds_loops),
	    TEST(cannot_run_or_write),
	    TEST(loses_nobody_in_silence),
	    TEST(includes_files),
	    TEST(includes_only_what_is_ours),
	    TEST(includes_itself_in_vain),
	    TEST(is_not_led_too_deep),
	};
	int failed = RUN_WITH_DIR("expansion", tests);

	expansion_clear(&x);
	return failed;
}
