/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "test/script/parser.h"

static void
add_step(struct parser *p, enum step_kind kind, char *text, size_t len)
{
	struct script *s = p->s;

	s->steps = parser_grow(s->steps, (s->n + 1) * sizeof(*s->steps));
	s->steps[s->n] = (struct step){.kind = kind,
	    .line = p->line,
	    .text = text,
	    .len = len};
	s->n++;
}

static bool
server_line(struct parser *p, char *arg)
{
	size_t n = strlen(arg);
	char *text = parser_grow(NULL, n + 3);

	memcpy(text, arg, n);
	memcpy(text + n, "\r\n", 3);
	add_step(p, p->drip ? STEP_DRIP : STEP_SEND, text, n + 2);
	p->drip = false;
	return true;
}

static bool
server_now(struct parser *p, char *arg)
{
	server_line(p, arg);
	add_step(p, STEP_FLUSH, NULL, 0);
	return true;
}

static bool
server_raw(struct parser *p, char *arg)
{
	size_t n = parser_unescape(arg);

	if (n == SIZE_MAX)
		return parser_wrong(p, "unknown escape");
	add_step(p, STEP_SEND, parser_copy(arg, n), n);
	return true;
}

static bool
server_often(struct parser *p, char *arg)
{
	char *text;
	size_t len;
	int times;

	if (!parser_repeated(p, arg, &text, &len, &times))
		return false;
	add_step(p, times == 0 ? STEP_FLOOD : STEP_SEND, text, len);
	return true;
}

static bool
client_line(struct parser *p, char *arg)
{
	add_step(p, STEP_LINE, parser_copy(arg, strlen(arg)), strlen(arg));
	return true;
}

static bool
client_content(struct parser *p, char *arg)
{
	(void)arg;
	add_step(p, STEP_CONTENT, NULL, 0);
	return true;
}

static bool
client_bytes(struct parser *p, char *arg)
{
	int n = 0;

	if (strcmp(arg, "BDAT") == 0)
		add_step(p, STEP_BDAT, NULL, 0);
	else if (parser_number(p, arg, &n))
		add_step(p, STEP_BYTES, NULL, (size_t)n);
	else
		return false;
	return true;
}

static bool
word_step(struct parser *p, const char *word)
{
	static const struct {
		const char *word;
		enum step_kind kind;
	} words[] = {{"TLS", STEP_TLS}, {"NOTLS", STEP_NOTLS},
	    {"FLUSH", STEP_FLUSH}, {"CLOSE", STEP_CLOSE}, {"RESET", STEP_RESET},
	    {"HANG", STEP_HANG}, {"EOF", STEP_EOF}};
	size_t i;

	p->drip = strcmp(word, "DRIP") == 0;
	if (p->drip)
		return true;
	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(word, words[i].word) == 0) {
			add_step(p, words[i].kind, NULL, 0);
			return true;
		}
	return parser_wrong(p, "`%s` is no step", word);
}

bool
parser_step(struct parser *p, char *line)
{
	static const struct {
		char prefix[3];
		bool (*parse)(struct parser *, char *);
	} steps[] = {{"S:", server_line}, {"S!", server_now},
	    {"S-", server_raw}, {"S*", server_often}, {"C:", client_line},
	    {"C*", client_content}, {"C+", client_bytes}};
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (strncmp(line, steps[i].prefix, 2) == 0)
			return steps[i].parse(p, line + 2 + (line[2] == ' '));
	return word_step(p, line);
}
