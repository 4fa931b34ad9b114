/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "test/script/judge.h"

#define RECORD_HEADER 5

static bool
contains(const struct bytes *b, const char *needle)
{
	size_t i, n = strlen(needle);

	for (i = 0; n > 0 && i + n <= b->n; i++)
		if (strncasecmp(b->p + i, needle, n) == 0)
			return true;
	return false;
}

/*
 * In lines any trace counts; what is full of random bytes may hold three
 * letters by chance, so there only longer words count.
 */
static void
judge_word(struct judge *j, const char *word)
{
	const struct player *p = &j->t->player;
	bool lines = j->t->script.tls == SCRIPT_STARTTLS;

	if ((lines || strlen(word) >= 5) && contains(&p->plain, word))
		judge_fault(j, "sent `%s` before TLS", word);
	if (strlen(word) < 5)
		return;
	if (contains(&p->hello, word) || contains(&p->wire, word))
		judge_fault(j, "sent `%s` before the proof", word);
}

/* The value of a line of configuration; NULL: not this keyword. */
static const char *
value_of(const char *line, const char *keyword)
{
	size_t n = strlen(keyword);

	return strncmp(line, keyword, n) == 0 && line[n] == ' ' ? line + n + 1
								: NULL;
}

static void
judge_words(struct judge *j)
{
	static const char *const words[] = {"alice", "bob", "example.com",
	    "example.org", "Wombat", "Quokka", "MAIL FROM", "RCPT TO", "AUTH ",
	    "BDAT", "Message-ID", "HELO", "NOOP", "RSET", "VRFY"};
	const struct script *s = &j->t->script;
	const char *value;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		judge_word(j, words[i]);
	for (i = 0; i < s->conf.n; i++) {
		value = value_of(s->conf.at[i], "user");
		if (value == NULL)
			value = value_of(s->conf.at[i], "domain");
		if (value == NULL)
			value = value_of(s->conf.at[i], "password");
		if (value != NULL)
			judge_word(j, value);
	}
}

/* From there on the client has spoken nothing but TLS, or nothing. */
static void
judge_records(struct judge *j, const struct bytes *b, size_t at)
{
	const unsigned char *p;
	size_t n;

	for (; at < b->n; at += RECORD_HEADER + n) {
		p = (const unsigned char *)b->p + at;
		if (b->n - at < RECORD_HEADER
		    || p[0] < SSL3_RT_CHANGE_CIPHER_SPEC
		    || p[0] > SSL3_RT_APPLICATION_DATA || p[1] != 3) {
			judge_fault(j, "sent what is not TLS before the proof");
			return;
		}
		n = (size_t)p[3] << 8 | p[4];
	}
}

/* All that may be said to a stranger, in this order, if at all. */
static size_t
judge_strangers(const struct bytes *plain)
{
	static const char *const lines[] = {"EHLO [127.0.0.1]\r\n",
	    "STARTTLS\r\n", "QUIT\r\n"};
	size_t i, n, at = 0;

	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		n = strlen(lines[i]);
		if (plain->n - at >= n
		    && memcmp(plain->p + at, lines[i], n) == 0)
			at += n;
	}
	return at;
}

static void
judge_private(struct judge *j)
{
	const struct player *p = &j->t->player;
	size_t at = 0, quit = 0;

	if (j->t->script.tls == SCRIPT_STARTTLS)
		at = judge_strangers(&p->plain);
	judge_records(j, &p->plain, at);
	/* Before its handshake a stranger may hear QUIT. */
	if (j->t->script.tls == SCRIPT_STARTTLS)
		quit = judge_strangers(&p->wire);
	judge_records(j, &p->wire, quit);
}

/* A mechanism that was named, and never shows the password. */
static bool
only_scram(const struct script *s)
{
	const char *value;
	size_t i;

	for (i = 0; i < s->conf.n; i++) {
		value = value_of(s->conf.at[i], "auth");
		if (value != NULL && strncmp(value, "scram-", 6) == 0)
			return true;
	}
	return false;
}

/* Whatever the client said in base64. */
static void
decode_lines(const struct bytes *said, struct bytes *out)
{
	const char *p = bytes_cstr(said), *end = p + said->n, *word;
	struct bytes one = {0};

	for (; p < end; p += strcspn(p, "\r\n") + 1) {
		word = p + strcspn(p, "\r\n");
		while (word > p && word[-1] != ' ')
			word--;
		bytes_reset(&one);
		if (base64_decode(&one, word, strcspn(word, "\r\n")))
			bytes_add(out, bytes_cstr(&one), one.n);
	}
	bytes_clear(&one);
}

static void
judge_password(struct judge *j, const char *password)
{
	const struct trial *t = j->t;
	struct bytes decoded = {0};

	if (contains(&t->stderr_text, password)
	    || contains(&t->log_text, password))
		judge_fault(j, "the password is on stderr or in the log");
	if (contains(&t->player.said, password))
		judge_fault(j, "the password went out as it is");
	decode_lines(&t->player.said, &decoded);
	if (only_scram(&t->script) && contains(&decoded, password))
		judge_fault(j, "the password went out with SCRAM");
	bytes_clear(&decoded);
}

void
judge_leaks(struct judge *j)
{
	const struct script *s = &j->t->script;
	const char *value;
	size_t i;

	judge_words(j);
	judge_private(j);
	for (i = 0; i < s->conf.n; i++) {
		value = value_of(s->conf.at[i], "password");
		if (value != NULL)
			judge_password(j, value);
	}
}
