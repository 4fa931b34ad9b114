/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_BASE_FILE_H
#define PINMAIL_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

/*
 * Open for reading a file that must be ours: regular, owned by the effective
 * user or root, writable by nobody else, and not behind a symbolic link of
 * somebody else's.  *st is the open file's.  The descriptor, or -1 and
 * ERR_CONFIG with owner, mode and uid, but not the path; *missing tells
 * whether there is none and *denied whether it may not be read.
 */
struct file_trouble {
	bool missing, denied;
};
int file_open(const char *path, struct stat *st, struct file_trouble *,
    struct err *);

/* Could it be opened?  The error has the path, too. */
bool file_check(const char *path, struct err *);

/*
 * The system denied it (EACCES): ERR_CONFIG says what owner and mode have to
 * do with that, and what to do, but not the path.  How: R_OK, or W_OK and what
 * else is needed to write there.  False.
 */
bool file_denied(const char *path, unsigned how, struct err *);

/* Append all of it, up to the buffer's max (ERR_CONFIG when it is more). */
bool file_read(int fd, struct buf *, struct err *);

#endif
