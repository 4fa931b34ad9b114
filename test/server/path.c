/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "test/server/path.h"

static const char atext[] =
    "abcdefghijklmnopqrstuvwxyz"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~";

bool
path_cut(char *args, const char *prefix, char **path, char **params)
{
	size_t n = strlen(prefix);
	bool quoted = false;
	char *p;

	if (strncasecmp(args, prefix, n) != 0 || args[n] != '<')
		return false;
	for (p = args + n + 1; *p != '\0' && (quoted || *p != '>'); p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (quoted && *p == '\\' && p[1] != '\0')
			p++;
	}
	if (*p != '>' || (p[1] != '\0' && p[1] != ' '))
		return false;
	*params = p + 1 + (p[1] == ' ');
	*p = '\0';
	*path = args + n + 1;
	return true;
}

static bool
eight(char c, bool utf8)
{
	return utf8 && (unsigned char)c >= 0x80;
}

/* Where the local part ends, NULL if it is none. */
static const char *
local_part(const char *s, bool utf8)
{
	const char *start = s;

	if (*s == '"') {
		for (s++; *s != '"'; s++) {
			if (*s == '\\')
				s++;
			if (*s == '\0' || iscntrl((unsigned char)*s)
			    || ((unsigned char)*s >= 0x80 && !utf8))
				return NULL;
		}
		return s + 1;
	}
	for (; *s != '@' && *s != '\0'; s++) {
		if (*s == '.' && (s == start || s[-1] == '.'))
			return NULL;
		if (*s != '.' && strchr(atext, *s) == NULL && !eight(*s, utf8))
			return NULL;
	}
	return s > start && s[-1] != '.' ? s : NULL;
}

bool
path_mailbox(const char *s, bool utf8)
{
	const char *p = local_part(s, utf8);
	bool literal;

	if (p == NULL || p - s > 64 || *p != '@' || strlen(s) > 254)
		return false;
	literal = *++p == '[';
	if (*p == '\0' || *p == '.' || *p == '-')
		return false;
	for (; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && strchr(".-", *p) == NULL
		    && !eight(*p, utf8)
		    && !(literal && strchr("[]:", *p) != NULL))
			return false;
	return p[-1] != '-' && p[-1] != '.' && literal == (p[-1] == ']');
}

bool
path_param(char **p, char **keyword, char **value)
{
	char *end;

	if (**p == '\0')
		return false;
	*keyword = *p;
	end = *p + strcspn(*p, " ");
	*p = end + (*end == ' ');
	*end = '\0';
	*value = strchr(*keyword, '=');
	if (*value != NULL)
		*(*value)++ = '\0';
	else
		*value = end;
	return true;
}

bool
path_xtext(const char *s)
{
	static const char upper[] = "0123456789ABCDEF";

	for (; *s != '\0'; s++) {
		if (*s == '=' || *s < '!' || *s > '~')
			return false;
		if (*s != '+')
			continue;
		if (s[1] == '\0' || strchr(upper, s[1]) == NULL || s[2] == '\0'
		    || strchr(upper, s[2]) == NULL)
			return false;
		s += 2;
	}
	return true;
}
