# SPDX-License-Identifier: ISC
"""What programs pipe in, and what looks like SMTP."""

import base64
import random

from making import MIXED, PLAIN, UTF8, crlf, maker, message


@maker
def attachment_25mb(name):
    data = random.Random(name).randbytes(18 << 20)
    return message(name, b"--b\n" + PLAIN.encode() + "Anbei: ö\n".encode()
                   + b"--b\nContent-Type: application/octet-stream\n"
                   b"Content-Transfer-Encoding: base64\n\n"
                   + base64.encodebytes(data) + b"--b--\n", *MIXED)


@maker
def cron(name):
    bars = "".join(f"\r[{'#' * i:<40}] {i * 5 // 2}%" for i in range(41))
    return message(name, f"copying\n{bars}\n\0\a\b\x1b[1;31mfehlgeschlagen: ö"
                   "\x1b[0m\x7f\nfile\0names\0here\0\n"
                   + "".join(map(chr, range(1, 32))), mime=False)


@maker
def cron_7bit(name):
    return message(name, "\a\x1b[0m\rdone\b\0\x7f\x1a\x04\f\v\n", mime=False)


@maker
def crlf_input(name):
    return crlf(message(name, "ö\n\n.\nlast\n", *UTF8))


@maker
def mixed_ends(name):
    return message(name, b"lf\ncrlf\r\ncrcrlf\r\r\ncr\rin\n\r\n\n\r\r\n"
                   b"\xc3\xb6\r", UTF8[0]).replace(b"\nTo:", b"\r\nTo:")


@maker
def smuggling(name):
    quit = b"QUIT\r\nMAIL FROM:<m@example.net>\n"
    ends = (b"\n.\r\n", b"\r.\r\n", b"\r\n.\n", b"\n.\n", b"\r\n.\r",
            b"\r.\r", b"\n.\r", b"\r\n\0.\r\n", b"\r\n.\0\r\n", b"\r\0\n.\r\n",
            b"\r\n.\r\r\n", b"\r\n..\r\n", b"\r\n.\r\n")
    return message(name, b"x".join(end + quit for end in ends) + b"\r\n.\r\n")


@maker
def smuggling_long(name):
    """The same, where an encoder breaks lines."""
    return message(name, b"".join(
        b"x" * n + b"\r.\r" + b"." * 80 + b"\n.\r\n" for n in range(60, 80))
        + b"y" * 1000 + b"\n.\n", mime=False)


def dots(name):
    """Every dot that a border between two buffers can fall on."""
    dice = random.Random(name)
    lines = ("", ".", "..", ".x", "x.", "...", ".\r", "x")
    return "".join(line + "\n" for line in dice.choices(lines, k=110000))


@maker
def dots_1(name):
    return message(name, dots(name))


@maker
def dots_2(name):
    return message(name, "ö" + dots(name))


@maker
def dots_3(name):
    return message(name, dots(name) + "x" * 1000, mime=False)


@maker
def no_final_newline(name):
    return message(name, "letzte Worte: ö", *UTF8)


@maker
def no_final_newline_binary(name):
    return message(name, b"\x89PNG\xff", "Content-Type: image/png")


@maker
def nothing(_):
    return b""


@maker
def no_header(_):
    return "keine Felder: ö\n".encode()
