/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/base/json.h"

#include <string.h>

#include "lib/base/ascii.h"

void
json_string(struct buf *b, const char *s)
{
	size_t n = strlen(s), len;

	buf_addc(b, '"');
	for (size_t i = 0; i < n; i += len) {
		len = ascii_utf8(s + i, n - i);
		if (len == 0) {
			buf_addf(b, "\\\\x%02x", (unsigned char)s[i]);
			len = 1;
		} else if (ascii_is_control(s[i])) {
			buf_addf(b, "\\u%04x", (unsigned)s[i]);
		} else {
			if (s[i] == '"' || s[i] == '\\')
				buf_addc(b, '\\');
			buf_add(b, s + i, len);
		}
	}
	buf_addc(b, '"');
}
