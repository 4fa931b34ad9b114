/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <fnmatch.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

#include "test/script/talk.h"

static bool
do_send(struct player *p, const struct step *st)
{
	if (st->computed)
		liar_say(&p->liar, p->ssl, st->text, &p->out);
	else
		bytes_add(&p->out, st->text, st->len);
	return true;
}

static bool
do_flush(struct player *p, const struct step *st)
{
	(void)st;
	talk_flush(p);
	return true;
}

/* A byte now and then, as long as there is somebody. */
static bool
trickle(struct player *p, const struct step *st)
{
	size_t i = 0;

	while (!talk_stopped(p, st->pause)) {
		talk_put(p, st->text + i, 1);
		i = (i + 1) % st->len;
	}
	return true;
}

static bool
do_flood(struct player *p, const struct step *st)
{
	if (st->pause > 0)
		return trickle(p, st);
	while (!talk_stopped(p, 0))
		talk_put(p, st->text, st->len);
	return true;
}

static bool
do_drip(struct player *p, const struct step *st)
{
	size_t i;

	for (i = 0; i < st->len; i++)
		talk_put(p, st->text + i, 1);
	return true;
}

static bool
do_line(struct player *p, const struct step *st)
{
	struct bytes decoded = {0}, glob = {0};
	char *line;
	bool ok;

	if (!talk_line(p, st, &line))
		return false;
	if (strncmp(line, "BDAT ", 5) == 0)
		p->bdat = strtoul(line + 5, NULL, 10);
	liar_hear(&p->liar, line, &decoded);
	if (st->computed) {
		liar_fill(&p->liar, p->ssl, st->text, &glob);
		ok = fnmatch(bytes_cstr(&glob), bytes_cstr(&decoded), 0) == 0;
		line = decoded.p;
	} else {
		bytes_str(&glob, st->text);
		ok = fnmatch(st->text, line, 0) == 0;
	}
	if (!ok)
		talk_mismatch(p, st, "wanted `%s`, got `%s`", glob.p, line);
	bytes_clear(&decoded);
	bytes_clear(&glob);
	return ok;
}

static bool
do_content(struct player *p, const struct step *st)
{
	char *line;

	do
		if (!talk_line(p, st, &line))
			return false;
	while (strcmp(line, ".") != 0);
	return true;
}

static bool
skip(struct player *p, const struct step *st, size_t n)
{
	while (p->in.n - p->pos < n)
		if (!talk_read(p))
			return talk_mismatch(p, st,
			    "the client went away after "
			    "%zu of %zu bytes",
			    p->in.n - p->pos, n);
	p->pos += n;
	return true;
}

static bool
do_bytes(struct player *p, const struct step *st)
{
	return skip(p, st, st->len);
}

static bool
do_bdat(struct player *p, const struct step *st)
{
	return skip(p, st, p->bdat);
}

static bool
do_tls(struct player *p, const struct step *st)
{
	if (p->pos < p->in.n)
		return talk_mismatch(p, st, "input before the handshake");
	if (!talk_handshake(p)) {
		p->gone = true;
		return talk_mismatch(p, st, "handshake failed: %s",
		    ERR_reason_error_string(ERR_peek_last_error()));
	}
	return true;
}

static bool
do_notls(struct player *p, const struct step *st)
{
	if (talk_handshake(p))
		return talk_mismatch(p, st,
		    "the client finished the handshake");
	p->gone = true;
	ERR_clear_error();
	return true;
}

static bool
do_close(struct player *p, const struct step *st)
{
	(void)st;
	if (p->ssl != NULL && !p->gone)
		SSL_shutdown(p->ssl);
	shutdown(p->fd, SHUT_WR);
	/* Closing over unread input would reset what was sent. */
	while (talk_read(p))
		continue;
	return true;
}

static bool
do_reset(struct player *p, const struct step *st)
{
	struct linger now = {.l_onoff = 1};

	(void)st;
	setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(p->fd);
	p->fd = -1;
	return true;
}

static bool
do_hang(struct player *p, const struct step *st)
{
	if (st->pause == 0)
		return talk_stopped(p, -1);
	while (!talk_stopped(p, st->pause) && talk_sip(p, st->len))
		continue;
	return true;
}

static bool
do_eof(struct player *p, const struct step *st)
{
	const char *rest;

	while (talk_read(p))
		continue;
	rest = bytes_cstr(&p->in) + p->pos;
	if (*rest != '\0' && strcmp(rest, "QUIT\r\n") != 0)
		return talk_mismatch(p, st, "wanted the end, got `%s`", rest);
	p->pos = p->in.n;
	return true;
}

static bool (*const actions[])(struct player *,
    const struct step *) = {[STEP_SEND] = do_send,
    [STEP_FLUSH] = do_flush,
    [STEP_FLOOD] = do_flood,
    [STEP_DRIP] = do_drip,
    [STEP_LINE] = do_line,
    [STEP_CONTENT] = do_content,
    [STEP_BYTES] = do_bytes,
    [STEP_BDAT] = do_bdat,
    [STEP_TLS] = do_tls,
    [STEP_NOTLS] = do_notls,
    [STEP_CLOSE] = do_close,
    [STEP_RESET] = do_reset,
    [STEP_HANG] = do_hang,
    [STEP_EOF] = do_eof};

static bool
get_client(struct player *p)
{
	struct pollfd pfd[2] = {{.fd = p->listener, .events = POLLIN},
	    {.fd = p->stop, .events = POLLIN}};
	int on = 1;

	while (poll(pfd, 2, -1) < 0 && errno == EINTR)
		continue;
	p->fd = pfd[0].revents != 0
	    ? accept4(p->listener, NULL, NULL, SOCK_CLOEXEC)
	    : -1;
	if (p->fd < 0) {
		snprintf(p->why, sizeof(p->why), "the client never came");
		return false;
	}
	setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return true;
}

static bool
run_steps(struct player *p)
{
	const struct script *s = p->s;
	const struct step first = {.kind = STEP_TLS}, *st;
	size_t i;

	if (s->tls == SCRIPT_IMPLICIT
	    && (s->n == 0
		|| (s->steps[0].kind != STEP_TLS
		    && s->steps[0].kind != STEP_NOTLS))
	    && !do_tls(p, &first))
		return false;
	for (i = 0; i < s->n && p->fd >= 0; i++) {
		st = &s->steps[i];
		if (st->kind != STEP_SEND)
			talk_flush(p);
		if (!actions[st->kind](p, st))
			return false;
	}
	talk_flush(p);
	while (talk_read(p))
		continue;
	return true;
}

/* The password that the client has. */
static const char *
password(const struct script *s)
{
	size_t i;

	for (i = 0; i < s->conf.n; i++)
		if (strncmp(s->conf.at[i], "password ", 9) == 0)
			return s->conf.at[i] + 9;
	return "";
}

void
player_run(struct player *p)
{
	p->liar.password = password(p->s);
	if (!get_client(p))
		return;
	run_steps(p);
	SSL_free(p->ssl);
	p->ssl = NULL;
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

void
player_clear(struct player *p)
{
	bytes_clear(&p->in);
	bytes_clear(&p->out);
	bytes_clear(&p->said);
	bytes_clear(&p->plain);
	bytes_clear(&p->hello);
	bytes_clear(&p->wire);
	liar_clear(&p->liar);
}
