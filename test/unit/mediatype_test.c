/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/mail/mediatype.h"

/* What stands behind it does not count. */
static void
parses(const char *in, const char *type, const char *boundary,
    const char *charset)
{
	static const char *const behind[] = {"", "x", "/x", "=x", "\"", "\\",
	    ";boundary=x;charset=x", ")", "x;boundary=x"};
	struct buf text = {0}, b = {0};

	for (size_t i = 0; i < COUNT(behind); i++) {
		struct mediatype m = {0};

		buf_reset(&text);
		buf_reset(&b);
		buf_addf(&text, "%s%s", in, behind[i]);
		mediatype_parse(&m, text.p, strlen(in));
		if (m.type.n > 0 || m.subtype.n > 0)
			buf_addf(&b, "%s/%s", buf_str(&m.type),
			    buf_str(&m.subtype));
		if (strcmp(buf_str(&b), type) != 0
		    || strcmp(buf_str(&m.boundary), boundary) != 0
		    || strcmp(buf_str(&m.charset), charset) != 0)
			fail_msg("\"%s\": %s, boundary '%s', charset '%s'", in,
			    buf_str(&b), buf_str(&m.boundary),
			    buf_str(&m.charset));
		mediatype_clear(&m);
		assert_true(m.type.p == NULL && m.subtype.p == NULL
		    && m.boundary.p == NULL && m.charset.p == NULL);
	}
	buf_clear(&text);
	buf_clear(&b);
}

