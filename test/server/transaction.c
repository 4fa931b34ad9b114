/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "test/server/path.h"
#include "test/server/transaction.h"

void
transaction_reset(struct session *s)
{
	struct envelope *e = &s->env;

	if (s->content_open)
		content_end(&s->content);
	s->content_open = false;
	bytes_reset(&e->from);
	bytes_reset(&e->mailparams);
	bytes_reset(&e->rcpts);
	e->open = e->utf8 = e->bdat = false;
	e->accepted = e->tried = 0;
}

static bool
offered(const struct session *s, unsigned cap)
{
	return s->esmtp && (s->o->caps & cap) != 0;
}

static bool
too_big(const struct session *s, uint64_t size)
{
	return offered(s, CAP_SIZE) && s->o->size_max > 0
	    && size > s->o->size_max;
}

enum param { FINE, UNKNOWN, BAD, BIG };

static bool
one_of(const char *value, const char *list)
{
	return *value != '\0' && word_in(list, value);
}

static enum param
mail_param(struct session *s, const char *keyword, const char *value)
{
	uint64_t size;
	char *end;

	if (strcasecmp(keyword, "SIZE") == 0 && offered(s, CAP_SIZE)) {
		errno = 0;
		size = strtoull(value, &end, 10);
		if (*value < '0' || *value > '9' || *end != '\0'
		    || end - value > 20 || errno != 0)
			return BAD;
		return too_big(s, size) ? BIG : FINE;
	}
	if (strcasecmp(keyword, "BODY") == 0 && offered(s, CAP_8BITMIME))
		return one_of(value, "7BIT 8BITMIME") ? FINE : BAD;
	if (strcasecmp(keyword, "SMTPUTF8") == 0 && offered(s, CAP_SMTPUTF8)) {
		s->env.utf8 = true;
		return *value == '\0' ? FINE : BAD;
	}
	if (strcasecmp(keyword, "RET") == 0 && offered(s, CAP_DSN))
		return one_of(value, "FULL HDRS") ? FINE : BAD;
	if (strcasecmp(keyword, "ENVID") == 0 && offered(s, CAP_DSN))
		return *value != '\0' && strlen(value) <= 100
			&& path_xtext(value)
		    ? FINE
		    : BAD;
	return UNKNOWN;
}

static enum param
rcpt_param(struct session *s, const char *keyword, const char *value)
{
	const char *p = value;

	if (!offered(s, CAP_DSN))
		return UNKNOWN;
	if (strcasecmp(keyword, "ORCPT") == 0) {
		p = strchr(value, ';');
		return p != NULL && p > value && p[1] != '\0'
			&& path_xtext(p + 1)
		    ? FINE
		    : BAD;
	}
	if (strcasecmp(keyword, "NOTIFY") != 0)
		return UNKNOWN;
	if (strcasecmp(value, "NEVER") == 0)
		return FINE;
	for (; *p != '\0'; p += strcspn(p, ","), p += *p == ',' && p[1] != '\0')
		if (strncasecmp(p, "SUCCESS", 7) != 0
		    && strncasecmp(p, "FAILURE", 7) != 0
		    && strncasecmp(p, "DELAY", 5) != 0)
			return BAD;
	return p > value ? FINE : BAD;
}

/* Judges all parameters, none of which may come twice; replies if bad. */
static bool
params_ok(struct session *s, const char *params,
    enum param (*judge)(struct session *, const char *, const char *))
{
	char *copy = need_copy(params, strlen(params)), *p = copy;
	char *keyword, *value;
	struct bytes seen = {0};
	enum param r = FINE;

	while (r == FINE && path_param(&p, &keyword, &value)) {
		r = judge(s, keyword, value);
		if (r == FINE && word_in(bytes_cstr(&seen), keyword))
			r = BAD;
		bytes_fmt(&seen, "%s ", keyword);
	}
	if (r == UNKNOWN)
		session_reply(s, 555, "5.5.4", "Parameter %s not offered",
		    keyword);
	else if (r == BAD)
		session_reply(s, 501, "5.5.4", "Bad parameter %s", keyword);
	else if (r == BIG)
		session_reply(s, 552, "5.3.4", "Message too big");
	free(copy);
	bytes_clear(&seen);
	return r == FINE;
}

