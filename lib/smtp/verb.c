/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/smtp/verb.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/addr.h"

#define BAD_PATH "501 5.1.7 write MAIL FROM:<address> or RCPT TO:<address>"
#define BAD_VALUE "501 5.5.4 a parameter has no good value"

static const struct {
	const char *word;
	enum verb verb;
} verbs[] = {
    {"AUTH", VERB_NEVER},
    {"BDAT", VERB_NEVER},
    {"DATA", VERB_DATA},
    {"EHLO", VERB_EHLO},
    {"ETRN", VERB_NEVER},
    {"EXPN", VERB_NEVER},
    {"HELO", VERB_HELO},
    {"HELP", VERB_HELP},
    {"MAIL", VERB_MAIL},
    {"NOOP", VERB_NOOP},
    {"QUIT", VERB_QUIT},
    {"RCPT", VERB_RCPT},
    {"RSET", VERB_RSET},
    {"STARTTLS", VERB_NEVER},
    {"VRFY", VERB_VRFY},
};

enum parameter { BODY, ENVID, NOTIFY, ORCPT, RET, SIZE, SMTPUTF8 };

static const struct {
	const char *name;
	enum parameter parameter;
	enum verb verb;
} parameters[] = {
    {"BODY", BODY, VERB_MAIL},
    {"ENVID", ENVID, VERB_MAIL},
    {"NOTIFY", NOTIFY, VERB_RCPT},
    {"ORCPT", ORCPT, VERB_RCPT},
    {"RET", RET, VERB_MAIL},
    {"SIZE", SIZE, VERB_MAIL},
    {"SMTPUTF8", SMTPUTF8, VERB_MAIL},
};

static bool
is_word(const char *s, size_t n, const char *word)
{
	return strlen(word) == n && ascii_ncasecmp(s, word, n) == 0;
}

/* Where the path ends: behind its bracket, or at a blank. */
static size_t
path_length(const char *s)
{
	bool quoted = false, bracket = *s == '<';
	size_t i;

	for (i = 0; s[i] != '\0'; i++) {
		if (quoted && s[i] == '\\' && s[i + 1] != '\0')
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
		else if (!quoted && bracket && s[i] == '>')
			return i + 1;
		else if (!quoted && !bracket && s[i] == ' ')
			return i;
	}
	return bracket ? 0 : i;
}

/* " FROM:<path>", and where its parameters begin. */
static bool
take_path(struct command *c, const char **line, const char *word)
{
	const char *s = *line + strspn(*line, " ");
	struct err e = {0};
	size_t n = strlen(word);

	if (ascii_ncasecmp(s, word, n) != 0)
		return false;
	s += n;
	s += strspn(s, " ");
	n = path_length(s);
	*line = s + n;
	if (n == 2 && memcmp(s, "<>", 2) == 0)
		return c->verb == VERB_MAIL;
	return n > 0 && (**line == '\0' || **line == ' ')
	    && addr_parse(&c->path, s, n, &e) && c->path.n == 1;
}

static bool
set_orcpt(struct command *c, const char *s)
{
	buf_reset(&c->orcpt);
	if (ascii_ncasecmp(s, "rfc822;", 7) != 0)
		return strchr(s, ';') != NULL;
	return dsn_parse_xtext(&c->orcpt, s + 7);
}

static bool
set(struct command *c, enum parameter p, const char *value)
{
	switch (p) {
	case BODY:
		return is_word(value, strlen(value), "7BIT")
		    || is_word(value, strlen(value), "8BITMIME");
	case ENVID:
		buf_reset(&c->envid);
		return dsn_parse_xtext(&c->envid, value);
	case NOTIFY:
		return dsn_parse_notify(value, &c->notify);
	case ORCPT:
		return set_orcpt(c, value);
	case RET:
		return dsn_parse_ret(value, &c->ret);
	case SIZE:
		return ascii_uint(value, 0, UINT64_MAX, &c->size);
	case SMTPUTF8:
		c->utf8 = true;
		return *value == '\0';
	}
	return false;
}

static const char *
take_parameter(struct command *c, const char *s, size_t n)
{
	size_t name = strcspn(s, "= ");
	struct buf value = {0};
	bool ok;

	for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
		if (!is_word(s, name, parameters[i].name)
		    || parameters[i].verb != c->verb)
			continue;
		if (name < n)
			buf_add(&value, s + name + 1, n - name - 1);
		ok = set(c, parameters[i].parameter, buf_str(&value));
		buf_clear(&value);
		return ok ? NULL : BAD_VALUE;
	}
	return "555 5.5.4 this parameter is not offered";
}

const char *
command_parse(struct command *c, const char *line)
{
	size_t n = strcspn(line, " ");
	const char *wrong = NULL;

	c->verb = VERB_UNKNOWN;
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (is_word(line, n, verbs[i].word))
			c->verb = verbs[i].verb;
	line += n;
	if (ascii_has_control(line))
		return "501 5.5.2 a control character";
	if (c->verb != VERB_MAIL && c->verb != VERB_RCPT)
		return NULL;
	if (!take_path(c, &line, c->verb == VERB_MAIL ? "FROM:" : "TO:"))
		return BAD_PATH;
	for (line += strspn(line, " "); wrong == NULL && *line != '\0';
	     line += strspn(line, " ")) {
		n = strcspn(line, " ");
		wrong = take_parameter(c, line, n);
		line += n;
	}
	return wrong;
}

void
command_clear(struct command *c)
{
	mailboxes_clear(&c->path);
	buf_clear(&c->envid);
	buf_clear(&c->orcpt);
	*c = (struct command){0};
}
