/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdlib.h>

#include "lib/mail/header.h"

/* Push lines that end in LF; what the last one was. */
static enum header_push
push(struct header *h, const char *text)
{
	enum header_push last = HEADER_TAKEN;
	struct buf line = {0};
	size_t n;

	for (; *text != '\0'; text += n + 1) {
		n = strcspn(text, "\n");
		buf_reset(&line);
		buf_add(&line, text, n);
		buf_adds(&line, "\r\n");
		last = header_push(h, line.p, line.n);
		if (last != HEADER_TAKEN)
			break;
	}
	buf_clear(&line);
	return last;
}

/* What goes out, with LF; the size must be told right. */
static void
gives(const struct header *h, const char *want)
{
	struct buf b = {0}, lf = {0};

	header_emit(h, &b);
	assert_int_equal(b.n, header_size(h));
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] != '\r')
			buf_addc(&lf, b.p[i]);
	assert_string_equal(buf_str(&lf), want);
	buf_clear(&b);
	buf_clear(&lf);
}

static void
knows_lines(void **state)
{
	static const struct {
		const char *line;
		enum header_push first, later;
	} t[] = {
	    {"Subject: x\n", HEADER_TAKEN, HEADER_TAKEN},
	    {"X:\n", HEADER_TAKEN, HEADER_TAKEN},
	    {"X :y\n", HEADER_TAKEN, HEADER_TAKEN},
	    {"X\t :y\n", HEADER_TAKEN, HEADER_TAKEN},
	    {"!#$%&'*+-./^_`{|}~: y\n", HEADER_TAKEN, HEADER_TAKEN},
	    {"X: caf\xc3\xa9\n", HEADER_TAKEN, HEADER_TAKEN},
	    {"From root Sat Nov 21 21:45:00 2026\n", HEADER_TAKEN, HEADER_BODY},
	    {">From root Sat\n", HEADER_TAKEN, HEADER_BODY},
	    {"From: root\n", HEADER_TAKEN, HEADER_TAKEN},
	    {"\n", HEADER_END, HEADER_END},
	    {" folded\n", HEADER_BODY, HEADER_TAKEN},
	    {"\tfolded\n", HEADER_BODY, HEADER_TAKEN},
	    {" \n", HEADER_BODY, HEADER_TAKEN},
	    {"no header line\n", HEADER_BODY, HEADER_BODY},
	    {"no header line: x\n", HEADER_BODY, HEADER_BODY},
	    {"http\n", HEADER_BODY, HEADER_BODY},
	    {": x\n", HEADER_BODY, HEADER_BODY},
	    {"caf\xc3\xa9: x\n", HEADER_BODY, HEADER_BODY},
	    {"a\x01: x\n", HEADER_BODY, HEADER_BODY},
	    {"From\n", HEADER_BODY, HEADER_BODY},
	};
	struct header h = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		if (push(&h, t[i].line) != t[i].first)
			fail_msg("first %s", t[i].line);
		header_clear(&h);
		push(&h, "A: b\n");
		if (push(&h, t[i].line) != t[i].later)
			fail_msg("later %s", t[i].line);
		header_clear(&h);
	}
}

static void
keeps_every_byte(void **state)
{
	static const char text[] = "Received: a\n  b\n\t c\nX-Odd :  y \n"
				   "subject:no space\nTo: \xff\n \n";
	struct header h = {0};
	struct field *f;
	const char *p;
	size_t n;

	(void)state;
	assert_int_equal(push(&h, text), HEADER_TAKEN);
	gives(&h, text);
	assert_int_equal(h.n, 4);
	p = header_value(&h, &h.v[0], &n);
	assert_int_equal(n, 12);
	assert_memory_equal(p, " a\r\n  b\r\n\t c", 12);
	f = header_find(&h, FIELD_TO, 0);
	assert_ptr_equal(f, &h.v[3]);
	p = header_value(&h, f, &n);
	assert_int_equal(n, 5);
	assert_memory_equal(p, " \xff\r\n ", 5);
	header_clear(&h);
}

static void
drops_mailbox_lines(void **state)
{
	struct header h = {0};

	(void)state;
	assert_int_equal(push(&h, "From a b\nFrom c d\n>From e\nTo: x\n"),
	    HEADER_TAKEN);
	gives(&h, "To: x\n");
	header_clear(&h);
}

