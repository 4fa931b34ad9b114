/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/smtp/auth.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/mem.h"
#include "lib/base/random.h"
#include "lib/smtp/scram.h"

#define COMMAND_MAX 510 /* RFC 5321, 4.5.3.1.4, without CRLF */
#define PLUS ((1U << SASL_SCRAM_SHA256_PLUS) | (1U << SASL_SCRAM_SHA1_PLUS))

/* What is known of a SCRAM exchange that failed. */
struct attempt {
	bool challenged; /* the server answered our first message */
	bool proved;     /* it showed that it knows the password */
	bool refused;    /* it refused with 5xx, and had proved nothing */
};

static bool
read_reply(struct client *c, struct err *e)
{
	return client_reply(c, client_until(c, SECONDS_HELLO), e);
}

static bool
refused(struct client *c, enum sasl mech, struct err *e)
{
	char step[40];

	snprintf(step, sizeof step, "AUTH %s", sasl_name(mech));
	return client_refused(c, step, ERR_LOGIN, e);
}

static bool
want_challenge(struct client *c, enum sasl mech, struct err *e)
{
	return read_reply(c, e)
	    && (c->reply.code == 334 || refused(c, mech, e));
}

static bool
want_success(struct client *c, enum sasl mech, struct err *e)
{
	return read_reply(c, e)
	    && (c->reply.code == 235 || refused(c, mech, e));
}

/* A response in base64; an empty one is an empty line. */
static bool
respond(struct client *c, const struct buf *b, struct err *e)
{
	struct buf line = {.secret = true};
	bool ok;

	ascii_base64(&line, b->p, b->n);
	ok = client_secret(c, buf_str(&line), e);
	buf_clear(&line);
	return ok;
}

/* AUTH with its initial response, in one line where that is short enough. */
static bool
begin(struct client *c, enum sasl mech, const struct buf *initial,
    struct err *e)
{
	struct buf line = {.secret = true};
	bool ok;

	buf_addf(&line, "AUTH %s ", sasl_name(mech));
	if (initial->n == 0)
		buf_addc(&line, '=');
	else
		ascii_base64(&line, initial->p, initial->n);
	if (line.n <= COMMAND_MAX)
		ok = client_secret(c, line.p, e);
	else
		ok = client_command(c, e, "AUTH %s", sasl_name(mech))
		    && want_challenge(c, mech, e) && respond(c, initial, e);
	buf_clear(&line);
	return ok;
}

static bool
login_login(struct client *c, const struct login *l, struct err *e)
{
	const char *const answers[] = {l->user, l->password};
	struct buf b = {.secret = true};
	bool ok;

	ok = client_command(c, e, "AUTH LOGIN");
	for (size_t i = 0; ok && i < 2; i++) {
		buf_reset(&b);
		buf_adds(&b, answers[i]);
		ok = want_challenge(c, SASL_LOGIN, e) && respond(c, &b, e);
	}
	buf_clear(&b);
	return ok && want_success(c, SASL_LOGIN, e);
}

/* PLAIN, EXTERNAL, OAUTHBEARER, XOAUTH2: all is said at once. */
static bool
login_once(struct client *c, const struct login *l, enum sasl mech,
    struct err *e)
{
	struct buf b = {.secret = true};
	bool ok;

	if (mech == SASL_PLAIN)
		sasl_plain(&b, l->user, l->password);
	else if (mech == SASL_EXTERNAL)
		buf_adds(&b, l->user);
	else if (mech == SASL_OAUTHBEARER)
		sasl_oauthbearer(&b, l->user, l->password, c->host, l->port);
	else
		sasl_xoauth2(&b, l->user, l->password);
	ok = begin(c, mech, &b, e) && read_reply(c, e);
	buf_reset(&b);
	/* A token's error comes as a challenge first (RFC 7628, 3.2.3). */
	if (mech == SASL_OAUTHBEARER)
		buf_addc(&b, '\001');
	if (ok && c->reply.code == 334
	    && (mech == SASL_OAUTHBEARER || mech == SASL_XOAUTH2))
		ok = respond(c, &b, e) && read_reply(c, e);
	buf_clear(&b);
	return ok && (c->reply.code == 235 || refused(c, mech, e));
}