static bool
owns(const struct session *s, const char *address)
{
	const struct pairs *owners = &s->o->owners;
	size_t i;

	if (owners->n == 0 || *address == '\0')
		return true;
	for (i = 0; s->login != NULL && i < owners->n; i++)
		if (strcmp(owners->at[i].key, s->login) == 0
		    && strcasecmp(owners->at[i].value, address) == 0)
			return true;
	return false;
}

void
transaction_mail(struct session *s, char *args)
{
	char *path, *params;

	if (s->env.open) {
		session_reply(s, 503, "5.5.1", "One MAIL at a time");
		return;
	}
	transaction_reset(s);
	if (!path_cut(args, "FROM:", &path, &params)) {
		session_reply(s, 501, "5.5.4", "MAIL FROM:<path>");
		return;
	}
	if (session_refused(s, "MAIL") || !params_ok(s, params, mail_param))
		return;
	if (*path != '\0' && !path_mailbox(path, s->env.utf8))
		session_reply(s, 553, "5.1.7", "Bad sender");
	else if (!owns(s, path))
		session_reply(s, 553, "5.7.1", "Sender not owned by %s",
		    s->login != NULL ? s->login : "you");
	else {
		s->env.open = true;
		s->transaction++;
		bytes_str(&s->env.from, path);
		bytes_str(&s->env.mailparams, params);
		session_reply(s, 250, "2.1.0", "Sender OK");
	}
}

void
transaction_rcpt(struct session *s, char *args)
{
	struct envelope *e = &s->env;
	char *path, *params;

	if (!e->open || e->bdat) {
		session_reply(s, 503, "5.5.1", "MAIL first");
		return;
	}
	e->tried++;
	if (!path_cut(args, "TO:", &path, &params)) {
		session_reply(s, 501, "5.5.4", "RCPT TO:<path>");
		return;
	}
	if (session_refused(s, path) || session_refused(s, "RCPT")
	    || !params_ok(s, params, rcpt_param))
		return;
	if (!path_mailbox(path, e->utf8)) {
		session_reply(s, 553, "5.1.3", "Bad recipient");
	} else if (s->o->rcpt_max > 0 && e->accepted >= s->o->rcpt_max) {
		session_reply(s, 452, "4.5.3", "Too many recipients");
	} else {
		e->accepted++;
		bytes_fmt(&e->rcpts, "rcpt=%s\nrcptparams=%s\n", path, params);
		session_reply(s, 250, "2.1.5", "Recipient OK");
	}
}

static void
describe(struct session *s, struct bytes *out)
{
	const struct envelope *e = &s->env;
	SSL *ssl = s->w.ssl;
	const char *sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	char client[65];

	tlsconf_client(ssl, client);
	bytes_fmt(out, "session=%lu\ntransaction=%lu\n", s->number,
	    s->transaction);
	bytes_fmt(out, "login=%s\nmechanism=%s\n",
	    s->login != NULL ? s->login : "",
	    s->mechanism != NULL ? s->mechanism : "");
	bytes_fmt(out, "helo=%s\nhelo_plain=%s\n", bytes_cstr(&s->helo),
	    bytes_cstr(&s->helo_plain));
	bytes_fmt(out, "tls=%s\ncipher=%s\n", SSL_get_version(ssl),
	    SSL_get_cipher_name(ssl));
	bytes_fmt(out, "ticket=%d\npsk=%d\n", s->hello.ticket, s->hello.psk);
	bytes_fmt(out, "resumed=%d\nsni=%s\n", SSL_session_reused(ssl),
	    sni != NULL ? sni : "");
	bytes_fmt(out, "client=%s%s\n", *client != '\0' ? "sha256:" : "",
	    client);
	bytes_fmt(out, "from=%s\nmailparams=%s\n%s", bytes_cstr(&e->from),
	    bytes_cstr(&e->mailparams), bytes_cstr(&e->rcpts));
	bytes_fmt(out, "bdat=%d\n", e->bdat);
}

