/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/conf/table.h"

#include <string.h>
#include <syslog.h>

#include "lib/base/ascii.h"
#include "lib/base/dsn.h"
#include "lib/conf/account.h"

#define AT(member) offsetof(struct account, member)

static const char *
wrong_from(const char *s)
{
	if (strpbrk(s, "*?[,") != NULL)
		return "from is one literal address; write the pattern in "
		       "a senders line";
	if (strchr(s, '%') != NULL)
		return "only %U, %H, %C and %M are known here";
	if (strchr(s, '@') == NULL || strpbrk(s, " \t<>") != NULL)
		return "from is an address: user@domain";
	return NULL;
}

static const char *
wrong_local_to(const char *s)
{
	return strchr(s, '@') == NULL || strpbrk(s, " \t<>,") != NULL
	    ? "local_to is an address: user@domain"
	    : NULL;
}

static const char *
wrong_domain(const char *s)
{
	for (const char *p = s; *p != '\0'; p++)
		if (!ascii_is_alpha(*p) && !ascii_is_digit(*p)
		    && strchr("-_.[]:", *p) == NULL)
			return "domain is a host name, such as "
			       "mail.example.com";
	return NULL;
}

static const char *
wrong_notify(const char *s)
{
	unsigned bits;

	return strcmp(s, "off") == 0 || dsn_parse_notify(s, &bits)
	    ? NULL
	    : "dsn_notify is off, never, or a list of success, failure and "
	      "delay with commas between";
}

static const char *
wrong_ret(const char *s)
{
	enum dsn_ret ret;

	return strcmp(s, "off") == 0 || dsn_parse_ret(s, &ret)
	    ? NULL
	    : "dsn_return is off, headers or full";
}

static const char *
wrong_field(const char *s)
{
	for (; *s != '\0'; s++)
		if (!ascii_is_alpha(*s) && !ascii_is_digit(*s) && *s != '-')
			return "identity_header is off, or the name of a "
			       "header field such as X-Sent-As";
	return NULL;
}

static const struct keyword_word off_on[] = {{"off", 0}, {"on", 1}, {"", 1},
    {NULL, 0}};
static const struct keyword_word off[] = {{"off", 0}, {NULL, 0}};
static const struct keyword_word on[] = {{"on", 1}, {"", 1}, {NULL, 0}};
static const struct keyword_word system_store[] = {{"system", 0}, {NULL, 0}};
static const struct keyword_word smtp[] = {{"smtp", 0}, {NULL, 0}};
static const struct keyword_word starttls[] = {{"off", STARTTLS_OFF},
    {"on", STARTTLS_ON}, {"", STARTTLS_ON}, {NULL, 0}};
static const struct keyword_word versions[] = {{"1.2", 0}, {"1.3", 1},
    {NULL, 0}};
static const struct keyword_word mechanisms[] = {
    {"on", AUTH_ANY},
    {"", AUTH_ANY},
    {"off", AUTH_OFF},
    {"plain", AUTH_PLAIN},
    {"login", AUTH_LOGIN},
    {"scram-sha-1", AUTH_SCRAM_SHA1},
    {"scram-sha-1-plus", AUTH_SCRAM_SHA1_PLUS},
    {"scram-sha-256", AUTH_SCRAM_SHA256},
    {"scram-sha-256-plus", AUTH_SCRAM_SHA256_PLUS},
    {"external", AUTH_EXTERNAL},
    {"oauthbearer", AUTH_OAUTHBEARER},
    {"xoauth2", AUTH_XOAUTH2},
    {NULL, 0},
};
static const struct keyword_word foreign[] = {{"refuse", FOREIGN_REFUSE},
    {"rewrite", FOREIGN_REWRITE}, {NULL, 0}};
static const struct keyword_word set[] = {{"auto", SET_AUTO}, {"", SET_AUTO},
    {"on", SET_ON}, {"off", SET_OFF}, {NULL, 0}};
static const struct keyword_word set_or_not[] = {{"auto", SET_AUTO},
    {"", SET_AUTO}, {"off", SET_OFF}, {NULL, 0}};
static const struct keyword_word add_missing[] = {{"on", SET_AUTO},
    {"", SET_AUTO}, {"off", SET_OFF}, {NULL, 0}};
static const struct keyword_word automatic[] = {{"auto", 0}, {"", 0},
    {NULL, 0}};
static const struct keyword_word to_words[] = {{"off", TO_KEPT},
    {"on", TO_RECIPIENTS}, {"", TO_RECIPIENTS},
    {"undisclosed_recipients", TO_UNDISCLOSED}, {NULL, 0}};
static const struct keyword_word undisclosed[] = {{"off", TO_KEPT},
    {"on", TO_UNDISCLOSED}, {"", TO_UNDISCLOSED}, {NULL, 0}};
static const struct keyword_word formats[] = {{"text", 0}, {"json", 1},
    {NULL, 0}};
static const struct keyword_word facilities[] = {
    {"off", -1},
    {"on", LOG_MAIL},
    {"", LOG_MAIL},
    {"LOG_MAIL", LOG_MAIL},
    {"LOG_USER", LOG_USER},
    {"LOG_LOCAL0", LOG_LOCAL0},
    {"LOG_LOCAL1", LOG_LOCAL1},
    {"LOG_LOCAL2", LOG_LOCAL2},
    {"LOG_LOCAL3", LOG_LOCAL3},
    {"LOG_LOCAL4", LOG_LOCAL4},
    {"LOG_LOCAL5", LOG_LOCAL5},
    {"LOG_LOCAL6", LOG_LOCAL6},
    {"LOG_LOCAL7", LOG_LOCAL7},
    {NULL, 0},
};

