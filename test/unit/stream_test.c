/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <poll.h>
#include <stdlib.h>

#include "lib/base/clock.h"
#include "lib/net/stream.h"
#include "test/unit/scripted.h"

static struct scripted s;
static struct err e;
static const char *line;
static size_t len;

static void
begin(const char *steps)
{
	e = (struct err){0};
	scripted_begin(&s, steps, false);
}

static bool
read_line(void)
{
	return stream_line(s.stream, &line, &len, CLOCK_NEVER, &e);
}

static void
says(const char *want)
{
	if (!read_line())
		fail_msg("%s", e.text);
	assert_int_equal(len, strlen(want));
	assert_memory_equal(line, want, len);
}

static void
put(const char *text)
{
	stream_put(s.stream, text, strlen(text));
}

static void
reads_lines(void **state)
{
	(void)state;
	for (size_t piece = 0; piece < 5; piece++) {
		begin(
		    "S- one\\r\\ntwo\\n\\r\\n\\nfour\\r\\r\\nfi\\0ve\\rx\\r\\nrest\n"
		    "CLOSE\n");
		s.piece = piece;
		says("one");
		says("two");
		says("");
		says("");
		says("four\r");
		assert_true(read_line());
		assert_int_equal(len, 7);
		assert_memory_equal(line, "fi\0ve\rx", 7);
		assert_false(read_line());
		assert_err(&e, ERR_UNREACHABLE, "closed");
		assert_true(stream_broken(s.stream));
		assert_false(read_line());
		assert_int_equal(e.kind, ERR_UNREACHABLE);
		scripted_end(&s);
	}
}

static void
limits_lines(void **state)
{
	(void)state;
	begin("S* 16000 x\nS- \\r\\n\nS* forever x\n");
	s.piece = 1000;
	assert_true(read_line());
	assert_int_equal(len, 16000);
	assert_false(read_line());
	assert_err(&e, ERR_PROTOCOL, "without end");
	scripted_end(&s);
}

static void
makes_flights(void **state)
{
	(void)state;
	begin("C: a\nC: b\nS: 1\nS: 2\nC: c\nS: 3\n");
	put("a\r\n");
	put("b\r\n");
	assert_int_equal(s.wrote.n, 0);
	says("1");
	assert_int_equal(s.flights, 1);
	put("c\r\n");
	says("2"); /* it is there; but what was put has left */
	assert_string_equal(s.wrote.p, "a\r\nb\r\nc\r\n");
	assert_int_equal(s.flights, 1);
	says("3");
	assert_int_equal(s.flights, 2);
	scripted_end(&s);
}

static void
writes_in_parts(void **state)
{
	struct buf text = {0};

	(void)state;
	for (int i = 0; i < 5000; i++)
		buf_addf(&text, "line %d\r\n", i);
	begin("C+ 100\nS: early\nC+ 52000\nS: late\n");
	text.n = 52100;
	s.piece = 7;
	s.window = 300;
	stream_put(s.stream, text.p, text.n);
	assert_int_equal(stream_unsent(s.stream), text.n);
	assert_true(stream_flush(s.stream, CLOCK_NEVER, &e));
	assert_int_equal(stream_unsent(s.stream), 0);
	assert_int_equal(s.wrote.n, text.n);
	assert_memory_equal(s.wrote.p, text.p, text.n);
	says("early");
	says("late");
	scripted_end(&s);
	buf_clear(&text);
}

/*
 * A layer whose other end answers each byte before it takes another, and has
 * no more room for its answers than that: to write and not to read is to wait
 * for ever.
 */
static struct {
	size_t taken, answered, given;
} miser;

static ssize_t
miser_read(void *h, void *p, size_t n, struct err *x)
{
	(void)h;
	(void)x;
	(void)n;
	if (miser.given == miser.answered)
		return LAYER_WANT_READ;
	miser.given++;
	*(char *)p = '\n';
	return 1;
}

static ssize_t
miser_write(void *h, const void *p, size_t n, struct err *x)
{
	(void)h;
	(void)p;
	(void)x;
	if (n == 0)
		return 0;
	if (miser.answered - miser.given > 3)
		return LAYER_WANT_WRITE;
	miser.taken++;
	miser.answered++;
	return 1;
}

static bool
miser_wait(void *h, short events, int64_t until, struct err *x)
{
	(void)h;
	(void)until;
	if ((events & POLLIN) != 0 && miser.given < miser.answered)
		return true;
	return err_set(x, ERR_UNREACHABLE, "deadlock");
}

static void
miser_ignore(void *h)
{
	(void)h;
}

static void
reads_while_a_write_is_blocked(void **state)
{
	static const struct layer layer = {miser_read, miser_write, miser_wait,
	    miser_ignore, miser_ignore};
	struct stream *st = stream_open(&layer, &miser);
	char bytes[5000] = "";

	(void)state;
	stream_put(st, bytes, sizeof bytes);
	if (!stream_flush(st, CLOCK_NEVER, &e))
		fail_msg("%s", e.text);
	assert_int_equal(miser.taken, sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++) {
		assert_true(stream_line(st, &line, &len, CLOCK_NEVER, &e));
		assert_int_equal(len, 0);
	}
	assert_false(stream_line(st, &line, &len, CLOCK_NEVER, &e));
	stream_close(st);
}

