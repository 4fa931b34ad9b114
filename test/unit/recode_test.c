/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "lib/mail/recode.h"
#include "test/unit/coding.h"

#define X100 X70 X10 X10 X10
#define X1000 X100 X100 X100 X100 X100 X100 X100 X100 X100 X100
#define X75 X74 "x"
#define ENCODED MESSAGE_ENCODED
#define MULTI(b) "Content-Type: multipart/mixed; boundary=" b "\n"
#define MESSAGE "Content-Type: message/rfc822\n"
#define MIME "MIME-Version: 1.0\n"
#define QP "Content-Transfer-Encoding: quoted-printable\n"
#define B64 "Content-Transfer-Encoding: base64\n"
#define BIT8 "Content-Transfer-Encoding: 8bit\n"
#define BIT7 "Content-Transfer-Encoding: 7bit\n"
#define UTF8 "Content-Type: text/plain; charset=utf-8\n"

static bool
take(void *arg, const char *p, size_t n, struct err *e)
{
	(void)e;
	return buf_add(arg, p, n);
}

/* What goes out, in LF; its size must have been told before. */
static void
emit(struct message *m, struct buf *b)
{
	const struct message_sink sink = {take, b};
	struct err e;
	size_t n = 0;

	buf_reset(b);
	assert_true(message_emit(m, &sink, &e));
	assert_int_equal(b->n, message_size(m));
	for (size_t i = 0; i < b->n; i++) {
		assert_int_equal(b->p[i] == '\r', b->p[i + 1] == '\n');
		if (b->p[i] != '\r')
			b->p[n++] = b->p[i];
	}
	b->p[b->n = n] = '\0';
}

static void
read_message(struct message *m, const char *in)
{
	struct err e;

	message_begin(m, unit_dir);
	assert_true(message_add(m, in, strlen(in), &e));
	assert_true(message_end(m, &e));
}

/* Does the body go out so? */
static bool
has_eightbit(const char *text)
{
	for (text = strstr(text, "\n\n"); *text != '\0'; text++)
		if ((*text & 0x80) != 0)
			return true;
	return false;
}

static void
becomes(const char *in, bool seven, const char *want, unsigned notes)
{
	struct buf b = {0};
	struct message m;
	struct err e;

	read_message(&m, in);
	assert_true(recode_message(&m, seven, &e));
	emit(&m, &b);
	assert_string_equal(b.p, want);
	assert_int_equal(m.notes, notes);
	assert_int_equal(m.eightbit, has_eightbit(b.p));
	/* Once more changes nothing more. */
	assert_true(recode_message(&m, seven, &e));
	emit(&m, &b);
	assert_string_equal(b.p, want);
	assert_int_equal(m.notes, notes);
	message_clear(&m);
	assert_int_equal(unit_entries(unit_dir), 0);
	buf_clear(&b);
}

struct row {
	const char *in, *want;
	unsigned notes;
};

static void
all_become(const struct row *t, size_t n, bool seven)
{
	for (size_t i = 0; i < n; i++)
		becomes(t[i].in, seven, t[i].want != NULL ? t[i].want : t[i].in,
		    t[i].notes);
}

