/* SPDX-License-Identifier: ISC */
#ifndef TEST_SERVER_CERT_H
#define TEST_SERVER_CERT_H

#include <stdbool.h>

#define CERT_PIN_SIZE (sizeof("sha256:") + 64)

/*
 * Makes a P-256 key (mode 0600) and a self-signed certificate for localhost
 * and 127.0.0.1, valid from yesterday for ten years, unless both files are
 * there. Ends the process on failure.
 */
void cert_make(const char *certfile, const char *keyfile);

/* `sha256:` and the hex SHA-256 of the first certificate's SPKI. */
void cert_pin(const char *certfile, char pin[CERT_PIN_SIZE]);

#endif
