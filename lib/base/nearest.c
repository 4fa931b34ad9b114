/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/base/nearest.h"

#include <stdint.h>
#include <string.h>

#include "lib/base/ascii.h"

#define LONGEST 32

static size_t
least(size_t a, size_t b, size_t c)
{
	a = a < b ? a : b;
	return a < c ? a : c;
}

/* Levenshtein's distance; names beyond the longest are not near anything. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[LONGEST + 1], n = strlen(b), diagonal, above;

	if (strlen(a) > LONGEST || n > LONGEST)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			above = row[j];
			row[j] = least(above + 1, row[j - 1] + 1,
			    diagonal
				+ (ascii_lower(a[i - 1])
				    != ascii_lower(b[j - 1])));
			diagonal = above;
		}
	}
	return row[n];
}

const char *
nearest_name(const char *s, const void *names, size_t n, size_t stride)
{
	const char *name, *best = NULL;
	size_t d, least_d = strlen(s) / 3 + 2;

	for (size_t i = 0; i < n; i++) {
		memcpy(&name, (const char *)names + i * stride, sizeof name);
		d = distance(s, name);
		if (d < least_d) {
			least_d = d;
			best = name;
		}
	}
	return best;
}
