/* SPDX-License-Identifier: ISC */
#ifndef TEST_SERVER_AUTH_H
#define TEST_SERVER_AUTH_H

#include "test/server/session.h"

/* AUTH (RFC 4954) with what follows the verb, to its last reply. */
void auth_command(struct session *, char *args);

#endif
