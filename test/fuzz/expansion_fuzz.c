/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/expansion.h"
#include "test/fuzz/fuzz.h"

static const struct local local = {.node = "web1", .fqdn = "web1.example.com"};

/* Does a value name a file that would be read? */
static bool
includes(const struct aliases *a)
{
	struct buf value = {0};
	bool found = false;
	const char *list;

	for (size_t i = 0; i < a->n; i++)
		for (list = a->v[i].values; aliases_value(&list, &value);)
			if (ascii_ncasecmp(buf_str(&value), ":include:", 9)
			    == 0)
				found = found || strchr(value.p, '/') != NULL;
	buf_clear(&value);
	return found;
}

/* What is left is not local, or stays here for good. */
static void
check(const struct expansion *x)
{
	for (size_t i = 0; i < x->to.n; i++) {
		const struct mailbox *m = &x->to.v[i];

		must(*m->domain == '\0' || !local_domain(&local, m->domain));
		must(!ascii_has_control(m->domain));
	}
	must(x->to.n > 0 || x->discarded || x->fault.n > 0);
	must(!x->wrong || x->fault.n > 0);
}

static bool
same(const struct expansion *a, const struct expansion *b)
{
	for (size_t i = 0; i < a->to.n && i < b->to.n; i++)
		if (ascii_casecmp(a->to.v[i].local, b->to.v[i].local) != 0
		    || strcmp(a->to.v[i].domain, b->to.v[i].domain) != 0)
			return false;
	return a->to.n == b->to.n && a->discarded == b->discarded
	    && a->wrong == b->wrong;
}

/* The first line is a name, the rest the file. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	struct buf name = {0};
	struct expansion x = {0}, upper = {0};
	struct aliases a = {0};
	struct err e = {0};
	const char *path;

	if (fuzz_line(&in, &name) && name.n > 0 && *name.p != '\0') {
		path = fuzz_file("aliases", in.p, in.n, 0600);
		if (aliases_read(&a, path, false, &e) && !includes(&a)) {
			expansion_of(&x, &a, &local, name.p);
			check(&x);
			/* A name has no case. */
			for (size_t i = 0; i < name.n; i++)
				name.p[i] = ascii_upper(name.p[i]);
			if (x.to.n < 100) {
				expansion_of(&upper, &a, &local, name.p);
				must(same(&x, &upper));
			}
		}
	}
	expansion_clear(&x);
	expansion_clear(&upper);
	aliases_clear(&a);
	buf_clear(&name);
	return 0;
}
