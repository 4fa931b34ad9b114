/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/conf/expand.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"

void
expand_mailname(struct buf *b, const char *otherwise)
{
	struct buf text = {.max = 4096};
	struct file_trouble trouble;
	struct stat st;
	struct err e;
	int fd;

	fd = file_open("/etc/mailname", &st, &trouble, &e);
	if (fd >= 0) {
		if (file_read(fd, &text, &e))
			text.n = strcspn(text.p, " \t\r\n");
		close(fd);
	}
	if (text.n > 0)
		buf_add(b, text.p, text.n);
	else
		buf_adds(b, otherwise);
	buf_clear(&text);
}

char *
expand(const char *s, const struct conf_world *w)
{
	struct buf b = {0};
	char *all;

	for (; *s != '\0'; s++) {
		if (s[0] != '%' || s[1] == '\0'
		    || strchr("UHCM", s[1]) == NULL) {
			buf_addc(&b, *s);
			continue;
		}
		s++;
		if (*s == 'M')
			expand_mailname(&b, w->host);
		else
			buf_adds(&b, *s == 'U' ? w->user : w->host);
	}
	all = mem_dup(buf_str(&b));
	buf_clear(&b);
	return all;
}