/* The challenge of the last reply. */
static bool
challenge(struct client *c, struct buf *b, struct err *e)
{
	const char *p;
	size_t n;

	p = reply_last(&c->reply, &n);
	return ascii_unbase64(b, p, n)
	    || err_set(e, ERR_PROTOCOL,
		"%s sent a challenge that is not base64", c->host);
}

static bool
make_nonce(struct buf *b, struct err *e)
{
	unsigned char bytes[18];

	if (!random_bytes(bytes, sizeof bytes, e))
		return err_in(e, "SCRAM");
	ascii_base64(b, bytes, sizeof bytes);
	return true;
}

static bool
scram_begin(struct client *c, struct scram *s, const struct login *l,
    enum sasl mech, struct err *e)
{
	struct buf nonce = {0}, first = {.secret = true};
	bool ok;

	ok = make_nonce(&nonce, e);
	if (ok) {
		scram_first(s, l->user, nonce.p, &first);
		ok = begin(c, mech, &first, e);
	}
	buf_clear(&nonce);
	buf_clear(&first);
	return ok;
}

/* The server's last message; 235 does not count before it is verified. */
static bool
scram_end(struct client *c, const struct scram *s, enum sasl mech,
    struct attempt *a, struct err *e)
{
	static const struct buf none = {0};
	struct buf final = {0};
	struct err why;
	bool ok;

	if (c->reply.code == 235)
		return err_set(e, ERR_UNTRUSTED,
		    "%s let us in without proving that it knows the password",
		    c->host);
	if (c->reply.code != 334)
		return refused(c, mech, e);
	ok = challenge(c, &final, e);
	if (ok && !scram_verify(s, buf_str(&final), final.n, e)) {
		why = *e;
		if (e->kind == ERR_LOGIN && client_secret(c, "*", &why))
			read_reply(c, &why);
		ok = err_in(e, "%s", c->host);
	}
	buf_clear(&final);
	a->proved = ok;
	return ok && respond(c, &none, e) && want_success(c, mech, e);
}

static bool
login_scram(struct client *c, const struct login *l, enum sasl mech,
    struct scram *s, struct attempt *a, struct err *e)
{
	struct buf first = {0}, final = {.secret = true};
	bool ok;

	ok = scram_begin(c, s, l, mech, e) && want_challenge(c, mech, e);
	a->challenged = ok;
	ok = ok && challenge(c, &first, e);
	if (ok)
		ok = scram_final(s, buf_str(&first), first.n, l->password,
			 &final, e)
		    || err_in(e, "%s", c->host);
	ok = ok && respond(c, &final, e) && read_reply(c, e)
	    && scram_end(c, s, mech, a, e);
	a->refused = !ok && !a->proved && e->kind == ERR_LOGIN;
	buf_clear(&first);
	buf_clear(&final);
	return ok;
}

static bool
is_scram(enum sasl mech)
{
	return mech <= SASL_SCRAM_SHA1;
}

static bool
is_plus(enum sasl mech)
{
	return (PLUS & 1U << mech) != 0;
}

static bool
can_bind(const struct client *c)
{
	return c->facts->exporter_len > 0 || c->facts->endpoint_len > 0;
}

static void
set_binding(const struct client *c, struct scram *s, bool exporter)
{
	s->flag = 'p';
	if (exporter) {
		s->binding = "tls-exporter"; /* RFC 9266 */
		s->bound = c->facts->exporter;
		s->bound_len = c->facts->exporter_len;
	} else {
		s->binding = "tls-server-end-point"; /* RFC 5929, 4 */
		s->bound = c->facts->endpoint;
		s->bound_len = c->facts->endpoint_len;
	}
}

