# SPDX-License-Identifier: ISC
"""How a program's costs are found out: one thing, one function."""

import ctypes
import os
import pathlib
import re
import struct
import subprocess
import tempfile
import threading
import time

LONGEST = 120  # seconds that a program may take before it is given up
SLOW_ROUND_TRIP = 50  # milliseconds


class Failed(Exception):
    """A program did not do what it was asked to."""


class Run:
    """What `timed` says of one process: seconds, seconds, KiB."""

    def __init__(self, line):
        start, wall, cpu, self.peak, self.status = map(int, line.split())
        self.start, self.wall, self.cpu = start / 1e9, wall / 1e9, cpu / 1e6
        self.end = self.start + self.wall


def run_timed(bench, peer, message, to, times=1, at_once=1, prefix=(),
              inspector=(), seconds=LONGEST):
    """Send it; returns the Runs, and what was said meanwhile."""
    command = [*prefix, bench.tool("timed"), "-t", str(seconds),
               "-n", str(times), "-j", str(at_once)]
    if peer.third:
        command.append("-3")
    command += [str(peer.input(message, to)), *inspector, *peer.command(to)]
    with tempfile.TemporaryFile("w+") as said:
        shown = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=said, text=True,
            env={**os.environ, **peer.environment}, check=False)
        said.seek(0)
        words = said.read(2000)
    return [Run(line) for line in shown.stdout.splitlines()], words


def send(bench, peer, message, to, **ways):
    """One that must go well."""
    runs, words = run_timed(bench, peer, message, to, **ways)
    if len(runs) != 1 or runs[0].status != 0:
        words = " ".join(words.split()[:30])
        raise Failed(f"{peer.label}: {words or 'it took too long'}")
    return runs[0]


def instructions(bench, peer, message, to):
    """In user space, of all its processes."""
    with tempfile.TemporaryDirectory(dir=bench.place) as place:
        os.chmod(place, 0o777)  # for who gives up root
        send(bench, peer, message, to, inspector=[
            "valgrind", "-q", "--tool=callgrind", "--trace-children=yes",
            f"--callgrind-out-file={place}/%p"])
        return sum(int(n) for path in pathlib.Path(place).iterdir()
                   for n in re.findall(r"^totals: (\d+)", path.read_text(),
                                       re.M))


def system_calls(bench, peer, message, to):
    """How many, and the shared libraries that were opened, in order."""
    with tempfile.NamedTemporaryFile("r", dir=bench.place) as trace:
        send(bench, peer, message, to, inspector=[
            "strace", "-f", "-qq", "-s", "0", "-o", trace.name])
        count, libraries = 0, []
        for line in trace:
            if "<unfinished" in line or re.match(r"\d+ +(---|\+\+\+)", line):
                continue
            count += 1
            opened = re.search(
                r"open(?:at)?\(.*/([^/\"]+)\.so[.0-9]*\".* = \d+$", line)
            if opened and opened[1] not in libraries:
                libraries.append(opened[1])
        return count, libraries


class Server:
    """The project's own submission server."""

    def __init__(self, bench, name, *options):
        self.place = bench.place / name
        self.place.mkdir()
        program = bench.server
        common = ["--dir", str(self.place)]
        self.pin = subprocess.run(
            [program, *common, "--pin"], check=True, capture_output=True,
            text=True).stdout.strip()
        self.cert = self.place / "cert.pem"
        self.process = subprocess.Popen(
            [program, *common, "--until-eof", "--count-only",
             "--login", f"{bench.user}:{bench.password}",
             "--mech", "PLAIN LOGIN SCRAM-SHA-256-PLUS SCRAM-SHA-256",
             *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        self.port = int(self.process.stdout.readline())
        self.mail = self.place / "mail" / bench.user
        self.mail.mkdir(parents=True)

    @property
    def fingerprint(self):
        shown = subprocess.run(
            ["openssl", "x509", "-in", self.cert, "-noout", "-fingerprint",
             "-sha256"], check=True, capture_output=True, text=True).stdout
        return shown.strip().split("=")[1]

    def take(self):
        """The envelopes that were filed since; they go."""
        envelopes = []
        for path in sorted(self.mail.glob("*.env")):
            envelopes.append(path.read_text())
            path.unlink()
        return envelopes

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Watch(threading.Thread):
    """Notes when something was filed: inotify(7)."""

    MOVED_OR_MADE = 0x100 | 0x80

    def __init__(self, place):
        super().__init__(daemon=True)
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(os.O_CLOEXEC)
        if self.fd < 0 or libc.inotify_add_watch(
                self.fd, os.fsencode(place), self.MOVED_OR_MADE) < 0:
            raise OSError(ctypes.get_errno(), "inotify")
        self.last = 0.0
        self.start()

    def run(self):
        while True:
            events = os.read(self.fd, 65536)
            at, now = 0, time.monotonic()
            while at < len(events):
                size = struct.unpack_from("iIII", events, at)[3]
                name = events[at + 16:at + 16 + size].rstrip(b"\0")
                if name.endswith(b".env"):
                    self.last = now
                at += 16 + size


class SlowLine:
    """`delay`, and the way to run something at its clients' end."""

    def __init__(self, bench):
        self.process = subprocess.Popen(
            [bench.tool("delay"), str(SLOW_ROUND_TRIP // 2)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "\n":
            raise Failed(self.process.stderr.read().strip())
        self.prefix = ["nsenter", f"--net=/proc/{self.process.pid}/ns/net",
                       "--"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def round_trips(bench, line, watches, peer, message, to):
    """To the 250, to the end, and how often one waited for the other."""
    peer.server.take()
    run = send(bench, peer, message, to, prefix=line.prefix, seconds=30)
    half = SLOW_ROUND_TRIP / 2000
    accepted = watches[peer.server].last + half - run.start
    envelopes = peer.server.take()
    if not envelopes:
        raise Failed(f"{peer.label}: nothing arrived")
    turns = max(int(re.search(r"^turns=(\d+)", one, re.M)[1])
                for one in envelopes)
    # The server does not count connect, nor the way back of the 250; and it
    # takes TLS for one, which it is from 1.3 on.
    turns += 2 if "\ntls=TLSv1.3\n" in envelopes[-1] else 3
    return {"accept": accepted * 1000 / SLOW_ROUND_TRIP,
            "exit": run.wall * 1000 / SLOW_ROUND_TRIP,
            "turns": turns, "sessions": len(envelopes)}


def rate(bench, peer, message, to, times, at_once):
    """Messages a second."""
    peer.server.take()
    runs, _ = run_timed(bench, peer, message, to, times=times,
                        at_once=at_once, seconds=60)
    arrived = len(peer.server.take())
    good = sum(run.status == 0 for run in runs)
    if min(good, arrived) < times:
        raise Failed(f"{peer.label}: {arrived} of {times} arrived in time")
    return times / (max(r.end for r in runs) - min(r.start for r in runs))
