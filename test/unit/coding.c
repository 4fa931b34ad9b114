/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/coding.h"

#include "lib/base/ascii.h"
#include "test/unit/unit.h"

#define GUARD 16

/*
 * No more comes out than there is room for, and nothing behind a piece is
 * looked at: a letter stands there.
 */
static void
guarded(struct encoder *e, const char *in, size_t n, struct buf *out)
{
	size_t room = ENCODE_ROOM(n), came;
	struct buf piece = {0};
	char *p;

	buf_reserve(out, room + GUARD);
	p = out->p + out->n;
	memset(p + room, 0x5a, GUARD);
	if (in != NULL) {
		buf_add(&piece, in, n);
		buf_addc(&piece, 'F');
		came = encode_piece(e, piece.p, n, p);
		buf_clear(&piece);
	} else {
		came = encode_end(e, p);
	}
	assert_true(came <= room);
	for (size_t i = 0; i < GUARD; i++)
		assert_int_equal(p[room + i], 0x5a);
	out->n += came;
}

void
coding_feed(struct encoder e, const char *in, size_t n, size_t first,
    size_t piece, struct buf *out)
{
	size_t now;

	buf_reset(out);
	for (size_t i = 0; i < n; i += now) {
		now = i == 0 && first > 0 ? first : piece;
		if (now > n - i)
			now = n - i;
		guarded(&e, in + i, now, out);
	}
	guarded(&e, NULL, 0, out);
	out->p[out->n] = '\0';
}

void
coding_cut(const struct encoder *e, const char *in, size_t n, struct buf *out)
{
	struct buf other = {0};

	coding_feed(*e, in, n, n, n, out);
	for (size_t cut = 0; cut < n; cut++) {
		coding_feed(*e, in, n, cut, cut == 0 ? 1 : n, &other);
		assert_string_equal(other.p, out->p);
	}
	buf_clear(&other);
}

void
coding_gives(const struct encoder *e, const char *in, const char *want)
{
	struct buf out = {0};

	coding_cut(e, in, strlen(in), &out);
	assert_string_equal(out.p, want);
	buf_clear(&out);
}

bool
coding_escape(const char *p, const char *end, char *c)
{
	char hex[3] = {0};

	if (end - p < 3 || *p != '=')
		return false;
	memcpy(hex, p + 1, 2);
	return ascii_unhex(c, 1, hex);
}

static void
unquote_line(struct buf *b, const char *p, const char *end, bool last)
{
	bool soft;
	char c;

	while (end > p && ascii_is_blank(end[-1]))
		end--;
	soft = end > p && end[-1] == '=';
	for (end -= soft; p < end; p++) {
		c = *p;
		if (coding_escape(p, end, &c))
			p += 2;
		buf_addc(b, c);
	}
	if (!soft && !last)
		buf_adds(b, "\r\n");
}

void
coding_unquote(struct buf *b, const char *p, size_t n)
{
	const char *end = p + n, *eol;

	buf_reset(b);
	for (; (eol = memmem(p, (size_t)(end - p), "\r\n", 2)) != NULL;
	     p = eol + 2)
		unquote_line(b, p, eol, false);
	unquote_line(b, p, end, true);
}

void
coding_unbase64(struct buf *b, const char *p, size_t n)
{
	struct buf clean = {0};

	buf_reset(b);
	for (size_t i = 0; i < n; i++)
		if (ascii_is_alpha(p[i]) || ascii_is_digit(p[i])
		    || strchr("+/=", p[i]) != NULL)
			buf_addc(&clean, p[i]);
	assert_true(ascii_unbase64(b, buf_str(&clean), clean.n));
	buf_clear(&clean);
}

void
coding_fits(const char *p, size_t n)
{
	size_t column = 0;

	for (size_t i = 0; i < n; i++) {
		bool cr = p[i] == '\r', lf = p[i] == '\n';

		assert_true(
		    (p[i] >= ' ' && p[i] < 127) || p[i] == '\t' || cr || lf);
		assert_true(!cr || (i + 1 < n && p[i + 1] == '\n'));
		assert_true(!lf || (i > 0 && p[i - 1] == '\r'));
		assert_true(column > 0 || p[i] != '.');
		column = lf ? 0 : column + !cr;
		assert_true(column <= 76);
	}
}

static bool
take(void *arg, const char *p, size_t n, struct err *e)
{
	(void)e;
	return buf_add(arg, p, n);
}

void
coding_emit(struct message *m, struct buf *b)
{
	const struct message_sink sink = {take, b};
	struct err e;

	buf_reset(b);
	assert_true(message_emit(m, &sink, &e));
	assert_int_equal(b->n, message_size(m));
}

void
coding_read(struct message *m, const struct buf *in, const char *dir)
{
	struct err e;

	message_begin(m, dir);
	assert_true(message_add(m, in->p, in->n, &e));
	assert_true(message_end(m, &e));
}