static bool
run_scram(struct client *c, const struct login *l, enum sasl mech,
    bool exporter, struct attempt *a, struct err *e)
{
	struct scram s = {0};
	bool ok;

	s.digest = mech == SASL_SCRAM_SHA1 || mech == SASL_SCRAM_SHA1_PLUS
	    ? DIGEST_SHA1
	    : DIGEST_SHA256;
	if (is_plus(mech))
		set_binding(c, &s, exporter);
	else if (l->named == SASL_NONE && can_bind(c)
	    && (c->caps.mechanisms & PLUS) == 0)
		s.flag = 'y';
	else
		s.flag = 'n';
	ok = login_scram(c, l, mech, &s, a, e);
	scram_clear(&s);
	return ok;
}

static bool
run(struct client *c, const struct login *l, enum sasl mech, struct attempt *a,
    struct err *e)
{
	bool exporter = c->facts->exporter_len > 0;

	snprintf(c->facts->mechanism, sizeof c->facts->mechanism, "%s",
	    sasl_name(mech));
	*a = (struct attempt){0};
	if (mech == SASL_LOGIN)
		return login_login(c, l, e);
	if (!is_scram(mech))
		return login_once(c, l, mech, e);
	if (run_scram(c, l, mech, exporter, a, e))
		return true;
	/* Refused before its first word: it may not know this binding. */
	if (is_plus(mech) && exporter && a->refused && !a->challenged
	    && c->facts->endpoint_len > 0)
		return run_scram(c, l, mech, false, a, e);
	return false;
}

/* SCRAM wants SASLprep for more than ASCII, which we leave to PLAIN. */
static bool
is_ascii(const struct login *l)
{
	return !ascii_has_8bit(l->user, strlen(l->user))
	    && !ascii_has_8bit(l->password, strlen(l->password));
}

static enum sasl
choose(const struct client *c, const struct login *l)
{
	unsigned m;

	for (m = 0; m < SASL_CHOSEN; m++) {
		if ((c->caps.mechanisms & 1U << m) == 0
		    || (is_scram(m) && !is_ascii(l))
		    || (is_plus(m) && !can_bind(c)))
			continue;
		return (enum sasl)m;
	}
	return SASL_NONE;
}

static bool
login_named(struct client *c, const struct login *l, struct err *e)
{
	const char *name = sasl_name(l->named);
	struct attempt a;

	if ((c->caps.mechanisms & 1U << l->named) == 0) {
		err_set(e, ERR_LOGIN, "%s does not offer %s", c->host, name);
		return err_advise(e, "write auth on to take what it offers");
	}
	if (is_scram(l->named) && !is_ascii(l)) {
		err_set(e, ERR_LOGIN,
		    "%s needs a user name and password in ASCII", name);
		return err_advise(e, "write auth plain");
	}
	if (is_plus(l->named) && !can_bind(c)) {
		err_set(e, ERR_LOGIN,
		    "%s cannot be bound to this server's certificate", name);
		return err_advise(e, "write auth on");
	}
	return run(c, l, l->named, &a, e);
}

static bool
login_any(struct client *c, const struct login *l, struct err *e)
{
	struct attempt a;
	enum sasl mech;

	mech = choose(c, l);
	if (mech == SASL_NONE && c->caps.mechanisms == 0) {
		err_set(e, ERR_LOGIN, "%s offers no login", c->host);
		return err_advise(e, "write auth off if it needs none");
	}
	if (mech == SASL_NONE) {
		err_set(e, ERR_LOGIN,
		    "%s offers no way to log in that was not asked for by name",
		    c->host);
		return err_advise(e, "see auth in pinmail.conf(5)");
	}
	if (run(c, l, mech, &a, e))
		return true;
	/* Some list SCRAM, but their backend cannot do it. */
	return is_scram(mech) && a.refused
	    && (c->caps.mechanisms & 1U << SASL_PLAIN) != 0
	    && run(c, l, SASL_PLAIN, &a, e);
}

bool
auth_login(struct client *c, const struct login *l, struct err *e)
{
	struct err ignored;
	bool ok;

	snprintf(c->facts->login, sizeof c->facts->login, "%s", l->user);
	ok = l->named != SASL_NONE ? login_named(c, l, e) : login_any(c, l, e);
	/* Else it would take our QUIT for a response (RFC 4954, 4). */
	if (!ok && c->reply.code == 334)
		client_secret(c, "*", &ignored);
	return ok;
}
