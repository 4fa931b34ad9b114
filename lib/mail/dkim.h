/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_DKIM_H
#define PINMAIL_MAIL_DKIM_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/mail/header.h"

/*
 * Does the h= list of a DKIM-Signature (RFC 6376, 5.4) that came in name the
 * field?  What is signed is never changed.
 */
bool dkim_covers(const struct header *, const char *name, size_t n);

#endif
