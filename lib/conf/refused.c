/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/conf/refused.h"

#include <stddef.h>
#include <string.h>

/* An argument of NULL is any. */
static const struct {
	const char *keyword, *argument, *why;
} refused[] = {
    {"tls", "off",
	"tls off would send your password in the clear; delete the line"},
    {"tls_certcheck", "off",
	"tls_certcheck off would trust any server; delete the line, the pin "
	"decides"},
    {"tls_nocertcheck", NULL,
	"tls_nocertcheck would trust any server; delete the line, the pin "
	"decides"},
    {"tls_nostarttls", NULL, "write tls_starttls off"},
    {"tls_crl_file", NULL,
	"a pin is revoked by deleting it, not by a list; delete the line"},
    {"tls_priorities", NULL,
	"the cipher suites are fixed; write tls_min_version 1.3 to raise "
	"them, or delete the line"},
    {"protocol", "lmtp",
	"LMTP has no login and no TLS of its own; name a submission server "
	"and delete the line"},
    {"auth", "cram-md5",
	"CRAM-MD5 is broken; write auth scram-sha-256, or auth on"},
    {"auth", "digest-md5",
	"DIGEST-MD5 is broken; write auth scram-sha-256, or auth on"},
    {"auth", "ntlm", "NTLM is broken; write auth on"},
    {"auth", "gssapi",
	"GSSAPI is not supported; write auth on, or auth external"},
    {"ntlmdomain", NULL, "NTLM is not supported; delete the line"},
    {"eval", NULL,
	"a configuration file runs no commands when it is read; write the "
	"line itself, or passwordeval for a secret"},
    {"set_msgid_header", "off",
	"every message gets a Message-ID; delete the line"},
    {"remove_bcc_headers", "off",
	"it would show the hidden recipients to all; delete the line"},
    {"keepbcc", "on",
	"it would show the hidden recipients to all; delete the line"},
    {"keepbcc", "",
	"it would show the hidden recipients to all; delete the line"},
    {"auto_from", "on", "write from %U@your.domain"},
    {"auto_from", "", "write from %U@your.domain"},
    {"maildomain", NULL, "write from %U@your.domain"},
};

const char *
refused_why(const char *keyword, const char *argument)
{
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		if (strcmp(refused[i].keyword, keyword) == 0
		    && (refused[i].argument == NULL
			|| strcmp(refused[i].argument, argument) == 0))
			return refused[i].why;
	return NULL;
}
