/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/site.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/ascii.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"

static const char *
environment(const char *name)
{
	const char *s = getenv(name);

	return s != NULL && *s != '\0' ? s : NULL;
}

/* The first part of the gecos field, where & is the Login's name. */
static char *
full_name(const struct passwd *pw)
{
	struct buf b = {0};
	char *name;

	for (const char *p = pw != NULL && pw->pw_gecos != NULL ? pw->pw_gecos
								: "";
	     *p != '\0' && *p != ','; p++) {
		if (*p != '&') {
			buf_addc(&b, *p);
		} else {
			buf_addc(&b, ascii_upper(pw->pw_name[0]));
			buf_adds(&b, pw->pw_name + 1);
		}
	}
	name = mem_dup(buf_str(&b));
	buf_clear(&b);
	return name;
}

static void
read_user(struct site *s)
{
	struct passwd *pw = getpwuid(s->uid);
	char number[24];

	snprintf(number, sizeof number, "%lu", (unsigned long)s->uid);
	s->user = mem_dup(pw != NULL ? pw->pw_name : number);
	s->full_name = full_name(pw);
	/* sudo, cron and PHP hand down the HOME of somebody else. */
	if (pw != NULL)
		s->home = mem_dup(pw->pw_dir);
	if (s->uid != 0 && pw != NULL && environment("HOME") != NULL) {
		free(s->home);
		s->home = mem_dup(getenv("HOME"));
	}
	if (s->uid != 0 && pw != NULL)
		s->xdg = environment("XDG_CONFIG_HOME");
}

static void
read_host(struct site *s)
{
	char name[256] = "";
	size_t n;

	if (gethostname(name, sizeof name - 1) != 0 || name[0] == '\0')
		snprintf(name, sizeof name, "localhost");
	n = strcspn(name, ".");
	s->node = mem_dupn(name, n);
	s->fqdn = name[n] == '.' ? mem_dup(name) : NULL;
}

static void
read_parent(struct site *s)
{
	char path[40], name[64];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof path, "/proc/%ld/comm", (long)getppid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, name, sizeof name);
		close(fd);
	}
	if (n > 0 && name[n - 1] == '\n')
		n--;
	s->parent = mem_dupn(name, n > 0 ? (size_t)n : 0);
}

void
site_read(struct site *s)
{
	const char *tmpdir = environment("TMPDIR");

	*s = (struct site){.uid = geteuid(),
	    .system_file = PINMAIL_SYSCONFDIR "/pinmail.conf"};
	s->credentials = environment("CREDENTIALS_DIRECTORY");
	s->tmpdir = tmpdir != NULL ? tmpdir : "/tmp";
	read_user(s);
	read_host(s);
	read_parent(s);
}

bool
site_conf(const struct site *s, struct conf *conf, const char *only,
    struct err *e)
{
	const struct conf_world world = {
	    .system_file = s->system_file,
	    .home = s->home,
	    .xdg = s->xdg,
	    .user = s->user,
	    .host = s->fqdn != NULL ? s->fqdn : s->node,
	    .credentials = s->credentials,
	};

	return conf_load(conf, &world, only, e);
}

void
site_clear(struct site *s)
{
	free(s->user);
	free(s->full_name);
	free(s->home);
	free(s->node);
	free(s->fqdn);
	free(s->parent);
}
