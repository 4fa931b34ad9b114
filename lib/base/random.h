/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_BASE_RANDOM_H
#define PINMAIL_BASE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"

/* Bytes from the kernel's generator, or ERR_SYSTEM; never a substitute. */
bool random_bytes(void *, size_t, struct err *);

#endif
