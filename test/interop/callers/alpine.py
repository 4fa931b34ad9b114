# SPDX-License-Identifier: ISC
#
# alpine.py NAME [SENDMAIL-PATH]: what somebody does at a terminal who sends a
# message that a link has begun. Needs a HOME of its own.

import os
import pty
import re
import signal
import sys
import urllib.parse

name, path = (sys.argv[1:] + [""])[:2]
url = f"mailto:{name}@example.org?" + urllib.parse.urlencode({
    "cc": f"{name}.cc@example.org",
    "subject": "Grüße",
    "body": sys.stdin.read(),
}, quote_via=urllib.parse.quote)
with open("alpinerc", "w") as f:
    f.write(f"""
last-version-used=99.99
user-domain=localhost.localdomain
inbox-path={os.getcwd()}/inbox
default-fcc=""
sendmail-path={path}
posting-character-set=UTF-8
customized-hdrs=Bcc: {name}.bcc@example.org
feature-list=downgrade-multipart-to-text, quell-flowed-text
""")

pid, terminal = pty.fork()
if pid == 0:
    os.execlp("alpine", "alpine", "-p", "alpinerc", "-url", url)
signal.alarm(20)
screen = b""
steps = [(b"Message Text", b"\x18"), (b"Send message?", b"y")]
while True:
    try:
        seen = os.read(terminal, 4096)
    except OSError:     # what Linux says at a terminal's end
        break
    screen += seen
    if re.search(rb"\[(Error|Mail not sent|ALL of)", screen):
        break           # now somebody would have to do something
    if steps and steps[0][0] in screen:
        os.write(terminal, steps.pop(0)[1])
        screen = b""
if b"Alpine finished" not in screen:
    sys.exit(re.sub(r"\x1b\[[\d;?]*\w", " ", screen.decode(errors="replace")))
