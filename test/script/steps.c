/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "test/script/parser.h"

static struct step *
add_step(struct parser *p, enum step_kind kind, char *text, size_t len)
{
	struct script *s = p->s;

	s->steps = parser_grow(s->steps, (s->n + 1) * sizeof(*s->steps));
	s->steps[s->n] = (struct step){.kind = kind,
	    .line = p->line,
	    .text = text,
	    .len = len};
	return &s->steps[s->n++];
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

/* `N TEXT`: the number, and where the text begins. */
static char *
numbered(struct parser *p, char *arg, int *n)
{
	char *rest = strchr(arg, ' ');

	if (rest == NULL) {
		parser_wrong(p, "a number and a text are needed");
		return NULL;
	}
	*rest++ = '\0';
	return parser_number(p, arg, n) ? rest : NULL;
}

static bool
server_part(struct parser *p, char *arg)
{
	int most = 0;
	char *rest = numbered(p, arg, &most);
	size_t n;

	if (rest == NULL)
		return false;
	n = parser_unescape(rest);
	if (n == SIZE_MAX || (size_t)most > n)
		return parser_wrong(p, "not so many bytes, or an escape");
	add_step(p, STEP_SEND, parser_copy(rest, (size_t)most), (size_t)most);
	return true;
}

static bool
server_slowly(struct parser *p, char *arg)
{
	int pause = 0;
	char *rest = numbered(p, arg, &pause);
	size_t n;

	if (rest == NULL)
		return false;
	n = parser_unescape(rest);
	if (n == SIZE_MAX || n == 0)
		return parser_wrong(p, "nothing, or an unknown escape");
	add_step(p, STEP_FLOOD, parser_copy(rest, n), n)->pause = pause;
	return true;
}

static bool
server_computed(struct parser *p, char *arg)
{
	size_t n = parser_unescape(arg);

	if (n == SIZE_MAX || n < 4)
		return parser_wrong(p, "a code and a text are needed");
	add_step(p, STEP_SEND, parser_copy(arg, n), n)->computed = true;
	return true;
}

static bool
client_computed(struct parser *p, char *arg)
{
	size_t n = strlen(arg);

	add_step(p, STEP_LINE, parser_copy(arg, n), n)->computed = true;
	return true;
}

static bool
client_slowly(struct parser *p, char *arg)
{
	int pause = 0, n = 0;
	char *rest = numbered(p, arg, &pause);

	if (rest == NULL || !parser_number(p, rest, &n))
		return false;
	add_step(p, STEP_HANG, NULL, (size_t)n)->pause = pause;
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
	    {"S-", server_raw}, {"S*", server_often}, {"S/", server_part},
	    {"S~", server_slowly}, {"S=", server_computed}, {"C:", client_line},
	    {"C=", client_computed}, {"C*", client_content},
	    {"C+", client_bytes}, {"C~", client_slowly}};
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (strncmp(line, steps[i].prefix, 2) == 0)
			return steps[i].parse(p, line + 2 + (line[2] == ' '));
	return word_step(p, line);
}
