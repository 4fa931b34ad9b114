/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/x509.h>

#include "test/server/auth.h"
#include "test/server/scram.h"

enum outcome { OK, WRONG, SYNTAX, CANCELLED, GONE, NO_BINDING, DOWNGRADE };

struct auth {
	struct session *s;
	const char *mechanism;
	bool initial;        /* response holds an initial one */
	enum outcome failed; /* why ask() was false */
	struct bytes response, login;
};

static const struct {
	int code;
	const char *enhanced, *text;
} replies[] = {[OK] = {235, "2.7.0", "Authentication succeeded"},
    [WRONG] = {535, "5.7.8", "Authentication credentials invalid"},
    [SYNTAX] = {501, "5.5.2", "Cannot understand that response"},
    [CANCELLED] = {501, "5.7.0", "Authentication cancelled"},
    [NO_BINDING] = {535, "5.7.8", "Channel binding not supported"},
    [DOWNGRADE] = {535, "5.7.8", "Server does support channel binding"}};

/* Sends a challenge and decodes the response. */
static bool
ask(struct auth *a, const void *challenge, size_t n)
{
	struct session *s = a->s;
	struct bytes text = {0};
	bool ok;

	base64_add(&text, challenge, n);
	session_reply(s, 334, NULL, "%s", bytes_cstr(&text));
	bytes_clear(&text);
	a->failed = GONE;
	switch (wire_line(&s->w, s->line, sizeof(s->line))) {
	case WIRE_LINE:
		break;
	case WIRE_END:
		return false;
	default:
		a->failed = SYNTAX;
		return false;
	}
	a->failed = strcmp(s->line, "*") == 0 ? CANCELLED : SYNTAX;
	ok = a->failed != CANCELLED
	    && base64_decode(&a->response, s->line, strlen(s->line));
	return ok;
}

static bool
first(struct auth *a)
{
	bool have = a->initial;

	a->initial = false;
	return have || ask(a, "", 0);
}

static const char *
password_of(const struct auth *a, const char *name)
{
	const struct pairs *logins = &a->s->o->logins;
	size_t i;

	for (i = 0; i < logins->n; i++)
		if (strcmp(logins->at[i].key, name) == 0)
			return logins->at[i].value;
	return NULL;
}

static enum outcome
check_password(struct auth *a, const char *login, const char *password)
{
	const char *good = password_of(a, login);

	if (good == NULL || strcmp(good, password) != 0)
		return WRONG;
	bytes_str(&a->login, login);
	return OK;
}

static enum outcome
plain(struct auth *a)
{
	const char *authzid, *login, *password;
	size_t n, m;

	if (!first(a))
		return a->failed;
	/* RFC 4616: three strings, the last without its NUL. */
	authzid = bytes_cstr(&a->response);
	n = strlen(authzid);
	if (n >= a->response.n)
		return SYNTAX;
	login = authzid + n + 1;
	m = strlen(login);
	if (n + 1 + m >= a->response.n)
		return SYNTAX;
	password = login + m + 1;
	if (n + m + 2 + strlen(password) != a->response.n || m == 0)
		return SYNTAX;
	if (n > 0 && strcmp(authzid, login) != 0)
		return WRONG;
	return check_password(a, login, password);
}

static enum outcome
login(struct auth *a)
{
	struct bytes user = {0};
	enum outcome r;

	if (!a->initial && !ask(a, "Username:", 9))
		return a->failed;
	bytes_str(&user, bytes_cstr(&a->response));
	if (ask(a, "Password:", 9))
		r = check_password(a, user.p, bytes_cstr(&a->response));
	else
		r = a->failed;
	bytes_clear(&user);
	return r;
}

