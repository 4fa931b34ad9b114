#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Does the judge see what is wrong?

usage: prove.py CORPUS STORED

STORED is what send.py left of a server without 8BITMIME, and all is well with
it.  Each message is spoilt in several ways; one line is printed for each that
the judge lets pass.  Then the same with what goes over the wire.
"""

import pathlib
import random
import re
import sys

sys.dont_write_bytecode = True

import judge  # noqa: E402
import wire  # noqa: E402

WORD = re.compile(rb"[A-Za-z0-9]")

# What to replace in each message that has it, and by what.
SPOILS = {
    "a letter of the subject": (rb"(?m)^(Subject: [^\r]*)\w", rb"\1@"),
    "a recipient": (rb"(?m)^(To: [^\r]*?)(\w)", rb"\1\2\2"),
    "a charset": (rb"(?i)(\n--b.*\r\nContent-Type:.*charset=)[\w-]+",
                  rb"\1us-latin"),
    "an encoding": (rb"(?i): quoted-printable", b": 7bit"),
    "no encoding": (rb"(?i): base64", b": 8bit"),
    "a label": (rb"(?i)\n(Content-Transfer-Encoding: )7bit", rb"\n\1binary"),
    "a file name": (rb"(name\*?=\S*)\.", rb"\1_"),
    "a part": (rb"(?s)(\r\n--b\r\n)(.*?)(?=\r\n--b)", rb"\1"),
    "a part twice": (rb"(?s)(\r\n--b\r\n.*?)(?=\r\n--b)", rb"\1\1"),
    "an escape": (rb"=C3=", b"=c4="),
    "a lone dot": (rb"\r\n\.\r\n", b"\r\n..\r\n"),
    "an empty line": (rb"(?s)(\r\n--b\r\n((?!base64).)*?)(?=\r\n--b)",
                      rb"\1\r\n"),
    "a line over 76": (rb"([^\r]{75})=\r\n([^\r]{2})", rb"\1\2"),
    "a blank": (rb"=20\r\n", b"\r\n"),
    "8-bit text": (rb"=C3=BC", b"\xc3\xbc"),
    "a field": (rb"(?m)^Date: .*\n", b""),
}

GOOD = (b"EHLO x\r\nMAIL FROM:<a@b> SIZE=12\r\nRCPT TO:<c@d>\r\n",
        b"DATA\r\nS: x\r\n\r\n..y\r\n.\r\n",
        b"BDAT 6\r\nS: x\r\nBDAT 6 LAST\r\n\r\n.y\r\n", b"QUIT\r\n")


def spoilt(name, got):
    for what, (old, new) in SPOILS.items():
        yield what, re.sub(old, new, got, count=1)
    # Any letter of the body: there is none that does not matter.
    start = got.find(b"\r\n\r\n")
    letters = [m.start() for m in WORD.finditer(got, start)]
    if letters:
        at = random.Random(name).choice(letters)
        other = b"Q" if got[at:at + 1] not in b"qQ" else b"Z"
        yield f"byte {at}", got[:at] + other + got[at + 1:]


def dialogues():
    """(is it good, bytes)"""
    mail, data, bdat, quit = GOOD
    yield True, mail + data + quit
    yield True, mail + bdat + quit
    for content in data, bdat:
        yield False, mail + content
        yield False, mail + content + quit * 2
        yield False, mail + content + b".\r\n" + quit
        yield False, mail + content + mail + quit
        yield False, (mail + content + quit).replace(b"x", b"x\0")
        yield False, (mail + content + quit).replace(b"S", b"\rS")
        yield False, (mail + content + quit).replace(b"S", b"\nS")
        yield False, (mail + content + quit).replace(b"S:", b"S: 1")
        yield False, mail.replace(b"12", b"13") + content + quit
        yield False, mail + mail + content + quit
        yield False, mail + b"NOOP %s\r\n" % (b"x" * 600) + content + quit
    yield False, mail + data.replace(b"..y", b".yy") + quit
    yield False, mail + data.replace(b"..y", b"y\r\n.") + quit
    yield False, mail + data.replace(b"\r\n.\r\n", b"\n.\r\n") + quit
    yield False, mail + bdat.replace(b"6 L", b"5 L") + quit
    yield False, mail + bdat.replace(b"6 L", b"7 L") + quit
    yield False, mail + bdat.replace(b" LAST", b"") + quit
    yield False, mail + bdat.replace(b" LAST", b" LAST x") + quit


def main():
    corpus, stored = judge.Corpus(sys.argv[1]), pathlib.Path(sys.argv[2])
    used, passed = set(), []
    for name in corpus.words:
        path = stored / f"{name}.eml"
        if not path.exists() or path.stat().st_size > 8000:
            continue
        got = path.read_bytes()
        for what, bad in spoilt(name, got):
            if bad != got:
                used.add(what)
                if not corpus.judge(name, bad, seven=True).wrong:
                    passed.append(f"{name}: {what}")
    passed += [f"{what}: no message has it" for what in SPOILS.keys() - used]
    for good, raw in dialogues():
        wrong = wire.Dialogue(raw).wrong
        if good != (not wrong):
            passed.append(f"{raw}: {wrong}")
    print("\n".join(passed), end="\n" * bool(passed))
    sys.exit(bool(passed))


main()
