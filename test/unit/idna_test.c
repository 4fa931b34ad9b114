/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <dlfcn.h>

#include "lib/mail/idna.h"

#define UMLAUT      \
	"b\xc3\xbc" \
	"cher.example"

/* Is the library on this host? */
static bool have;

/* What is loaded, or a host that has nothing. */
static bool hidden;
static int loaded;

void *
dlopen(const char *name, int mode)
{
	static void *(*real)(const char *, int);
	void *handle;

	if (real == NULL) {
		void *p = dlsym(RTLD_NEXT, "dlopen");

		memcpy(&real, &p, sizeof real);
	}
	if (hidden)
		return NULL;
	handle = real(name, mode);
	loaded += handle != NULL;
	return handle;
}

static void
gives(bool (*f)(struct buf *, const char *, struct err *), const char *in,
    const char *want)
{
	struct buf b = {0};
	struct err e;

	buf_adds(&b, "<");
	if (!f(&b, in, &e))
		fail_msg("%s: %s", in, e.text);
	assert_memory_equal(b.p, "<", 1);
	assert_string_equal(b.p + 1, want);
	buf_clear(&b);
}

/* What is ASCII needs no library. */
static void
leaves_ascii(void **state)
{
	static const char *const t[] = {"example.org", "EXAMPLE.org",
	    "xn--bcher-kva.example", "a_b..c", "[192.0.2.1]", "localhost", ""};

	(void)state;
	hidden = true;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct buf path = {0};

		gives(idna_domain, t[i], t[i]);
		gives(idna_path, t[i], t[i]);
		buf_addf(&path, "a@%s", t[i]);
		gives(idna_path, path.p, path.p);
		buf_clear(&path);
	}
	/* Nor does what SMTPUTF8 must carry anyway. */
	gives(idna_path, "j\xc3\xb6rg@" UMLAUT, "j\xc3\xb6rg@" UMLAUT);
	gives(idna_path, "\"\xc3\xb6 @ b\"@" UMLAUT,
	    "\"\xc3\xb6 @ b\"@" UMLAUT);
	gives(idna_path, "j\xc3\xb6rg@example.org", "j\xc3\xb6rg@example.org");
	gives(idna_path, "j\xc3\xb6rg", "j\xc3\xb6rg");
	hidden = false;
}

static void
names_what_is_missing(void **state)
{
	struct buf b = {0};
	struct err e;

	(void)state;
	hidden = true;
	buf_adds(&b, "a@");
	assert_false(idna_domain(&b, UMLAUT, &e));
	assert_err(&e, ERR_INPUT, "libidn2");
	assert_has(e.text, UMLAUT);
	assert_string_equal(b.p, "a@");
	assert_false(idna_path(&b, "a@" UMLAUT, &e));
	assert_err(&e, ERR_INPUT, "libidn2");
	buf_clear(&b);
	hidden = false;
}

static void
makes_a_labels(void **state)
{
	static const struct {
		const char *in, *want;
	} t[] = {
	    {UMLAUT, "xn--bcher-kva.example"},
	    {"B\xc3\x9c"
	     "CHER.EXAMPLE",
		"xn--bcher-kva.example"},
	    {"bu\xcc\x88"
	     "cher.example",
		"xn--bcher-kva.example"}, /* NFD */
	    {"stra\xc3\x9f"
	     "e.example",
		"xn--strae-oqa.example"},
	    {"\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88",
		"xn--r8jz45g.xn--zckzah"},
	};
	struct buf path = {0}, want = {0};

	(void)state;
	if (!have) {
		print_message("# SKIP no libidn2.so.0\n");
		return;
	}
	loaded = 0;
	for (size_t i = 0; i < COUNT(t); i++) {
		gives(idna_domain, t[i].in, t[i].want);
		buf_reset(&path);
		buf_reset(&want);
		buf_addf(&path, "a+b@%s", t[i].in);
		buf_addf(&want, "a+b@%s", t[i].want);
		gives(idna_path, path.p, want.p);
	}
	gives(idna_path, "\"a@b\"@" UMLAUT, "\"a@b\"@xn--bcher-kva.example");
	assert_true(loaded > 0);
	buf_clear(&path);
	buf_clear(&want);
}

static void
refuses_what_is_no_domain(void **state)
{
	static const char *const t[] = {
	    "\xe9.example",
	    /* What would become > @ , blank a/c (1) in a command or list. */
	    "b\xef\xbc\x9e.example",
	    "b\xef\xbc\xa0"
	    "c.example",
	    "b\xef\xbc\x8c"
	    "c.example",
	    "b\xe3\x80\x80"
	    "c.example",
	    "\xe2\x84\x80.example",
	    "\xe2\x91\xb4.example",
	    "\xc3\xa9.-a-",
	    "\xe2\x80\xae\xc3\xa9.example",
	    /* A label of 64. */
	    "\xc3\xa9xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	};
	struct buf b = {0};
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(t) && have; i++) {
		if (idna_domain(&b, t[i], &e))
			fail_msg("%zu: %s", i, b.p);
		assert_err(&e, ERR_INPUT, "no such domain");
		assert_has(e.text, t[i]);
		assert_string_equal(buf_str(&b), "");
	}
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(leaves_ascii),
	    TEST(names_what_is_missing),
	    TEST(makes_a_labels),
	    TEST(refuses_what_is_no_domain),
	};
	void *handle = dlopen("libidn2.so.0", RTLD_NOW);

	have = handle != NULL;
	if (have)
		dlclose(handle);
	return RUN("idna", tests);
}