static void
encodes_single_parts(void **state)
{
	static const struct row t[] = {
	    {"Subject: x\n\nplain\n", NULL, 0},
	    {"Subject: x\n\n", NULL, 0},
	    {"Subject: x\n\ncaf\xc3\xa9\n",
		"Subject: x\n" MIME QP UTF8 "\ncaf=C3=A9\n", ENCODED},
	    {"Subject: x\n\ncaf\xe9\n",
		"Subject: x\n" MIME QP
		"Content-Type: text/plain; charset=unknown-8bit\n"
		"\ncaf=E9\n",
		ENCODED},
	    {"\n" X1000 "\n",
		MIME QP "Content-Type: text/plain; charset=us-ascii\n\n" X75
			"=\n" X75 "=\n" X75 "=\n" X75 "=\n" X75 "=\n" X75
			"=\n" X75 "=\n" X75 "=\n" X75 "=\n" X75 "=\n" X75
			"=\n" X75 "=\n" X75 "=\n" X10 X10 "xxxxx\n",
		ENCODED},
	    /* What is there stays where it is, and what is said. */
	    {MIME BIT8 "Content-Type: text/html; charset=koi8-r\nX: y\n\n"
		       "\xe9\n.\n",
		MIME QP "Content-Type: text/html; charset=koi8-r\nX: y\n\n"
			"=E9\n=2E\n",
		ENCODED},
	    {"mime-version: 1.0\nCONTENT-TRANSFER-ENCODING : 8bit\n" BIT8
	     "Content-Type: text\n\n\xe9\n",
		"mime-version: 1.0\n" QP "Content-Type: text\n\n=E9\n",
		ENCODED},
	    {"Content-Type: image/png\n\n\xff\n\n",
		"Content-Type: image/png\n" MIME B64 "\n/woK\n", ENCODED},
	    /* A line end that we had to add is none of a file's. */
	    {"Content-Type: image/png\n\n\xff",
		"Content-Type: image/png\n" MIME B64 "\n/w==\n", ENCODED},
	    {UTF8 MIME "\n\xc3\xa9", UTF8 MIME QP "\n=C3=A9\n", ENCODED},
	    {"Content-Type: image/png\n\r\n\xff\n\n",
		"Content-Type: image/png\n" MIME B64 "\n/w0KDQo=\n", ENCODED},
	    {"Content-Type: image/png\r\n\n\xff\n\n",
		"Content-Type: image/png\n" MIME B64 "\n/w0KDQo=\n", ENCODED},
	    {"Content-Type: message/rfc822\n" B64 "\nQUJ\xffG\n",
		"Content-Type: message/rfc822\n" B64 MIME "\nQUJG\n", ENCODED},
	    {QP UTF8 "\ncaf=C3=A9 \xc3\xa9\n",
		QP UTF8 MIME "\ncaf=C3=A9 =C3=A9\n", ENCODED},
	    {UTF8 B64 "\n" X1000 "\n",
		UTF8 B64 MIME "\n" X75 "x\n" X75 "x\n" X75 "x\n" X75 "x\n" X75
			      "x\n" X75 "x\n" X75 "x\n" X75 "x\n" X75 "x\n" X75
			      "x\n" X75 "x\n" X75 "x\n" X75 "x\n" X10 "xx\n",
		ENCODED},
	    /* What needs nothing. */
	    {"Content-Type: image/png\n\nplain\n", NULL, 0},
	    {"Subject: caf\xc3\xa9\n\nplain\n", NULL, 0},
	};

	(void)state;
	all_become(t, COUNT(t), true);
}

/* Only long lines count for a server that takes 8-bit. */
static void
leaves_8bit_where_it_may_be(void **state)
{
	static const struct row t[] = {
	    {"Subject: x\n\ncaf\xc3\xa9\n", NULL, 0},
	    {UTF8 BIT8 "\ncaf\xc3\xa9\n", NULL, 0},
	    {MULTI("b") "\n--b\n\n\xe9\n--b\n" UTF8 BIT8 "\n\xe9" X1000
			"\n--b--\n",
		NULL, 99},
	};
	static const char first[] =
	    MULTI("b") "Content-Transfer-Encoding: binary\n"
		       "\n--b\n\n\xe9\n--b\n" B64 "\n" X1000 "\n--b--\n";
	static const char after[] = MULTI("b") BIT8 MIME
	    "\n--b\n\n\xe9\n--b\n" B64 "\n" X75 "x\n" X75 "x\n" X75 "x\n" X75
	    "x\n" X75 "x\n" X75 "x\n" X75 "x\n" X75 "x\n" X75 "x\n" X75
	    "x\n" X75 "x\n" X75 "x\n" X75 "x\n" X10 "xx\n--b--\n";

	(void)state;
	all_become(t, 2, false);
	becomes(first, false, after, ENCODED);
}

/* First for the long lines, then, when it is known, for the server. */
static void
encodes_once_more(void **state)
{
	static const char in[] = MULTI("b") MIME BIT8
	    "\n--b\n\n\xe9\n--b\nContent-Type: a/b\n\n" X1000 "\n--b--\n";
	struct buf b = {0};
	struct message m;
	struct err e;

	(void)state;
	read_message(&m, in);
	assert_true(recode_message(&m, false, &e));
	emit(&m, &b);
	assert_true(m.eightbit);
	assert_has(b.p,
	    MULTI("b") MIME BIT8 "\n--b\n\n\xe9\n--b\n"
				 "Content-Type: a/b\n" B64 "\neHh4");
	assert_true(recode_message(&m, true, &e));
	emit(&m, &b);
	assert_false(m.eightbit);
	assert_has(b.p,
	    MULTI("b") MIME BIT7
	    "\n--b\n" QP
	    "Content-Type: text/plain; charset=unknown-8bit\n\n=E9\n--b\n"
	    "Content-Type: a/b\n" B64 "\neHh4");
	assert_has(b.p, "eHh4eA==\n--b--\n");
	message_clear(&m);
	buf_clear(&b);
}

