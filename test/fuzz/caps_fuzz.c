/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/smtp/caps.h"
#include "lib/smtp/sasl.h"
#include "test/fuzz/fuzz.h"

/* Does the word stand in the text, as a word of its own or behind "AUTH="? */
static bool
has(const struct buf *text, const char *name)
{
	const char *p = buf_str(text), *all = p + text->n;
	size_t n = strlen(name), i;

	for (i = 0; p + i + n <= all; i++)
		if (ascii_ncasecmp(p + i, name, n) == 0
		    && (i == 0 || strchr(" \t\n=", p[i - 1]) != NULL)
		    && strchr(" \t\n", p[i + n]) != NULL)
			return true;
	return false;
}

/* Nothing is offered that nobody wrote; the greeting's line offers nothing. */
static void
check(const struct reply *r)
{
	const struct caps all = {true, true, true, true, true, true, true, 7,
	    ~0U};
	struct caps c = all, none = {0};
	struct reply greeting = {.code = 250, .whole = true};
	const char *p, *end;

	caps_parse(&c, r);
	must(!c.starttls || has(&r->text, "STARTTLS"));
	must(!c.pipelining || has(&r->text, "PIPELINING"));
	must(!c.chunking || has(&r->text, "CHUNKING"));
	must(!c.eightbitmime || has(&r->text, "8BITMIME"));
	must(!c.smtputf8 || has(&r->text, "SMTPUTF8"));
	must(!c.dsn || has(&r->text, "DSN"));
	must(!c.size || has(&r->text, "SIZE"));
	must(c.size || c.size_max == 0);
	must(c.mechanisms < 1U << SASL_NONE);
	for (unsigned m = 0; m < SASL_NONE; m++)
		must((c.mechanisms & 1U << m) == 0
		    || has(&r->text, sasl_name((enum sasl)m)));

	p = buf_str(&r->text);
	end = memchr(p, '\n', r->text.n);
	buf_add(&greeting.text, p, (size_t)(end + 1 - p));
	c = all;
	caps_parse(&c, &greeting);
	must(memcmp(&c, &none, sizeof c) == 0);
	reply_clear(&greeting);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	struct buf line = {0}, word = {0};
	struct reply r = {0};
	enum reply_push pushed;
	enum sasl found;

	while (fuzz_line(&in, &line)) {
		found = sasl_find(buf_str(&line), line.n);
		must(found == SASL_NONE
		    || ascii_casecmp(sasl_name(found), line.p) == 0);
		/* The code is not what this is about. */
		buf_reset(&word);
		buf_adds(&word, in.n > 0 ? "250-" : "250 ");
		buf_add(&word, line.p, line.n);
		pushed = reply_push(&r, buf_str(&word), word.n);
		if (pushed == REPLY_BAD)
			break;
		if (pushed == REPLY_WHOLE)
			check(&r);
	}
	reply_clear(&r);
	buf_clear(&line);
	buf_clear(&word);
	return 0;
}