static void
names_fields(void **state)
{
	struct header h = {0};

	(void)state;
	for (int i = FIELD_OTHER + 1; i <= FIELD_TO; i++) {
		struct buf b = {0};

		buf_addf(&b, "%s: x\r\n", header_name((enum field_name)i));
		b.p[0] ^= 0x20; /* in another case */
		assert_int_equal(header_push(&h, b.p, b.n), HEADER_TAKEN);
		assert_int_equal(h.v[h.n - 1].name, i);
		buf_clear(&b);
	}
	push(&h, "Bc: x\nBccc: x\nX-To: y\n");
	for (size_t i = h.n - 3; i < h.n; i++)
		assert_int_equal(h.v[i].name, FIELD_OTHER);
	assert_string_equal(header_name(FIELD_OTHER), "");
	header_clear(&h);
}

static void
drops_bcc_in_any_dress(void **state)
{
	struct header h = {0};
	struct err e;

	(void)state;
	push(&h, "To: a\nBcc: b\nbcc : c\nBCC\t:\n d,\n e\nX-Bcc: f\nCc: g\n");
	assert_true(header_drop_all(&h, "Bcc", &e));
	gives(&h, "To: a\nX-Bcc: f\nCc: g\n");
	assert_null(header_find(&h, FIELD_BCC, 0));
	assert_true(header_drop_all(&h, "x-bcc", &e));
	assert_true(header_drop_all(&h, "nothing", &e));
	gives(&h, "To: a\nCc: g\n");
	header_clear(&h);
}

static void
replaces_and_appends(void **state)
{
	struct header h = {0};
	struct err e;

	(void)state;
	push(&h, "from : a\n b\nTo: c\n");
	assert_true(
	    header_replace(&h, header_find(&h, FIELD_FROM, 0), "x,\r\n y", &e));
	assert_true(header_append(&h, "Reply-To", "z", &e));
	assert_true(header_append(&h, "X-Sent-As", "me", &e));
	gives(&h, "From: x,\n y\nTo: c\nReply-To: z\nX-Sent-As: me\n");
	assert_non_null(header_find(&h, FIELD_REPLY_TO, 0));
	assert_true(
	    header_replace(&h, header_find(&h, FIELD_FROM, 0), "q", &e));
	assert_true(header_drop_all(&h, "Reply-To", &e));
	gives(&h, "From: q\nTo: c\nX-Sent-As: me\n");
	header_clear(&h);
	/* In an empty one, too. */
	assert_true(header_append(&h, "Date", "now", &e));
	gives(&h, "Date: now\n");
	header_clear(&h);
}

static void
finds_the_next_one(void **state)
{
	struct header h = {0};

	(void)state;
	push(&h, "To: a\nCc: b\nto: c\n");
	assert_ptr_equal(header_find(&h, FIELD_TO, 0), &h.v[0]);
	assert_ptr_equal(header_find(&h, FIELD_TO, 1), &h.v[2]);
	assert_null(header_find(&h, FIELD_TO, 3));
	assert_null(header_find(&h, FIELD_FROM, 0));
	h.v[0].edit = FIELD_DROPPED;
	assert_ptr_equal(header_find(&h, FIELD_TO, 0), &h.v[2]);
	header_clear(&h);
}

