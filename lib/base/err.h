/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_BASE_ERR_H
#define PINMAIL_BASE_ERR_H

#include <stdbool.h>

/* What the caller of pinmail can do about it; cmd/report.c has the exits. */
enum err_kind {
	ERR_NONE,
	ERR_USAGE,
	ERR_INPUT,
	ERR_RECIPIENT,
	ERR_NOHOST,
	ERR_MESSAGE,
	ERR_SERVER,
	ERR_SYSTEM,
	ERR_CREATE,
	ERR_IO,
	ERR_UNREACHABLE,
	ERR_AGAIN,
	ERR_INTERRUPTED,
	ERR_MAYBE,
	ERR_PROTOCOL,
	ERR_TLS,
	ERR_UNTRUSTED,
	ERR_LOGIN,
	ERR_SECRET,
	ERR_SENDER,
	ERR_CONFIG,
	ERR_KINDS
};

struct err {
	enum err_kind kind;
	bool advised; /* the text says what to do */
	char text[1024];
};

/*
 * Start an error: kind and text.  A text that does not fit is cut.  Always
 * false, so that a function can end with it.
 */
bool err_set(struct err *, enum err_kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Put "where: " before the text; the outermost place comes first.  False. */
bool err_in(struct err *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Put "; what to do" behind the text.  False. */
bool err_advise(struct err *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
