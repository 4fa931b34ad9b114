/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/ssl.h>

#include "test/server/bytes.h"
#include "test/server/options.h"

enum {
	OPT_DIR = 256,
	OPT_PIN,
	OPT_TLS,
	OPT_LOGIN,
	OPT_NO_AUTH,
	OPT_MECH,
	OPT_NO_EXPORTER,
	OPT_ITERATIONS,
	OPT_CAPS,
	OPT_OWNER,
	OPT_REFUSE,
	OPT_RCPT_MAX,
	OPT_BUFFERS,
	OPT_LINEWISE,
	OPT_CERT,
	OPT_KEY,
	OPT_TLS_MAX,
	OPT_CLIENT_CERT,
	OPT_HASH_ONLY,
	OPT_COUNT_ONLY,
	OPT_MESSAGES,
	OPT_EOF
};

static const struct option table[] = {{"dir", required_argument, NULL, OPT_DIR},
    {"pin", no_argument, NULL, OPT_PIN},
    {"tls", required_argument, NULL, OPT_TLS},
    {"login", required_argument, NULL, OPT_LOGIN},
    {"no-auth", no_argument, NULL, OPT_NO_AUTH},
    {"mech", required_argument, NULL, OPT_MECH},
    {"no-exporter", no_argument, NULL, OPT_NO_EXPORTER},
    {"iterations", required_argument, NULL, OPT_ITERATIONS},
    {"caps", required_argument, NULL, OPT_CAPS},
    {"owner", required_argument, NULL, OPT_OWNER},
    {"refuse", required_argument, NULL, OPT_REFUSE},
    {"rcpt-max", required_argument, NULL, OPT_RCPT_MAX},
    {"buffers", required_argument, NULL, OPT_BUFFERS},
    {"linewise", no_argument, NULL, OPT_LINEWISE},
    {"cert", required_argument, NULL, OPT_CERT},
    {"key", required_argument, NULL, OPT_KEY},
    {"tls-max", required_argument, NULL, OPT_TLS_MAX},
    {"request-client-cert", no_argument, NULL, OPT_CLIENT_CERT},
    {"hash-only", no_argument, NULL, OPT_HASH_ONLY},
    {"count-only", no_argument, NULL, OPT_COUNT_ONLY},
    {"messages", required_argument, NULL, OPT_MESSAGES},
    {"until-eof", no_argument, NULL, OPT_EOF}, {NULL, 0, NULL, 0}};

static const struct {
	const char *name;
	enum cap cap;
} cap_names[] = {{"PIPELINING", CAP_PIPELINING}, {"CHUNKING", CAP_CHUNKING},
    {"8BITMIME", CAP_8BITMIME}, {"SMTPUTF8", CAP_SMTPUTF8}, {"DSN", CAP_DSN},
    {"ENHANCEDSTATUSCODES", CAP_ENHANCED}, {"SIZE", CAP_SIZE}};

static const char known_mechanisms[] =
    "PLAIN LOGIN SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS "
    "SCRAM-SHA-1 EXTERNAL OAUTHBEARER XOAUTH2";

static uint64_t
number(const char *s, uint64_t max)
{
	char *end;
	uint64_t n = strtoull(s, &end, 10);

	if (*s < '0' || *s > '9' || *end != '\0' || n > max)
		die("%s: not a number up to %llu", s, (unsigned long long)max);
	return n;
}

static void
pair_add(struct pairs *ps, const char *arg, const char *at)
{
	if (at == NULL || at == arg)
		die("%s: a key, a separator and a value are needed", arg);
	ps->at = realloc(ps->at, (ps->n + 1) * sizeof(*ps->at));
	if (ps->at == NULL)
		die("out of memory");
	ps->at[ps->n].key = need_copy(arg, (size_t)(at - arg));
	ps->at[ps->n].value = need_copy(at + 1, strlen(at + 1));
	ps->n++;
}

/* An address may hold `=`; the reply begins at the one that digits follow. */
static const char *
before_reply(const char *s)
{
	const char *p = s;

	while ((p = strchr(p, '=')) != NULL) {
		if (strspn(p + 1, "0123456789") == 3
		    && (p[4] == ' ' || p[4] == '\0'))
			return p;
		p++;
	}
	return NULL;
}

static void
caps_set(struct options *o, const char *arg)
{
	const char *p = arg;
	size_t n, i;

	o->caps = 0;
	o->size_max = 0;
	for (; *p != '\0'; p += n + (p[n] == ',')) {
		n = strcspn(p, ",");
		for (i = 0; i < sizeof(cap_names) / sizeof(*cap_names); i++)
			if (strncasecmp(p, cap_names[i].name, n) == 0
			    && cap_names[i].name[n] == '\0')
				break;
		if (i < sizeof(cap_names) / sizeof(*cap_names)) {
			o->caps |= cap_names[i].cap;
		} else if (strncasecmp(p, "SIZE=", 5) == 0) {
			char *value = need_copy(p + 5, n - 5);

			o->caps |= CAP_SIZE;
			o->size_max = number(value, UINT64_MAX / 2);
			free(value);
		} else {
			die("--caps: %.*s is not known", (int)n, p);
		}
	}
}

