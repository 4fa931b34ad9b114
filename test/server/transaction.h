/* SPDX-License-Identifier: ISC */
#ifndef TEST_SERVER_TRANSACTION_H
#define TEST_SERVER_TRANSACTION_H

#include "test/server/session.h"

/* The commands of a mail transaction; args is what follows the verb. */
void transaction_mail(struct session *, char *args);
void transaction_rcpt(struct session *, char *args);
void transaction_data(struct session *, char *args);
void transaction_bdat(struct session *, char *args);
/* Forgets the envelope and content that came so far. */
void transaction_reset(struct session *);

#endif