static void
reads_types(void **state)
{
	static const struct {
		const char *in, *type;
	} t[] = {
	    {"text/plain", "text/plain"},
	    {" Text/HTML ", "text/html"},
	    {"\r\n text/plain\r\n ", "text/plain"},
	    {"text / plain", "text/plain"},
	    {"(a) text (b) / (c \\) (\")) plain (d); x=y", "text/plain"},
	    {"application/vnd.oasis.opendocument.text+x_1!#$&-^",
		"application/vnd.oasis.opendocument.text+x_1!#$&-^"},
	    {"text/plain;format=flowed", "text/plain"},
	    {"text/plain;", "text/plain"},
	    {"text/plain format=flowed", "text/plain"},
	    /* What cannot be read. */
	    {"", ""},
	    {" ", ""},
	    {"text", ""},
	    {"text;", ""},
	    {"text/", ""},
	    {"text/; charset=x", ""},
	    {"/plain", ""},
	    {"/", ""},
	    {"; charset=utf-8", ""},
	    {"text plain", ""},
	    {"(text/plain", ""},
	    {"(text/plain)", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		parses(t[i].in, t[i].type, "", "");
}

static const struct {
	const char *in, *boundary;
} boundaries[] = {
    {"boundary=abc", "abc"},
    {" Boundary=aBc", "aBc"},
    {"BOUNDARY=\"aBc\"", "aBc"},
    {"\r\n\tboundary=\"a b\"\r\n ", "a b"},
    {"boundary = abc ", "abc"},
    {"boundary=(c)abc (d)", "abc"},
    {"boundary=\"\\a\\\"\\\\b\"", "a\"\\b"},
    {"boundary=\"a;b=c\"", "a;b=c"},
    {"boundary=\"=_'()+_,-./:=?\"", "=_'()+_,-./:=?"},
    /* What should be quoted, but often is not. */
    {"boundary=----=_Part:1/2?3,4@5", "----=_Part:1/2?3,4@5"},
    {"charset=x; boundary=abc; x=y", "abc"},
    {"x=\"; boundary=no; \\\"\"; boundary=yes", "yes"},
    {"x=(; boundary=no;)y; boundary=yes", "yes"},
    {"x; boundary=yes", "yes"},
    {";; boundary=yes", "yes"},
    {"=x; boundary=yes", "yes"},
    {"x=\"y\" z; boundary=yes", "yes"},
    {"x=; boundary=yes", "yes"},
    {"boundary=a; boundary=b", "a"},
    {"boundary=; boundary=b", "b"},
    /* A line never ends in a blank that counts (RFC 2046, 5.1.1). */
    {"boundary=\"a  \"", "a"},
    {"boundary=\"a\r\n b\"", "a b"},
    {"boundary=\"abc", "abc"},
    {"boundary=\"abc\\", "abc\\"},
    {"boundary", ""},
    {"boundary=", ""},
    {"boundary=\"\"", ""},
    {"boundary=\"  \"", ""},
    {"boundary=\"", ""},
    {"xboundary=a; boundaryx=b", ""},
    {"boundary=\"\xc3\xa9\"", ""},
    {"boundary=\"\xc3\xa9\"; boundary=b", ""},
    /* RFC 2231, 3 and 4. */
    {"boundary*=us-ascii'en'a%3D%62%x%2", "a=b%x%2"},
    {"boundary*=a%3Db", "a=b"},
    {"boundary*0=\"a b\"; BOUNDARY*1=c; boundary*2=d", "a bcd"},
    {"boundary*0*=''%61'; x=y; boundary*1=%62; boundary*2*='%63'", "a'%62'c'"},
    {"boundary*0=a; boundary*2=c", "a"},
    {"boundary*1=b", ""},
    {"boundary*0=a; boundary=b", "a"},
    {"boundary=b; boundary*0=a", "b"},
    {"boundary*=''%C3%A9", ""},
    {"boundary*=''a%00b", ""},
    {"boundary*=", ""},
    {"x=boundary=abc", ""},
};

static void
reads_boundaries(void **state)
{
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(boundaries); i++) {
		buf_reset(&b);
		buf_addf(&b, "multipart/mixed;%s", boundaries[i].in);
		parses(b.p, "multipart/mixed", boundaries[i].boundary,
		    strstr(boundaries[i].in, "charset=x") != NULL ? "x" : "");
	}
	/* Of a field that cannot be read nothing counts. */
	parses("multipart; boundary=a; charset=b", "", "", "");
	buf_clear(&b);
}

static void
limits_boundaries(void **state)
{
	struct buf b = {0};
	struct mediatype m = {0};
	char name[300];

	(void)state;
	memset(name, 'x', sizeof name);
	for (size_t n = 248; n < 254; n++) {
		buf_reset(&b);
		buf_addf(&b, "multipart/mixed; boundary*0=%.*s; boundary*1=%s",
		    (int)n - 4, name, "yyyy");
		mediatype_parse(&m, b.p, b.n);
		assert_int_equal(m.boundary.n, n <= 250 ? n : 0);
		mediatype_clear(&m);
		buf_reset(&b);
		buf_addf(&b, "multipart/mixed; boundary=\"%.*s\"", (int)n,
		    name);
		mediatype_parse(&m, b.p, b.n);
		assert_int_equal(m.boundary.n, n <= 250 ? n : 0);
		mediatype_clear(&m);
	}
	buf_clear(&b);
}

static void
reads_charsets(void **state)
{
	(void)state;
	parses("text/plain; charset=UTF-8", "text/plain", "", "utf-8");
	parses("text/plain; CharSet=\"ISO-8859-1\"", "text/plain", "",
	    "iso-8859-1");
	parses("text/plain; charset=us-ascii (plain); format=flowed",
	    "text/plain", "", "us-ascii");
	parses("text/plain; format=flowed; charset=a; charset=b", "text/plain",
	    "", "a");
	parses("text/plain; charset=", "text/plain", "", "");
	parses("text/plain; charsets=a", "text/plain", "", "");
}

/* Every piece of one is no more than what is there. */
static void
stays_inside(void **state)
{
	static const char text[] =
	    "multipart/mixed (c \\) d); charset=\"u\\x\" "
	    "; boundary=\"a\\\"b\" (e)";
	struct mediatype m = {0};

	(void)state;
	for (size_t n = 0; n < sizeof text; n++) {
		char *p = test_malloc(n > 0 ? n : 1);

		memcpy(p, text, n);
		mediatype_parse(&m, p, n);
		test_free(p);
		mediatype_clear(&m);
	}
}

static void
compares(void **state)
{
	struct mediatype m = {0};

	(void)state;
	assert_false(mediatype_is(&m, "text", "plain"));
	mediatype_parse(&m, "Message/RFC822", 14);
	assert_true(mediatype_is(&m, "message", "rfc822"));
	assert_false(mediatype_is(&m, "message", "rfc82"));
	assert_false(mediatype_is(&m, "message", "rfc8222"));
	assert_false(mediatype_is(&m, "messag", "rfc822"));
	assert_false(mediatype_is(&m, "text", "rfc822"));
	mediatype_clear(&m);
}

static void
knows_signed(void **state)
{
	static const struct {
		const char *type;
		bool is;
	} t[] = {
	    {"multipart/signed", true},
	    {"Multipart/Encrypted; protocol=x", true},
	    {"multipart/mixed", false},
	    {"application/signed", false},
	    {"multipart/signed-x", false},
	    {"multipart", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct mediatype m = {0};

		mediatype_parse(&m, t[i].type, strlen(t[i].type));
		assert_int_equal(mediatype_is_signed(&m), t[i].is);
		mediatype_clear(&m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(reads_types),
	    TEST(reads_boundaries),
	    TEST(limits_boundaries),
	    TEST(reads_charsets),
	    TEST(stays_inside),
	    TEST(compares),
	    TEST(knows_signed),
	};

	return RUN("mediatype", tests);
}
