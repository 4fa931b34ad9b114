#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What is in a capture.

capture.py absent WORDS FILE...   no piece of any line of WORDS is in it
capture.py present WORDS FILE...  every line of WORDS is in one of them
capture.py records FILE [TEXT]    it is TEXT, then TLS records to the end;
                                  prints their types
capture.py hello FILE             prints its ClientHello, `key value` a line

A piece is six bytes of a line, in any case, as it is, in hexadecimal, or in
base64 at any of the three offsets. A line of WORDS that has less counts as a
whole; empty lines do not count. TEXT knows \\r and \\n.
"""

import base64
import functools
import pathlib
import struct
import sys

PIECE = 6
HANDSHAKE, CLIENT_HELLO = 22, 1
TYPES = {20: "change_cipher_spec", 21: "alert", 22: "handshake",
         23: "application_data"}


def words_of(path):
    lines = pathlib.Path(path).read_bytes().splitlines()
    return [line.strip() for line in lines if line.strip()]


def in_base64(data):
    """What data looks like in base64, whatever stands before and behind."""
    for offset in range(3):
        code = base64.b64encode(bytes(offset) + data).rstrip(b"=")
        # What shares a character with a neighbour is not known.
        known = (offset + len(data)) * 8 // 6
        yield code[-(-offset * 8 // 6):known]


def windows(data, size):
    return {data[i:i + size] for i in range(max(1, len(data) - size + 1))}


def pieces_of(word):
    for piece in windows(word, PIECE):
        yield piece.lower(), True
        yield piece.hex().encode(), True
    for code in in_base64(word):
        for piece in windows(code, PIECE * 8 // 6):
            yield piece, False


def forms_of(word):
    yield word
    yield from in_base64(word)


class Haystack:
    def __init__(self, paths):
        self.data = b"\0\0\0".join(
            pathlib.Path(path).read_bytes() for path in paths)
        self.folded = self.data.lower()

    @functools.cache
    def windows(self, size, fold):
        return windows(self.folded if fold else self.data, size)

    def has_piece(self, needle):
        piece, fold = needle
        return piece in self.windows(len(piece), fold)


def absent(words, *paths):
    hay = Haystack(paths)
    found = {(word, piece) for word in words_of(words)
             for piece in pieces_of(word) if hay.has_piece(piece)}
    for word, piece in sorted(found)[:20]:
        print(f"found {piece[0]!r} of {word!r}")
    return not found


def present(words, *paths):
    hay = Haystack(paths)
    missing = [word for word in words_of(words)
               if not any(form in hay.data for form in forms_of(word))]
    for word in missing:
        print(f"not found: {word!r}")
    return not missing


def split_records(data):
    while data:
        kind, version, size = struct.unpack_from("!BHH", data.ljust(5, b"\0"))
        body = data[5:5 + size]
        if kind not in TYPES or version >> 8 != 3 or len(body) != size:
            raise ValueError(f"no TLS record: {data[:40]!r}")
        yield kind, body
        data = data[5 + size:]


def records(path, text=""):
    before = text.encode().decode("unicode_escape").encode()
    data = pathlib.Path(path).read_bytes()
    if not data.startswith(before):
        raise ValueError(f"begins with {data[:200]!r}")
    kinds = [kind for kind, _ in split_records(data[len(before):])]
    print(*(TYPES[kind] for kind in kinds))
    return True


class Reader:
    """RFC 8446, 3.4: vectors with a length in front."""

    def __init__(self, data):
        self.data = data

    def take(self, size):
        data, self.data = self.data[:size], self.data[size:]
        if len(data) != size:
            raise ValueError("the ClientHello is cut off")
        return data

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def vector(self, size):
        return self.take(self.number(size))


def server_name(data):
    names = Reader(Reader(data).vector(2))
    names.number(1)
    return names.vector(2).decode()


def hello(path):
    data = pathlib.Path(path).read_bytes()
    # After what STARTTLS says in the clear there is no \x16 before it.
    records_from = data[data.index(HANDSHAKE):]
    body = Reader(b"".join(
        body for kind, body in split_records(records_from)
        if kind == HANDSHAKE))
    if body.number(1) != CLIENT_HELLO:
        raise ValueError("no ClientHello")
    message = Reader(body.vector(3))
    message.take(2 + 32)
    print("session", message.vector(1).hex())
    message.vector(2)
    message.vector(1)
    extensions = Reader(message.vector(2))
    while extensions.data:
        number, value = extensions.number(2), extensions.vector(2)
        print("extension", number)
        if number == 0:
            print("sni", server_name(value))
    return True


def main():
    commands = {f.__name__: f for f in (absent, present, records, hello)}
    if len(sys.argv) < 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    try:
        sys.exit(0 if commands[sys.argv[1]](*sys.argv[2:]) else 1)
    except ValueError as e:
        sys.exit(f"{sys.argv[2]}: {e}")


main()