static void
encodes_parts(void **state)
{
	static const struct row t[] = {
	    /* Each that needs it, and nothing else; ends stay ends. */
	    {MULTI("b") BIT8 "\npre\n--b\n\nplain \n\n--b \n" BIT8 UTF8
			     "\nx\xc3\xa9 \n\n--b\nContent-Type: a/b\n\n\xff"
			     "\n\n--b--\nepi\n",
		MULTI("b") BIT7 MIME
		"\npre\n--b\n\nplain \n\n--b \n" QP UTF8
		"\nx=C3=A9=20\n\n--b\nContent-Type: a/b\n" B64
		"\n/wo=\n--b--\nepi\n",
		ENCODED},
	    /* Parts without header. */
	    {MULTI("b") MIME "\n--b\n\xc3\xa9\n--b\n\n\xc3\xa9\n--b--\n",
		MULTI("b") MIME "\n--b\n" QP UTF8 "\n=C3=A9\n--b\n" QP UTF8
				"\n=C3=A9\n--b--\n",
		ENCODED},
	    /* Containers are labelled, if they were, and no others. */
	    {MULTI("a") MIME "\n--a\n" MULTI("b") BIT8
		"\n--b\n" UTF8 "\n\xc3\xa9\n--b--\n--a\n" MULTI("c") BIT8
		"\n--c\n\nx\n--c--\n--a--\n",
		MULTI("a") MIME "\n--a\n" MULTI("b") BIT7
		"\n--b\n" UTF8 QP "\n=C3=A9\n--b--\n--a\n" MULTI("c") BIT8
		"\n--c\n\nx\n--c--\n--a--\n",
		ENCODED},
	    {BIT8 MULTI("a") MIME
		"\n--a\n" BIT8 MULTI("b") "\n--b\n\nx\n--b--\n"
					  "--a\n" UTF8 "\n\xc3\xa9\n--a--\n",
		BIT7 MULTI("a") MIME "\n--a\n" BIT8 MULTI(
		    "b") "\n--b\n\nx\n"
			 "--b--\n--a\n" UTF8 QP "\n=C3=A9\n--a--\n",
		ENCODED},
	    {MULTI("b") MIME "\n--b\n\n\xc3\xa9\n--b\n\n\xe9\n--b--\n",
		MULTI("b") MIME
		"\n--b\n" QP UTF8 "\n=C3=A9\n--b\n" QP
		"Content-Type: text/plain; charset=unknown-8bit\n"
		"\n=E9\n--b--\n",
		ENCODED},
	    /* Remarks become ASCII, without a label. */
	    {MULTI("b") MIME "\n\xe9=\n--b\n\nx\n--b--\n\xe9\n\n",
		MULTI("b") MIME "\n=E9=3D\n--b\n\nx\n--b--\n=E9\n\n", ENCODED},
	    /* Headers, too. */
	    {MULTI("b") MIME "\n--b\nContent-Description: \xc3\xa9\n\nx\n"
			     "--b--\n",
		MULTI("b") MIME "\n--b\nContent-Description: =?utf-8?B?w6k=?=\n"
				"\nx\n--b--\n",
		0},
	    {MULTI("b") MIME "\n--b\nSubject: \xc3\xa9\n--b--\n",
		MULTI("b") MIME "\n--b\nSubject: =?utf-8?B?w6k=?=\n\n--b--\n",
		0},
	    {MULTI("b") MIME "\n--b\nSubject: \xc3\xa9\n\n--b--\n",
		MULTI("b") MIME "\n--b\nSubject: =?utf-8?B?w6k=?=\n\n--b--\n",
		0},
	};

	(void)state;
	all_become(t, COUNT(t), true);
}

