# SPDX-License-Identifier: ISC
"""Messages with bodies that no text file has."""

import base64
import random
import re

from making import MIXED, PLAIN, UTF8, crlf, maker, message, words


# --- encodings --------------------------------------------------------------

@maker
def undeclared_latin1(name):
    return message(name, "Größe, von niemandem erklärt\n".encode("latin-1"),
                   mime=False)


@maker
def binary(name):
    dice = random.Random(name)
    return message(name, bytes(range(256)) + dice.randbytes(3000),
                   "Content-Type: application/octet-stream",
                   "Content-Transfer-Encoding: binary")


@maker
def binary_crlf(name):
    dice = random.Random(name)
    return crlf(message(name, dice.randbytes(3000) + b"\r\n",
                        "Content-Type: application/octet-stream",
                        "Content-Transfer-Encoding: binary"))


# --- long lines -------------------------------------------------------------

def long(name, size, *fields, letter="x", mime=True):
    return message(name, f"before\n{letter * size}\nbehind\n", *fields,
                   mime=mime)


@maker
def long_998(name):
    return long(name, 998)


@maker
def long_998_cr_nul(name):
    """Not long without what does not arrive."""
    return message(name, b"y" * 998 + b"\r\r\n" + b"\0" * 5 + b"z" * 998
                   + b"\0\n")


@maker
def long_999(name):
    return long(name, 999, mime=False)


@maker
def long_1000(name):
    return long(name, 1000, UTF8[0])


@maker
def long_5000_words(name):
    return message(name, words(5000, name) + "\n")


@maker
def long_5000(name):
    return long(name, 5000)


@maker
def long_1mb(name):
    return long(name, 1 << 20)


@maker
def long_1mb_words(name):
    return message(name, words(1 << 20, name, "abcöß日=.-🙂") + "\n", *UTF8)


@maker
def long_utf8(name):
    return long(name, 700, *UTF8, letter="日")


@maker
def long_dots(name):
    return long(name, 3000, letter=".")


@maker
def long_equals(name):
    return long(name, 2000, letter="=")


@maker
def long_minus(name):
    """What could pass for a delimiter once it is broken."""
    part = "--b-- \t" * 300 + "--b\n"
    return message(name, f"--b\n\n{part}--b\n\n7-bit\n--b--\n", *MIXED)


@maker
def long_blanks(name):
    return message(name, "x" + " " * 1500 + "\n" + "\t" * 1500 + "\n")


@maker
def long_no_newline(name):
    return message(name, "one\n" + "x" * 2000)


@maker
def long_json(name):
    return message(name, '{"x": "' + "y" * 5000 + '"}\n',
                   "Content-Type: application/json")


@maker
def long_json_crlf(name):
    return crlf(message(name, '{\n"x": "' + "y" * 5000 + '"}\n',
                        "Content-Type: application/json"))


@maker
def long_base64(name):
    dice = random.Random(name)
    return message(name, base64.b64encode(dice.randbytes(150000)) + b"\n",
                   "Content-Type: application/octet-stream; name=x",
                   "Content-Transfer-Encoding: BASE64")


@maker
def long_base64_blanks(name):
    code = base64.b64encode(random.Random(name).randbytes(3000)).decode()
    code = " ".join(re.findall(".{1,77}", code))
    return message(name, f"{code}\n\n", "Content-Type: image/png",
                   "Content-Transfer-Encoding: base64")


@maker
def long_qp(name):
    dice = random.Random(name)
    text = "".join(dice.choice(["=C3=BC", "=3D", "a", " ", ".", "=\n"])
                   for _ in range(600))
    return message(name, text * 3 + "=20" * 700 + "\n.=\n.\n" + "z" * 1500
                   + "  \n", UTF8[0],
                   "Content-Transfer-Encoding: quoted-printable")


@maker
def long_one_leaf(name):
    line = "x" * 5000
    return message(name, f"--b\n{PLAIN}short   \n--b\n{PLAIN}{line}\n"
                   "--b\nContent-Type: text/html; charset=utf-8\n\n"
                   "<p>ö</p>\n--b--\n", *MIXED)


@maker
def long_preamble(name):
    line = "x" * 1500
    return message(name, f"{line}\n--b\n{PLAIN}short\n--b--\n", *MIXED)


@maker
def long_epilogue(name):
    line = "x" * 1500
    return message(name, f"--b\n{PLAIN}short\n--b--\n{line}\n", *MIXED)


@maker
def long_mixed_crlf(name):
    line = "ö" * 600
    return crlf(message(name, f"--b\n{PLAIN}{line}\n--b\n"
                        f"Content-Type: text/x-c\n\n{line}\n"
                        f"--b\nContent-Type: audio/x-y\n\n{line}\n\n--b--",
                        *MIXED))


# --- broken -----------------------------------------------------------------

def nested(name, depth):
    """So many multiparts in one another."""
    text = f"--{depth}\n{PLAIN}ganz innen: ö\n--{depth}--\n"
    for i in range(depth - 1, 0, -1):
        text = (f"--{i}\n{PLAIN}{i}: ö\n--{i}\nContent-Type: "
                f"multipart/mixed; boundary={i + 1}\n\n{text}--{i}--\n")
    return message(name, text, "Content-Type: multipart/mixed; boundary=1")


@maker
def depth_16(name):
    return nested(name, 16)


@maker
def broken_depth_17(name):
    return nested(name, 17)


@maker
def broken_depth_40(name):
    return nested(name, 40)


@maker
def parts_1000(name):
    parts = "".join(f"--b\n{PLAIN}{i}: ö\n" for i in range(1000))
    return message(name, parts + "--b--\n", *MIXED)


@maker
def broken_parts_1025(name):
    parts = "".join(f"--b\n{PLAIN}{i}: ö\n" for i in range(1025))
    return message(name, parts + "--b--\n", *MIXED)


@maker
def broken_long_missing_end(name):
    return message(name, f"--b\n{PLAIN}" + "x" * 1500 + "\n", *MIXED)


# --- messages inside --------------------------------------------------------

@maker
def forward_long(name):
    inner = message("inner", words(4000, name) + "\n", mime=False,
                    Subject=words(1500, name, "abcde"))
    return message(name, b"--b\nContent-Type: message/rfc822\n\n" + inner
                   + b"--b--\n", *MIXED)


@maker
def forward_latin1(name):
    """Nobody says in which charset."""
    inner = "Subject: Größe\nFrom: Jörg <j@example.org>\n\nGröße\n"
    return message(name, inner.encode("latin-1"),
                   "Content-Type: message/rfc822")


@maker
def forward_koi8_r(name):
    """The charset is that of the message inside."""
    inner = ("Subject: Привет\nContent-Type: text/plain; charset=koi8-r\n\n"
             "Привет\n")
    return message(name, inner.encode("koi8-r"),
                   "Content-Type: message/rfc822")


@maker
def broken_depth_messages(name):
    inner = "Subject: innen\nContent-Type: message/rfc822\n\n" * 20
    return message(name, inner + "ö\n", "Content-Type: message/rfc822")


@maker
def forward_base64(name):
    """Not allowed, and seen: the message inside is encoded as a whole."""
    inner = message("inner", "ö\n" * 400, *UTF8)
    return message(name, b"--b\nContent-Type: message/rfc822\n"
                   b"Content-Transfer-Encoding: base64\n\n"
                   + base64.b64encode(inner) + b"\n--b--\n", *MIXED)
