/* SPDX-License-Identifier: ISC */
#ifndef TEST_HOSTILE_CONF_H
#define TEST_HOSTILE_CONF_H

#include "test/hostile/hostile.h"

/* Writes the client's configuration and the files that it names. */
void conf_write(const struct hostile *, const char *dir, int port);
/* Adds what a file there holds, if there is one. */
void conf_read(const char *dir, const char *name, struct bytes *);

#endif
