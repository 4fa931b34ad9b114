/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/collect.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "lib/base/ascii.h"
#include "lib/base/clock.h"
#include "lib/base/wait.h"
#include "lib/mail/addr.h"
#include "lib/mail/dot.h"

void
job_clear(struct job *j)
{
	envelope_clear(&j->env);
	free(j->account);
	free(j->author);
	free(j->id);
}

bool
collect_piece(int fd, char *p, size_t room, size_t *n, struct err *e)
{
	struct termios tty;
	ssize_t r;

	do {
		/* Hours may go by: a job writes as it runs. */
		if (!wait_fd(fd, POLLIN, CLOCK_NEVER, e))
			return err_in(e, "reading the message");
		r = read(fd, p, room);
	} while (r < 0 && (errno == EINTR || errno == EAGAIN));
	if (r < 0)
		return err_set(e, ERR_IO,
		    "reading the message: %s; nothing was sent",
		    strerror(errno));
	/* A terminal that is gone reads like one where ^D was typed. */
	if (r == 0 && tcgetattr(fd, &tty) != 0 && errno == EIO)
		return err_set(e, ERR_IO,
		    "reading the message: the terminal went away; "
		    "nothing was sent");
	*n = (size_t)r;
	return true;
}

bool
collect_message(struct message *m, int fd, bool dot, struct err *e)
{
	static char piece[64 * 1024];
	struct dot d = {0};
	const char *p;
	size_t n = 0;

	do {
		p = piece;
		if (!collect_piece(fd, piece, sizeof piece, &n, e)
		    || !(dot ? dot_add(&d, m, &p, p + n, e)
			     : message_add(m, p, n, e)))
			return false;
	} while (n > 0 && !d.ended);
	return message_end(m, e);
}

static bool
add_operand(struct job *j, const char *s, struct err *e)
{
	struct mailboxes list = {0};
	bool ok = true;

	if (ascii_has_control(s))
		ok = err_set(e, ERR_INPUT, "a line break or control character");
	ok = ok && addr_parse(&list, s, strlen(s), e);
	if (ok && list.n == 0)
		ok = err_set(e, ERR_INPUT, "no address");
	for (size_t i = 0; ok && i < list.n; i++)
		envelope_add(&j->env, &list.v[i]);
	mailboxes_clear(&list);
	return ok || err_in(e, "recipient \"%s\"", s);
}

bool
collect_recipients(struct job *j, const struct options *o, struct err *e)
{
	for (char *const *p = o->operands; *p != NULL; p++)
		if (!add_operand(j, *p, e))
			return false;
	if (o->from_header && j->msg != NULL
	    && !envelope_from_header(&j->env, &j->msg->header, e))
		return false;
	if (j->env.n == 0)
		return err_set(e, ERR_USAGE,
		    "no recipients in the message's To, Cc or Bcc");
	for (size_t i = 0; i < j->env.n; i++)
		j->env.rcpt[i].notify = o->notify;
	j->env.ret = o->ret;
	if (o->envid != NULL)
		buf_adds(&j->env.envid, o->envid);
	return true;
}
