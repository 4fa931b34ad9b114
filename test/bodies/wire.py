# SPDX-License-Identifier: ISC
"""What a client may say to a submission server, byte by byte."""

import re

COMMAND = 512  # RFC 5321, 4.5.3.1.4, as MAIL's parameters raise it
END = b"\r\n.\r\n"


def strays(data):
    """What never crosses the wire."""
    if b"\0" in data:
        yield "NUL on the wire"
    ends = data.count(b"\r\n")
    if data.count(b"\r") != ends:
        yield "bare CR on the wire"
    if data.count(b"\n") != ends:
        yield "bare LF on the wire"


class Dialogue:
    """All that a client sent, taken apart; `wrong` says what is amiss."""

    def __init__(self, raw):
        self.raw, self.at = raw, 0
        self.commands, self.chunks, self.wrong = [], [], []
        self.mail, self.chunked = [], False
        while self.at < len(raw) and not self.body():
            pass
        self.content = b"".join(self.chunks)
        if raw[self.at:] != b"QUIT\r\n":
            self.wrong.append("behind the content is %r, not QUIT"
                              % bytes(raw[self.at:self.at + 40]))
        # A chunk may end between CR and LF; that is no bare one.
        self.wrong += strays(self.content + b"\r\n".join(self.commands))
        self.check_content()
        self.check_mail()

    def command(self):
        end = self.raw.find(b"\r\n", self.at)
        end = len(self.raw) if end < 0 else end + 2
        line = bytes(self.raw[self.at:end])
        self.at = end
        if len(line) > COMMAND:
            self.wrong.append(f"a command of {len(line)} bytes")
        self.commands.append(line[:-2])
        return line[:-2].split(b" ")

    def body(self):
        """Take a command with what belongs to it; True: that was the last."""
        verb, *rest = self.command()
        if verb == b"DATA":
            self.chunks.append(self.unstuffed())
            return True
        if verb == b"BDAT":
            self.chunked = True
            return self.chunk(rest)
        if verb not in (b"EHLO", b"MAIL", b"RCPT"):
            self.wrong.append("the command %r" % verb)
        return False

    def chunk(self, rest):
        size = int(rest[0])
        if len(self.raw) - self.at < size:
            self.wrong.append("a chunk is shorter than BDAT says")
        self.chunks.append(self.raw[self.at:self.at + size])
        self.at += size
        if rest[1:] not in ([], [b"LAST"]):
            self.wrong.append("BDAT says %r" % b" ".join(rest))
        return rest[1:] == [b"LAST"]

    def unstuffed(self):
        """RFC 5321, 4.5.2; the end is CRLF.CRLF and nothing else."""
        # The line end of DATA itself is the first that counts.
        end = self.raw.find(END, self.at - 2)
        if end < 0:
            self.wrong.append("no end of data")
            end = len(self.raw)
        stuffed = bytes(self.raw[self.at - 2:end + 2])
        self.at = end + len(END)
        self.wrong += strays(stuffed)
        if re.search(rb"\r\n\.[^.]", stuffed):
            self.wrong.append("a line begins with a dot that is not doubled")
        return stuffed.replace(b"\r\n.", b"\r\n")[2:]

    def check_content(self):
        if not self.content.endswith(b"\r\n"):
            self.wrong.append("the content does not end in CRLF")

    def check_mail(self):
        mail = [line for line in self.commands if line.startswith(b"MAIL ")]
        if len(mail) != 1:
            self.wrong.append(f"{len(mail)} times MAIL")
            return
        self.mail = mail[0].upper().split(b" ")[1:]
        size = re.search(rb" SIZE=(\d+)", mail[0])
        if size and int(size[1]) != len(self.content):
            self.wrong.append("SIZE=%d for %d bytes"
                              % (int(size[1]), len(self.content)))
