# SPDX-License-Identifier: ISC
"""What the makers of messages share.

A maker is a function that is given the name of its message, which is its own,
and returns the bytes.
"""

import random
import re

MAKERS = {}

UTF8 = ("Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit")
MIXED = ("Content-Type: multipart/mixed; boundary=b",)
PLAIN = "Content-Type: text/plain\n\n"


def maker(function):
    MAKERS[function.__name__.replace("_", "-")] = function
    return function


def message(name, body, *fields, mime=True, **replaced):
    """Bytes: what is text becomes UTF-8."""
    head = {"From": "Alice <alice@example.com>", "To": "Bob <bob@example.org>",
            "Subject": name.replace("-", " "),
            "Date": "Sat, 21 Nov 2026 12:00:00 +0000",
            "Message-ID": f"<{name}@example.com>"}
    head |= replaced
    lines = [f"{key}: {value}" for key, value in head.items()]
    if mime:
        lines.append("MIME-Version: 1.0")
    text = "".join(line + "\n" for line in [*lines, *fields, ""])
    return text.encode() + (body.encode() if isinstance(body, str) else body)


def words(size, seed, letters="abcdefghijklmnopqrstuvwxyz.,=-"):
    """So many characters with blanks here and there."""
    dice = random.Random(seed)
    text = "".join(dice.choices(letters + "   ", k=size - 1))
    return text.replace("  ", "y ") + "z"


def crlf(data):
    return re.sub(rb"\r?\n", b"\r\n", data)
