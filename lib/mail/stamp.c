/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/mail/stamp.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uuid/uuid.h>

#include "lib/base/ascii.h"
#include "lib/base/random.h"
#include "lib/mail/addr.h"

void
stamp_date(struct buf *b)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t now = time(NULL);
	struct tm tm;
	long zone;

	localtime_r(&now, &tm);
	zone = tm.tm_gmtoff / 60;
	buf_addf(b, "%.3s, %d %.3s %d %02d:%02d:%02d %c%02ld%02ld",
	    days + tm.tm_wday * 3, tm.tm_mday, months + tm.tm_mon * 3,
	    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec,
	    zone < 0 ? '-' : '+', labs(zone) / 60, labs(zone) % 60);
}

bool
stamp_message_id(struct buf *b, const char *domain, struct err *e)
{
	char text[UUID_STR_LEN];
	unsigned char mix[16];
	uuid_t u;

	if (!random_bytes(mix, sizeof mix, e))
		return err_in(e, "Message-ID");
	uuid_generate_random(u);
	for (size_t i = 0; i < sizeof u; i++)
		u[i] ^= mix[i];
	u[6] = (u[6] & 0x0f) | 0x40; /* version 4, RFC 9562, 5.4 */
	u[8] = (u[8] & 0x3f) | 0x80;
	uuid_unparse_lower(u, text);
	buf_addf(b, "<%s@%s>", text, domain);
	return true;
}

/* A run of atoms and dots; false when there is none. */
static bool
atoms(const char **p, const char *end)
{
	const char *from = *p;

	while (*p < end && (**p == '.' || mailbox_atext(**p)) && **p > 0)
		(*p)++;
	return *p > from;
}

static bool
literal(const char **p, const char *end)
{
	if (*p == end || **p != '[')
		return false;
	do {
		(*p)++;
	} while (*p<end &&* * p> 32 && **p < 127 && **p != '[' && **p != ']'
	    && **p != '\\');
	if (*p == end || **p != ']')
		return false;
	(*p)++;
	return true;
}

bool
stamp_is_message_id(const char *p, size_t n)
{
	const char *end = p + n;

	p = addr_skip(p, end);
	if (p == end || *p++ != '<' || !atoms(&p, end))
		return false;
	if (p == end || *p++ != '@')
		return false;
	if (!literal(&p, end) && !atoms(&p, end))
		return false;
	return p < end && *p == '>' && addr_skip(p + 1, end) == end;
}