/* RFC 5322, 3.6.6: blocks stand in front, the latest first. */
static void
finds_the_latest_resent_block(void **state)
{
	static const struct {
		const char *text;
		bool found;
		size_t first, end;
	} t[] = {
	    {"From: a\nTo: b\n", false, 0, 0},
	    {"Resent-From: a\nResent-To: b\nFrom: c\n", true, 0, 2},
	    {"Received: x\nResent-To: b\nResent-From: a\nTo: c\n", true, 1, 3},
	    {"Resent-From: a\nResent-To: b\nResent-From: c\nResent-To: d\n",
		true, 0, 2},
	    {"Resent-To: a\nResent-To: b\nResent-Cc: c\nResent-To: d\n", true,
		0, 3},
	    {"Resent-To: a\nReceived: x\nResent-To: b\n", true, 0, 1},
	    {"resent-bcc : a\nFrom: b\n", true, 0, 1},
	    {"Resent-Unknown: a\nFrom: b\n", false, 0, 0},
	    {"Sender: a\nFrom: b\n", false, 0, 0},
	    {"Resent-Sender: a\nSender: b\n", true, 0, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		size_t first = 99, end = 99;
		struct header h = {0};

		push(&h, t[i].text);
		assert_int_equal(header_resent(&h, &first, &end), t[i].found);
		if (t[i].found) {
			assert_int_equal(first, t[i].first);
			assert_int_equal(end, t[i].end);
		}
		header_clear(&h);
	}
}

#define SIGNED "DKIM-Signature: v=1; a=rsa-sha256; d=x; "

static void
leaves_what_is_signed(void **state)
{
	static const struct {
		const char *signature;
		bool from, bcc;
	} t[] = {
	    {SIGNED "h=From:To; b=x", true, false},
	    {SIGNED "h=from:bcc", true, true},
	    {SIGNED "h = To : FROM ; b=Bcc", true, false},
	    {SIGNED "h=To:\n Subject:\n\tFrom; b=x", true, false},
	    {SIGNED "bh=From; b=x", false, false},
	    {SIGNED "hx=From; x=h=From", false, false},
	    {"DKIM-Signature:h=Bcc", false, true},
	    {"DKIM-Signature: v=1;h=X-From:From-X; b=From", false, false},
	    {"DKIM-Signature: h=", false, false},
	    {"DKIM-Signature:", false, false},
	    {"DKIM-Signature: h=To; b=x\nDKIM-Signature: h=Bcc", false, true},
	    {"X-DKIM-Signature: h=From:Bcc", false, false},
	};
	struct buf text = {0};
	struct header h = {0};
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		buf_reset(&text);
		buf_addf(&text, "%s\nFrom: a\nBcc: b\n", t[i].signature);
		push(&h, text.p);
		e.kind = ERR_NONE;
		if (header_replace(&h, header_find(&h, FIELD_FROM, 0), "x", &e)
		    == t[i].from)
			fail_msg("%s: From", t[i].signature);
		if (header_drop_all(&h, "Bcc", &e) == t[i].bcc)
			fail_msg("%s: Bcc", t[i].signature);
		if (header_append(&h, "From", "y", &e) == t[i].from)
			fail_msg("%s: append", t[i].signature);
		if (t[i].from || t[i].bcc)
			assert_err(&e, ERR_INPUT, t[i].from ? "From" : "Bcc");
		else
			assert_int_equal(e.kind, ERR_NONE);
		if (t[i].from && t[i].bcc)
			gives(&h, text.p);
		header_clear(&h);
	}
	/* What is not there need not be dropped, signed or not. */
	push(&h, SIGNED "h=Bcc:Date\n");
	assert_true(header_drop_all(&h, "Bcc", &e));
	assert_false(header_append(&h, "Date", "now", &e));
	header_clear(&h);
	buf_clear(&text);
}

static void
has_a_limit(void **state)
{
	char *line = malloc(HEADER_MAX + 10);
	struct header h = {0};

	(void)state;
	assert_non_null(line);
	memset(line, 'x', HEADER_MAX + 10);
	memcpy(line, "X: ", 3);
	memcpy(line + HEADER_MAX - 2, "\r\n", 2);
	assert_int_equal(header_push(&h, line, HEADER_MAX), HEADER_TAKEN);
	assert_int_equal(push(&h, "Y: z\n"), HEADER_LONG);
	assert_int_equal(push(&h, "\n"), HEADER_END);
	header_clear(&h);

	assert_int_equal(header_push(&h, line, HEADER_MAX + 1), HEADER_LONG);
	header_clear(&h);
	/* No header line at all: so the body begins, however long. */
	memcpy(line, "xxx", 3);
	assert_int_equal(header_push(&h, line, HEADER_MAX + 1), HEADER_BODY);
	header_clear(&h);
	free(line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(knows_lines),
	    TEST(keeps_every_byte),
	    TEST(drops_mailbox_lines),
	    TEST(names_fields),
	    TEST(drops_bcc_in_any_dress),
	    TEST(replaces_and_appends),
	    TEST(finds_the_next_one),
	    TEST(finds_the_latest_resent_block),
	    TEST(leaves_what_is_signed),
	    TEST(has_a_limit),
	};

	return RUN("header", tests);
}
