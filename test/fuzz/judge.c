/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/fuzz/judge.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/smtp/reply.h"

static bool
begins(const char *line, const char *word)
{
	return strncmp(line, word, strlen(word)) == 0;
}

void
judge_unproved(const char *p, size_t n)
{
	static const char *const harmless[] = {"EHLO [127.0.0.1]\r\n",
	    "STARTTLS\r\n", "QUIT\r\n"};
	size_t len;

	for (size_t i = 0; n > 0 && i < 3; i++) {
		len = strlen(harmless[i]);
		/* QUIT may come early. */
		if (i < 2 && *p == 'Q')
			continue;
		len = len < n ? len : n;
		must(memcmp(p, harmless[i], len) == 0);
		p += len;
		n -= len;
		must(n == 0 || i < 2);
	}
	must(n == 0);
}

/* The codes of all whole replies. */
static void
read_codes(struct judge *j, const struct buf *said)
{
	struct input in = {buf_str(said), said->n};
	struct buf line = {0};
	struct reply r = {0};
	enum reply_push pushed = REPLY_WHOLE;

	while (pushed != REPLY_BAD && j->n_codes < JUDGE_REPLIES
	    && memchr(in.p, '\n', in.n) != NULL && fuzz_line(&in, &line)) {
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		pushed = reply_push(&r, buf_str(&line), line.n);
		if (pushed == REPLY_WHOLE)
			j->codes[j->n_codes++] = r.code;
	}
	reply_clear(&r);
	buf_clear(&line);
}

static int
answer(struct judge *j)
{
	return j->next < j->n_codes ? j->codes[j->next++] : 0;
}

/* The next line, whole and clean; false at the end. */
static bool
command(struct judge *j, struct buf *line)
{
	const char *lf = memchr(j->heard.p, '\n', j->heard.n);
	const char *p = j->heard.p;

	must(!j->quit || j->heard.n == 0);
	if (lf == NULL) {
		/* It was cut off. */
		j->heard.n = 0;
		return false;
	}
	must(lf > p ? lf[-1] == '\r' : false);
	buf_reset(line);
	buf_add(line, p, (size_t)(lf - 1 - p));
	must(strlen(buf_str(line)) == line->n && !ascii_has_control(line->p));
	j->heard.n -= (size_t)(lf + 1 - p);
	j->heard.p = lf + 1;
	return true;
}

static size_t
index_of(const struct judge *j, const char *path, size_t n)
{
	for (size_t i = 0; i < j->env->n; i++)
		if (j->env->rcpt[i].mailbox.n == n
		    && memcmp(j->env->rcpt[i].mailbox.p, path, n) == 0)
			return i;
	must(!"nobody of that name");
	return 0;
}

static void
hear_mail(struct judge *j)
{
	must(!j->open);
	j->open = true;
	j->whole = false;
	j->verdict = 0;
	j->accepted = j->at = 0;
	j->mail = answer(j);
	j->certain = j->mail / 100 == 2;
	for (size_t i = 0; i < JUDGE_RECIPIENTS; i++)
		j->rcpt[i] = -1;
}

static void
hear_rcpt(struct judge *j, const char *line)
{
	const char *path = line + strlen("RCPT TO:<");
	int code = answer(j);
	size_t i;

	must(j->open && j->at == 0);
	j->accepted += code / 100 == 2;
	j->certain = j->certain && code != 421
	    && (code / 100 == 2 || code / 100 == 4 || code / 100 == 5);
	if (j->env == NULL)
		return;
	i = index_of(j, path, strcspn(path, ">"));
	/* Nobody twice, nor who has it already. */
	must(j->rcpt[i] == -1 && j->took[i] == 0);
	j->rcpt[i] = j->last[i] = code;
}

static void
conclude(struct judge *j)
{
	j->whole = true;
	j->open = false;
	j->verdict = answer(j);
	j->certain = j->certain && j->mail != 0;
	if (j->verdict / 100 != 2 || j->mail / 100 != 2)
		return;
	j->taken++;
	for (size_t i = 0; i < JUDGE_RECIPIENTS; i++)
		j->took[i] += j->rcpt[i] / 100 == 2;
}

