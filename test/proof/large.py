#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A large message, no two pieces of it alike.

usage: large.py BYTES FILE

It writes a message with LF to stdout, and to FILE how it has to arrive with
CRLF: `size=N` and `sha256=HEX`. That is at least so many bytes, up to a few
more.
"""

import hashlib
import random
import sys

HEADER = b"""\
From: alice@example.com
To: bob@example.org
Date: Tue, 12 Aug 2025 06:54:32 +0200
Message-ID: <large@example.com>
Subject: large

"""
BLOCK = 1 << 20


def block_of(dice):
    """Lines of all lengths, and such as begin with dots."""
    lines, size = [], 0
    while size < BLOCK:
        start = dice.choice([b"", b"", b".", b"..", b"From ", b" "])
        text = dice.randbytes(dice.randrange(499)).hex().encode()[:900]
        lines.append(start + text)
        size += len(lines[-1]) + 1
    return b"\n".join(lines) + b"\n"


def main():
    wanted, facts = int(sys.argv[1]), sys.argv[2]
    block = block_of(random.Random(1))
    canonical = block.replace(b"\n", b"\r\n")
    digest = hashlib.sha256(HEADER.replace(b"\n", b"\r\n"))
    size = len(HEADER) + HEADER.count(b"\n")
    sys.stdout.buffer.write(HEADER)
    number = 0
    while size < wanted:
        mark = b".%d\n" % number
        number += 1
        sys.stdout.buffer.write(mark)
        sys.stdout.buffer.write(block)
        for part in mark.replace(b"\n", b"\r\n"), canonical:
            digest.update(part)
            size += len(part)
    with open(facts, "w") as f:
        print(f"size={size}", f"sha256={digest.hexdigest()}", sep="\n",
              file=f)


main()
