/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/verify.h"

#include <stdio.h>
#include <string.h>

#include "cmd/collect.h"
#include "cmd/locals.h"
#include "cmd/report.h"
#include "cmd/sender.h"
#include "cmd/site.h"
#include "lib/mail/addr.h"

static void
print(const struct job *j, const struct expansion *x, const char *path)
{
	struct buf line = {0}, to = {0};

	buf_addf(&line, "%s: ", path);
	for (size_t i = 0; i < x->to.n; i++) {
		buf_reset(&to);
		mailbox_path(&to, &x->to.v[i]);
		buf_addf(&line, "%s%s", i > 0 ? ", " : "to ", to.p);
	}
	if (x->to.n == 0)
		buf_adds(&line, "discarded");
	buf_addf(&line, "; account %s; from %s", j->account,
	    j->env.sender.n > 0 ? j->env.sender.p : "<>");
	puts(line.p);
	buf_clear(&line);
	buf_clear(&to);
}

/* What becomes of one recipient of the job; ERR_CONFIG: nothing, or not all. */
static bool
verify(const struct job *j, struct locals *l, const struct buf *path,
    struct err *e)
{
	struct expansion x = {0};
	struct mailboxes list = {0};
	bool ok;

	ok = addr_parse(&list, path->p, path->n, e);
	if (ok && list.n == 1)
		locals_expand(l, &list.v[0], &x);
	ok = ok && x.fault.n == 0;
	if (x.fault.n > 0)
		err_set(e, ERR_CONFIG, "%s: %s", path->p, x.fault.p);
	if (ok || x.to.n > 0)
		print(j, &x, path->p);
	mailboxes_clear(&list);
	expansion_clear(&x);
	return ok;
}

int
verify_addresses(const struct options *o)
{
	const struct account *a = NULL;
	struct locals locals = {0};
	struct conf conf = {0};
	struct job job = {0};
	struct err e = {0};
	struct site site;
	int status = 0;
	bool ok;

	site_read(&site);
	ok = collect_recipients(&job, o, &e)
	    && site_conf(&site, &conf, o->config, &e)
	    && sender_settle(&job, o, &conf, &site, &a, &e);
	if (!ok) {
		report_line(e.text);
		status = report_exit(e.kind);
	}
	locals_begin(&locals, a, &site);
	for (size_t i = 0; ok && i < job.env.n; i++) {
		if (verify(&job, &locals, &job.env.rcpt[i].mailbox, &e))
			continue;
		report_line(e.text);
		status = status == 0 ? report_exit(e.kind) : status;
	}
	if (fflush(stdout) != 0 && status == 0)
		status = report_exit(ERR_IO);
	locals_clear(&locals);
	job_clear(&job);
	conf_clear(&conf);
	site_clear(&site);
	return status;
}

bool
verify_file(const char *path, const struct account *a, const struct site *site,
    struct err *e)
{
	const struct local rules = locals_rules(a, site);
	struct aliases file = {0};
	struct expansion x = {0};
	bool ok;

	ok = aliases_read(&file, path, strcmp(path, CONF_ALIASES) == 0, e);
	for (size_t i = 0; ok && i < file.n; i++) {
		const struct alias *line = &file.v[i];

		if (line->name == NULL) {
			ok = err_set(e, ERR_CONFIG, "%s:%d: %s", path,
			    line->line, line->values);
			break;
		}
		expansion_of(&x, &file, &rules, line->name);
		if (x.wrong)
			ok = err_set(e, ERR_CONFIG, "%s", x.fault.p);
		expansion_clear(&x);
	}
	aliases_clear(&file);
	return ok;
}

int
verify_aliases(const struct options *o)
{
	struct conf conf = {0};
	struct err e = {0}, none = {0};
	struct site site;
	bool ok = true;

	site_read(&site);
	/* Packages call newaliases before anybody has configured us. */
	if (!site_conf(&site, &conf, o->config, &none))
		ok = verify_file(CONF_ALIASES, NULL, &site, &e);
	else
		for (size_t i = 0; ok && i < conf.n; i++)
			ok = conf.v[i]->aliases == NULL
			    || verify_file(conf.v[i]->aliases, conf.v[i], &site,
				&e);
	if (!ok)
		report_line(e.text);
	conf_clear(&conf);
	site_clear(&site);
	return ok ? 0 : report_exit(e.kind);
}
