/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/mail/aliases.h"

static struct err e;

/* Of bytes, which may hold NUL. */
static bool
read_bytes(struct aliases *a, const char *p, size_t n)
{
	const char *path = unit_path("aliases");
	FILE *f;

	/* A new file: some file systems write one that was cut at once. */
	unlink(path);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
	e = (struct err){0};
	return aliases_read(a, path, false, &e);
}

static void
read_text(struct aliases *a, const char *text)
{
	if (!read_bytes(a, text, strlen(text)))
		fail_msg("%s", e.text);
}

/* "LINE NAME=value|value;", or "LINE!" for one that is none. */
static void
print(struct buf *b, const struct aliases *a)
{
	struct buf value = {0};
	const char *list;

	buf_reset(b);
	for (size_t i = 0; i < a->n; i++) {
		buf_addf(b, "%d", a->v[i].line);
		if (a->v[i].name == NULL) {
			buf_adds(b, "!");
			assert_has(a->v[i].values, "NAME: ADDRESS");
			continue;
		}
		buf_addf(b, " %s=", a->v[i].name);
		list = a->v[i].values;
		for (const char *sep = ""; aliases_value(&list, &value);
		     sep = "|")
			buf_addf(b, "%s%s", sep, value.p);
		buf_addc(b, ';');
	}
	buf_clear(&value);
}

static void
becomes(const char *text, const char *want)
{
	struct aliases a = {0};
	struct buf b = {0}, crlf = {0};

	read_text(&a, text);
	print(&b, &a);
	assert_string_equal(buf_str(&b), want);
	aliases_clear(&a);
	/* An editor on another system makes no difference. */
	for (const char *p = text; *p != '\0'; p++)
		buf_addf(&crlf, "%s%c", *p == '\n' ? "\r" : "", *p);
	read_text(&a, buf_str(&crlf));
	print(&b, &a);
	assert_string_equal(buf_str(&b), want);
	aliases_clear(&a);
	buf_clear(&crlf);
	buf_clear(&b);
}

