/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/script/parser.h"

bool
parser_wrong(struct parser *p, const char *fmt, ...)
{
	va_list ap;
	int n;

	n = snprintf(p->why, p->size, "line %u: ", p->line);
	va_start(ap, fmt);
	if (n > 0 && (size_t)n < p->size)
		vsnprintf(p->why + n, p->size - (size_t)n, fmt, ap);
	va_end(ap);
	return false;
}

void *
parser_grow(void *old, size_t n)
{
	void *p = realloc(old, n);

	if (p == NULL)
		abort();
	return p;
}

char *
parser_copy(const char *s, size_t n)
{
	char *p = parser_grow(NULL, n + 1);

	memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

static bool
list_add(struct script_list *l, const char *s, size_t n)
{
	l->at = parser_grow(l->at, (l->n + 1) * sizeof(*l->at));
	l->at[l->n++] = parser_copy(s, n);
	return true;
}

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *p = c != '\0' ? strchr(digits, c) : NULL;

	return p != NULL ? (int)(p - digits) % 16 : -1;
}

size_t
parser_unescape(char *s)
{
	static const char from[] = "rnt0\\", to[] = "\r\n\t\0\\";
	const char *known;
	char *in, *out = s;

	for (in = s; *in != '\0'; in++) {
		if (*in != '\\') {
			*out++ = *in;
			continue;
		}
		in++;
		known = *in != '\0' ? strchr(from, *in) : NULL;
		if (known != NULL) {
			*out++ = to[known - from];
		} else if (*in == 'x' && hex(in[1]) >= 0 && hex(in[2]) >= 0) {
			*out++ = (char)(hex(in[1]) << 4 | hex(in[2]));
			in += 2;
		} else {
			return SIZE_MAX;
		}
	}
	*out = '\0';
	return (size_t)(out - s);
}

bool
parser_number(struct parser *p, const char *s, int *n)
{
	char *end;
	long v = strtol(s, &end, 10);

	if (*s == '\0' || *end != '\0' || v < 0 || v > 100000000)
		return parser_wrong(p, "`%s` is not a number", s);
	*n = (int)v;
	return true;
}

bool
parser_repeated(struct parser *p, char *arg, char **text, size_t *len,
    int *times)
{
	char *rest = strchr(arg, ' ');
	size_t n;
	int i;

	if (rest == NULL)
		return parser_wrong(p, "a count and a text are needed");
	*rest++ = '\0';
	*times = 0;
	if (strcmp(arg, "forever") != 0 && !parser_number(p, arg, times))
		return false;
	n = parser_unescape(rest);
	if (n == SIZE_MAX)
		return parser_wrong(p, "unknown escape");
	*len = n * (size_t)(*times > 0 ? *times : 1);
	*text = parser_grow(NULL, *len + 1);
	for (i = 0; i < *times || i < 1; i++)
		memcpy(*text + n * (size_t)i, rest, n);
	(*text)[*len] = '\0';
	return true;
}

static bool
head_tls(struct parser *p, char *arg)
{
	static const char *const names[] = {"implicit", "starttls", "plain"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(arg, names[i]) == 0) {
			p->s->tls = (enum script_tls)i;
			return true;
		}
	return parser_wrong(p, "tls implicit, starttls or plain");
}

static bool
head_conf(struct parser *p, char *arg)
{
	return list_add(&p->s->conf, arg, strlen(arg));
}

static bool
head_without(struct parser *p, char *arg)
{
	return list_add(&p->s->without, arg, strlen(arg));
}

static bool
head_args(struct parser *p, char *arg)
{
	size_t n;

	for (arg += strspn(arg, " "); *arg != '\0'; arg += strspn(arg, " ")) {
		n = strcspn(arg, " ");
		list_add(&p->s->args, arg, n);
		arg += n;
	}
	return true;
}

static void
input_add(struct script *s, const char *text, size_t n)
{
	s->input = parser_grow(s->input, s->input_len + n + 1);
	memcpy(s->input + s->input_len, text, n);
	s->input_len += n;
	s->input[s->input_len] = '\0';
}

