# SPDX-License-Identifier: ISC
"""Who is compared: how each is configured, called and fed.

Each gets one certificate or fingerprint to trust, as little else to do as its
configuration allows, and no log; with what a careful user could know that
makes it faster (curl's --sasl-ir, swaks's --pipeline).
"""

import os
import shutil
import subprocess

USER, PASSWORD, SENDER = "alice", "wonder1and", "alice@example.com"


def recipients(count):
    return [f"recipient.{n:03}@example.org" for n in range(count)]


class Message:
    """One message, of a size on the wire, in the forms that programs take."""

    def __init__(self, place, name, size):
        self.size, self.place, self.name = size, place, name
        head = (f"From: Alice <{SENDER}>\nTo: {recipients(1)[0]}\n"
                "Subject: a message to measure\n"
                "Date: Sun, 22 Nov 2026 07:00:00 +0000\n"
                f"Message-ID: <{name}@example.com>\n\n")
        line = "bWVhc3VyZSB3aGF0IGlzIG1lYXN1cmFibGU" * 3
        line = line[:76] + "\n"
        left = size - len(head) - head.count("\n")
        whole, rest = divmod(left, len(line) + 1)
        if rest < 2:
            whole, rest = whole - 1, rest + len(line) + 1
        self.body = line * whole + line[:rest - 2] + "\n"
        self.unix = head + self.body

    def file(self, form, text):
        path = self.place / f"{self.name}.{form}"
        if not path.exists():
            path.write_bytes(text().encode())
        return path

    def as_unix(self, _):
        return self.file("unix", lambda: self.unix)

    def as_wire(self, _):
        return self.file("wire", lambda: self.unix.replace("\n", "\r\n"))

    def as_body(self, _):
        return self.file("body", lambda: self.body)

    def as_queued(self, to):
        """A file of nullmailer's queue."""
        return self.file(f"queue{len(to)}", lambda: "\n".join(
            [SENDER, *to, "", self.unix]))


class Peer:
    """A program that submits mail.

    label: what the tables call it. packages: whose versions are shown.
    """

    label = None
    program = None
    packages = ()
    form = "as_unix"
    starttls = False
    third = False  # the message is read from descriptor 3
    mechanism = "PLAIN"
    note = ""
    ours = False
    missing = None

    def __init__(self, bench):
        self.bench, self.place = bench, bench.place / self.label
        self.environment = {}

    @property
    def server(self):
        return self.bench.starttls if self.starttls else self.bench.implicit

    def find(self):
        """The program's path, None where it is not installed."""
        return shutil.which(self.program, path=os.environ.get("PATH", "")
                            + ":/usr/sbin")

    def configure(self):
        """None, or why it cannot be."""

    def command(self, to):
        raise NotImplementedError

    def why_not(self):
        """What is missing, or None; makes its configuration."""
        self.path = self.find()
        if self.path is None:
            return self.missing or f"{self.program} is not installed"
        self.place.mkdir(exist_ok=True)
        return self.configure()

    def write(self, name, text, mode=0o600):
        path = self.place / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def input(self, message, to):
        return getattr(message, self.form)(to)

    def version(self):
        for package in self.packages:
            shown = subprocess.run(
                ["dpkg-query", "-W", "-f", "${Version}", package],
                capture_output=True, text=True, check=False)
            if shown.returncode == 0 and shown.stdout:
                return shown.stdout
        return ""


class Pinmail(Peer):
    label = "pinmail"
    auth = "plain"
    ours = True

    def find(self):
        return self.bench.pinmail

    def configure(self):
        # It takes -C by no other name.
        link = self.place / "pinmail"
        link.symlink_to(self.path)
        self.path = str(link)
        self.conf = self.write("conf", f"""\
account default
host 127.0.0.1
port {self.server.port}
tls_starttls off
pin {self.server.pin}
auth {self.auth}
user {USER}
password {PASSWORD}
from {SENDER}
syslog off
""")

    def command(self, to):
        return [self.path, "-C", str(self.conf), *to]

    def version(self):
        shown = subprocess.run([self.path, "--version"], text=True,
                               capture_output=True, check=False).stdout
        return shown.split()[-1] if shown else ""


class Static(Pinmail):
    label = "pinmail (static)"
    missing = "./configure --enable-static was not asked for"

    def find(self):
        return self.bench.static


class Scram(Pinmail):
    label = "pinmail (SCRAM)"
    auth = "scram-sha-256-plus"
    note = "SCRAM-SHA-256-PLUS with 4096 iterations instead of PLAIN"
    mechanism = "SCRAM-SHA-256-PLUS"


class Floor(Peer):
    label = "floor"
    form = "as_wire"
    packages = ("libssl3", "libssl3t64")
    note = "test/bench/floor.c: the least that OpenSSL allows"

    def find(self):
        return self.bench.tool("floor")

    def command(self, to):
        return [self.path, "127.0.0.1", str(self.server.port),
                self.server.pin.removeprefix("sha256:"), USER, PASSWORD,
                SENDER, *to]


class Msmtp(Peer):
    label = program = "msmtp"
    packages = ("msmtp",)

    def configure(self):
        self.conf = self.write("conf", f"""\
account default
host 127.0.0.1
port {self.server.port}
tls on
tls_starttls off
tls_fingerprint {self.server.fingerprint}
auth plain
user {USER}
password {PASSWORD}
from {SENDER}
""")

    def command(self, to):
        return [self.path, "-C", str(self.conf), "--", *to]


