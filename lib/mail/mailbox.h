/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_MAIL_MAILBOX_H
#define PINMAIL_MAIL_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"

/* RFC 5322, 3.4: a mailbox, unquoted.  Strings are owned, never NULL. */
struct mailbox {
	char *name;   /* display name, or else the comment; may be empty */
	char *local;  /* local part */
	char *domain; /* or [literal]; empty when there was none */
};

/* Starts as {0}, ends with mailboxes_clear. */
struct mailboxes {
	struct mailbox *v;
	size_t n, room;
};

/* Append copies. */
void mailboxes_add(struct mailboxes *, const char *name, const char *local,
    const char *domain);

void mailboxes_clear(struct mailboxes *);

/* As the argument of a command (RFC 5321, 4.1.2), without brackets. */
void mailbox_path(struct buf *, const struct mailbox *);

/*
 * As it stands in a header field: display name and <path>, or the path.  A
 * name that is not ASCII becomes encoded words.
 */
void mailbox_print(struct buf *, const char *name, const char *path);

/* May stand in an atom (RFC 5322, 3.2.3; UTF-8 by RFC 6532)? */
bool mailbox_atext(char);

#endif
