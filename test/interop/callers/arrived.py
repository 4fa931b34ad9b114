# SPDX-License-Identifier: ISC
#
# arrived.py DIRECTORY BODY USER NAME: says what is wrong with a message that
# USER sent to NAME@, Cc NAME.cc@ and Bcc NAME.bcc@example.org.

import base64
import email
import email.policy
import email.utils
import quopri
import re
import sys

directory, body, user, name = sys.argv[1:]
faults = []


def check(what, seen, wanted):
    if seen != wanted:
        faults.append(f"{what}: {seen!r}, not {wanted!r}")


def addresses(field):
    return [a for _, a in email.utils.getaddresses(header.get_all(field, []))]


to, cc, bcc = (f"{name}{kind}@example.org" for kind in ("", ".cc", ".bcc"))
with open(f"{directory}/envelope") as f:
    envelope = sorted(line for line in f.read().splitlines()
        if not line.startswith("id "))
check("envelope", envelope, sorted([f"login {user}",
    f"from {user}@example.com", f"to {to}", f"to {cc}", f"to {bcc}"]))

with open(f"{directory}/message", "rb") as f:
    message = f.read()
check("CR", message.count(b"\r"), 0)
check("Bcc's address", message.count(bcc.encode()), 0)
head, _, content = message.partition(b"\n\n")
header = email.message_from_string(head.decode(), policy=email.policy.default)
for field in ("Date", "From", "Message-ID", "Subject", "Received"):
    check(field, len(header.get_all(field, [])), 1)
for field in ("Bcc", "Resent-Bcc", "Return-Path"):
    check(field, field in header, False)
check("From", addresses("From"), [f"{user}@example.com"])
check("To", addresses("To"), [to])
check("Cc", addresses("Cc"), [cc])
check("Subject", header["Subject"], "Grüße")
check("Date", header["Date"].datetime is not None, True)
check("Message-ID", bool(re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>",
    header["Message-ID"])), True)

encoding = header.get("Content-Transfer-Encoding", "8bit").lower()
decode = {"base64": base64.b64decode, "quoted-printable": quopri.decodestring}
content = decode.get(encoding, bytes)(content)
with open(body, "rb") as f:
    # Some callers add a line end. In base64 lines end in CRLF.
    check("body", content.replace(b"\r\n", b"\n").rstrip(b"\n"),
        f.read().rstrip(b"\n"))

print("\n".join(faults))
sys.exit(bool(faults))