static void
reads_lines(void **state)
{
	static const char *const t[][2] = {
	    {"", ""},
	    {"\n \n\t\n#\n # c\n", ""},
	    {"root: a@x\n", "1 root=a@x;"},
	    {"root:a@x", "1 root=a@x;"},
	    {"Root \t:\ta@x , b,c \n", "1 Root=a@x|b|c;"},
	    {"root: ,a,,b,\n", "1 root=a|b;"},
	    {"a: b\nc: d\na: e\n", "1 a=b;2 c=d;3 a=e;"},
	    {"default: a\n*: b\n", "1 default=a;2 *=b;"},
	    /* continued */
	    {"root: a,\n b\n\tc\nx: y\n", "1 root=a|b|c;4 x=y;"},
	    {"root: a,\n  b,\n \n\n\tc,\n", "1 root=a|b|c;"},
	    {"root:\n a\n", "1 root=a;"},
	    {"root\n : a\n", "1 root=a;"},
	    {"#\n\nroot: a\n# between\n b\n  # and again\n c\n",
		"3 root=a|b|c;"},
	    {"root: a # b\n # c\nx: y\n", "1 root=a;3 x=y;"},
	    /* comments */
	    {"root: a # b, c\n", "1 root=a;"},
	    {"root: a\t#b\n", "1 root=a;"},
	    {"root: a#b@x #c\n", "1 root=a#b@x;"},
	    {"#root: a\n", ""},
	    {"root: \"a # b\"@x, c # d\n", "1 root=\"a # b\"@x|c;"},
	    {"root: \"a \\\" # b\"@x # c\n", "1 root=\"a \\\" # b\"@x;"},
	    {"root: \\b # c\n", "1 root=\\b;"},
	    /* quoted names */
	    {"\"john smith\": j@x\n", "1 john smith=j@x;"},
	    {"\"a:b, #c\" : j@x\n", "1 a:b, #c=j@x;"},
	    {"\"a\\\"b\\\\\": j@x\n", "1 a\"b\\=j@x;"},
	    {"\"root\": a@x\n", "1 root=a@x;"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		becomes(t[i][0], t[i][1]);
}

static void
splits_values(void **state)
{
	static const char *const t[][2] = {
	    {"a: x@y (one, two), z\n", "1 a=x@y (one, two)|z;"},
	    {"a: \"x, y\"@z, w\n", "1 a=\"x, y\"@z|w;"},
	    {"a: \"X, Y\" <x@y>,z\n", "1 a=\"X, Y\" <x@y>|z;"},
	    {"a: \"x\"@y\n", "1 a=\"x\"@y;"},
	    {"a: x\\,y@z, w\n", "1 a=x\\,y@z|w;"},
	    /* What is no address loses its quotes. */
	    {"a: \"|cmd -a, b\", c\n", "1 a=|cmd -a, b|c;"},
	    {"a: \"|cmd \\\"a, b\\\"\"\n", "1 a=|cmd \"a, b\";"},
	    {"a: |\"cmd a, b\", c\n", "1 a=|\"cmd a, b\"|c;"},
	    {"a: \"/var/mail/a b\", \"/dev/null\"\n",
		"1 a=/var/mail/a b|/dev/null;"},
	    {"a: \":include:/x y\", :include:/z\n",
		"1 a=:include:/x y|:include:/z;"},
	    {"a: \"|cmd\"@x\n", "1 a=\"|cmd\"@x;"},
	    {"a: \"/x/\"@y\n", "1 a=\"/x/\"@y;"},
	    /* What does not end takes the rest with it. */
	    {"a: b, \"c, d\n e\nf: g\n", "1 a=b|\"c, d\n e;3 f=g;"},
	    {"a: b (c, d\n e\nf: g\n", "1 a=b (c, d\n e;3 f=g;"},
	    {"a: \"|cmd\n", "1 a=\"|cmd;"},
	    {"a: b), c\n", "1 a=b)|c;"},
	    {"a: b \\\n", "1 a=b \\;"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		becomes(t[i][0], t[i][1]);
}

static void
keeps_what_is_no_line(void **state)
{
	static const char *const t[][2] = {
	    {"root\n", "1!"},
	    {"root a@x\nb: c\n", "1!2 b=c;"},
	    {"root admin: a@x\n", "1!"},
	    {": a@x\n", "1!"},
	    {"\"\": a@x\n", "1!"},
	    {"\"root: a@x\nb: c\n", "1!2 b=c;"},
	    {"\"root\" x: a@x\n", "1!"},
	    {":include:/x\n", "1!"},
	    {"|cmd\n", "1!"},
	    {"<<<<<<< HEAD\nroot: a\n=======\n", "1!2 root=a;3!"},
	    /* It continues nothing. */
	    {" root: a@x\n", "1!"},
	    {"\n# c\n\troot: a@x\n b: c\nd: e\n", "3!5 d=e;"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		becomes(t[i][0], t[i][1]);
}

static void
finds_names(void **state)
{
	struct aliases a = {0};

	(void)state;
	read_text(&a,
	    "Root: a\nroot: b\nbad\n\"j s\": c\n*: star\nDefault: d\n");
	assert_int_equal(aliases_find(&a, "ROOT")->line, 1);
	assert_int_equal(aliases_find(&a, "j S")->line, 4);
	assert_null(aliases_find(&a, "bad"));
	assert_null(aliases_find(&a, "roo"));
	assert_null(aliases_find(&a, "root "));
	assert_null(aliases_find(&a, ""));
	assert_int_equal(aliases_default(&a)->line, 6);
	assert_int_equal(aliases_fault(&a)->line, 3);
	aliases_clear(&a);
	read_text(&a, "*: a\nb: c\n");
	assert_int_equal(aliases_default(&a)->line, 1);
	assert_null(aliases_fault(&a));
	aliases_clear(&a);
	read_text(&a, "b: c\n");
	assert_null(aliases_default(&a));
	aliases_clear(&a);
	assert_null(aliases_find(&a, "b"));
	assert_null(aliases_default(&a));
}

static void
refused(const char *path, const char *why)
{
	struct aliases a = {0};

	e = (struct err){0};
	assert_false(aliases_read(&a, path, true, &e));
	assert_err(&e, ERR_CONFIG, why);
	assert_int_equal(strncmp(e.text, path, strlen(path)), 0);
	assert_int_equal(a.n, 0);
	aliases_clear(&a);
}

static void
reads_only_what_is_ours(void **state)
{
	struct aliases a = {0};

	(void)state;
	refused(unit_file("open", 0666, "a: b\n"), "chmod go-w");
	refused(unit_file("group", 0620, "a: b\n"), "chmod go-w");
	mkdir(unit_path("dir"), 0700);
	refused(unit_path("dir"), "not a regular file");
	assert_int_equal(mkfifo(unit_path("fifo"), 0600), 0);
	refused(unit_path("fifo"), "not a regular file");
	if (geteuid() == 0) {
		unit_file("theirs", 0644, "a: b\n");
		assert_int_equal(chown(unit_path("theirs"), 12345, 0), 0);
		refused(unit_path("theirs"), "belongs to uid 12345");
	}
	/* A missing one is a fault only where it has to be there. */
	e = (struct err){0};
	assert_false(aliases_read(&a, unit_path("none"), false, &e));
	assert_err(&e, ERR_CONFIG, unit_path("none"));
	aliases_clear(&a);
	e = (struct err){0};
	assert_true(aliases_read(&a, unit_path("none"), true, &e));
	assert_int_equal(e.kind, ERR_NONE);
	assert_int_equal(a.n, 0);
	aliases_clear(&a);
}

/* What stands behind a NUL must not be missed in silence. */
static void
refuses_odd_bytes(void **state)
{
	static const char nul[] = "a: b\n\0c: d\n";
	struct aliases a = {0};
	struct buf b = {0};

	(void)state;
	assert_false(read_bytes(&a, nul, sizeof nul - 1));
	assert_err(&e, ERR_CONFIG, "NUL");
	aliases_clear(&a);
	while (b.n <= 4 * 1024 * 1024)
		buf_adds(&b, "#a comment as long as it can be\n");
	assert_false(read_bytes(&a, b.p, b.n));
	assert_err(&e, ERR_CONFIG, "is over 4194304 bytes");
	aliases_clear(&a);
	buf_clear(&b);
}

static void
takes_long_lines(void **state)
{
	struct aliases a = {0};
	struct buf b = {0}, value = {0};
	const char *list;
	size_t n = 0;

	(void)state;
	buf_adds(&b, "many: ");
	while (b.n < 1000000)
		buf_adds(&b, "somebody@x,");
	buf_adds(&b, "\nlong: ");
	while (b.n < 2000000)
		buf_adds(&b, "0123456789");
	buf_adds(&b, "@x\n");
	while (b.n < 3000000)
		buf_adds(&b, "name ");
	buf_adds(&b, ": x\n");
	read_text(&a, b.p);
	assert_int_equal(a.n, 3);
	list = a.v[0].values;
	for (; aliases_value(&list, &value); n++)
		assert_string_equal(value.p, "somebody@x");
	assert_int_equal(n, (1000000 - 6 + 10) / 11);
	list = a.v[1].values;
	assert_true(aliases_value(&list, &value));
	assert_true(value.n > 990000);
	assert_false(aliases_value(&list, &value));
	assert_null(a.v[2].name);
	aliases_clear(&a);
	buf_clear(&b);
	buf_clear(&value);
}

/* Whatever stands there: lines in their order, and values that end. */
static void
survives_garbage(void **state)
{
	static const char letters[] = " \t\n\n\n\r\"\"\\:::,,#()|/@<>ab\xc3";
	struct aliases a = {0};
	struct buf b = {0};
	uint32_t seed = 3;
	char text[80];

	(void)state;
	for (int i = 0; i < 3000; i++) {
		size_t n = unit_random(&seed) % sizeof text;

		for (size_t k = 0; k < n; k++)
			text[k] =
			    letters[unit_random(&seed) % (sizeof letters - 1)];
		assert_true(read_bytes(&a, text, n));
		print(&b, &a);
		for (size_t k = 1; k < a.n; k++)
			assert_true(a.v[k - 1].line < a.v[k].line);
		aliases_clear(&a);
	}
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(reads_lines),
	    TEST(splits_values),
	    TEST(keeps_what_is_no_line),
	    TEST(finds_names),
	    TEST(reads_only_what_is_ours),
	    TEST(refuses_odd_bytes),
	    TEST(takes_long_lines),
	    TEST(survives_garbage),
	};

	return RUN_WITH_DIR("aliases", tests);
}
