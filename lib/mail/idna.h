/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_IDNA_H
#define PINMAIL_MAIL_IDNA_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

/*
 * Append a domain in ASCII: what is not becomes A-labels (RFC 5891, 5).
 * ERR_INPUT when there is no such domain, or no libidn2 on this host, which
 * is loaded only when it is needed.
 */
bool idna_domain(struct buf *, const char *, struct err *);

/*
 * The same with the domain of a path (RFC 5321, 4.1.2), unless its local part
 * is not ASCII either: then it is appended as it is.
 */
bool idna_path(struct buf *, const char *path, struct err *);

#endif
