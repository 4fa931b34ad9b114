/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/mediatype.h"
#include "test/fuzz/fuzz.h"

static void
put(struct buf *b, const char *name, const struct buf *value)
{
	buf_addf(b, "; %s=\"", name);
	for (size_t i = 0; i < value->n; i++) {
		if (strchr("\"\\", value->p[i]) != NULL)
			buf_addc(b, '\\');
		buf_addc(b, value->p[i]);
	}
	buf_addc(b, '"');
}

static void
check(const struct buf *word, const char *stops, bool lower)
{
	for (size_t i = 0; i < word->n; i++) {
		must(strchr(stops, word->p[i]) == NULL);
		must(!lower || ascii_lower(word->p[i]) == word->p[i]);
	}
}

/* What was read is read again from how anybody would write it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct mediatype one = {0}, two = {0};
	struct buf text = {0}, again = {0};

	fuzz_canon(&text, (const char *)data, n);
	mediatype_parse(&one, buf_str(&text), text.n);
	check(&one.type, "/;= \t\r\n", true);
	check(&one.subtype, "/;= \t\r\n", true);
	check(&one.boundary, "\r\n", false);
	check(&one.charset, "\r\n", true);
	must((one.type.n == 0) == (one.subtype.n == 0));
	must(mediatype_is(&one, buf_str(&one.type), buf_str(&one.subtype)));
	buf_addf(&again, "%s/%s", buf_str(&one.type), buf_str(&one.subtype));
	put(&again, "charset", &one.charset);
	put(&again, "boundary", &one.boundary);
	mediatype_parse(&two, buf_str(&again), again.n);
	must(one.type.n == 0
	    || (fuzz_same(&one.type, &two.type)
		&& fuzz_same(&one.subtype, &two.subtype)
		&& fuzz_same(&one.boundary, &two.boundary)
		&& fuzz_same(&one.charset, &two.charset)));
	mediatype_clear(&one);
	mediatype_clear(&two);
	buf_clear(&text);
	buf_clear(&again);
	return 0;
}
