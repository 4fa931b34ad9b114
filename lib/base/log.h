/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_BASE_LOG_H
#define PINMAIL_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"

/*
 * The log: a syslog datagram, a file, standard error, each when wanted.  What
 * cannot be written at once is not written: a log never fails or delays a
 * delivery.
 */
struct log {
	bool syslog;
	int facility;            /* LOG_MAIL and its like */
	const char *file;        /* NULL: none; "-": standard error */
	const char *time_format; /* strftime for the file; "" leaves it out */
	bool json;
};

/* A number is written without quotes in JSON.  An empty value is left out. */
struct log_field {
	const char *key, *value;
	bool number;
};

/* One line: key=value with values cleaned and quoted, or a JSON object. */
void log_write(const struct log *, int priority, const struct log_field *,
    size_t n);

/* Can it be written?  ERR_IO says what not, and why. */
bool log_usable(const struct log *, struct err *);

#endif
