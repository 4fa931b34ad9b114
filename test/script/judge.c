/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>

#include "test/script/trial.h"

struct judge {
	const struct trial *t;
	struct bytes *out;
	bool ok;
};

static void fault(struct judge *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

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

static void
fault(struct judge *j, const char *fmt, ...)
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
contains(const struct bytes *b, const char *needle)
{
	size_t i, n = strlen(needle);

	for (i = 0; n > 0 && i + n <= b->n; i++)
		if (strncasecmp(b->p + i, needle, n) == 0)
			return true;
	return false;
}

static bool
line_matches(const struct bytes *b, const char *glob)
{
	const char *p = bytes_cstr(b), *end = p + b->n;
	bool found = false;
	char *line;
	size_t n;

	while (p < end && !found) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		n = (size_t)((lf != NULL ? lf : end) - p);
		line = need_copy(p, n > 0 && p[n - 1] == '\r' ? n - 1 : n);
		found = fnmatch(glob, line, 0) == 0;
		free(line);
		p += n + 1;
	}
	return found;
}

static void
judge_exit(struct judge *j)
{
	const struct trial *t = j->t;

	if (t->killed)
		fault(j, "still running after %.0f s", t->seconds);
	else if (WIFSIGNALED(t->status))
		fault(j, "killed by signal %d", WTERMSIG(t->status));
	else if (WEXITSTATUS(t->status) != t->script.exit)
		fault(j, "exit %d, wanted %d", WEXITSTATUS(t->status),
		    t->script.exit);
	if (t->script.seconds > 0 && t->seconds > t->script.seconds)
		fault(j, "took %.1f s, wanted %d", t->seconds,
		    t->script.seconds);
	if (t->second)
		fault(j, "connected a second time");
}

/* C0, DEL, and C1 in UTF-8. */
static bool
control(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;
	size_t i;

	for (i = 0; i < n; i++)
		if (u[i] < ' ' || u[i] == 0x7f
		    || (u[i] == 0xc2 && i + 1 < n && u[i + 1] >= 0x80
			&& u[i + 1] < 0xa0))
			return true;
	return false;
}

static void
judge_output(struct judge *j)
{
	const struct trial *t = j->t;
	const struct bytes *err = &t->stderr_text;
	const char *p = bytes_cstr(err), *lf = strchr(p, '\n');
	size_t i;

	if (t->stdout_text.n > 0)
		fault(j, "stdout is not empty");
	if (t->script.exit == 0) {
		if (err->n > 0)
			fault(j, "stderr is not empty");
	} else if (lf == NULL || lf + 1 != p + err->n) {
		fault(j, "stderr is not one line");
	} else {
		if (strncmp(p, "pinmail: ", 9) != 0)
			fault(j, "stderr does not begin with `pinmail: `");
		if (control(p, err->n - 1))
			fault(j, "stderr holds control bytes");
	}
	for (i = 0; i < t->script.err.n; i++)
		if (!line_matches(err, t->script.err.at[i]))
			fault(j, "stderr does not match `%s`",
			    t->script.err.at[i]);
	for (i = 0; i < t->script.log.n; i++)
		if (!line_matches(&t->log_text, t->script.log.at[i]))
			fault(j, "no line of the log matches `%s`",
			    t->script.log.at[i]);
}

static void
judge_wire(struct judge *j)
{
	const struct trial *t = j->t;
	const struct script *s = &t->script;
	size_t i;

	if (t->player.why[0] != '\0')
		fault(j, "%s", t->player.why);
	for (i = 0; i < s->sent.n; i++)
		if (!line_matches(&t->player.said, s->sent.at[i]))
			fault(j, "the client never sent `%s`", s->sent.at[i]);
	for (i = 0; i < s->unsent.n; i++)
		if (line_matches(&t->player.said, s->unsent.at[i]))
			fault(j, "the client sent `%s`", s->unsent.at[i]);
}

/*
 * In lines any trace counts; what is full of random bytes may hold three
 * letters by chance, so there only longer words count.
 */
static void
judge_clear(struct judge *j, const char *word)
{
	const struct player *p = &j->t->player;
	bool lines = j->t->script.tls == SCRIPT_STARTTLS;

	if ((lines || strlen(word) >= 5) && contains(&p->plain, word))
		fault(j, "sent `%s` before TLS", word);
	if (strlen(word) >= 5 && contains(&p->hello, word))
		fault(j, "sent `%s` in the ClientHello", word);
}

static void
judge_secrets(struct judge *j)
{
	static const char *const words[] = {"alice", "bob", "example.com",
	    "example.org", "Wombat", "Quokka", "MAIL FROM", "RCPT TO", "AUTH ",
	    "BDAT"};
	const struct script *s = &j->t->script;
	const char *value;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		judge_clear(j, words[i]);
	for (i = 0; i < s->conf.n; i++) {
		value = strchr(s->conf.at[i], ' ');
		value = value != NULL ? value + 1 : "";
		if (strncmp(s->conf.at[i], "user ", 5) == 0)
			judge_clear(j, value);
		if (strncmp(s->conf.at[i], "password ", 9) != 0)
			continue;
		judge_clear(j, value);
		if (contains(&j->t->stderr_text, value)
		    || contains(&j->t->log_text, value))
			fault(j, "the password is on stderr or in the log");
	}
}

bool
trial_judge(const struct trial *t, struct bytes *diagnostics)
{
	struct judge j = {.t = t, .out = diagnostics, .ok = true};

	judge_exit(&j);
	judge_output(&j);
	judge_wire(&j);
	judge_secrets(&j);
	if (!j.ok) {
		show(&j, "stdout", &t->stdout_text);
		show(&j, "stderr", &t->stderr_text);
		show(&j, "log", &t->log_text);
		show(&j, "the client said", &t->player.said);
	}
	return j.ok;
}
