/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "test/script/judge.h"

#define LINE_MOST 4096 /* callers read no longer ones */

/* Bytes for a person: no line breaks, no control bytes. */
static void
add_clean(struct bytes *out, const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n && i < 2000; i++) {
		if (p[i] == '\n')
			bytes_str(out, "\\n");
		else if (isprint((unsigned char)p[i]))
			bytes_add(out, p + i, 1);
		else
			bytes_fmt(out, "\\x%02x", (unsigned char)p[i]);
	}
}

void
judge_fault(struct judge *j, const char *fmt, ...)
{
	struct bytes text = {0};
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	add_clean(&text, line, strlen(line));
	bytes_fmt(j->out, "# %s\n", text.p);
	bytes_clear(&text);
	j->ok = false;
}

static void
show(struct judge *j, const char *what, const struct bytes *b)
{
	struct bytes text = {0};

	add_clean(&text, bytes_cstr(b), b->n);
	bytes_fmt(j->out, "# %s: %s\n", what, bytes_cstr(&text));
	bytes_clear(&text);
}

static bool
line_is(const char *p, size_t n, const char *glob)
{
	char *line = need_copy(p, n > 0 && p[n - 1] == '\r' ? n - 1 : n);
	bool is = fnmatch(glob, line, 0) == 0;

	free(line);
	return is;
}

/* Lines that match. */
static int
count(const struct bytes *text, const char *glob)
{
	const char *p = bytes_cstr(text), *end = p + text->n, *lf;
	int n = 0;

	for (; p < end; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (lf == NULL)
			lf = end;
		n += line_is(p, (size_t)(lf - p), glob);
	}
	return n;
}

static void
judge_exit(struct judge *j)
{
	const struct trial *t = j->t;

	if (t->killed)
		judge_fault(j, "still running after %.0f s", t->seconds);
	else if (WIFSIGNALED(t->status))
		judge_fault(j, "killed by signal %d", WTERMSIG(t->status));
	else if (WEXITSTATUS(t->status) != t->script.exit)
		judge_fault(j, "exit %d, wanted %d", WEXITSTATUS(t->status),
		    t->script.exit);
	if (t->seconds > t->script.seconds)
		judge_fault(j, "took %.1f s, wanted %d", t->seconds,
		    t->script.seconds);
	if (t->second)
		judge_fault(j, "connected a second time");
}

/* Bytes of the character at p that a terminal may see; 0 if there is none. */
static size_t
printable(const unsigned char *p, size_t n)
{
	size_t len, i;

	if (p[0] < 0x80)
		return p[0] >= ' ' && p[0] != 0x7f;
	len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || len > n)
		return 0;
	for (i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* C1. */
	return p[0] == 0xc2 && p[1] < 0xa0 ? 0 : len;
}

/* One line, and nothing but text in it. */
static void
judge_line(struct judge *j, const char *what, const struct bytes *text)
{
	const char *p = bytes_cstr(text), *end = p + text->n;
	size_t n = 1;

	if (text->n == 0 || end[-1] != '\n' || strchr(p, '\n') + 1 != end) {
		judge_fault(j, "%s is not one line", what);
		return;
	}
	for (; n > 0 && p < end - 1; p += n)
		n = printable((const unsigned char *)p, (size_t)(end - p));
	if (n == 0)
		judge_fault(j, "%s holds what is not text", what);
	if (text->n > LINE_MOST)
		judge_fault(j, "%s is %zu bytes long", what, text->n);
}

static void
judge_output(struct judge *j)
{
	const struct trial *t = j->t;
	const struct bytes *err = &t->stderr_text;
	size_t i;

	if (t->stdout_text.n > 0)
		judge_fault(j, "stdout is not empty");
	if (t->script.exit == 0) {
		if (err->n > 0)
			judge_fault(j, "stderr is not empty");
	} else {
		judge_line(j, "stderr", err);
		if (strncmp(bytes_cstr(err), "pinmail: ", 9) != 0)
			judge_fault(j,
			    "stderr does not begin with `pinmail: `");
	}
	judge_line(j, "the log", &t->log_text);
	for (i = 0; i < t->script.err.n; i++)
		if (count(err, t->script.err.at[i]) == 0)
			judge_fault(j, "stderr does not match `%s`",
			    t->script.err.at[i]);
	for (i = 0; i < t->script.log.n; i++)
		if (count(&t->log_text, t->script.log.at[i]) == 0)
			judge_fault(j, "no line of the log matches `%s`",
			    t->script.log.at[i]);
}

/* What is sent twice is delivered twice. */
static void
judge_copies(struct judge *j)
{
	static const char *const globs[] = {"[Mm]essage-[Ii][Dd]:*", "DATA",
	    "BDAT * LAST", "QUIT"};
	const struct trial *t = j->t;
	size_t i, n = sizeof(globs) / sizeof(*globs);
	int seen;

	for (i = 0; i < n; i++) {
		seen = count(&t->player.said, globs[i]);
		if (seen > (i + 1 < n ? t->script.copies : 1))
			judge_fault(j, "the client sent `%s` %d times",
			    globs[i], seen);
	}
}

static void
judge_wire(struct judge *j)
{
	const struct trial *t = j->t;
	const struct script *s = &t->script;
	size_t i;

	if (t->player.why[0] != '\0')
		judge_fault(j, "%s", t->player.why);
	for (i = 0; i < s->sent.n; i++)
		if (count(&t->player.said, s->sent.at[i]) == 0)
			judge_fault(j, "the client never sent `%s`",
			    s->sent.at[i]);
	for (i = 0; i < s->unsent.n; i++)
		if (count(&t->player.said, s->unsent.at[i]) > 0)
			judge_fault(j, "the client sent `%s`", s->unsent.at[i]);
}

bool
trial_judge(const struct trial *t, struct bytes *diagnostics)
{
	struct judge j = {.t = t, .out = diagnostics, .ok = true};

	judge_exit(&j);
	judge_output(&j);
	judge_wire(&j);
	judge_copies(&j);
	judge_leaks(&j);
	if (!j.ok) {
		show(&j, "stdout", &t->stdout_text);
		show(&j, "stderr", &t->stderr_text);
		show(&j, "log", &t->log_text);
		show(&j, "the client said", &t->player.said);
	}
	return j.ok;
}
