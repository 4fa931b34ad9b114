/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/ascii.h"
#include "lib/base/json.h"
#include "lib/base/mem.h"

static const struct {
	const char *word, *colour;
} states[] = {
    [FINDING_OK] = {"ok", "\033[32m"},
    [FINDING_WARNING] = {"warning", "\033[33m"},
    [FINDING_WRONG] = {"wrong", "\033[31m"},
};

/* What to do, where the error itself does not say it. */
static const char *const usual[ERR_KINDS] = {
    [ERR_INPUT] = "see the address",
    [ERR_RECIPIENT] = "see that from is an address of this login",
    [ERR_MESSAGE] = "see that from is an address of this login",
    [ERR_SERVER] = "ask who runs the server",
    [ERR_SYSTEM] = "try again later",
    [ERR_IO] = "try again later",
    [ERR_UNREACHABLE] = "see host and port, and firewalls on the way",
    [ERR_AGAIN] = "try again later",
    [ERR_INTERRUPTED] = "run it again",
    [ERR_PROTOCOL] = "see what it says: pinmail --check -v",
    [ERR_TLS] = "see tls_min_version and tls_cert_file, and what the "
		"server has",
    [ERR_UNTRUSTED] = "see port and tls_starttls, and try from another "
		      "network",
    [ERR_LOGIN] = "see user, password and auth of the account",
    [ERR_SECRET] = "see passwordfile, passwordeval and userfile",
};

static struct finding *
add(struct findings *f, enum finding_state state, const char *what)
{
	f->v = mem_resize(f->v, f->n + 1, sizeof *f->v);
	f->v[f->n] = (struct finding){.state = state, .what = what};
	return &f->v[f->n++];
}

void
findings_add(struct findings *f, enum finding_state state, const char *what,
    const char *fmt, ...)
{
	struct finding *new = add(f, state, what);
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	buf_adds(&new->text, text);
}

bool
findings_wrong(struct findings *f, const char *what, const struct err *e,
    const char *advice)
{
	struct finding *new = add(f, FINDING_WRONG, what);

	buf_adds(&new->text, e->text);
	if (advice == NULL)
		advice = usual[e->kind];
	if (!e->advised && advice != NULL)
		buf_addf(&new->text, "; %s", advice);
	if (f->kind == ERR_NONE)
		f->kind = e->kind;
	return false;
}

enum finding_state
findings_worst(const struct findings *f)
{
	enum finding_state worst = FINDING_OK;

	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].state > worst)
			worst = f->v[i].state;
	return worst;
}

const char *
findings_word(enum finding_state state)
{
	return states[state].word;
}

void
findings_print(struct buf *b, const struct findings *f, bool colour)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct finding *x = &f->v[i];

		buf_addf(b, "%s%-7s%s  %-13s  ",
		    colour ? states[x->state].colour : "",
		    states[x->state].word, colour ? "\033[0m" : "", x->what);
		ascii_clean(b, x->text.p, x->text.n);
		buf_addc(b, '\n');
	}
}

void
findings_json(struct buf *b, const struct findings *f)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct finding *x = &f->v[i];

		buf_addf(b, "%s{\"check\":\"%s\",\"status\":\"%s\",\"text\":",
		    i == 0 ? "[" : ",", x->what, states[x->state].word);
		json_string(b, x->text.p);
		buf_addc(b, '}');
	}
	buf_addc(b, ']');
}

void
findings_clear(struct findings *f)
{
	for (size_t i = 0; i < f->n; i++)
		buf_clear(&f->v[i].text);
	free(f->v);
	*f = (struct findings){0};
}
