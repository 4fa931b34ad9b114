# SPDX-License-Identifier: ISC
"""Messages: as they should stand on the wire, and as Python reads them."""

import email.message
import email.parser
import quopri
import re

FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
# pinmail(1), "What happens to the message": these are taken out.
PRIVATE = {"bcc", "resent-bcc", "return-path", "content-length"}
UNTOUCHED = "multipart/signed", "multipart/encrypted"


def canonical(raw):
    """Line ends, stray CR, NUL, mbox lines: what the manual says of them."""
    data = re.sub(rb"\r*\n", b"\r\n", raw.replace(b"\0", b"")).rstrip(b"\r")
    data = re.sub(rb"\r(?!\n)", b" ", data)
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    while mbox := re.match(rb">?From [^\r]*\r\n", data):
        data = data[mbox.end():]
    return data


def high(data):
    return not data.isascii()


def long(data):
    return max(map(len, data.split(b"\r\n"))) > 998


class Mail:
    """Header and body; fields are [name in lower case, all its bytes]."""

    def __init__(self, data):
        self.fields, at = [], 0
        while (end := data.find(b"\r\n", at) + 2) > 1:
            line, name = data[at:end], FIELD.match(data, at, end)
            if line == b"\r\n":
                at = end
                break
            if line[:1] in b" \t" and self.fields:
                self.fields[-1][1] += line
            elif name:
                self.fields.append([name[1].decode().lower(), line])
            else:
                break
            at = end
        self.body = data[at:]

    @classmethod
    def piped(cls, raw):
        mail = cls(canonical(raw))
        mail.fields = [f for f in mail.fields if f[0] not in PRIVATE]
        return mail

    @property
    def header(self):
        return b"".join(line for _, line in self.fields)

    @property
    def data(self):
        return self.header + b"\r\n" + self.body


class Entity(email.message.Message):
    """An opaque one is not looked into: the parser takes it for a leaf."""

    number, leaves = 0, ()

    def real_type(self):
        return super().get_content_type()

    def broken(self):
        return self.number in self.leaves

    def opaque(self):
        kind = self.real_type()
        return (self.broken() or kind in UNTOUCHED
                or kind.startswith("message/")
                and self.encoding() in ("base64", "quoted-printable"))

    def get_content_type(self):
        return "x/opaque" if self.opaque() else self.real_type()

    def encoding(self):
        return str(self.get("Content-Transfer-Encoding", "")).strip().lower()

    def text(self):
        """What is broken, or of no type that can be read, is text too."""
        readable = re.match(r"[\w.+-]+/[\w.+-]+\Z", self.real_type())
        return (self.broken() or not readable
                or self.real_type().startswith("text/"))

    def values(self, name):
        """The raw bytes behind `Name:`, of each."""
        return [value.encode("ascii", "surrogateescape")
                for key, value in self.raw_items()
                if key.strip().lower() == name]

    def names(self):
        return [key.strip().lower() for key, _ in self.raw_items()]

    def header(self):
        return "\r\n".join(f"{key}: {value}" for key, value
                           in self.raw_items()).encode(
                               "ascii", "surrogateescape")

    def raw(self):
        """The body of a leaf, as it stands there."""
        return (self._payload or "").encode("ascii", "surrogateescape")

    def high_inside(self):
        """Is 8-bit text left in what a container holds?"""
        texts = [text for part in self.walk()
                 for text in (part._payload, part.preamble, part.epilogue)
                 if isinstance(text, str)]
        fields = [value for part in self.walk() if part is not self
                  for _, value in part.raw_items()]
        return not all(map(str.isascii, texts + fields))

    def content(self):
        if self.encoding() == "quoted-printable":
            # Blanks at the end of a line are the transport's (RFC 2045, 6.7).
            return quopri.decodestring(re.sub(rb"[ \t]+(?=\r\n|$)", b"",
                                              self.raw()))
        if self.encoding() == "base64":
            return self.get_payload(decode=True)
        return self.raw()


def parse(data, leaves=()):
    """Entities whose number is one of `leaves` are taken for leaves."""
    count = -1  # the parser makes one to try out how

    def new(policy):
        nonlocal count
        entity = Entity(policy=policy)
        entity.number, entity.leaves = count, leaves
        count += 1
        return entity

    parser = email.parser.BytesFeedParser(new)
    parser.feed(data)
    return parser.close()