static void
check_mechanisms(const char *list)
{
	const char *p = list;
	char *word;
	size_t n;

	for (p += strspn(p, " "); *p != '\0'; p += strspn(p, " ")) {
		n = strcspn(p, " ");
		word = need_copy(p, n);
		if (!word_in(known_mechanisms, word))
			die("--mech: %s is not known", word);
		free(word);
		p += n;
	}
}

static int
tls_version(const char *s)
{
	if (strcmp(s, "1.2") == 0)
		return TLS1_2_VERSION;
	if (strcmp(s, "1.3") == 0)
		return TLS1_3_VERSION;
	die("--tls-max: 1.2 or 1.3");
}

static bool
switch_set(struct options *o, int c)
{
	bool *const flags[] = {[OPT_PIN - OPT_DIR] = &o->print_pin,
	    [OPT_NO_AUTH - OPT_DIR] = &o->no_auth,
	    [OPT_NO_EXPORTER - OPT_DIR] = &o->no_exporter,
	    [OPT_LINEWISE - OPT_DIR] = &o->linewise,
	    [OPT_CLIENT_CERT - OPT_DIR] = &o->client_cert,
	    [OPT_HASH_ONLY - OPT_DIR] = &o->hash_only,
	    [OPT_COUNT_ONLY - OPT_DIR] = &o->count_only,
	    [OPT_EOF - OPT_DIR] = &o->until_eof};
	size_t i = (size_t)(c - OPT_DIR);

	if (c < OPT_DIR || i >= sizeof(flags) / sizeof(*flags)
	    || flags[i] == NULL)
		return false;
	*flags[i] = true;
	return true;
}

static void
value_set(struct options *o, int c)
{
	switch (c) {
	case OPT_DIR:
		o->dir = optarg;
		break;
	case OPT_CERT:
		o->cert = optarg;
		break;
	case OPT_KEY:
		o->key = optarg;
		break;
	case OPT_LOGIN:
		pair_add(&o->logins, optarg, strchr(optarg, ':'));
		break;
	case OPT_OWNER:
		pair_add(&o->owners, optarg, strchr(optarg, '='));
		break;
	case OPT_REFUSE:
		pair_add(&o->refusals, optarg, before_reply(optarg));
		break;
	case OPT_MECH:
		o->mechanisms = optarg;
		break;
	case OPT_CAPS:
		caps_set(o, optarg);
		break;
	case OPT_TLS_MAX:
		o->tls_max = tls_version(optarg);
		break;
	case OPT_RCPT_MAX:
		o->rcpt_max = number(optarg, LONG_MAX);
		break;
	case OPT_MESSAGES:
		o->messages = number(optarg, LONG_MAX);
		break;
	case OPT_ITERATIONS:
		o->iterations = (int)number(optarg, INT_MAX);
		break;
	case OPT_BUFFERS:
		o->buffers = (int)number(optarg, INT_MAX / 2);
		break;
	case OPT_TLS:
		o->starttls = strcmp(optarg, "starttls") == 0;
		if (!o->starttls && strcmp(optarg, "implicit") != 0)
			die("--tls: implicit or starttls");
		break;
	default:
		die("usage: smtpd --dir DIR [option ...]");
	}
}

void
options_parse(struct options *o, int argc, char *argv[])
{
	int c;

	*o = (struct options){.iterations = 4096,
	    .mechanisms = "PLAIN LOGIN SCRAM-SHA-256-PLUS SCRAM-SHA-256"};
	caps_set(o,
	    "PIPELINING,CHUNKING,8BITMIME,SMTPUTF8,DSN,"
	    "ENHANCEDSTATUSCODES,SIZE=0");
	while ((c = getopt_long(argc, argv, "", table, NULL)) != -1)
		if (!switch_set(o, c))
			value_set(o, c);
	if (o->dir == NULL || optind != argc)
		die("usage: smtpd --dir DIR [option ...]");
	if ((o->cert == NULL) != (o->key == NULL))
		die("--cert and --key go together");
	if (o->iterations < 1)
		die("--iterations: at least 1");
	check_mechanisms(o->mechanisms);
}

static void
pairs_clear(struct pairs *ps)
{
	size_t i;

	for (i = 0; i < ps->n; i++) {
		free(ps->at[i].key);
		free(ps->at[i].value);
	}
	free(ps->at);
	*ps = (struct pairs){0};
}

void
options_clear(struct options *o)
{
	pairs_clear(&o->logins);
	pairs_clear(&o->owners);
	pairs_clear(&o->refusals);
}

const char *
pairs_find(const struct pairs *ps, const char *key)
{
	size_t i;

	for (i = 0; i < ps->n; i++)
		if (strcasecmp(ps->at[i].key, key) == 0)
			return ps->at[i].value;
	return NULL;
}

bool
word_in(const char *list, const char *word)
{
	size_t n = strlen(word);
	const char *p = list;

	for (p += strspn(p, " "); *p != '\0'; p += strspn(p, " ")) {
		if (strcspn(p, " ") == n && strncasecmp(p, word, n) == 0)
			return true;
		p += strcspn(p, " ");
	}
	return false;
}
