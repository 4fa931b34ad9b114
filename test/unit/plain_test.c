/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/base/ascii.h"
#include "lib/mail/plain.h"
#include "lib/mail/words.h"

#define E "\xc3\xa9" /* as a word: =?utf-8?B?w6k=?= */
#define WORD "=?utf-8?B?w6k=?="

static void
knows_grammars(void **state)
{
	static const struct {
		const char *field;
		enum plain_grammar is;
	} t[] = {
	    {"Subject: x", PLAIN_TEXT},
	    {"Comments: x", PLAIN_TEXT},
	    {"Content-Description: x", PLAIN_TEXT},
	    {"X-Mailer: x", PLAIN_TEXT},
	    {"X-To: x", PLAIN_TEXT},
	    {"Tos: x", PLAIN_TEXT},
	    {"T: x", PLAIN_TEXT},
	    {"To: x", PLAIN_ADDRESSES},
	    {"tO : x", PLAIN_ADDRESSES},
	    {"CC\t: x", PLAIN_ADDRESSES},
	    {"Bcc: x", PLAIN_ADDRESSES},
	    {"From: x", PLAIN_ADDRESSES},
	    {"Sender: x", PLAIN_ADDRESSES},
	    {"Reply-To: x", PLAIN_ADDRESSES},
	    {"Resent-From: x", PLAIN_ADDRESSES},
	    {"Resent-Sender: x", PLAIN_ADDRESSES},
	    {"Resent-To: x", PLAIN_ADDRESSES},
	    {"Resent-Cc: x", PLAIN_ADDRESSES},
	    {"Content-Type: x", PLAIN_PARAMETERS},
	    {"content-disposition: x", PLAIN_PARAMETERS},
	    {"Message-ID: x", PLAIN_STRICT},
	    {"In-Reply-To: x", PLAIN_STRICT},
	    {"References: x", PLAIN_STRICT},
	    {"Date: x", PLAIN_STRICT},
	    {"Received: x", PLAIN_STRICT},
	    {"Return-Path: x", PLAIN_STRICT},
	    {"MIME-Version: x", PLAIN_STRICT},
	    {"Content-Transfer-Encoding: x", PLAIN_STRICT},
	    {"DKIM-Signature: x", PLAIN_STRICT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (plain_grammar(t[i].field, strlen(t[i].field)) != t[i].is)
			fail_msg("%s", t[i].field);
}

/* In and out with LF. */
static void
gives(const char *in, const char *charset, const char *want)
{
	struct buf text = {0}, out = {0}, lf = {0};

	for (const char *p = in; *p != '\0'; p++) {
		if (*p == '\n')
			buf_addc(&text, '\r');
		buf_addc(&text, *p);
	}
	plain_field(&out, text.p, text.n, charset);
	for (size_t i = 0; i < out.n; i++) {
		assert_int_equal(out.p[i] == '\r', out.p[i + 1] == '\n');
		if (out.p[i] != '\r')
			buf_addc(&lf, out.p[i]);
	}
	assert_string_equal(buf_str(&lf), want);
	buf_clear(&text);
	buf_clear(&out);
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
encodes_words_of_text(void **state)
{
	static const struct row t[] = {
	    {"Subject: plain text\n", NULL},
	    {"Subject: " E "\n", "Subject: " WORD "\n"},
	    {"subject :" E "\n", "subject :" WORD "\n"},
	    {"X-Unknown: a caf" E " b\n",
		"X-Unknown: a =?utf-8?B?Y2Fmw6k=?= b\n"},
	    /* Only the words that need it; neighbours become one. */
	    {"Subject: " E " " E "\n", "Subject: =?utf-8?B?w6kgw6k=?=\n"},
	    {"Subject: " E " a " E "\n", "Subject: " WORD " a " WORD "\n"},
	    {"Subject: (" E ")\n", "Subject: =?utf-8?B?KMOpKQ==?=\n"},
	    {"Subject: a  " E " \t b\n", "Subject: a  " WORD " \t b\n"},
	    {"Subject: a\n " E "\n\tb\n", "Subject: a " WORD "\tb\n"},
	    {"Subject: " E " \n", "Subject: " WORD " \n"},
	    /* What was encoded already stays, but for what stands between. */
	    {"Subject: =?utf-8?Q?=C3=A9?= a " E "\n",
		"Subject: =?utf-8?Q?=C3=A9?= a " WORD "\n"},
	    {"Subject: =?utf-8?Q?=C3=A9?= " E "\n",
		"Subject: =?utf-8?Q?=C3=A9?= =?utf-8?B?IMOp?=\n"},
	    {"Subject: " E " =?utf-8?Q?=C3=A9?=\n",
		"Subject: =?utf-8?B?w6kg?= =?utf-8?Q?=C3=A9?=\n"},
	    {"Subject: " E "\n\t=?utf-8?Q?=C3=A9?=\n",
		"Subject: =?utf-8?B?w6kJ?=\t=?utf-8?Q?=C3=A9?=\n"},
	    {"Subject: =?x?Q?=C3=A9?= " E " =?utf-8?Q?=C3=A9?= a\n",
		"Subject: =?x?Q?=C3=A9?= =?utf-8?B?IMOpIA==?= "
		"=?utf-8?Q?=C3=A9?= a\n"},
	};

	(void)state;
	all_give(t, COUNT(t));
	gives("Subject: caf\xe9\n", "iso-8859-1",
	    "Subject: =?iso-8859-1?B?Y2Fm6Q==?=\n");
	gives("Subject: caf\xe9\n", NULL,
	    "Subject: =?unknown-8bit?B?Y2Fm6Q==?=\n");
	gives("Subject: " E "\n", "iso-8859-1", "Subject: " WORD "\n");
}

static void
encodes_addresses(void **state)
{
	static const struct row t[] = {
	    {"From: plain <a@b>\n", NULL},
	    {"From: " E " <a@b>\n", "From: " WORD " <a@b>\n"},
	    {"cc :" E " <a@b>,\n\t" E " <c@d>\n",
		"cc :" WORD " <a@b>,\n " WORD " <c@d>\n"},
	    {"To: " E "@b\n", NULL},
	};

	(void)state;
	all_give(t, COUNT(t));
	gives("To: \xe9 <a@b>\n", "koi8-r", "To: =?koi8-r?B?6Q==?= <a@b>\n");
}

/* RFC 2231, 4; what it looks like otherwise stays. */
static void
encodes_parameters(void **state)
{
	static const struct row t[] = {
	    {"Content-Type: text/plain; name=\"a b\"\n", NULL},
	    {"Content-Disposition: attachment; filename=\"r" E "sum" E
	     ".pdf\"\n",
		"Content-Disposition: attachment;\n "
		"filename*=utf-8''r%C3%A9sum%C3%A9.pdf\n"},
	    {"Content-Type: a/b; name=" E "; charset=x\n",
		"Content-Type: a/b;\n name*=utf-8''%C3%A9; charset=x\n"},
	    {"Content-Type: a/b;name=\"a b'\\\"%*;" E "\";x=y\n",
		"Content-Type: a/b;\n "
		"name*=utf-8''a%20b%27%22%25%2A%3B%C3%A9;x=y\n"},
	    {"Content-Type: a/b; x=y;\n\tname=\"" E "\"\n",
		"Content-Type: a/b; x=y;\n name*=utf-8''%C3%A9\n"},
	    {"Content-Type: a/b; name = \"" E "\" ; x=y\n",
		"Content-Type: a/b;\n name*=utf-8''%C3%A9; x=y\n"},
	    {"Content-Type: a/b; x=\"a;b\"; name=" E "\n",
		"Content-Type: a/b; x=\"a;b\";\n name*=utf-8''%C3%A9\n"},
	    /* These are not for us to change. */
	    {"Content-Type: a/b; name*=utf-8''" E "\n", NULL},
	    {"Content-Type: a/b; " E "=x\n", NULL},
	    {"Content-Type: a/b; " E "\n", NULL},
	    {"Content-Type: " E "/b; x=y\n", NULL},
	    {"Content-Type: multipart/x; boundary=\"" E "\"\n", NULL},
	};

	(void)state;
	all_give(t, COUNT(t));
	gives("Content-Type: a/b; name=\xe9\n", "koi8-r",
	    "Content-Type: a/b;\n name*=koi8-r''%E9\n");
	gives("Content-Type: a/b; name=\xe9\n", NULL,
	    "Content-Type: a/b;\n name*=unknown-8bit''%E9\n");
}

static void
leaves_strict_fields(void **state)
{
	static const struct row t[] = {
	    {"Message-ID: <" E "@b>\n", NULL},
	    {"Received: from " E "\n\tby x;\n Sat\n", NULL},
	    {"References: <a@b>\n <" E ">\n", NULL},
	};

	(void)state;
	all_give(t, COUNT(t));
}

/* ---- what any subject says is what it said ---- */

static void
unfolded(struct buf *b, const char *p)
{
	struct buf one = {0};

	for (; *p != '\0'; p++)
		if (*p != '\r' && *p != '\n')
			buf_addc(&one, *p);
	buf_reset(b);
	words_decode(b, buf_str(&one));
	buf_clear(&one);
}

static void
fits(const struct buf *b)
{
	const char *p = b->p, *eol;

	for (; *p != '\0'; p = eol + 2) {
		eol = strstr(p, "\r\n");
		assert_non_null(eol);
		if (eol - p > 76)
			fail_msg("%s", b->p);
		assert_true(strspn(p, " \t") < (size_t)(eol - p));
		assert_true(p == b->p || ascii_is_blank(*p));
	}
	assert_false(ascii_has_8bit(b->p, b->n));
}

static void
keeps_what_any_text_says(void **state)
{
	static const char *const units[] = {E, "na" E "ve", "plain", "a",
	    "=?utf-8?Q?=C3=A9?=", "=?utf-8?B?w6k=?=", "=?x", "=",
	    "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80"
	    "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80"
	    "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80",
	    "a-word-of-some-length-that-is-not-so-easily-put-anywhere"};
	static const char *const blanks[] = {" ", "  ", " \r\n ", "\r\n "};
	struct buf in = {0}, out = {0}, want = {0}, got = {0};
	uint32_t seed = 8;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		buf_reset(&in);
		buf_reset(&out);
		buf_adds(&in, "Subject:");
		for (int i = round % 7; i >= 0; i--) {
			buf_adds(&in,
			    i == round % 7
				? " "
				: blanks[unit_random(&seed) % COUNT(blanks)]);
			buf_adds(&in, units[unit_random(&seed) % COUNT(units)]);
		}
		buf_adds(&in, "\r\n");
		plain_field(&out, in.p, in.n, NULL);
		fits(&out);
		unfolded(&want, in.p);
		unfolded(&got, out.p);
		assert_string_equal(got.p, want.p);
	}
	buf_clear(&in);
	buf_clear(&out);
	buf_clear(&want);
	buf_clear(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(knows_grammars),
	    TEST(encodes_words_of_text),
	    TEST(encodes_addresses),
	    TEST(encodes_parameters),
	    TEST(leaves_strict_fields),
	    TEST(keeps_what_any_text_says),
	};

	return RUN("plain", tests);
}
