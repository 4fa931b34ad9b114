/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/mail/mend.h"

#define E "\xc3\xa9"
#define WORD "=?utf-8?B?w6k=?="
#define X10 "xxxxxxxxxx"
#define X100 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define X1000 X100 X100 X100 X100 X100 X100 X100 X100 X100 X100
#define X980                                                                 \
	X100 X100 X100 X100 X100 X100 X100 X100 X100 X10 X10 X10 X10 X10 X10 \
	    X10 X10
#define LONG "A: " X10 X10 " " X980 "\n"
#define FOLDED "A: " X10 X10 "\n " X980 "\n"
#define STUCK "B: " X1000 "\n"

static void
push(struct header *h, const char *text)
{
	struct buf line = {0};
	size_t n;

	for (; *text != '\0'; text += n + 1) {
		n = strcspn(text, "\n");
		buf_reset(&line);
		buf_add(&line, text, n);
		buf_adds(&line, "\r\n");
		assert_int_equal(header_push(h, line.p, line.n), HEADER_TAKEN);
	}
	buf_clear(&line);
}

static void
is(const struct header *h, const char *want)
{
	struct buf b = {0}, lf = {0};

	header_emit(h, &b);
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] != '\r')
			buf_addc(&lf, b.p[i]);
	assert_string_equal(buf_str(&lf), want);
	buf_clear(&b);
	buf_clear(&lf);
}

struct row {
	const char *in, *want;
	unsigned left;
};

static void
all_become(const struct row *t, size_t n, bool plain, bool inner)
{
	for (size_t i = 0; i < n; i++) {
		const char *want = t[i].want != NULL ? t[i].want : t[i].in;
		struct header h = {0};

		push(&h, t[i].in);
		assert_int_equal(mend_header(&h, plain, inner, NULL),
		    t[i].left);
		is(&h, want);
		/* Once more changes nothing more. */
		assert_int_equal(mend_header(&h, plain, inner, NULL),
		    t[i].left);
		is(&h, want);
		header_clear(&h);
	}
}

static void
folds_what_is_long(void **state)
{
	static const struct row t[] = {
	    {"", NULL, 0},
	    {"X: y\nTo: a@b\n c@d\n", NULL, 0},
	    {"X: " E "\nTo: " E " <a@b>\n", NULL, 0},
	    {"X: y\n" LONG "Y: z\n", "X: y\n" FOLDED "Y: z\n", 0},
	    {LONG STUCK, FOLDED STUCK, MEND_LONG},
	    {"A: " X10 X10 " " X980 E "\n", "A: " X10 X10 "\n " X980 E "\n", 0},
	    /* Behind commas only where these separate. */
	    {"To: " X1000 "@b,c@d\nX: " X1000 ",y\n",
		"To: " X1000 "@b,\n c@d\nX: " X1000 ",y\n", MEND_LONG},
	    {"To: " X1000 "\n", NULL, MEND_LONG},
	    {"To: a@b," X1000 "\n", "To: a@b,\n " X1000 "\n", MEND_LONG},
	};

	(void)state;
	all_become(t, 6, false, false);
	all_become(t, 2, true, false);
	all_become(t + 3, 2, true, false);
	all_become(t + 6, COUNT(t) - 6, false, false);
}

static void
encodes_what_is_not_ascii(void **state)
{
	static const struct row t[] = {
	    {"X: y\n z\n", NULL, 0},
	    {"X: a\n  " E "\nTo: b@c,\n  d@e\n",
		"X: a  " WORD "\nTo: b@c,\n  d@e\n", 0},
	    {"To: " E " <a@b>\n", "To: " WORD " <a@b>\n", 0},
	    {"To: " E "@b\n", NULL, MEND_RAW | MEND_UTF8},
	    {"To: \xe9@b\n", NULL, MEND_RAW},
	    {"Message-ID: <" E "@b>\n", NULL, MEND_RAW},
	    {"X: " E "\nReferences: <" E "@b>\nTo: " E "@b\n" STUCK,
		"X: " WORD "\nReferences: <" E "@b>\nTo: " E "@b\n" STUCK,
		MEND_RAW | MEND_UTF8 | MEND_LONG},
	    /* Both: in words, and these do not stay on one line. */
	    {"References: <" E "> " X1000 "\n",
		"References: <" E ">\n " X1000 "\n", MEND_RAW | MEND_LONG},
	};
	struct header h = {0};

	(void)state;
	all_become(t, COUNT(t), true, false);
	push(&h, "X: \xe9\nContent-Type: a/b; name=\xe9\n");
	assert_int_equal(mend_header(&h, true, false, "koi8-r"), 0);
	is(&h,
	    "X: =?koi8-r?B?6Q==?=\n"
	    "Content-Type: a/b;\n name*=koi8-r''%E9\n");
	header_clear(&h);
}

static void
leaves_what_dkim_covers(void **state)
{
	static const struct row t[] = {
	    {"DKIM-Signature: h=A:X\n" LONG "X: " E "\nY: " E "\n",
		"DKIM-Signature: h=A:X\n" LONG "X: " E "\nY: " WORD "\n",
		MEND_LONG | MEND_RAW},
	    {"DKIM-Signature: h=Y\n" LONG "X: " E "\n",
		"DKIM-Signature: h=Y\n" FOLDED "X: " WORD "\n", 0},
	    {"DKIM-Signature: h=a\n" LONG, NULL, MEND_LONG},
	    {"DKIM-Signature: h=x\nX: " E "\n", NULL, MEND_RAW},
	};

	(void)state;
	all_become(t, COUNT(t), true, false);
}

/* What another message holds is encoded, so its signature counts no more. */
static void
mends_all_of_an_inner_one(void **state)
{
	static const struct row t[] = {
	    {"DKIM-Signature: h=A:X\n" LONG "X: " E "\nY: " E "\n",
		"DKIM-Signature: h=A:X\n" FOLDED "X: " WORD "\nY: " WORD "\n",
		0},
	    {"DKIM-Signature: h=To:B\nTo: " E "@b\n" STUCK, NULL,
		MEND_RAW | MEND_UTF8 | MEND_LONG},
	};

	(void)state;
	all_become(t, COUNT(t), true, true);
}

/* What we have put in already is looked at, what is gone is not. */
static void
looks_at_what_goes_out(void **state)
{
	struct header h = {0};
	struct err e;

	(void)state;
	push(&h, "Bcc: " E "@x\nX: " E "\nFrom: " E "@x\n");
	assert_true(header_drop_all(&h, "Bcc", &e));
	assert_true(
	    header_replace(&h, header_find(&h, FIELD_FROM, 0), "a@b", &e));
	assert_true(header_append(&h, "Reply-To", E " <c@d>", &e));
	assert_int_equal(mend_header(&h, true, false, NULL), 0);
	is(&h, "X: " WORD "\nFrom: a@b\nReply-To: " WORD " <c@d>\n");
	assert_false(header_eightbit(&h));
	header_clear(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(folds_what_is_long),
	    TEST(encodes_what_is_not_ascii),
	    TEST(leaves_what_dkim_covers),
	    TEST(mends_all_of_an_inner_one),
	    TEST(looks_at_what_goes_out),
	};

	return RUN("mend", tests);
}
