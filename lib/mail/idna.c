/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/idna.h"

#include <dlfcn.h>
#include <string.h>

#include "lib/base/ascii.h"

#define LIBRARY "libidn2.so.0"

/* From idn2.h, which nobody should need to build us. */
#define NFC_INPUT 1
#define NONTRANSITIONAL 8

struct library {
	void *handle;
	int (*to_ascii)(const char *, char **, int);
	const char *(*strerror)(int);
	void (*free)(void *);
};

/* A function pointer is no object pointer, but dlsym has only those. */
static bool
find(void *handle, const char *name, void *function)
{
	void *p = dlsym(handle, name);

	memcpy(function, &p, sizeof p);
	return p != NULL;
}

static bool
load(struct library *l, struct err *e)
{
	/* It stays in memory: there may be many such domains. */
	l->handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (l->handle != NULL
	    && find(l->handle, "idn2_to_ascii_8z", &l->to_ascii)
	    && find(l->handle, "idn2_strerror", &l->strerror)
	    && find(l->handle, "idn2_free", &l->free))
		return true;
	return err_set(e, ERR_INPUT,
	    "a domain that is not ASCII needs %s; install libidn2 "
	    "(Debian's package is libidn2-0), or write the domain as xn--...",
	    LIBRARY);
}

/*
 * Some characters are mapped to others that mean something to a server, such
 * as `>`; the library's own rule against that would drop them, and make
 * another domain of it.
 */
static bool
is_hostname(const char *s)
{
	size_t n = 0;

	while (ascii_is_alpha(s[n]) || ascii_is_digit(s[n]) || s[n] == '-'
	    || s[n] == '.')
		n++;
	return n > 0 && s[n] == '\0' && s[0] != '.';
}

bool
idna_domain(struct buf *b, const char *domain, struct err *e)
{
	struct library l = {0};
	char *ascii = NULL;
	bool ok;
	int rc;

	if (!ascii_has_8bit(domain, strlen(domain))) {
		buf_adds(b, domain);
		return true;
	}
	ok = load(&l, e);
	if (ok) {
		rc = l.to_ascii(domain, &ascii, NFC_INPUT | NONTRANSITIONAL);
		if (rc != 0)
			ok = err_set(e, ERR_INPUT,
			    "there is no such domain: %s", l.strerror(rc));
		else if (!is_hostname(ascii))
			ok = err_set(e, ERR_INPUT, "there is no such domain");
	}
	if (ok)
		buf_adds(b, ascii);
	if (ascii != NULL)
		l.free(ascii);
	if (l.handle != NULL)
		dlclose(l.handle);
	return ok || err_in(e, "%s", domain);
}

bool
idna_path(struct buf *b, const char *path, struct err *e)
{
	const char *at = strrchr(path, '@');

	/* Where the local part needs SMTPUTF8, the domain may have it too. */
	if (at == NULL || ascii_has_8bit(path, (size_t)(at - path))) {
		buf_adds(b, path);
		return true;
	}
	buf_add(b, path, (size_t)(at + 1 - path));
	return idna_domain(b, at + 1, e);
}
