/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/checkup.h"
#include "cmd/locals.h"
#include "cmd/report.h"
#include "cmd/verify.h"

/* "owner 0 (root), mode 0640, group www-data can read it". */
static void
print_readers(struct buf *b, const char *path)
{
	const struct passwd *pw;
	const struct group *gr;
	struct stat st;

	if (stat(path, &st) != 0)
		return; /* it was there a moment ago */
	pw = getpwuid(st.st_uid);
	gr = getgrgid(st.st_gid);
	buf_addf(b, ": owner %lu (%s), mode %04o, ", (unsigned long)st.st_uid,
	    pw != NULL ? pw->pw_name : "nobody's",
	    (unsigned)(st.st_mode & 07777));
	if ((st.st_mode & S_IROTH) != 0)
		buf_adds(b, "everybody can read it");
	else if ((st.st_mode & S_IRGRP) != 0)
		buf_addf(b, "group %s can read it",
		    gr != NULL ? gr->gr_name : "without a name");
	else
		buf_adds(b, "nobody else can read it");
}

static void
inspect_file(struct checkup *c, const char *path)
{
	struct buf b = {0};

	buf_adds(&b, path);
	print_readers(&b, path);
	findings_add(&c->found, FINDING_OK, "configuration", "%s", b.p);
	buf_clear(&b);
}

static bool
inspect_configuration(struct checkup *c)
{
	struct err e = {0}, fault;
	bool ok = site_conf(&c->site, &c->conf, c->o->config, &e);

	for (size_t i = 0; i < c->conf.files.n; i++)
		inspect_file(c, c->conf.files.v[i]);
	for (size_t i = 0; ok && i < c->conf.skipped.n; i++)
		findings_add(&c->found, FINDING_WARNING, "configuration",
		    "%s; it counts as missing", c->conf.skipped.v[i]);
	for (size_t i = 0; i < c->conf.faults.n; i++) {
		err_set(&fault, ERR_CONFIG, "%s", c->conf.faults.v[i]);
		findings_wrong(&c->found, "configuration", &fault, NULL);
	}
	if (!ok && c->conf.faults.n == 0)
		findings_wrong(&c->found, "configuration", &e,
		    c->o->config != NULL ? "see its name, and who may read it"
					 : NULL);
	return ok;
}

static bool
inspect_account(struct checkup *c)
{
	struct buf b = {0};
	struct err e = {0};
	const struct account *a;

	a = c->a = conf_choose(&c->conf, c->o->account, NULL, NULL, &e);
	if (a == NULL)
		return findings_wrong(&c->found, "account", &e, NULL);
	buf_adds(&b, a->from);
	for (size_t i = 0; i < a->senders.n; i++)
		buf_addf(&b, ", %s", a->senders.v[i]);
	findings_add(&c->found, FINDING_OK, "account",
	    "%s (%s:%d) sends for %s", a->name, a->file, a->line, b.p);
	buf_clear(&b);
	return true;
}

/*
 * One person's own configuration has no say about the host's mail.  It is read
 * before the system's, and so is what it includes.
 */
static bool
is_personal(const struct checkup *c)
{
	const struct strv *files = &c->conf.files;

	if (c->o->config != NULL || c->site.uid == 0)
		return false;
	for (size_t i = 0; i < files->n; i++)
		if (strcmp(files->v[i], c->a->file) == 0
		    || strcmp(files->v[i], c->site.system_file) == 0)
			return strcmp(files->v[i], c->site.system_file) != 0;
	return false;
}