static void
login_dir(struct session *s, struct bytes *dir)
{
	filing_dir(dir, s->o->dir, s->login != NULL ? s->login : "_none");
}

static void
begin_content(struct session *s)
{
	struct bytes dir = {0};

	login_dir(s, &dir);
	content_begin(&s->content, !s->o->count_only,
	    s->o->hash_only || s->o->count_only ? NULL : dir.p);
	s->content_open = true;
	bytes_clear(&dir);
}

static bool
file(struct session *s)
{
	struct bytes env = {0}, dir = {0};
	bool ok;

	session_early(s);
	describe(s, &env);
	content_facts(&s->content, &env);
	bytes_fmt(&env, "waits=%lu\nturns=%lu\nearly=%lu\n", s->w.waits,
	    s->w.turns, s->early);
	login_dir(s, &dir);
	ok = filing_commit(&s->content.file, dir.p, &env);
	bytes_clear(&env);
	bytes_clear(&dir);
	return ok;
}

static void
verdict(struct session *s)
{
	struct server *server = s->server;

	if (session_refused(s, "CONTENT")) {
		;
	} else if (too_big(s, s->content.size)) {
		session_reply(s, 552, "5.3.4", "Message too big");
	} else if (!file(s)) {
		session_reply(s, 451, "4.3.0", "Cannot file it");
	} else {
		session_reply(s, 250, "2.0.0", "Filed, session %lu", s->number);
		if (atomic_fetch_add(&server->filed, 1) + 1
			== server->o->messages
		    && write(server->done, "", 1) != 1)
			die("cannot wake the main thread");
	}
	transaction_reset(s);
}

void
transaction_data(struct session *s, char *args)
{
	bool end = false;

	if (*args != '\0')
		session_reply(s, 501, "5.5.4", "DATA has no parameters");
	else if (!s->env.open || s->env.bdat)
		session_reply(s, 503, "5.5.1", "MAIL and RCPT first");
	else if (s->env.accepted == 0)
		session_reply(s, 554, "5.5.1", "No valid recipients");
	else if (!session_refused(s, "DATA")) {
		session_reply(s, 354, NULL, "End with a dot");
		s->ends_group = false;
		begin_content(s);
		while (!end && (s->w.pos < s->w.n || wire_fill(&s->w)))
			s->w.pos += content_data(&s->content,
			    s->w.in + s->w.pos, s->w.n - s->w.pos, &end);
		if (end)
			verdict(s);
	}
}

/* Reads a chunk; what nobody wants is read too, to stay in step. */
static bool
chunk(struct session *s, uint64_t size)
{
	size_t n;

	while (size > 0) {
		if (s->w.pos == s->w.n && !wire_fill(&s->w))
			return false;
		n = s->w.n - s->w.pos;
		if (n > size)
			n = (size_t)size;
		if (s->content_open)
			content_add(&s->content, s->w.in + s->w.pos, n);
		s->w.pos += n;
		size -= n;
	}
	return true;
}

void
transaction_bdat(struct session *s, char *args)
{
	struct envelope *e = &s->env;
	char *end;
	uint64_t size = strtoull(args, &end, 10);
	bool last = strcasecmp(end, " LAST") == 0;
	bool usable = e->open && e->accepted > 0;

	if (!offered(s, CAP_CHUNKING)) {
		session_reply(s, 502, "5.5.1", "BDAT is not offered");
		return;
	}
	if (*args < '0' || *args > '9' || end - args > 18
	    || (*end != '\0' && !last)) {
		/* No telling where the next command begins. */
		session_reply(s, 501, "5.5.4", "BDAT size [LAST]");
		s->quit = true;
		return;
	}
	if (usable && !s->content_open)
		begin_content(s);
	if (!chunk(s, size))
		return;
	e->bdat = e->open;
	if (!usable) {
		session_reply(s, e->open ? 554 : 503, "5.5.1",
		    e->open ? "No valid recipients" : "MAIL and RCPT first");
		transaction_reset(s);
	} else if (session_refused(s, "BDAT")) {
		transaction_reset(s);
	} else if (last) {
		verdict(s);
	} else {
		session_reply(s, 250, "2.0.0", "%llu octets",
		    (unsigned long long)size);
	}
}