/* The identity is the certificate's CN; RFC 4422 appendix A. */
static enum outcome
external(struct auth *a)
{
	enum outcome r = WRONG;
	const char *name;
	char cn[256];
	X509 *x;

	if (!first(a))
		return a->failed;
	x = SSL_get1_peer_certificate(a->s->w.ssl);
	if (x == NULL)
		return WRONG;
	name = bytes_cstr(&a->response);
	if (X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName,
		cn, sizeof(cn))
		> 0
	    && (name[0] == '\0' || strcmp(name, cn) == 0)
	    && password_of(a, cn) != NULL) {
		bytes_str(&a->login, cn);
		r = OK;
	}
	X509_free(x);
	return r;
}

/* The value of a ^A-separated key, cut out in place. */
static char *
cut(struct bytes *b, const char *key, char **state)
{
	size_t n = strlen(key);
	char *p;

	for (p = *state; p != NULL && p < b->p + b->n; p = *state) {
		*state = strchr(p, '\001');
		if (*state != NULL)
			*(*state)++ = '\0';
		if (strncasecmp(p, key, n) == 0)
			return p + n;
	}
	return NULL;
}

/* The error is told in a challenge first (RFC 7628 section 3.2.2). */
static enum outcome
bearer_failed(struct auth *a, const char *answer)
{
	static const char error[] =
	    "{\"status\":\"invalid_token\",\"schemes\":\"bearer\"}";

	if (!ask(a, error, sizeof(error) - 1))
		return a->failed;
	return strcmp(bytes_cstr(&a->response), answer) == 0 ? WRONG : SYNTAX;
}

static enum outcome
oauthbearer(struct auth *a)
{
	struct bytes user = {0};
	char *p, *token, *comma;
	enum outcome r = SYNTAX;

	if (!first(a))
		return a->failed;
	p = a->response.p;
	if (a->response.n != strlen(bytes_cstr(&a->response))
	    || strncmp(bytes_cstr(&a->response), "n,a=", 4) != 0
	    || (comma = strstr(p, ",\001")) == NULL
	    || strcmp(p + a->response.n - 2, "\001\001") != 0)
		return SYNTAX;
	bytes_add(&user, p + 4, (size_t)(comma - p) - 4);
	p = comma + 2;
	token = cut(&a->response, "auth=Bearer ", &p);
	if (token != NULL)
		r = check_password(a, user.p, token);
	bytes_clear(&user);
	return r == WRONG ? bearer_failed(a, "\001") : r;
}

static enum outcome
xoauth2(struct auth *a)
{
	char *p, *user, *token;
	enum outcome r;

	if (!first(a))
		return a->failed;
	p = a->response.p;
	if (a->response.n < 4 || a->response.n != strlen(p)
	    || strcmp(p + a->response.n - 2, "\001\001") != 0)
		return SYNTAX;
	user = cut(&a->response, "user=", &p);
	token = user != NULL ? cut(&a->response, "auth=Bearer ", &p) : NULL;
	if (token == NULL)
		return SYNTAX;
	r = check_password(a, user, token);
	return r == WRONG ? bearer_failed(a, "") : r;
}

/* RFC 5802 section 6: which flags go with which mechanism. */
static enum outcome
check_flag(struct auth *a, const struct scram *sc, struct bytes *cbdata)
{
	bool plus = strstr(a->mechanism, "-PLUS") != NULL;
	struct bytes twin = {0};
	bool offered;

	if (plus) {
		if (sc->flag != 'p'
		    || (a->s->o->no_exporter
			&& strcmp(sc->binding, "tls-exporter") == 0)
		    || !tlsconf_binding(a->s->w.ssl, sc->binding, cbdata))
			return NO_BINDING;
		return OK;
	}
	bytes_fmt(&twin, "%s-PLUS", a->mechanism);
	offered = word_in(a->s->o->mechanisms, twin.p);
	bytes_clear(&twin);
	if (sc->flag == 'p')
		return SYNTAX;
	return sc->flag == 'y' && offered ? DOWNGRADE : OK;
}

static enum outcome
scram_exchange(struct auth *a, struct scram *sc, struct bytes *cbdata,
    struct bytes *out)
{
	static const enum outcome ends[] = {[SCRAM_OK] = OK,
	    [SCRAM_SYNTAX] = SYNTAX,
	    [SCRAM_BINDING] = WRONG,
	    [SCRAM_PROOF] = WRONG};
	unsigned char salt[16], salted[EVP_MAX_MD_SIZE];
	const char *password;
	enum outcome r;

