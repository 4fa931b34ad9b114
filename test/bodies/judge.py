#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Is what arrived what was piped in?  In another language, by other parsers.

usage: judge.py [--relayed] [--7bit] CORPUS STORED [NAME...]

CORPUS is what make.py made.  STORED/NAME.eml is what arrived of the message
NAME; without names all of CORPUS/list are judged.  --relayed: a server stood
between, which puts fields on top and folds as it likes.  --7bit: the server
has no 8BITMIME.

One line is printed for each message that did not arrive as it should.
"""

import argparse
import pathlib
import quopri
import re
import sys

sys.dont_write_bytecode = True

import fields  # noqa: E402
from mail import UNTOUCHED, Mail, canonical, high, long, parse  # noqa: E402

ENCODINGS = "quoted-printable", "base64"
LABELS = {"content-type", "content-transfer-encoding"}
MIME = LABELS | {"mime-version"}
STAMPS = {"date", "message-id", "from"}


def once(fields):
    """Two Content-Transfer-Encodings may become one."""
    encodings = [f for f in fields if f[0] == "content-transfer-encoding"]
    for field in encodings[1:]:
        fields.remove(field)


class Judge:
    def __init__(self, raw, got, words=(), seven=False, relayed=False):
        self.words, self.seven, self.relayed = words, seven, relayed
        self.crlf = b"\r\n" in raw
        self.ended = raw.endswith(b"\n")
        self.untouched = "dkim" in words or "signed" in words
        self.sent = Mail.piped(raw)
        self.got = Mail(canonical(got) if relayed else got)
        self.wrong = []
        if not relayed and self.got.data != got:
            self.fail("", "no empty line, or not where it should be")
        # What the log has to say.
        self.encoded = self.kept = False
        self.headers = [self.got.header]

    def fail(self, where, why):
        self.wrong.append(f"{where}: {why}" if where else why)

    def judge(self):
        self.header()
        leaves = [int(w[5:]) for w in self.words if w.startswith("leaf=")]
        if self.untouched:
            self.unchanged()
        elif not (self.nothing_to_do() and self.sent.data == self.got.data):
            data = self.sent.data, self.got.data
            self.entity(*(parse(d, leaves) for d in data), "", None)
        if not self.relayed:
            self.lines()
            body = self.sent.body
            if not long(body) and not (self.seven and high(body)) and \
                    body != self.got.body:
                self.fail("body", "changed without need")

    def nothing_to_do(self):
        data = self.sent.data
        if self.seven or self.unlabelled():
            return data.isascii() and not long(data)
        return not long(data)

    # --- the header of the message

    def header(self):
        for mail in self.sent, self.got:
            once(mail.fields)
        sent, got = ([name for name, _ in mail.fields]
                     for mail in (self.sent, self.got))
        if self.relayed:
            self.pairs(self.last_of_each())
            return
        added = got[len(sent):]
        if got[:len(sent)] != sent:
            self.fail("header", f"fields {sent} became {got}")
        elif set(added) & set(sent) or set(added) - MIME - STAMPS:
            self.fail("header", f"{added} were added")
        elif missing := self.wanted() - set(got):
            self.fail("header", f"{missing} is missing")
        else:
            self.pairs(zip(self.sent.fields, self.got.fields))

    def wanted(self):
        """UTF-8 that nobody says anything of gets a label."""
        label = self.unlabelled() and high(self.sent.body)
        return STAMPS | (MIME if label and not self.untouched else set())

    def last_of_each(self):
        """What a server puts in stands on top."""
        left = self.got.fields[:]
        for field in reversed(self.sent.fields):
            places = [i for i, f in enumerate(left) if f[0] == field[0]]
            if places:
                yield field, left.pop(places[-1])
            else:
                self.fail("header", f"{field[0]} is gone")

    def pairs(self, pairs):
        charset = parse(self.sent.header).get_content_charset()
        covered = self.covered()
        for (name, sent), (_, got) in pairs:
            if sent == got:
                continue
            if name in LABELS and not self.untouched:
                continue  # with what they are about
            if not self.relayed:
                if name in covered:
                    self.fail(name, "covered by DKIM, and changed")
                elif not long(sent) and (self.untouched or not high(sent)):
                    self.fail(name, "changed without need")
            sent, got = (f.partition(b":")[2] for f in (sent, got))
            if why := fields.differ(name, sent, got, charset, self.relayed):
                self.fail(name, why)

    def covered(self):
        names = set()
        for name, field in self.sent.fields:
            if name == "dkim-signature":
                tag = re.search(rb";\s*h=([^;]*)", field)
                names |= {n.strip().lower().decode()
                          for n in tag[1].split(b":")} | {name}
        return names

    # --- the body

    def unchanged(self):
        self.kept = long(self.sent.body) or \
            self.seven and high(self.sent.body)
        if self.sent.body != self.got.body:
            self.fail("body", "signed, and changed")

    def entity(self, sent, got, where, charset):
        """
        Compare two; returns whether the body changed.  Without a charset it
        is a message, whose own one it will be.
        """
        whole = charset is None
        charset = charset or sent.get_content_charset("unknown")
        if where:
            self.part_header(sent, got, where, charset)
        self.type(sent, got, where, charset)
        changed = self.body(sent, got, where, charset)
        if changed and whole and "mime-version" not in got.names():
            self.fail(where, "encoded without a MIME-Version")
        return changed

    def body(self, sent, got, where, charset):
        if sent.is_multipart() != got.is_multipart():
            self.fail(where, "%s became %s" % (sent.real_type(),
                                               got.real_type()))
            return True
        if sent.is_multipart():
            return self.container(sent, got, where, charset)
        return self.leaf(sent, got, where)

    def part_header(self, sent, got, where, charset):
        self.headers.append(got.header())
        names = [[n for n in e.names() if n not in MIME] for e in (sent, got)]
        if names[0] != names[1]:
            self.fail(where, f"fields {names[0]} became {names[1]}")
        for name in sorted({*names[0], "mime-version"}):
            for values in zip(sent.values(name), got.values(name)):
                if why := fields.differ(name, *values, charset, self.relayed):
                    self.fail(where, f"{name}: {why}")

    def type(self, sent, got, where, charset):
        """Content-Type; that of a leaf that is changed may be new."""
        old, new = (e.values("content-type") for e in (sent, got))
        if not old and not new:
            return
        if not old or sent.broken() and sent.raw() != got.raw():
            self.new_type(sent, got, where)
        elif len(old) != len(new):
            self.fail(where, f"{len(old)} types became {len(new)}")
        else:
            for pair in zip(old, new):
                if why := fields.differ("content-type", *pair, charset):
                    self.fail(where, why)

    def new_type(self, sent, got, where):
        charset = "us-ascii" if not high(sent.raw()) else "utf-8"
        try:
            sent.raw().decode()
        except UnicodeDecodeError:
            charset = "unknown-8bit"
        if got.get_content_type() not in ("text/plain", "x/opaque") or \
                got.get_content_charset() != charset:
            self.fail(where, "type is %r, not text/plain; charset=%s"
                      % (got.get("content-type"), charset))

    def container(self, sent, got, where, charset):
        parts = sent.get_payload(), got.get_payload()
        if sent.get_content_maintype() == "message":
            charset = None
        if len(parts[0]) != len(parts[1]):
            self.fail(where, "%d parts became %d" % (len(parts[0]),
                                                     len(parts[1])))
            return True
        changed = [self.entity(*pair, f"{where}.{i}" if where else f"part {i}",
                               charset)
                   for i, pair in enumerate(zip(*parts), 1)]
        changed += [self.remark(sent, got, where, name)
                    for name in ("preamble", "epilogue")]
        self.label(sent, got, where, any(changed))
        return any(changed)

    def remark(self, sent, got, where, name):
        old, new = getattr(sent, name), getattr(got, name)
        if old == new:
            return False
        old, new = ((text or "").encode("ascii", "surrogateescape")
                    for text in (old, new))
        if not long(old) and not (self.seven and high(old)):
            self.fail(where, f"{name} changed without need")
        elif not self.relayed:
            self.encoded_lines(new.split(b"\r\n"), False, where)
        if old != quopri.decodestring(new):
            self.fail(where, f"{name} changed")
        self.encoded = True
        return True

    def label(self, sent, got, where, changed):
        old, new = sent.encoding(), got.encoding()
        allowed = {old}
        if changed and old:
            allowed = {"8bit" if got.high_inside() else "7bit"}
        if new not in allowed and not self.relayed:
            self.fail(where, f"{got.real_type()} with the label {old!r} has "
                      f"{new!r}")

    def leaf(self, sent, got, where):
        old, new = sent.raw(), got.raw()
        need = long(old) or self.seven and high(old)
        if sent.real_type() in UNTOUCHED and not sent.broken():
            self.kept = self.kept or need
            if old != new or sent.encoding() != got.encoding():
                self.fail(where, "signed, and changed")
            return False
        if not self.relayed:
            self.encoding(sent, got, where, need)
        self.content(sent, got, where)
        if old == new:
            return False
        self.encoded = True
        if "content-type" not in got.names():
            self.fail(where, "encoded without a Content-Type")
        return True

    def encoding(self, sent, got, where, need):
        was, now = sent.encoding(), got.encoding()
        if need:
            wrapped = was in ENCODINGS and not sent.broken()
            allowed = was if wrapped else ENCODINGS[not sent.text()]
            self.encoded_lines(got.raw().split(b"\r\n"), wrapped, where)
        else:
            allowed = was
            if not where and MIME & self.wanted():
                allowed = "8bit"
            if sent.raw() != got.raw():
                self.fail(where, "changed without need")
        if now != allowed:
            self.fail(where, f"encoding {was!r} became {now!r}")

    def encoded_lines(self, lines, wrapped, where):
        """RFC 2045, 6.7 and 6.8; and nothing that a relay may change."""
        if max(map(len, lines)) > 76 or not all(map(bytes.isascii, lines)):
            self.fail(where, "a line over 76 bytes, or of 8-bit text")
        if any(line.startswith(b".") for line in lines):
            self.fail(where, "a line begins with a dot")
        if not wrapped and any(line.endswith((b" ", b"\t"))
                               for line in lines):
            self.fail(where, "a line ends in a blank")

    def unlabelled(self):
        try:
            self.sent.body.decode()
        except UnicodeDecodeError:
            return False
        return not MIME & {name for name, _ in self.sent.fields}

    def content(self, sent, got, where):
        old, new = sent.content(), got.content()
        if sent.text():
            old, new = (c.replace(b"\r\n", b"\n") for c in (old, new))
        elif got.encoding() == "base64" != sent.encoding() and not self.crlf:
            old = old.replace(b"\r\n", b"\n")
        if not where and not self.ended:
            # A line end was added, or is none of the content.
            old, new = (re.sub(rb"\r?\n\Z", b"", c) for c in (old, new))
        if old != new:
            at = next((i for i, (a, b) in enumerate(zip(old, new)) if a != b),
                      min(len(old), len(new)))
            self.fail(where, "content differs at byte %d: %r became %r"
                      % (at, old[at:at + 40], new[at:at + 40]))

    # --- all of it

    def lines(self):
        got = self.got.data
        self.left("stays-long", rb"[^\r]{999,}", long(got))
        if self.seven:
            self.left("stays-8bit", rb"[\x80-\xff]+", high(got))

    def left(self, word, what, is_so):
        if is_so != (word in self.words):
            self.fail("", f"{word}: {is_so}")
        elif is_so:
            new = [piece for piece in re.findall(what, self.got.data)
                   if piece.strip() not in self.sent.data]
            if new:
                self.fail("", f"{word}, but new: {new[0][:60]}")

    def log(self, utf8):
        """The words that `encoding` in the log has to have."""
        raw = any(map(high, self.headers[:None if self.seven else 1]))
        return [word for word, is_so in (
            ("encoded", self.encoded), ("signed", self.kept),
            ("long-field", any(map(long, self.headers))),
            ("raw-field", raw and not utf8)) if is_so]


class Corpus:
    def __init__(self, directory):
        self.dir = pathlib.Path(directory)
        lines = (self.dir / "list").read_text().splitlines()
        self.words = {line.split()[0]: line.split()[1:] for line in lines}

    def path(self, name):
        return self.dir / f"{name}.eml"

    def verifies(self, data):
        import dkim

        def dns(name, timeout=5):
            return (self.dir / name.decode().rstrip(".")).read_bytes()

        return dkim.verify(data, dnsfunc=dns)

    def judge(self, name, got, seven=False, relayed=False):
        """A Judge that is through with it."""
        judge = Judge(self.path(name).read_bytes(), got, self.words[name],
                      seven, relayed)
        judge.judge()
        if "dkim" in judge.words and not self.verifies(judge.got.data):
            judge.fail("", "the DKIM signature does not verify")
        return judge


def judge(directory, name, got, seven=False, relayed=False):
    """What is wrong with it, in a list."""
    return Corpus(directory).judge(name, got, seven, relayed).wrong


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--relayed", action="store_true")
    parser.add_argument("--7bit", action="store_true", dest="seven")
    parser.add_argument("corpus")
    parser.add_argument("stored", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    corpus, failed = Corpus(args.corpus), False
    for name in args.names or corpus.words:
        path = args.stored / f"{name}.eml"
        wrong = ["it did not arrive"]
        if path.exists():
            wrong = corpus.judge(name, path.read_bytes(), args.seven,
                                 args.relayed).wrong
        if wrong:
            print(f"{name}: {wrong[0]}")
            failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
