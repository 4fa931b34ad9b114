/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_BASE_FACTS_H
#define PINMAIL_BASE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FACTS_PIN 128

/*
 * What became known about a session, filled as it becomes known and valid
 * when the session fails: plain data, strings empty until then.
 */
struct facts {
	char address[64]; /* of the server, numeric, with port */
	char tls[16];     /* "TLSv1.3" */
	char cipher[64];
	char group[32];      /* of the key exchange */
	char pin[FACTS_PIN]; /* the pin that the server proved, or its start */
	int depth;          /* of the certificate that matched: 0 is the leaf */
	int days_left;      /* of that certificate or of its chain */
	char until[11];     /* its last day, YYYY-MM-DD */
	bool dated;         /* it matters: the pin is not of a key */
	int backups;        /* pins that are not of the certificate matched */
	char mechanism[32]; /* of AUTH */
	char login[256];    /* who logged in */
	char reply[512];    /* the server's last, cleaned */
	unsigned char exporter[32]; /* tls-exporter (RFC 9266) */
	size_t exporter_len;
	unsigned char endpoint[64]; /* tls-server-end-point (RFC 5929, 4) */
	size_t endpoint_len;
	int64_t ms; /* from the first packet to the last reply */
};

#endif
