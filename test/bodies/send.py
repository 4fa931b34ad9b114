#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Send the corpus through pinmail to a server of our own, and judge it.

usage: send.py PINMAIL SMTPD CORPUS DIR [KEYWORD...]

The server offers the EHLO keywords.  DIR, which is made, gets what arrived.
One line is printed for each that failed.
"""

import json
import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True

import judge  # noqa: E402
import server  # noqa: E402
import wire  # noqa: E402

SETTINGS = """\
account default
host 127.0.0.1
port {port}
tls_starttls off
pin {pin}
auth off
from alice@example.com
syslog off
logfile {log}
log_format json
"""


class Sender:
    def __init__(self, pinmail, smtpd, corpus, to, keywords):
        self.pinmail, self.to = pinmail, pathlib.Path(to)
        self.corpus, self.keywords = judge.Corpus(corpus), keywords
        self.to.mkdir()
        pin = subprocess.run([smtpd, "--dir", to, "--pin"], check=True,
                             capture_output=True, text=True).stdout.strip()
        self.server = server.Server(self.to / "cert.pem", self.to / "key.pem",
                                    keywords)
        self.settings, self.log = self.to / "conf", self.to / "log"
        self.settings.write_text(SETTINGS.format(
            port=self.server.port, pin=pin, log=self.log))
        self.settings.chmod(0o600)

    def send(self, name):
        """What the client said, and what is wrong with how it ended."""
        with open(self.corpus.path(name), "rb") as message:
            try:
                run = subprocess.run(
                    [self.pinmail, "-C", self.settings, "bob@example.org"],
                    stdin=message, capture_output=True, timeout=120)
            except subprocess.TimeoutExpired:
                return None, ["it never ended"]
        if run.returncode or run.stdout or run.stderr:
            why = run.stderr.decode(errors="replace").strip()
            return None, [f"exit {run.returncode} {why}"]
        return self.server.heard.get(timeout=60), []

    def wrong(self, name):
        raw, wrong = self.send(name)
        if wrong:
            return wrong
        said = wire.Dialogue(raw)
        (self.to / f"{name}.eml").write_bytes(said.content)
        judged = self.corpus.judge(name, said.content,
                                   "8BITMIME" not in self.keywords)
        return (said.wrong + judged.wrong + list(self.unlike_wanted(said))
                + list(self.unlike_log(judged, b"SMTPUTF8" in said.mail)))

    def unlike_wanted(self, said):
        if said.chunked != ("CHUNKING" in self.keywords):
            yield f"chunked: {said.chunked}"
        wants = not said.content.isascii() and "8BITMIME" in self.keywords
        if (b"BODY=8BITMIME" in said.mail) != wants:
            yield f"MAIL says {said.mail}"

    def unlike_log(self, judged, utf8):
        line = self.log.read_text().splitlines()[-1]
        has = json.loads(line).get("encoding", "")
        want = ",".join(judged.log(utf8))
        if has != want:
            yield f"the log says {has!r}, not {want!r}"


def main():
    pinmail, smtpd, corpus, to, *keywords = sys.argv[1:]
    os.environ["HOME"] = to
    sender = Sender(pinmail, smtpd, corpus, to, keywords)
    failed = False
    for name in sender.corpus.words:
        if wrong := sender.wrong(name):
            print(f"{name}: {wrong[0]}", flush=True)
            failed = True
    sys.exit(failed)


main()
