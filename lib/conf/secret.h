/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CONF_SECRET_H
#define PINMAIL_CONF_SECRET_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/conf/account.h"

/*
 * The login's name: user, or the first line of userfile.  Appends to a
 * buffer that the caller marked secret.  ERR_SECRET.
 */
bool secret_user(const struct account *, const char *credentials, struct buf *,
    struct err *);

/* The password or token: password, passwordfile, or passwordeval. */
bool secret_password(const struct account *, const char *credentials,
    struct buf *, struct err *);

#endif