static void
encodes_inside_messages(void **state)
{
	static const struct row t[] = {
	    {MESSAGE BIT8 MIME "\nSubject: \xc3\xa9\n\n\xc3\xa9\n",
		MESSAGE BIT7 MIME "\nSubject: =?utf-8?B?w6k=?=\n" MIME QP UTF8
				  "\n=C3=A9\n",
		ENCODED},
	    {MESSAGE MIME
		"\nDKIM-Signature: h=Subject\nSubject: \xc3\xa9\n\nx\n",
		MESSAGE MIME "\nDKIM-Signature: h=Subject\n"
			     "Subject: =?utf-8?B?w6k=?=\n\nx\n",
		0},
	    {MESSAGE MIME "\nSubject: x\n" UTF8 "\n\xc3\xa9\n",
		MESSAGE MIME "\nSubject: x\n" UTF8 MIME QP "\n=C3=A9\n",
		ENCODED},
	    {MULTI("a") MIME "\n--a\n" MESSAGE BIT8 "\n" MULTI("b") BIT8
		"\n--b\n\n\xc3\xa9\n--b--\n\n--a--\n",
		MULTI("a") MIME "\n--a\n" MESSAGE BIT7 "\n" MULTI("b") BIT7 MIME
		"\n--b\n" QP UTF8 "\n=C3=A9\n--b--\n\n--a--\n",
		ENCODED},
	    {MULTI("a") MIME "\n--a\n" MESSAGE
			     "\nSubject: \xc3\xa9\n\n--a\n" MESSAGE
			     "\n\n--a\n\n\xc3\xa9\n--a--\n",
		MULTI("a") MIME
		"\n--a\n" MESSAGE "\nSubject: =?utf-8?B?w6k=?=\n"
		"\n--a\n" MESSAGE "\n\n--a\n" QP UTF8 "\n=C3=A9\n--a--\n",
		ENCODED},
	    {"Content-Type: message/delivery-status\n" BIT8 MIME
	     "\nX: y\n\nDiagnostic-Code: \xc3\xa9\n\nX: y\n",
		"Content-Type: message/delivery-status\n" BIT7 MIME
		"\nX: y\n\nDiagnostic-Code: =?utf-8?B?w6k=?=\n\nX: y\n",
		0},
	    {"Content-Type: multipart/digest; boundary=a\n" MIME
	     "\n--a\n\nSubject: x\n\n\xc3\xa9\n--a--\n",
		"Content-Type: multipart/digest; boundary=a\n" MIME
		"\n--a\n\nSubject: x\n" MIME QP UTF8 "\n=C3=A9\n--a--\n",
		ENCODED},
	};

	(void)state;
	all_become(t, COUNT(t), true);
}

static void
leaves_what_is_signed(void **state)
{
	static const struct row t[] = {
	    {"DKIM-Signature: x\n\ncaf\xc3\xa9\n", NULL, MESSAGE_SIGNED},
	    {"DKIM-Signature: x\n\nx\n", NULL, 0},
	    {"Content-Type: multipart/signed; boundary=b\n\n--b\n\n\xe9\n"
	     "--b\n\nx\n--b--\n",
		NULL, MESSAGE_SIGNED},
	    {"Content-Type: Multipart/Encrypted\n\n" X1000 "\n", NULL,
		MESSAGE_SIGNED},
	    {"Content-Type: multipart/signed\n\nx\n", NULL, 0},
	    {MULTI("a") MIME BIT8 "\n--a\nContent-Type: multipart/signed; "
				  "boundary=b\n" BIT8 "\n--b\n\n\xe9\n--b--\n"
				  "--a\n" BIT8 "\n\xc3\xa9\n--a--\n",
		MULTI("a") MIME BIT8 "\n--a\nContent-Type: multipart/signed; "
				     "boundary=b\n" BIT8 "\n--b\n\n\xe9\n"
				     "--b--\n--a\n" QP UTF8 "\n=C3=A9\n--a--\n",
		ENCODED | MESSAGE_SIGNED},
	    {MULTI(
		 "a") "\n--a\nContent-Type: multipart/signed\n\n\xe9\n--a--\n",
		NULL, MESSAGE_SIGNED},
	};

	(void)state;
	all_become(t, COUNT(t), true);
}

/* All of it is text, whatever it says. */
static void
encodes_what_is_broken(void **state)
{
	static const struct row t[] = {
	    {MULTI("b") "\n--b\n\nx\n", NULL, 0},
	    {MULTI("b") MIME "\n--b\n" UTF8 "\n\xc3\xa9\n",
		UTF8 MIME QP
		"\n--b\nContent-Type: text/plain; charset=3Dutf-8\n"
		"\n=C3=A9\n",
		ENCODED},
	    {"Content-Type: multipart/mixed\n" B64 MIME "\ncaf\xe9?\n",
		"Content-Type: text/plain; charset=unknown-8bit\n" QP MIME
		"\ncaf=E9?\n",
		ENCODED},
	    {MULTI("b") QP MIME "\n=E9\xc3\xa9\n",
		UTF8 QP MIME "\n=3DE9=C3=A9\n", ENCODED},
	    {MULTI("a") MIME "\n--a\n" MULTI("b") BIT8
		"\n--b\n\n\xc3\xa9\n"
		"--a\n\n\xc3\xa9\n--a--\n",
		MULTI("a") MIME "\n--a\n" UTF8 QP
				"\n--b\n\n=C3=A9\n--a\n" QP UTF8
				"\n=C3=A9\n--a--\n",
		ENCODED},
	};

	(void)state;
	all_become(t, COUNT(t), true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(encodes_single_parts),
	    TEST(leaves_8bit_where_it_may_be),
	    TEST(encodes_once_more),
	    TEST(encodes_parts),
	    TEST(encodes_inside_messages),
	    TEST(leaves_what_is_signed),
	    TEST(encodes_what_is_broken),
	};

	return RUN_WITH_DIR("recode", tests);
}