static bool
head_stdin(struct parser *p, char *arg)
{
	size_t n = parser_unescape(arg);

	if (n == SIZE_MAX)
		return parser_wrong(p, "unknown escape");
	input_add(p->s, arg, n);
	return true;
}

static bool
head_stdin_often(struct parser *p, char *arg)
{
	char *text;
	size_t len;
	int times;

	if (!parser_repeated(p, arg, &text, &len, &times))
		return false;
	if (times > 0)
		input_add(p->s, text, len);
	free(text);
	return times > 0 || parser_wrong(p, "a count is needed");
}

static bool
head_drip(struct parser *p, char *arg)
{
	p->s->drip = true;
	return *arg == '\0' || parser_wrong(p, "drip takes nothing");
}

static bool
head_window(struct parser *p, char *arg)
{
	return parser_number(p, arg, &p->s->window);
}

static bool
head_want(struct parser *p, char *arg)
{
	struct script *s = p->s;
	const struct {
		const char *word;
		struct script_list *globs;
		int *number;
	} wants[] = {{"exit", NULL, &s->exit}, {"seconds", NULL, &s->seconds},
	    {"copies", NULL, &s->copies}, {"stderr", &s->err, NULL},
	    {"log", &s->log, NULL}, {"sent", &s->sent, NULL},
	    {"unsent", &s->unsent, NULL}};
	char *value = strchr(arg, ' ');
	size_t i;

	if (value == NULL)
		return parser_wrong(p, "want what?");
	*value++ = '\0';
	for (i = 0; i < sizeof(wants) / sizeof(*wants); i++) {
		if (strcmp(arg, wants[i].word) != 0)
			continue;
		if (wants[i].number != NULL)
			return parser_number(p, value, wants[i].number);
		return list_add(wants[i].globs, value, strlen(value));
	}
	return parser_wrong(p, "`%s` cannot be wanted", arg);
}

static bool
head(struct parser *p, char *line)
{
	static const struct {
		const char *word;
		bool (*parse)(struct parser *, char *);
	} words[] = {{"tls", head_tls}, {"conf", head_conf},
	    {"conf!", head_without}, {"args", head_args}, {"stdin", head_stdin},
	    {"stdin*", head_stdin_often}, {"drip", head_drip},
	    {"window", head_window}, {"want", head_want}};
	size_t i, n = strcspn(line, " ");

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i].word) == n
		    && strncmp(line, words[i].word, n) == 0)
			return words[i].parse(p, line + n + (line[n] == ' '));
	return parser_wrong(p, "`%s` is not known", line);
}

bool
script_parse(struct script *s, const char *text, size_t len, char *why,
    size_t size)
{
	struct parser p = {.s = s, .why = why, .size = size};
	const char *end = text + len, *lf;
	bool in_head = true, ok = true;
	char *line;

	*s = (struct script){.seconds = 10, .copies = 1};
	for (; ok && text < end; text = lf + 1) {
		lf = memchr(text, '\n', (size_t)(end - text));
		if (lf == NULL)
			lf = end;
		p.line++;
		line = parser_copy(text, (size_t)(lf - text));
		if (strcmp(line, "---") == 0)
			in_head = false;
		else if (*line != '\0' && *line != '#')
			ok = in_head ? head(&p, line) : parser_step(&p, line);
		free(line);
	}
	if (ok && (in_head || p.drip))
		ok = parser_wrong(&p, in_head ? "no `---`" : "DRIP what?");
	if (ok && s->args.n == 0)
		list_add(&s->args, "-t", 2);
	return ok;
}

static void
list_clear(struct script_list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		free(l->at[i]);
	free(l->at);
}

void
script_clear(struct script *s)
{
	size_t i;

	list_clear(&s->conf);
	list_clear(&s->without);
	list_clear(&s->args);
	list_clear(&s->err);
	list_clear(&s->log);
	list_clear(&s->sent);
	list_clear(&s->unsent);
	for (i = 0; i < s->n; i++)
		free(s->steps[i].text);
	free(s->steps);
	free(s->input);
	*s = (struct script){0};
}
