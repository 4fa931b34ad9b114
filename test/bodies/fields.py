# SPDX-License-Identifier: ISC
"""Do two header fields say the same to somebody who decodes them?"""

import codecs
import email.message
import email.policy
import email.utils
import re

ADDRESSES = {"from", "sender", "reply-to", "to", "cc", "resent-from",
             "resent-sender", "resent-to", "resent-cc"}
PARAMETERS = {"content-type", "content-disposition"}
STRUCTURED = {"date", "message-id", "in-reply-to", "references", "received",
              "dkim-signature", "mime-version", "content-id",
              "content-transfer-encoding"}
# RFC 2231, 7: in what looks like an extended value, each character is one.
EXTENDED = re.compile(r"\*=(?![\w-]*'[\w-]*'[\w!#$&+.^`{|}~%-]*(;|$))")
WORD = re.compile(r"=\?[^?\s]+\?[bq]\?[^?\s]*\?=", re.I)


def plain(value):
    return value.replace(b"\r\n", b"").strip(b" \t")


def text(value, charset):
    """Raw bytes as pinmail(1) says: UTF-8, else the message's, else bytes."""
    for guess in "utf-8", charset or "latin-1", "latin-1":
        try:
            return plain(value).decode(guess)
        except (UnicodeDecodeError, LookupError):
            pass
    raise AssertionError(value)


def words(value):
    """With the encoded words decoded; bytes of no charset as in Latin-1."""
    value = re.sub(r"=\?unknown-8bit\?", "=?iso-8859-1?", value, flags=re.I)
    return str(email.policy.default.header_factory("subject", value))


def domain(address):
    local, at, name = address.rpartition("@")
    return local + at + name.lower().encode("idna").decode()


def mailboxes(value):
    """Names, also such as stand in comments, and addresses; groups' names."""
    people = [(words(name), domain(address))
              for name, address in email.utils.getaddresses([value])]
    header = email.policy.default.header_factory("to", value)
    groups = [" ".join(words(group.display_name).split())
              for group in header.groups if group.display_name]
    return people, groups


def foreign(value):
    """What is not ASCII, wherever it stands; domains are elsewhere."""
    return [c for c in words(re.sub(r"@[^\s>,;]*", "", value)) if c > "\x7f"]


def parameters(value):
    """The value and its parameters in any order, decoded (RFC 2231)."""
    holder = email.message.Message()
    holder["content-type"] = value
    first, *rest = [(key.lower(), email.utils.collapse_rfc2231_value(v))
                    for key, v in holder.get_params()]
    return first, sorted(rest)


def known(charset):
    try:
        return codecs.lookup(charset)
    except LookupError:
        return None


def bad_words(sent, got):
    """What is wrong with the encoded words that are new."""
    for word in WORD.finditer(got):
        if word[0] in sent:
            continue
        around = got[word.start() - 1:word.start()] + got[word.end():][:1]
        if around.strip(" \t\r\n()"):
            return f"no blank around {word[0]}"
        charset = word[0].split("?")[1].lower()
        if charset != "unknown-8bit" and not known(charset):
            return f"a word in {charset}"
        if len(word[0]) > 75:
            return f"a word of {len(word[0])} bytes"
        if "\ufffd" in words(word[0]):
            return f"a character is cut: {word[0]}"
    return None


def differ(name, sent, got, charset, folds=False):
    """Why the values are not the same, or None.  With folds, blanks are."""
    if plain(sent) == plain(got):
        return None
    if bad := bad_words(sent.decode("latin-1"), got.decode("latin-1")):
        return bad
    one, other = text(sent, charset), text(got, charset)
    if name in STRUCTURED:
        pair = " ".join(one.split()), " ".join(other.split())
    elif name in PARAMETERS and EXTENDED.search(other):
        return f"not RFC 2231: {other}"
    elif name in PARAMETERS:
        pair = parameters(one), parameters(other)
    elif name in ADDRESSES:
        pair = ((mailboxes(one), foreign(one)),
                (mailboxes(other), foreign(other)))
    else:
        pair = words(one), words(other)
        if folds:
            pair = [" ".join(p.split()) for p in pair]
    if pair[0] != pair[1]:
        return "%.300s became %.300s" % tuple(map(ascii, pair))
    return None
