/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool
err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	e->kind = kind;
	e->advised = false;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	return false;
}

bool
err_in(struct err *e, const char *fmt, ...)
{
	char where[sizeof e->text];
	size_t n, room;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(where, sizeof where, fmt, ap);
	va_end(ap);

	n = strlen(where);
	if (n + 3 > sizeof e->text)
		return false;
	room = sizeof e->text - n - 3;
	if (strlen(e->text) > room)
		e->text[room] = '\0';
	memmove(e->text + n + 2, e->text, strlen(e->text) + 1);
	memcpy(e->text, where, n);
	memcpy(e->text + n, ": ", 2);
	return false;
}

bool
err_advise(struct err *e, const char *fmt, ...)
{
	size_t n = strlen(e->text);
	va_list ap;

	snprintf(e->text + n, sizeof e->text - n, "; ");
	n = strlen(e->text);
	va_start(ap, fmt);
	vsnprintf(e->text + n, sizeof e->text - n, fmt, ap);
	va_end(ap);
	e->advised = true;
	return false;
}
