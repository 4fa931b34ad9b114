/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_BASE_CHILD_H
#define PINMAIL_BASE_CHILD_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

/*
 * Run `/bin/sh -c command` in a process group of its own, standard input and
 * error on /dev/null, no other descriptor of ours, signals at their defaults.
 * Its output is appended to out, whose max caps it.  Whatever goes wrong -
 * an exit other than 0, a signal, too much output, time - ends the whole
 * group and is an error of that kind.
 */
bool child_output(const char *command, int64_t until, struct buf *out,
    enum err_kind, struct err *);

#endif
