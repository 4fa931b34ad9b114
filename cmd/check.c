/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/checkup.h"
#include "cmd/report.h"
#include "lib/base/ascii.h"
#include "lib/base/json.h"
#include "lib/base/wait.h"

#define UNKNOWN 3 /* to monitoring systems */

static void
add_text(struct buf *b, const char *key, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	buf_addf(b, "\"%s\":", key);
	json_string(b, value);
	buf_addc(b, ',');
}

static void
print_json(struct buf *b, const struct checkup *c)
{
	const struct facts *f = &c->facts;

	buf_addc(b, '{');
	add_text(b, "status", findings_word(findings_worst(&c->found)));
	buf_addf(b, "\"exit\":%d,", report_exit(c->found.kind));
	if (c->a != NULL) {
		add_text(b, "account", c->a->name);
		add_text(b, "host", c->a->host);
	}
	add_text(b, "address", f->address);
	add_text(b, "tls", f->tls);
	add_text(b, "cipher", f->cipher);
	add_text(b, "group", f->group);
	add_text(b, "pin", f->pin);
	if (*f->pin != '\0')
		buf_addf(b, "\"days_left\":%d,\"backup_pins\":%d,",
		    f->days_left, f->backups);
	add_text(b, "mechanism", f->mechanism);
	buf_adds(b, "\"checks\":");
	findings_json(b, &c->found);
	buf_adds(b, "}\n");
}

/* All that is as bad as the worst; behind | is what is for machines. */
static void
print_nagios(struct buf *b, const struct checkup *c)
{
	static const char *const words[] = {"OK", "WARNING", "CRITICAL"};
	const enum finding_state worst = findings_worst(&c->found);
	const struct facts *f = &c->facts;
	const char *before = " - ";

	buf_addf(b, "PINMAIL %s", c->a != NULL ? words[worst] : "UNKNOWN");
	for (size_t i = 0; worst > FINDING_OK && i < c->found.n; i++) {
		const struct finding *x = &c->found.v[i];

		if (x->state != worst)
			continue;
		buf_addf(b, "%s%s: ", before, x->what);
		ascii_clean(b, x->text.p, x->text.n);
		before = "; ";
	}
	if (worst == FINDING_OK) {
		const char *pin = *f->pin != '\0' ? f->pin : "not connected";

		buf_adds(b, before);
		ascii_clean(b, pin, strlen(pin));
	}
	for (size_t i = 0; i < b->n; i++)
		if (b->p[i] == '|')
			b->p[i] = '/';
	if (*f->pin != '\0')
		buf_addf(b, " | days_left=%d;%s;; backup_pins=%d;1:;;0",
		    f->days_left, f->dated ? "14:" : "", f->backups);
	buf_addc(b, '\n');
}

static int
show(const struct checkup *c)
{
	struct buf b = {0};
	bool ok;

	if (c->o->json)
		print_json(&b, c);
	else if (c->o->nagios)
		print_nagios(&b, c);
	else
		findings_print(&b, &c->found, isatty(STDOUT_FILENO) == 1);
	ok = wait_put(STDOUT_FILENO, b.p, b.n);
	buf_clear(&b);
	if (!ok)
		report_line("standard output cannot be written");
	if (!c->o->nagios)
		return report_exit(ok ? c->found.kind : ERR_IO);
	return ok && c->a != NULL ? (int)findings_worst(&c->found) : UNKNOWN;
}

int
check_all(const struct options *o)
{
	struct checkup c = {.o = o};
	bool ok;
	int status;

	site_read(&c.site);
	ok = inspect_setup(&c);
	ok = ok && (o->offline || probe_server(&c));
	session_close(&c.session);
	if (c.a != NULL)
		inspect_log(&c);
	if (ok && !o->offline && o->send_to != NULL)
		probe_message(&c);
	status = show(&c);
	findings_clear(&c.found);
	conf_clear(&c.conf);
	site_clear(&c.site);
	return status;
}
