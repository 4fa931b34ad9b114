/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/smtp/sasl.h"

#include <string.h>

#include "lib/base/ascii.h"

static const char *const names[] = {
    [SASL_SCRAM_SHA256_PLUS] = "SCRAM-SHA-256-PLUS",
    [SASL_SCRAM_SHA1_PLUS] = "SCRAM-SHA-1-PLUS",
    [SASL_SCRAM_SHA256] = "SCRAM-SHA-256",
    [SASL_SCRAM_SHA1] = "SCRAM-SHA-1",
    [SASL_PLAIN] = "PLAIN",
    [SASL_LOGIN] = "LOGIN",
    [SASL_EXTERNAL] = "EXTERNAL",
    [SASL_OAUTHBEARER] = "OAUTHBEARER",
    [SASL_XOAUTH2] = "XOAUTH2",
    [SASL_NONE] = "",
};

const char *
sasl_name(enum sasl s)
{
	return names[s];
}

enum sasl
sasl_find(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < SASL_NONE; i++)
		if (strlen(names[i]) == n
		    && ascii_ncasecmp(names[i], p, n) == 0)
			break;
	return (enum sasl)i;
}

/* RFC 4616, 2. */
void
sasl_plain(struct buf *b, const char *user, const char *password)
{
	buf_addc(b, '\0');
	buf_adds(b, user);
	buf_addc(b, '\0');
	buf_adds(b, password);
}

/* RFC 7628, 3.1; the name escaped as RFC 5801, 4 has it. */
void
sasl_oauthbearer(struct buf *b, const char *user, const char *token,
    const char *host, int port)
{
	buf_adds(b, "n,a=");
	for (; *user != '\0'; user++) {
		if (*user == ',')
			buf_adds(b, "=2C");
		else if (*user == '=')
			buf_adds(b, "=3D");
		else
			buf_addc(b, *user);
	}
	buf_addf(b, ",\001host=%s\001port=%d\001auth=Bearer ", host, port);
	buf_adds(b, token);
	buf_adds(b, "\001\001");
}

/* Google's and Microsoft's, from before RFC 7628. */
void
sasl_xoauth2(struct buf *b, const char *user, const char *token)
{
	buf_adds(b, "user=");
	buf_adds(b, user);
	buf_adds(b, "\001auth=Bearer ");
	buf_adds(b, token);
	buf_adds(b, "\001\001");
}