	if (!scram_client_first(sc, bytes_cstr(&a->response), a->response.n))
		return SYNTAX;
	r = check_flag(a, sc, cbdata);
	if (r != OK)
		return r;
	if (sc->authzid.n > 0 && strcmp(sc->authzid.p, sc->user.p) != 0)
		return WRONG;
	password = password_of(a, sc->user.p);
	scram_secret(sc->md, sc->user.p, password, a->s->o->iterations, salt,
	    salted);
	scram_server_first(sc, salt, a->s->o->iterations, out);
	if (!ask(a, out->p, out->n))
		return a->failed;
	bytes_reset(out);
	r = ends[scram_client_final(sc, a->response.p, a->response.n, cbdata,
	    salted, out)];
	if (r != OK)
		return r;
	/* SMTP has no data in a 235: the signature is one more challenge. */
	if (!ask(a, out->p, out->n))
		return a->failed;
	if (a->response.n > 0)
		return SYNTAX;
	bytes_str(&a->login, sc->user.p);
	return OK;
}

static enum outcome
scram(struct auth *a)
{
	struct scram sc = {
	    .md = strncasecmp(a->mechanism, "SCRAM-SHA-256", 13) == 0
		? EVP_sha256()
		: EVP_sha1()};
	struct bytes cbdata = {0}, out = {0};
	enum outcome r;

	if (!first(a))
		return a->failed;
	r = scram_exchange(a, &sc, &cbdata, &out);
	scram_clear(&sc);
	bytes_clear(&cbdata);
	bytes_clear(&out);
	return r;
}

static const struct {
	const char *name;
	enum outcome (*run)(struct auth *);
} mechanisms[] = {{"PLAIN", plain}, {"LOGIN", login}, {"EXTERNAL", external},
    {"OAUTHBEARER", oauthbearer}, {"XOAUTH2", xoauth2}, {"SCRAM-SHA-1", scram},
    {"SCRAM-SHA-1-PLUS", scram}, {"SCRAM-SHA-256", scram},
    {"SCRAM-SHA-256-PLUS", scram}};

static void
run(struct auth *a, size_t i)
{
	struct session *s = a->s;
	enum outcome r = mechanisms[i].run(a);

	if (r == OK) {
		s->login = need_copy(a->login.p, a->login.n);
		s->mechanism = need_copy(a->mechanism, strlen(a->mechanism));
	}
	if (r != GONE)
		session_reply(s, replies[r].code, replies[r].enhanced, "%s",
		    replies[r].text);
}

void
auth_command(struct session *s, char *args)
{
	struct auth a = {.s = s};
	char *response = strchr(args, ' ');
	size_t i, n = sizeof(mechanisms) / sizeof(*mechanisms);

	if (s->o->no_auth || s->w.ssl == NULL || !s->esmtp) {
		session_reply(s, 502, "5.5.1", "AUTH is not offered");
		return;
	}
	if (s->login != NULL || s->env.open) {
		session_reply(s, 503, "5.5.1", "Not now");
		return;
	}
	if (session_refused(s, "AUTH"))
		return;
	if (response != NULL)
		*response++ = '\0';
	for (i = 0; i < n; i++)
		if (strcasecmp(mechanisms[i].name, args) == 0)
			break;
	if (i == n || !word_in(s->o->mechanisms, args)) {
		session_reply(s, 504, "5.5.4", "No such mechanism");
		return;
	}
	a.mechanism = mechanisms[i].name;
	a.initial = response != NULL;
	/* A lone `=` is an initial response without a byte. */
	if (response != NULL && strcmp(response, "=") != 0
	    && !base64_decode(&a.response, response, strlen(response)))
		session_reply(s, 501, "5.5.2", "That is not base64");
	else
		run(&a, i);
	bytes_clear(&a.response);
	bytes_clear(&a.login);
}