class Curl(Peer):
    label = program = "curl"
    packages = ("libcurl4", "libcurl4t64")
    form = "as_wire"

    def configure(self):
        self.conf = self.write("conf", f"""\
silent
show-error
url = "smtps://127.0.0.1:{self.server.port}"
cacert = "{self.server.cert}"
user = "{USER}:{PASSWORD}"
login-options = "AUTH=PLAIN"
sasl-ir
mail-from = "{SENDER}"
upload-file = "-"
""")

    def command(self, to):
        asked = [word for one in to for word in ("--mail-rcpt", one)]
        return [self.path, "-q", "-K", str(self.conf), *asked]


class Dma(Peer):
    label = program = "dma"
    packages = ("dma",)
    mechanism = "LOGIN"
    note = ("LOGIN, for it has no PLAIN; spools to disk first; one session "
            "for each recipient")

    def configure(self):
        if not self.bench.private:
            return "dma: its configuration needs a mount namespace"
        for there in "/etc/dma", "/var/spool/dma":
            if not os.path.isdir(there):
                return f"dma: {there} is missing"
        etc, spool = self.place / "etc", self.place / "spool"
        for here, there in (etc, "/etc/dma"), (spool, "/var/spool/dma"):
            here.mkdir()
            subprocess.run(["mount", "--bind", here, there], check=True)
        try:
            # It gives up root for this user.
            shutil.chown(spool, "mail", "mail")
        except (LookupError, OSError) as trouble:
            return f"dma: {trouble}"
        (etc / "dma.conf").write_text(f"""\
SMARTHOST 127.0.0.1
PORT {self.server.port}
AUTHPATH /etc/dma/auth.conf
SECURETRANSFER
FINGERPRINT {self.server.fingerprint.replace(":", "")}
MAILNAME localhost
NULLCLIENT
""")
        (etc / "auth.conf").write_text(f"{USER}|127.0.0.1:{PASSWORD}\n")
        # Without its set-group-ID bit, which valgrind does not run.
        self.path = shutil.copyfile(self.path, self.place / "dma")
        self.path.chmod(0o755)
        return None

    def command(self, to):
        return [str(self.path), "-D", "-i", "-f", SENDER, *to]


class Nullmailer(Peer):
    label = "nullmailer"
    program = "/usr/lib/nullmailer/smtp"
    packages = ("nullmailer",)
    form = "as_queued"
    third = True
    note = "its smtp module alone, given a file that is queued already"

    def configure(self):
        self.environment = {"HELOHOST": "localhost"}

    def command(self, to):
        return [self.path, "--host=127.0.0.1", f"--port={self.server.port}",
                "--tls", f"--x509cafile={self.server.cert}", f"--user={USER}",
                f"--pass={PASSWORD}"]


class Esmtp(Peer):
    label = program = "esmtp"
    packages = ("esmtp",)
    starttls = True
    note = ("STARTTLS, for it has nothing else; TLS 1.2, for it stalls when "
            "TLS 1.3 tells it a session ticket early")

    def configure(self):
        # libESMTP's place for it.
        trusted = self.place / ".config" / "libesmtp" / "ca.pem"
        trusted.parent.mkdir(mode=0o700, parents=True)
        shutil.copy(self.server.cert, trusted)
        trusted.chmod(0o600)
        self.environment = {"HOME": str(self.place)}
        self.conf = self.write("conf", f"""\
hostname = localhost:{self.server.port}
username = "{USER}"
password = "{PASSWORD}"
starttls = required
""")

    def command(self, to):
        return [self.path, "-C", str(self.conf), "-f", SENDER, *to]


class Snail(Peer):
    label = program = "s-nail"
    packages = ("s-nail",)
    form = "as_body"

    def configure(self):
        self.conf = self.write("rc", f"""\
set v15-compat
set mta=smtps://{USER}:{PASSWORD}@127.0.0.1:{self.server.port}
set tls-ca-file={self.server.cert} tls-ca-no-defaults tls-verify=strict
set tls-fingerprint-digest=sha256 tls-fingerprint={self.server.fingerprint}
set smtp-auth=plain
set from={SENDER}
unset save record
""")
        self.environment = {"MAILRC": str(self.conf), "HOME": str(self.place)}

    def command(self, to):
        return [self.path, "-n", "-s", "a message to measure", *to]


class Swaks(Peer):
    label = program = "swaks"
    packages = ("swaks",)
    pipeline = ()

    def command(self, to):
        return [self.path, "--server", "127.0.0.1",
                "--port", str(self.server.port), "--tls-on-connect",
                "--tls-verify", "--tls-ca-path", str(self.server.cert),
                "--auth", "PLAIN", "--auth-user", USER,
                "--auth-password", PASSWORD, "--from", SENDER,
                "--to", ",".join(to), "--data", "-", "--silent", "2",
                *self.pipeline]


class SwaksPipeline(Swaks):
    label = "swaks --pipeline"
    pipeline = ("--pipeline",)


class Opensmtpd(Peer):
    label = "smtp (OpenSMTPD)"
    program = "smtp"
    packages = ("opensmtpd",)
    note = "reads all CAs of the system, and checks none (-C)"

    def command(self, to):
        return [self.path, "-C", "-F", SENDER, "-s",
                f"smtps://{USER}:{PASSWORD}@127.0.0.1:{self.server.port}",
                *to]


PEERS = (Pinmail, Static, Scram, Floor, Msmtp, Curl, Dma, Nullmailer, Esmtp,
         Snail, Swaks, SwaksPipeline, Opensmtpd)