const struct keyword keyword_table[] = {
    {"account", NOTHING, 0, NULL, 0, 0, NULL}, /* the reader's own */
    {"add_missing_date_header", WORD, AT(set_date), add_missing, 0, 0, NULL},
    {"add_missing_from_header", WORD, AT(set_from), add_missing, 0, 0, NULL},
    {"aliases", PATH, AT(aliases), off, 0, 0, NULL},
    {"allow_from_override", WORD, AT(from_override), off_on, 0, 0, NULL},
    {"auth", WORD, AT(auth), mechanisms, 0, 0, NULL},
    {"auto_from", NOTHING, 0, off, 0, 0, NULL},
    {"connect_timeout", NUMBER, AT(timeout), off, 1, 86400, NULL},
    {"deadline", NUMBER, AT(deadline), off, 1, 86400, NULL},
    {"defaults", NOTHING, 0, NULL, 0, 0, NULL}, /* the reader's own */
    {"domain", PATTERN, AT(domain), NULL, 0, 0, wrong_domain},
    {"dot_ends_message", WORD, AT(dot_ends), off_on, 0, 0, NULL},
    {"dsn_notify", STRING, AT(dsn_notify), NULL, 0, 0, wrong_notify},
    {"dsn_return", STRING, AT(dsn_return), NULL, 0, 0, wrong_ret},
    {"foreign_from", WORD, AT(foreign_from), foreign, 0, 0, NULL},
    {"from", PATTERN, AT(from), NULL, 0, 0, wrong_from},
    {"from_full_name", STRING, AT(full_name), NULL, 0, 0, NULL},
    {"host", STRING, AT(host), NULL, 0, 0, NULL},
    {"identity_header", STRING, AT(identity_header), NULL, 0, 0, wrong_field},
    {"include", NOTHING, 0, NULL, 0, 0, NULL}, /* the reader's own */
    {"keepbcc", NOTHING, 0, off, 0, 0, NULL},
    {"local_domains", LIST, AT(local_domains), NULL, 0, 0, NULL},
    {"local_to", PATTERN, AT(local_to), off, 0, 0, wrong_local_to},
    {"log_format", WORD, AT(log_json), formats, 0, 0, NULL},
    {"logfile", PATH, AT(logfile), NULL, 0, 0, NULL},
    {"logfile_time_format", STRING, AT(logfile_time_format), NULL, 0, 0, NULL},
    {"partial", WORD, AT(partial), off_on, 0, 0, NULL},
    {"password", PASSWORD, AT(password), NULL, 0, 0, NULL},
    {"passwordeval", STRING, AT(passwordeval), NULL, 0, 0, NULL},
    {"passwordfile", SECRET_PATH, AT(passwordfile), NULL, 0, 0, NULL},
    {"pin", PIN, AT(pins), NULL, 0, 0, NULL},
    {"port", NUMBER, AT(port), NULL, 1, 65535, NULL},
    {"protocol", NOTHING, 0, smtp, 0, 0, NULL},
    {"proxy_host", STRING, AT(proxy_host), NULL, 0, 0, NULL},
    {"proxy_port", NUMBER, AT(proxy_port), NULL, 1, 65535, NULL},
    {"remove_bcc_headers", NOTHING, 0, on, 0, 0, NULL},
    {"senders", LIST, AT(senders), NULL, 0, 0, NULL},
    {"set_date_header", WORD, AT(set_date), set_or_not, 0, 0, NULL},
    {"set_from_header", WORD, AT(set_from), set, 0, 0, NULL},
    {"set_msgid_header", NOTHING, 0, automatic, 0, 0, NULL},
    {"set_to_header", WORD, AT(set_to), to_words, 0, 0, NULL},
    {"socket", PATH, AT(socket), NULL, 0, 0, NULL},
    {"source_ip", STRING, AT(source_ip), NULL, 0, 0, NULL},
    {"syslog", WORD, AT(syslog), facilities, 0, 0, NULL},
    {"timeout", NUMBER, AT(timeout), off, 1, 86400, NULL},
    {"tls", NOTHING, 0, on, 0, 0, NULL},
    {"tls_cert_file", PATH, AT(tls_cert), NULL, 0, 0, NULL},
    {"tls_certcheck", NOTHING, 0, on, 0, 0, NULL},
    {"tls_fingerprint", FINGERPRINT, AT(pins), NULL, 0, 0, NULL},
    {"tls_force_sslv3", NOTHING, 0, NULL, 0, 0, NULL},
    {"tls_host_override", STRING, AT(tls_host), NULL, 0, 0, NULL},
    {"tls_key_file", PATH, AT(tls_key), NULL, 0, 0, NULL},
    {"tls_min_dh_prime_bits", NUMBER, AT(dh_bits), NULL, 2048, 65536, NULL},
    {"tls_min_version", WORD, AT(tls13), versions, 0, 0, NULL},
    {"tls_starttls", WORD, AT(starttls), starttls, 0, 0, NULL},
    {"tls_trust_file", PATH, AT(trust_file), system_store, 0, 0, NULL},
    {"undisclosed_recipients", WORD, AT(set_to), undisclosed, 0, 0, NULL},
    {"user", STRING, AT(user), NULL, 0, 0, NULL},
    {"userfile", SECRET_PATH, AT(userfile), NULL, 0, 0, NULL},
};

const size_t keyword_count = sizeof keyword_table / sizeof keyword_table[0];