/* It is the message's, byte for byte, or the beginning of it. */
static void
same(const struct buf *content, size_t at, const char *p, size_t n)
{
	must(content == NULL
	    || (at + n <= content->n && memcmp(content->p + at, p, n) == 0));
}

static void
hear_chunk(struct judge *j, const char *line)
{
	char *rest;
	size_t n = strtoul(line + 5, &rest, 10);
	bool last = strcmp(rest, " LAST") == 0;
	size_t some = n < j->heard.n ? n : j->heard.n;

	must(j->open && (last || *rest == '\0'));
	must(j->content != NULL || !last || some < n
	    || fuzz_is_wire(j->heard.p, n));
	same(j->content, j->at, j->heard.p, some);
	j->heard.p += some;
	j->heard.n -= some;
	j->at += some;
	if (some < n)
		must(j->heard.n == 0);
	else if (last)
		conclude(j);
	else if (answer(j) / 100 != 2)
		j->mail = 0; /* it is refused, whatever comes */
	must(!last || some < n || j->content == NULL || j->at == j->content->n);
}

/* The text up to the lone dot. */
static void
hear_text(struct judge *j)
{
	static const char dot[] = "\r\n.\r\n";
	const char *end;
	size_t n = j->heard.n;

	if (j->stuffed != NULL) {
		n = n < j->stuffed->n ? n : j->stuffed->n;
		same(j->stuffed, 0, j->heard.p, n);
		end = n == j->stuffed->n ? j->heard.p + n : NULL;
	} else {
		end = memmem(j->heard.p, n, dot, strlen(dot));
		end = end != NULL ? end + strlen(dot) : NULL;
		n = end != NULL ? (size_t)(end - j->heard.p) : n;
		must(fuzz_is_wire(j->heard.p, n) || end == NULL);
	}
	j->at = n;
	j->heard.p += n;
	j->heard.n -= n;
	if (end != NULL)
		conclude(j);
	else
		must(j->heard.n == 0);
}

static void
hear_data(struct judge *j)
{
	static const char quit[] = "QUIT\r\n";
	int code = answer(j);

	must(j->open);
	j->certain = j->certain && code == 354;
	if (code != 354 || j->heard.n == 0)
		return;
	if (j->heard.n <= strlen(quit)
	    && memcmp(j->heard.p, quit, j->heard.n) == 0)
		must(!"QUIT would be content");
	must(j->accepted > 0);
	hear_text(j);
}

static void
hear(struct judge *j, const struct buf *line)
{
	const char *p = line->p;

	if (begins(p, "MAIL FROM:<")) {
		must(j->hello && line->n <= 1022);
		hear_mail(j);
	} else if (begins(p, "RCPT TO:<")) {
		must(line->n <= 1022);
		hear_rcpt(j, p);
	} else if (begins(p, "BDAT ")) {
		hear_chunk(j, p);
	} else if (strcmp(p, "DATA") == 0) {
		hear_data(j);
	} else if (strcmp(p, "QUIT") == 0) {
		j->quit = true;
	} else if (begins(p, "EHLO ")) {
		must(!j->hello && line->n <= 510);
		j->hello = true;
		answer(j);
	} else {
		/* AUTH, and what belongs to it: base64, or an asterisk. */
		must(j->hello && !j->open && !j->whole);
		j->login = j->login || begins(p, "AUTH ");
		must(j->login && line->n <= 65536);
		must(!begins(p, "AUTH ") || line->n <= 510);
		must(begins(p, "AUTH ") || strcmp(p, "*") == 0
		    || strspn(p,
			   "+/=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			   "abcdefghijklmnopqrstuvwxyz")
			== line->n);
		answer(j);
	}
}

void
judge_session(struct judge *j, const struct player *p, size_t from, size_t skip)
{
	struct buf line = {0};

	read_codes(j, &p->said);
	j->next = skip;
	j->heard = (struct input){buf_str(&p->heard) + from, p->heard.n - from};
	for (size_t i = 0; i < JUDGE_RECIPIENTS; i++)
		j->last[i] = -1;
	while (command(j, &line))
		hear(j, &line);
	buf_clear(&line);
}
