/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"

#define SECRET_ROOM 4096 /* such memory comes in pages */

bool
buf_reserve(struct buf *b, size_t n)
{
	size_t room;
	char *p;

	if (b->max > 0 && (b->n > b->max || n > b->max - b->n))
		return false;
	if (b->room - b->n > n)
		return true;
	room = b->room > 0 ? b->room : b->secret ? SECRET_ROOM : 64;
	while (room - b->n <= n)
		room = room > SIZE_MAX / 2 ? SIZE_MAX : room * 2;

	if (!b->secret) {
		b->p = mem_resize(b->p, room, 1);
	} else {
		/* realloc would leave the old copy behind, unwiped. */
		p = mem_secret(room);
		if (b->n > 0)
			memcpy(p, b->p, b->n);
		mem_secret_free(b->p, b->room);
		b->p = p;
	}
	b->room = room;
	b->p[b->n] = '\0';
	return true;
}

bool
buf_add(struct buf *b, const void *p, size_t n)
{
	if (!buf_reserve(b, n))
		return false;
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
	return true;
}

bool
buf_adds(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

bool
buf_addc(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

bool
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !buf_reserve(b, (size_t)n))
		return false;
	va_start(ap, fmt);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
	return true;
}

void
buf_consume(struct buf *b, size_t n)
{
	if (n == 0)
		return;
	memmove(b->p, b->p + n, b->n - n + 1);
	b->n -= n;
}

void
buf_reset(struct buf *b)
{
	if (b->secret)
		mem_wipe(b->p, b->room);
	b->n = 0;
	if (b->p != NULL)
		b->p[0] = '\0';
}

void
buf_clear(struct buf *b)
{
	if (b->secret)
		mem_secret_free(b->p, b->room);
	else
		free(b->p);
	b->p = NULL;
	b->n = b->room = 0;
}

void
buf_hide(struct buf *b)
{
	struct buf hidden = {.max = b->max, .secret = true};

	if (b->secret)
		return;
	buf_add(&hidden, b->p, b->n);
	buf_clear(b);
	*b = hidden;
}

const char *
buf_str(const struct buf *b)
{
	return b->p != NULL ? b->p : "";
}