/* The server said why before it went: that is what counts. */
static void
finds_the_reply_behind_a_broken_pipe(void **state)
{
	(void)state;
	for (int reset = 0; reset < 2; reset++) {
		begin(reset ? "C+ 100\nS: 552 no\nRESET\n"
			    : "C+ 100\nS: 552 no\nCLOSE\n");
		s.window = 100;
		for (int i = 0; i < 50; i++)
			put("0123456789");
		assert_true(stream_flush(s.stream, CLOCK_NEVER, &e));
		assert_true(stream_broken(s.stream));
		put("more"); /* is pointless, and harmless */
		assert_true(stream_flush(s.stream, CLOCK_NEVER, &e));
		says("552 no");
		assert_false(read_line());
		assert_err(&e, ERR_UNREACHABLE, reset ? "" : "pipe");
		assert_int_equal(s.wrote.n, 100);
		scripted_end(&s);
	}
}

static void
runs_out_of_time(void **state)
{
	(void)state;
	begin("HANG\n");
	s.window = 5;
	put("0123456789");
	assert_false(stream_flush(s.stream, 77, &e));
	assert_err(&e, ERR_UNREACHABLE, "timed out");
	assert_int_equal(s.until, 77);
	assert_false(stream_broken(s.stream));
	assert_int_equal(stream_unsent(s.stream), 10);
	scripted_end(&s);
	begin("S- half\nHANG\n");
	assert_false(read_line());
	assert_err(&e, ERR_UNREACHABLE, "timed out");
	scripted_end(&s);
}

static void
knows_what_was_not_read(void **state)
{
	(void)state;
	begin("C: x\nS- a\\r\\nb\nCLOSE\n");
	assert_true(stream_drained(s.stream));
	assert_false(stream_heard(s.stream));
	put("x\r\n");
	assert_false(stream_drained(s.stream)); /* not said yet */
	says("a");
	assert_true(stream_heard(s.stream));
	assert_false(stream_drained(s.stream)); /* not even a whole line */
	scripted_end(&s);
	/* What the layer has, and the stream has not looked at. */
	begin("S: a\nS: b\n");
	s.piece = 3;
	says("a");
	assert_false(stream_drained(s.stream));
	says("b");
	assert_true(stream_drained(s.stream));
	assert_false(stream_heard(s.stream));
	scripted_end(&s);
	/* An end is something to be heard. */
	begin("S: a\nCLOSE\n");
	says("a");
	assert_true(stream_heard(s.stream));
	scripted_end(&s);
}

static void
reads_bytes(void **state)
{
	char b[4] = "";

	(void)state;
	begin("C: x\nS- ab\\n\\0line\\r\\nxy\nCLOSE\n");
	s.piece = 1;
	put("x\r\n");
	assert_true(stream_bytes(s.stream, b, 4, CLOCK_NEVER, &e));
	assert_memory_equal(b, "ab\n\0", 4);
	says("line");
	assert_false(stream_bytes(s.stream, b, 3, CLOCK_NEVER, &e));
	assert_err(&e, ERR_UNREACHABLE, "closed");
	scripted_end(&s);
}

static void
ends(void **state)
{
	(void)state;
	begin("C: QUIT\n");
	put("QUIT\r\n");
	stream_end(s.stream);
	assert_true(s.said_end);
	put("more");
	assert_true(stream_flush(s.stream, CLOCK_NEVER, &e));
	stream_end(s.stream);
	assert_string_equal(s.wrote.p, "QUIT\r\n");
	assert_int_equal(s.flights, 0);
	scripted_end(&s);
	/* It does not wait, even where it cannot write. */
	begin("HANG\n");
	s.window = 1;
	put("QUIT\r\n");
	stream_end(s.stream);
	assert_int_equal(s.wrote.n, 0);
	scripted_end(&s);
	stream_close(NULL);
}

static void
is_proved_when_told(void **state)
{
	const struct layer *layer;
	void *handle;

	(void)state;
	begin("S: x\nS: y\n");
	assert_false(stream_proved(s.stream));
	says("x");
	/* A cover by itself proves nothing. */
	layer = stream_layer(s.stream, &handle);
	assert_ptr_equal(handle, &s);
	stream_cover(s.stream, layer, handle);
	assert_false(stream_proved(s.stream));
	stream_set_proved(s.stream);
	assert_true(stream_proved(s.stream));
	says("y");
	scripted_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(reads_lines),
	    TEST(limits_lines),
	    TEST(makes_flights),
	    TEST(writes_in_parts),
	    TEST(reads_while_a_write_is_blocked),
	    TEST(finds_the_reply_behind_a_broken_pipe),
	    TEST(runs_out_of_time),
	    TEST(knows_what_was_not_read),
	    TEST(reads_bytes),
	    TEST(ends),
	    TEST(is_proved_when_told),
	};

	return RUN("stream", tests);
}
