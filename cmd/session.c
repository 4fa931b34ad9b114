/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/session.h"

#include <string.h>
#include <unistd.h>

#include "lib/base/ascii.h"
#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/random.h"
#include "lib/base/wait.h"
#include "lib/conf/secret.h"
#include "lib/net/dial.h"
#include "lib/net/socks.h"
#include "lib/smtp/auth.h"

#define CONNECT_SECONDS 15
#define HANDSHAKE_SECONDS 60
#define SOCKS_PORT 1080

static const struct {
	enum conf_auth conf;
	enum sasl sasl;
} mechanisms[] = {
    {AUTH_PLAIN, SASL_PLAIN},
    {AUTH_LOGIN, SASL_LOGIN},
    {AUTH_SCRAM_SHA1, SASL_SCRAM_SHA1},
    {AUTH_SCRAM_SHA1_PLUS, SASL_SCRAM_SHA1_PLUS},
    {AUTH_SCRAM_SHA256, SASL_SCRAM_SHA256},
    {AUTH_SCRAM_SHA256_PLUS, SASL_SCRAM_SHA256_PLUS},
    {AUTH_EXTERNAL, SASL_EXTERNAL},
    {AUTH_OAUTHBEARER, SASL_OAUTHBEARER},
    {AUTH_XOAUTH2, SASL_XOAUTH2},
};

static enum sasl
named(const struct account *a)
{
	for (size_t i = 0; i < sizeof mechanisms / sizeof mechanisms[0]; i++)
		if ((int)mechanisms[i].conf == a->auth)
			return mechanisms[i].sasl;
	return SASL_NONE;
}

bool
session_secrets(struct session *s, const struct account *a,
    const char *credentials, struct err *e)
{
	if (s->secrets)
		return true;
	s->user.secret = s->password.secret = true;
	buf_reset(&s->user);
	buf_reset(&s->password);
	s->secrets = a->auth == AUTH_OFF
	    || (a->auth == AUTH_EXTERNAL && a->user == NULL
		&& a->userfile == NULL)
	    || (secret_user(a, credentials, &s->user, e)
		&& (a->auth == AUTH_EXTERNAL
		    || secret_password(a, credentials, &s->password, e)));
	return s->secrets;
}

static const char *
tls_host(const struct account *a)
{
	if (a->tls_host != NULL)
		return a->tls_host;
	return a->host != NULL ? a->host : "localhost";
}

static struct tls *
prepare(const struct account *a, bool look, const char *command, struct err *e)
{
	struct tls_settings settings = {
	    .command = command,
	    .host = tls_host(a),
	    .pins = &a->pins,
	    .trust_file = a->trust_file,
	    .cert_file = a->tls_cert,
	    .key_file = a->tls_key,
	    /* TLS 1.2 would show our certificate to everybody. */
	    .tls13 = a->tls13 == 1 || (a->tls13 < 0 && a->tls_cert != NULL),
	    .look = look,
	};

	return tls_prepare(&settings, e);
}

static int
limited(const struct session *s, int seconds)
{
	int timeout = s->c.timeout;

	return timeout > 0 && timeout < seconds ? timeout : seconds;
}

static bool
connect_proxy(struct session *s, struct err *e)
{
	const struct account *a = s->a;
	int64_t until = clock_until(limited(s, CONNECT_SECONDS), s->c.deadline);

	return a->proxy_host == NULL || a->socket != NULL
	    || socks_connect(s->c.stream, a->host, account_port(a), until, e);
}

bool
session_keys(const struct account *a, struct err *e)
{
	struct tls *t = prepare(a, false, "", e);

	tls_close(t);
	return t != NULL;
}

/* OpenSSL is set up while the first packet travels. */
static bool
connect_server(struct session *s, struct err *e)
{
	const struct account *a = s->a;
	bool proxy = a->proxy_host != NULL;
	struct dial_target target = {
	    .host = proxy ? a->proxy_host : a->host,
	    .port = !proxy          ? account_port(a)
		: a->proxy_port > 0 ? a->proxy_port
				    : SOCKS_PORT,
	    .socket = a->socket,
	    .source_ip = a->source_ip,
	};
	int64_t until = clock_until(limited(s, CONNECT_SECONDS), s->c.deadline);
	struct dial *d;

	d = dial_begin(&target, e);
	if (d == NULL)
		return false;
	s->tls = prepare(a, s->look != NULL, buf_str(&s->command), e);
	if (s->tls != NULL)
		s->c.stream = dial_finish(d, until, s->c.facts, e);
	dial_close(d);
	s->connected = s->c.stream != NULL && connect_proxy(s, e);
	return s->connected;
}

