/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/hostile/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test/hostile/cert.h"

struct writer {
	struct bytes conf;
	const char *dir;
	int files;
};

static void
write_file(const char *path, const struct bytes *b)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, b->p, b->n) != (ssize_t)b->n || close(fd) != 0)
		die("%s: %s", path, strerror(errno));
}

/* A file of its own for each; the line names it. */
static void
add_file(struct writer *w, const char *keyword, struct bytes *content)
{
	struct bytes path = {0};

	bytes_fmt(&path, "%s/%d.pem", w->dir, w->files++);
	write_file(path.p, content);
	bytes_fmt(&w->conf, "%s %s\n", keyword, path.p);
	bytes_clear(&path);
	bytes_clear(content);
}

static void
add_print(struct writer *w, const char *hex)
{
	bytes_str(&w->conf, "tls_fingerprint ");
	for (size_t i = 0; i < 64; i += 2)
		bytes_fmt(&w->conf, "%s%.2s", i > 0 ? ":" : "", hex + i);
	bytes_str(&w->conf, "\n");
}

static void
add_client(struct writer *w, const char *name)
{
	struct bytes b = {0};

	cert_pem(&b, name);
	add_file(w, "tls_cert_file", &b);
	cert_key_pem(&b, name);
	add_file(w, "tls_key_file", &b);
}

static void
add_pin(struct writer *w, const char *kind, const char *name)
{
	bool of_key = strcmp(kind, "cert") != 0 && strcmp(kind, "print") != 0;
	char hex[65];

	if (of_key)
		cert_key_hash(name, hex);
	else
		cert_hash(name, hex);
	if (strcmp(kind, "print") == 0)
		add_print(w, hex);
	else
		bytes_fmt(&w->conf, "pin %s%ssha256:%s\n",
		    strcmp(kind, "key") == 0 ? "" : kind,
		    strcmp(kind, "key") == 0 ? "" : " ", hex);
}

static void
add_line(struct writer *w, char *line)
{
	static const char *const files[][2] = {{"cert-file", "pin cert"},
	    {"ca-file", "pin ca"}, {"trust", "tls_trust_file"}};
	static const char *const pins[] = {"key", "cert", "ca", "print"};
	struct bytes b = {0};
	char *name = strchr(line, ' ');
	size_t i;

	line += strspn(line, " ");
	name = strchr(line, ' ');
	if (name == NULL)
		die("`%s` is no line", line);
	*name++ = '\0';
	for (i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (strcmp(line, files[i][0]) == 0) {
			cert_pem(&b, name);
			add_file(w, files[i][1], &b);
			return;
		}
	for (i = 0; i < sizeof(pins) / sizeof(*pins); i++)
		if (strcmp(line, pins[i]) == 0) {
			add_pin(w, line, name);
			return;
		}
	if (strcmp(line, "client") == 0)
		add_client(w, name);
	else
		bytes_fmt(&w->conf, "%s %s\n", line, name);
}

void
conf_write(const struct hostile *h, const char *dir, int port)
{
	char *lines = need_copy(h->conf, strlen(h->conf)), *save = NULL;
	struct writer w = {.dir = dir};
	struct bytes path = {0};

	bytes_fmt(&w.conf,
	    "account default\nhost 127.0.0.1\nport %d\ntls_starttls %s\n"
	    "auth on\nuser " HOSTILE_USER "\npassword " HOSTILE_PASSWORD "\n"
	    "from " HOSTILE_FROM "\nsyslog off\nlogfile %s/log\n",
	    port, h->setup->starttls ? "on" : "off", dir);
	if (*h->host != '\0')
		bytes_fmt(&w.conf, "tls_host_override %s\n", h->host);
	if (strstr(h->conf, "timeout ") == NULL)
		bytes_str(&w.conf, "timeout 30\n");
	for (char *line = strtok_r(lines, ";", &save); line != NULL;
	     line = strtok_r(NULL, ";", &save))
		add_line(&w, line);
	bytes_fmt(&path, "%s/conf", dir);
	write_file(path.p, &w.conf);
	bytes_clear(&path);
	bytes_clear(&w.conf);
	free(lines);
}

void
conf_read(const char *dir, const char *name, struct bytes *out)
{
	struct bytes path = {0};
	char buf[4096];
	ssize_t n;
	int fd;

	bytes_fmt(&path, "%s/%s", dir, name);
	fd = open(path.p, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && (n = read(fd, buf, sizeof(buf))) > 0)
		bytes_add(out, buf, (size_t)n);
	if (fd >= 0)
		close(fd);
	bytes_clear(&path);
}
