/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdlib.h>

#include "lib/base/pin.h"

/* SHA-256 of nothing. */
#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define UPPER "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"
#define COLONS                                             \
	"e3:b0:c4:42:98:fc:1c:14:9a:fb:f4:c8:99:6f:b9:24:" \
	"27:ae:41:e4:64:9b:93:4c:a4:95:99:1b:78:52:b8:55"
#define BASE64 "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static const struct {
	const char *s;
	enum pin_kind kind;
	const char *path;
	const char *printed;
} good[] = {
    {"sha256:" HEX, PIN_KEY, NULL, "sha256:" HEX},
    {"sha256:" UPPER, PIN_KEY, NULL, "sha256:" HEX},
    {"sha256:" COLONS, PIN_KEY, NULL, "sha256:" HEX},
    {"sha256:" BASE64, PIN_KEY, NULL, "sha256:" HEX},
    {"sha256://"
     "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
	PIN_KEY, NULL, "sha256:" HEX},
    {"sha256//" BASE64, PIN_KEY, NULL, "sha256:" HEX},
    {"sha256//" HEX, PIN_KEY, NULL, "sha256:" HEX},
    {"cert sha256:" BASE64, PIN_CERT, NULL, "cert sha256:" HEX},
    {"cert\t  sha256:" COLONS, PIN_CERT, NULL, "cert sha256:" HEX},
    {"ca sha256:" HEX, PIN_CA, NULL, "ca sha256:" HEX},
    {"cert /etc/x.pem", PIN_CERT, "/etc/x.pem", "cert /etc/x.pem"},
    {"ca ca.pem", PIN_CA, "ca.pem", "ca ca.pem"},
    {"ca  a b.pem", PIN_CA, "a b.pem", "ca a b.pem"},
};

static const unsigned char hash[32] = {0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c,
    0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41,
    0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8,
    0x55};

static void
check(const struct pin *pin, size_t i)
{
	assert_int_equal(pin->kind, good[i].kind);
	if (good[i].path != NULL) {
		assert_string_equal(pin->path, good[i].path);
	} else {
		assert_null(pin->path);
		assert_memory_equal(pin->hash, hash, sizeof hash);
	}
}

static void
reads_all_spellings(void **state)
{
	struct buf b = {0};
	struct pin pin;
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		/* Base64 after "sha256:" may not begin with slashes. */
		if (strncmp(good[i].s, "sha256://", 9) == 0)
			continue;
		if (!pin_parse(&pin, good[i].s, &e))
			fail_msg("%s: %s", good[i].s, e.text);
		check(&pin, i);
		buf_reset(&b);
		pin_print(&b, &pin);
		assert_string_equal(b.p, good[i].printed);
		free(pin.path);
		/* And back. */
		assert_true(pin_parse(&pin, b.p, &e));
		check(&pin, i);
		free(pin.path);
	}
	buf_clear(&b);
}

static void
refuses_what_is_none(void **state)
{
	static const char *const bad[] = {
	    "",
	    " ",
	    "sha256:",
	    "sha256//",
	    "sha256/" BASE64,
	    "sha256",
	    "cert",
	    "ca",
	    "cert ",
	    "ca\t",
	    "cert sha256:",
	    "ca sha256:12",
	    HEX,
	    BASE64,
	    "sha1:" HEX,
	    "md5:00",
	    "SHA256:" HEX,
	    "sha256:" HEX "00",
	    "sha256:" HEX " ",
	    "sha256: " HEX,
	    "sha256:e3b0c442",
	    "sha256:x3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	    "sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=", /* stray bits
								    */
	    "sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU==",
	    "sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=",
	    "key sha256:" HEX,
	    "certsha256:" HEX,
	    "/etc/x.pem",
	};
	struct pin pin;
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		e.kind = ERR_NONE;
		if (pin_parse(&pin, bad[i], &e))
			fail_msg("\"%s\"", bad[i]);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_true(strlen(e.text) > 0);
		assert_null(pin.path);
	}
}

static void
copies_lists(void **state)
{
	struct pins a = {0}, b = {0};
	struct pin pin;
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		if (!pin_parse(&pin, good[i].s, &e))
			continue;
		pins_add(&a, &pin);
		free(pin.path);
	}
	pins_copy(&b, &a);
	pins_copy(&b, &a);
	assert_int_equal(b.n, 2 * a.n);
	for (size_t i = 0; i < b.n; i++) {
		assert_int_equal(b.v[i].kind, a.v[i % a.n].kind);
		assert_memory_equal(b.v[i].hash, a.v[i % a.n].hash, 32);
		assert_int_equal(b.v[i].path != NULL,
		    a.v[i % a.n].path != NULL);
		if (b.v[i].path != NULL)
			assert_ptr_not_equal(b.v[i].path, a.v[i % a.n].path);
	}
	pins_clear(&a);
	pins_clear(&b);
	assert_int_equal(b.n, 0);
	pins_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(reads_all_spellings),
	    TEST(refuses_what_is_none),
	    TEST(copies_lists),
	};

	return RUN("pin", tests);
}