/* Mail for root is what cron and the system write. */
static void
inspect_aliases(struct checkup *c)
{
	static char root[] = "root", nothing[] = "";
	const struct mailbox m = {.name = nothing,
	    .local = root,
	    .domain = nothing};
	struct locals locals;
	struct expansion x = {0};
	struct buf to = {0};
	struct err e = {0};

	if (c->a->aliases != NULL
	    && !verify_file(c->a->aliases, c->a, &c->site, &e)) {
		findings_wrong(&c->found, "aliases", &e,
		    "correct it, or write: aliases off");
		return;
	}
	locals_begin(&locals, c->a, &c->site);
	locals_expand(&locals, &m, &x);
	for (size_t i = 0; i < x.to.n; i++) {
		buf_adds(&to, i > 0 ? ", " : "");
		mailbox_path(&to, &x.to.v[i]);
	}
	if (x.fault.n > 0 && is_personal(c))
		findings_add(&c->found, FINDING_OK, "aliases",
		    "not for the host's mail");
	else if (x.fault.n > 0)
		findings_add(&c->found, FINDING_WARNING, "aliases", "root: %s",
		    x.fault.p);
	else if (x.to.n == 0)
		findings_add(&c->found, FINDING_WARNING, "aliases",
		    "mail for root is thrown away by its alias");
	else
		findings_add(&c->found, FINDING_OK, "aliases",
		    "mail for root goes to %s", to.p);
	expansion_clear(&x);
	locals_clear(&locals);
	buf_clear(&to);
}

/* Where the password came from. */
static void
note_password(struct checkup *c)
{
	const struct account *a = c->a;
	struct buf b = {0};

	if (a->password.n > 0) {
		buf_adds(&b, "the configuration");
	} else if (a->passwordfile != NULL) {
		buf_adds(&b, a->passwordfile);
		print_readers(&b, a->passwordfile);
	} else {
		buf_adds(&b, "passwordeval");
	}
	findings_add(&c->found, FINDING_OK, "secret",
	    "user %s, password from %s", buf_str(&c->session.user), b.p);
	buf_clear(&b);
}

static bool
inspect_secret(struct checkup *c)
{
	struct err e = {0};

	if (!session_secrets(&c->session, c->a, c->site.credentials, &e))
		return findings_wrong(&c->found, "secret", &e, NULL);
	if (c->a->auth == AUTH_OFF)
		findings_add(&c->found, FINDING_OK, "secret",
		    "none is needed (auth off)");
	else if (c->a->auth == AUTH_EXTERNAL)
		findings_add(&c->found, FINDING_OK, "secret",
		    "the key of the client certificate (auth external)");
	else
		note_password(c);
	return true;
}

/* Deliveries do not warn. */
static void
note_key_file(struct checkup *c, const char *path)
{
	bool exposed = false;
	struct buf b = {0};
	struct stat st;

	if (stat(path, &st) == 0)
		exposed = (st.st_mode & S_IROTH) != 0
		    && !conf_sheltered(path, c->site.credentials);
	buf_addf(&b, "tls_key_file %s", path);
	print_readers(&b, path);
	findings_add(&c->found, exposed ? FINDING_WARNING : FINDING_OK, "keys",
	    "%s%s", b.p, exposed ? "; run chmod o-r" : "");
	buf_clear(&b);
}

static bool
inspect_keys(struct checkup *c)
{
	struct err e = {0};

	if (!session_keys(c->a, &e))
		return findings_wrong(&c->found, "keys", &e,
		    "see pin, tls_trust_file, tls_cert_file and tls_key_file");
	findings_add(&c->found, FINDING_OK, "keys", "%zu pin%s", c->a->pins.n,
	    c->a->pins.n == 1 ? "" : "s");
	if (c->a->tls_key != NULL)
		note_key_file(c, c->a->tls_key);
	return true;
}

bool
inspect_setup(struct checkup *c)
{
	bool secret;

	if (!inspect_configuration(c) || !inspect_account(c))
		return false;
	inspect_aliases(c);
	secret = inspect_secret(c);
	return inspect_keys(c) && secret;
}

void
inspect_log(struct checkup *c)
{
	const struct log log = report_log_to(c->a);
	struct err e = {0};

	if (!log_usable(&log, &e))
		findings_add(&c->found, FINDING_WARNING, "log", "%s", e.text);
	else
		findings_add(&c->found, FINDING_OK, "log", "%s%s%s",
		    log.syslog ? "syslog" : "",
		    log.syslog && log.file != NULL ? ", " : "",
		    log.file != NULL ? log.file
			: log.syslog ? ""
				     : "none");
}
