/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_BASE_MEM_H
#define PINMAIL_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Memory, or the end of the process with EX_TEMPFAIL and a line on stderr,
 * which mem_perhaps and mem_settled decide on.  Zeroed.
 */
void *mem_alloc(size_t);

/* As realloc(3), with n items of a size; an overflow is memory run out. */
void *mem_resize(void *, size_t n, size_t size);

/*
 * The outcome is known and told, and what is left to do is only the log: from
 * here on memory that runs out ends the process with this status, in silence.
 */
void mem_settled(int status);

/* This message may have been delivered, to somebody: the line says so. */
void mem_perhaps(bool);

char *mem_dup(const char *);

/* The first n bytes, NUL-terminated. */
char *mem_dupn(const char *, size_t n);

/* Overwrite bytes that were secret; never optimised away. */
void mem_wipe(void *, size_t);

/*
 * Memory for a secret, that no core file gets, zeroed; ends the process as
 * mem_alloc does.  What is given back is wiped; n is as it was asked for.
 */
void *mem_secret(size_t n);
void mem_secret_free(void *, size_t n);

/*
 * From here on the process holds a secret: no core file, no ptrace by other
 * processes of this user.
 */
void mem_guard(void);

#endif