/* The client's hook; it leaves the tls with the stream when it is proved. */
static bool
start_tls(void *arg, struct stream *stream, int64_t until, struct err *e)
{
	struct session *s = arg;

	s->c.midway = true; /* a QUIT would stand in the clear */
	if (s->look != NULL)
		return tls_look(s->tls, stream, until, s->look, s->c.facts, e);
	if (!tls_start(s->tls, stream, until, s->c.facts, e))
		return err_in(e, "account %s", s->a->name);
	s->c.midway = false;
	s->tls = NULL;
	return true;
}

/* What to call ourselves once it is private: our domain, or the sender's. */
static const char *
ehlo_name(const struct session *s, const char *sender)
{
	const char *at = strrchr(*sender != '\0' ? sender : s->a->from, '@');

	if (s->a->domain != NULL)
		return s->a->domain;
	return at != NULL && !ascii_has_8bit(at, strlen(at)) ? at + 1
							     : "localhost";
}

/* Up to TLS, however the server wants it. */
static bool
secure(struct session *s, struct err *e)
{
	struct client *c = &s->c;

	if (!account_starttls(s->a))
		return start_tls(s, c->stream,
		    client_until(c, HANDSHAKE_SECONDS), e);
	c->midway = false;
	/* An address literal that tells nobody anything. */
	return client_greeting(c, e) && client_ehlo(c, "[127.0.0.1]", e)
	    && client_starttls(c, e);
}

static bool
greet(struct session *s, const char *sender, struct err *e)
{
	struct client *c = &s->c;

	if (!secure(s, e))
		return false;
	c->midway = false;
	return (account_starttls(s->a) || client_greeting(c, e))
	    && client_ehlo(c, ehlo_name(s, sender), e);
}

static bool
log_in(struct session *s, struct err *e)
{
	const struct login login = {
	    .named = named(s->a),
	    .user = buf_str(&s->user),
	    .password = buf_str(&s->password),
	    .port = account_port(s->a),
	};
	bool ok;

	if (s->a->auth == AUTH_OFF)
		return true;
	ok = auth_login(&s->c, &login, e);
	buf_clear(&s->password);
	return ok || err_in(e, "account %s", s->a->name);
}

/* Who does not read the dialogue does not hold up the mail. */
static void
show(void *arg, char who, const char *line)
{
	struct session *s = arg;
	struct buf b = {0};

	buf_addf(&b, "%c %s\n", who, line);
	if (!wait_put(STDERR_FILENO, b.p, b.n))
		s->c.trace = NULL;
	buf_clear(&b);
}

static void
begin(struct session *s, const struct account *a,
    const struct session_ways *ways)
{
	s->a = a;
	s->c.host = a->host != NULL ? a->host : a->socket;
	s->c.midway = true; /* until it is SMTP, no proxy hears QUIT */
	s->c.timeout = ways->timeout >= 0 ? ways->timeout : a->timeout;
	s->c.tls = start_tls;
	s->c.tls_arg = s;
	s->c.trace = ways->verbose ? show : NULL;
	s->c.trace_arg = s;
}

bool
session_open(struct session *s, const struct account *a,
    const struct session_ways *ways, const char *sender, struct err *e)
{
	unsigned char probe;

	begin(s, a, ways);
	account_pin_command(&s->command, a, ways->config);
	mem_perhaps(false);
	/* TLS could only say that something is wrong. */
	if (!random_bytes(&probe, sizeof probe, e)
	    || !session_secrets(s, a, ways->credentials, e))
		return false;
	if (ways->forget != NULL)
		conf_forget(ways->forget);
	return connect_server(s, e) && greet(s, sender, e) && log_in(s, e);
}

bool
session_look(struct session *s, const struct account *a,
    const struct session_ways *ways, struct chain *chain, struct err *e)
{
	bool ok;

	begin(s, a, ways);
	s->look = chain;
	ok = connect_server(s, e) && secure(s, e);
	s->c.midway = true; /* there is nothing to say */
	return ok;
}

void
session_close(struct session *s)
{
	if (s->c.stream != NULL)
		client_quit(&s->c);
	stream_close(s->c.stream);
	tls_close(s->tls);
	client_clear(&s->c);
	buf_clear(&s->user);
	buf_clear(&s->password);
	buf_clear(&s->command);
	*s = (struct session){0};
}
