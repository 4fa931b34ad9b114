/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_BASE_JSON_H
#define PINMAIL_BASE_JSON_H

#include "lib/base/buf.h"

/*
 * Append s as a JSON string (RFC 8259, 7).  Bytes that are no UTF-8 become
 * the characters \xNN, so that the line stays JSON whatever they were.
 */
void json_string(struct buf *, const char *s);

#endif
