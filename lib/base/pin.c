/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/base/pin.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/mem.h"

static const struct {
	enum pin_kind kind;
	const char *prefix;
} kinds[] = {
    {PIN_CERT, "cert"},
    {PIN_CA, "ca"},
    {PIN_KEY, ""},
};

static bool
parse_hash(unsigned char *hash, const char *s)
{
	struct buf b = {.max = 32};
	bool ok;

	if (ascii_unhex(hash, 32, s))
		return true;
	ok = ascii_unbase64(&b, s, strlen(s)) && b.n == 32;
	if (ok)
		memcpy(hash, b.p, 32);
	buf_clear(&b);
	return ok;
}

bool
pin_parse(struct pin *pin, const char *s, struct err *e)
{
	size_t i = 0, n;

	*pin = (struct pin){0};
	for (;; i++) {
		n = strlen(kinds[i].prefix);
		if (n == 0)
			break;
		if (strncmp(s, kinds[i].prefix, n) == 0
		    && ascii_is_blank(s[n])) {
			s += n;
			while (ascii_is_blank(*s))
				s++;
			break;
		}
	}
	pin->kind = kinds[i].kind;
	if (strncmp(s, "sha256:", 7) == 0 || strncmp(s, "sha256/", 7) == 0) {
		s += 7;
		if (s[-1] == '/' && *s++ != '/')
			return err_set(e, ERR_CONFIG,
			    "write sha256:HASH or sha256//HASH");
		if (parse_hash(pin->hash, s))
			return true;
		return err_set(e, ERR_CONFIG,
		    "%s is not a SHA-256 hash: write 64 hex digits, or 44 "
		    "characters of base64",
		    s);
	}
	if (pin->kind == PIN_KEY || *s == '\0')
		return err_set(e, ERR_CONFIG,
		    "a pin is sha256:HASH, cert sha256:HASH, cert FILE, "
		    "ca sha256:HASH or ca FILE");
	pin->path = mem_dup(s);
	return true;
}

void
pin_print(struct buf *b, const struct pin *pin)
{
	char hex[65];

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (kinds[i].kind == pin->kind && pin->kind != PIN_KEY)
			buf_addf(b, "%s ", kinds[i].prefix);
	if (pin->path != NULL) {
		buf_adds(b, pin->path);
	} else {
		ascii_hex(hex, pin->hash, sizeof pin->hash);
		buf_addf(b, "sha256:%s", hex);
	}
}

void
pins_add(struct pins *l, const struct pin *pin)
{
	l->v = mem_resize(l->v, l->n + 1, sizeof *l->v);
	l->v[l->n] = *pin;
	if (pin->path != NULL)
		l->v[l->n].path = mem_dup(pin->path);
	if (pin->file != NULL)
		l->v[l->n].file = mem_dup(pin->file);
	l->n++;
}

void
pins_copy(struct pins *to, const struct pins *from)
{
	for (size_t i = 0; i < from->n; i++)
		pins_add(to, &from->v[i]);
}

void
pins_clear(struct pins *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].path);
		free(l->v[i].file);
	}
	free(l->v);
	*l = (struct pins){0};
}
