# SPDX-License-Identifier: ISC
"""Messages with long and 8-bit headers, and in many charsets."""

import base64

from making import MIXED, PLAIN, UTF8, maker, message, words


# --- charsets ---------------------------------------------------------------

def legacy(name, charset, text, subject=None):
    data = message(name, text.encode(charset) + b"\n",
                   f"Content-Type: text/plain; charset={charset}",
                   "Content-Transfer-Encoding: 8bit", Subject="@")
    return data.replace(b"@\n", (subject or text).encode(charset) + b"\n", 1)


@maker
def iso_8859_1(name):
    return legacy(name, "iso-8859-1", "Größe, naïve, señor")


@maker
def iso_8859_15(name):
    return legacy(name, "iso-8859-15", "12 €, Œuvre")


@maker
def windows_1252(name):
    return legacy(name, "windows-1252", "“Größe” – 12 €")


@maker
def koi8_r(name):
    return legacy(name, "koi8-r", "Привет из Москвы " * 20)


@maker
def iso_2022_jp(name):
    """7-bit, with ESC."""
    return legacy(name, "iso-2022-jp", "日本語のメール", "plain")


@maker
def iso_2022_jp_long(name):
    return legacy(name, "iso-2022-jp", "日本語のメール" * 100, "plain")


@maker
def gb18030(name):
    return legacy(name, "gb18030", "你好，世界 🙂 " * 15)


@maker
def shift_jis(name):
    return legacy(name, "shift_jis", "表示ソフト")


@maker
def utf_16_base64(name):
    return message(name, base64.encodebytes("Größe\r\n".encode("utf-16")),
                   "Content-Type: text/plain; charset=utf-16",
                   "Content-Transfer-Encoding: base64")


@maker
def charsets_mixed(name):
    parts = b"".join(
        f"--b\nContent-Type: text/plain; charset={charset}\n"
        "Content-Transfer-Encoding: 8bit\n\n".encode()
        + text.encode(charset) + b"\n"
        for charset, text in (("utf-8", "Größe"), ("iso-8859-1", "Größe"),
                              ("koi8-r", "Привет"), ("big5", "你好")))
    return message(name, parts + b"--b--\n", *MIXED)


# --- headers ----------------------------------------------------------------

@maker
def raw_unknown(name):
    """Not UTF-8, and no charset anywhere."""
    return message(name, "7-bit.\n", mime=False, Subject="@").replace(
        b"@\n", b"Gr\xf6\xdfe und \xff\xfe\n", 1)


@maker
def raw_latin1_name(name):
    return message(name, "7-bit.\n", To="@@ <bob@example.org>",
                   mime=False).replace(b"@@", b"J\xf6rg M\xfcller", 1)


@maker
def raw_latin1_filename(name):
    return message(name, "YWJj\n", "Content-Type: application/x-y",
                   'Content-Disposition: attachment; filename="@@.txt"',
                   "Content-Transfer-Encoding: base64").replace(
                       b"@@", b"Ma\xdfe", 1)


@maker
def raw_subject_token(name):
    return message(name, "7-bit.\n", mime=False, Subject="ö" * 750)


@maker
def header_900k(name):
    fields = [f"X-{i}: " + words(850, i) for i in range(1000)]
    return message(name, "7-bit.\n", *fields)


@maker
def field_998(name):
    return message(name, "7-bit.\n", "X-Y: " + words(993, name))


@maker
def field_999(name):
    return message(name, "7-bit.\n", "X-Y: " + words(994, name))


@maker
def subject_5000(name):
    return message(name, "7-bit.\n", Subject=words(5000, name), mime=False)


@maker
def subject_5000_utf8(name):
    return message(name, "7-bit.\n", mime=False,
                   Subject=words(2500, name, "abcöß日🙂"))


@maker
def to_500(name):
    people = (f'"Person, {i}" <person.{i}@example.org>' for i in range(500))
    return message(name, "7-bit.\n", To=", ".join(people), mime=False)


@maker
def to_500_no_blanks(name):
    """Not every comma is one between two."""
    people = (f'"a,{i}"<person.{i}@example.org>' for i in range(500))
    return message(name, "7-bit.\n", To=",".join(people), mime=False)


@maker
def to_500_utf8(name):
    people = (f"Jörg Größe {i} <person.{i}@example.org>" for i in range(500))
    return message(name, "7-bit.\n", To=", ".join(people), mime=False)


@maker
def token_2000(name):
    return message(name, "7-bit.\n", "X-Token: " + "t" * 2000, mime=False)


@maker
def token_1100_between(name):
    """It can be folded, and one line stays long."""
    return message(name, "7-bit.\n",
                   f"X-Token: {words(300, 1)} {'t' * 1100} {words(300, 2)}")


@maker
def references_3k(name):
    ids = " ".join(f"<{i:032x}.{i}@example.org>" for i in range(60))
    return message(name, "7-bit.\n", "References: " + ids, mime=False)


@maker
def type_long(name):
    return message(name, "7-bit.\n",
                   "Content-Type: text/plain; charset=us-ascii; "
                   + "; ".join(f"x{i}=y" for i in range(200)))


@maker
def part_header_long(name):
    long_name = words(1200, name, "abc")
    return message(name, f"--b\nContent-Type: text/plain\n"
                   f"Content-Description: {long_name}\n\n7-bit.\n--b--\n",
                   *MIXED)


@maker
def header_no_end(name):
    return message(name, "")[:-2]


@maker
def part_token_2000(name):
    return message(name, f"--b\n{PLAIN[:-1]}X-Token: {'t' * 2000}\n\n"
                   "7-bit.\n--b--\n", *MIXED)


@maker
def received_40(name):
    line = ("Received: from a.example.org by b.example.org; "
            "Sat, 21 Nov 2026 11:00:00 +0000\n")
    return line.encode() * 40 + message(name, "ö\n", *UTF8)
