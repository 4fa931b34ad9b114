/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/mail/aliases.h"
#include "test/fuzz/fuzz.h"

static void
read_text(struct aliases *a, const uint8_t *data, size_t n)
{
	const char *path = fuzz_file("aliases", data, n, 0600);
	struct err e = {0};

	if (!aliases_read(a, path, false, &e))
		must(e.kind == ERR_CONFIG && memchr(data, '\0', n) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct aliases a = {0};
	struct buf value = {0};
	const struct alias *line;
	const char *list;

	read_text(&a, data, n);
	for (size_t i = 0; i < a.n; i++) {
		line = &a.v[i];
		must(line->line > (i > 0 ? a.v[i - 1].line : 0));
		must(line->values != NULL);
		if (line->name == NULL)
			continue;
		must(*line->name != '\0' && aliases_find(&a, line->name));
		/* Each value takes something off the list. */
		for (list = line->values; aliases_value(&list, &value);)
			must(list > line->values && list[-1] != '\0');
		must(*list == '\0');
	}
	aliases_default(&a);
	aliases_fault(&a);
	buf_clear(&value);
	aliases_clear(&a);
	return 0;
}
