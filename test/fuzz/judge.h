/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_TEST_FUZZ_JUDGE_H
#define PINMAIL_TEST_FUZZ_JUDGE_H

#include "lib/mail/envelope.h"
#include "test/fuzz/player.h"

#define JUDGE_REPLIES 4096
#define JUDGE_RECIPIENTS 8

/*
 * What a client said, read as a server reads it, beside what it was answered:
 * the n-th reply is for the n-th command, and content counts as one.  The
 * caller sets the first group.
 */
struct judge {
	const struct envelope *env; /* NULL: anybody */
	const struct buf *content;  /* what it is; NULL: anything */
	const struct buf *stuffed;  /* the same for DATA */

	struct input heard; /* what is left */
	int codes[JUDGE_REPLIES];
	size_t n_codes, next; /* of the next command's reply */
	bool hello, login;    /* what was said before MAIL */
	bool quit;

	/* The transaction under way, or the last one. */
	int mail;                   /* the code, 0: none, or in vain */
	bool open;                  /* MAIL was said, content was not */
	bool certain;               /* all its answers are 2yz, 4yz or 5yz */
	size_t accepted, at;        /* recipients; bytes of content */
	int rcpt[JUDGE_RECIPIENTS]; /* -1: not asked for */
	bool whole;                 /* all content left */
	int verdict;                /* on that; 0: no answer */

	/* All of them. */
	size_t taken; /* contents */
	unsigned took[JUDGE_RECIPIENTS];
	int last[JUDGE_RECIPIENTS]; /* the code of the last RCPT, or -1 */
	bool said_login[2];         /* PLAIN, LOGIN */
};

/* What was said before a key was proved is harmless. */
void judge_unproved(const char *, size_t n);

/* What was said on a stream that is proved; skip replies are from before. */
void judge_session(struct judge *, const struct player *, size_t from,
    size_t skip);

#endif
