#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Side by side: pinmail, its peers, and the least that OpenSSL allows.

usage: bench.py SRCDIR BUILDDIR

`make bench` runs it. The environment may say:

PINMAIL         the binary; PINMAIL_STATIC one of ./configure --enable-static
BENCH_CLIENTS   only these, with commas between them
BENCH_RUNS      how often each is run for a median (15); with 1, the large
                message is not inspected
BENCH_BATCH     messages in a batch for the rates (100)
BENCH_LARGE     bytes of the large message (26214400)
BENCH_INSPECT   no: without valgrind and strace
BENCH_RESULTS   where to write bench.md and bench.svg
"""

import fcntl
import os
import pathlib
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

import bars
import chart
import measure
import peers
import table

SMALL = 2048
BEGAN = time.monotonic()


class Bench:
    """What all measurements share."""

    def __init__(self, srcdir, builddir, place, private):
        self.srcdir, self.builddir = srcdir, builddir
        self.place, self.private = place, private
        self.pinmail = os.environ.get("PINMAIL") or f"{builddir}/pinmail"
        self.static = os.environ.get("PINMAIL_STATIC") or next(
            (str(path) for path in pathlib.Path(builddir).glob(
                "pinmail-static")), None)
        self.server = f"{builddir}/test/server/smtpd"
        self.user, self.password = peers.USER, peers.PASSWORD
        self.runs = int(os.environ.get("BENCH_RUNS", 15))
        self.batch = int(os.environ.get("BENCH_BATCH", 100))
        self.small = peers.Message(place, "small", SMALL)
        self.large = peers.Message(
            place, "large", int(os.environ.get("BENCH_LARGE", 25 << 20)))
        self.implicit = measure.Server(self, "implicit")
        self.starttls = measure.Server(
            self, "starttls", "--tls", "starttls", "--tls-max", "1.2")
        self.skipped = []

    def tool(self, name):
        return f"{self.builddir}/test/bench/{name}"

    def close(self):
        self.implicit.close()
        self.starttls.close()


def say(*words):
    print(f"bench: {time.monotonic() - BEGAN:4.0f} s:", *words,
          file=sys.stderr, flush=True)


def clients(bench):
    """Those who are here, and send what they should."""
    wanted = os.environ.get("BENCH_CLIENTS")
    chosen = []
    for kind in peers.PEERS:
        if wanted and kind.label not in wanted.split(","):
            continue
        peer = kind(bench)
        why = peer.why_not() or trial(bench, peer)
        if why:
            say(f"{peer.label} is left out: {why}")
            bench.skipped.append((peer.label, why))
        else:
            chosen.append(peer)
    return chosen


def trial(bench, peer):
    """None, or why it cannot be measured."""
    to = peers.recipients(1)
    peer.server.take()
    try:
        measure.send(bench, peer, bench.small, to, seconds=20)
    except measure.Failed as trouble:
        return str(trouble)
    arrived = peer.server.take()
    if len(arrived) != 1:
        return f"{len(arrived)} messages arrived, not one"
    said = dict(line.split("=", 1) for line in arrived[0].splitlines())
    if said["rcpt"] != to[0] or said["from"] != peers.SENDER:
        return f"from {said['from']} to {said['rcpt']}"
    if not 0.9 * SMALL < int(said["size"]) < 1.5 * SMALL:
        return f"{said['size']} bytes arrived"
    if said["mechanism"] != peer.mechanism:
        return f"mechanism {said['mechanism']}"
    return None


def median(values):
    return statistics.median(values) if values else None


def in_turns(bench, chosen, rounds, what, once):
    """What each round found for each; who fails twice is out of it."""
    found, failures = {peer: [] for peer in chosen}, dict.fromkeys(chosen, 0)
    for number in range(rounds):
        say(f"{what}, round {number + 1} of {rounds}")
        for peer in chosen:
            if failures[peer] > 1:
                continue
            try:
                found[peer].append(once(peer))
            except measure.Failed as trouble:
                say(trouble)
                failures[peer] += 1
    for peer in chosen:
        if failures[peer] > 0:
            bench.skipped.append(
                (f"{peer.label}, {what}", f"{failures[peer]} of "
                 f"{failures[peer] + len(found[peer])} failed"))
    return found


def one_message(bench, chosen, message, results, size):
    """Wall, CPU and peak, in turns; then once each under the inspectors."""
    to, seconds = peers.recipients(1), 10 if size == "small" else 60
    runs = in_turns(
        bench, chosen, bench.runs, f"{size} message",
        lambda peer: measure.send(bench, peer, message, to, seconds=seconds))
    for peer in chosen:
        results[peer.label][size] = {
            what: median([getattr(run, what) for run in runs[peer]])
            for what in ("wall", "cpu", "peak")}
        if size == "small" or bench.runs > 1:
            inspect(bench, peer, message, results[peer.label][size], size)
    bench.implicit.take()
    bench.starttls.take()


INSPECTORS = (("instructions", "valgrind", measure.instructions),
              ("calls", "strace", measure.system_calls))


def inspectors(bench):
    """Those who are here; the others are noted."""
    for what, tool, find in INSPECTORS:
        if os.environ.get("BENCH_INSPECT") == "no":
            bench.skipped.append((tool, "BENCH_INSPECT=no"))
        elif shutil.which(tool):
            yield what, tool, find
        else:
            bench.skipped.append((tool, "not installed"))


def inspect(bench, peer, message, got, size):
    for what, tool, find in bench.inspectors:
        say(f"{size} message, {tool} {peer.label}")
        try:
            got[what] = find(bench, peer, message, peers.recipients(1))
        except measure.Failed as trouble:
            say(trouble)


def slow_line(bench, chosen, results):
    """Round trips, for one recipient and for a hundred."""
    if not bench.private:
        bench.skipped.append(("round trips", "no network namespace"))
        return
    try:
        line = measure.SlowLine(bench)
    except (measure.Failed, OSError) as trouble:
        say(f"no slow line: {trouble}")
        bench.skipped.append(("round trips", str(trouble)))
        return
    try:
        over_it(bench, chosen, results, line)
    finally:
        line.close()


def over_it(bench, chosen, results, line):
    watches = {server: measure.Watch(server.mail)
               for server in (bench.implicit, bench.starttls)}
    rounds = max(1, bench.runs // 3)
    for count in 1, 100:
        to = peers.recipients(count)
        seen = in_turns(
            bench, chosen, rounds, f"slow line, recipients: {count}",
            lambda peer, to=to: measure.round_trips(
                bench, line, watches, peer, bench.small, to))
        for peer, got in seen.items():
            if got:
                results[peer.label][f"trips{count}"] = {
                    what: median([one[what] for one in got])
                    for what in got[0]}


def rates(bench, chosen, results):
    """Messages a second, in batches that take turns."""
    to = peers.recipients(1)
    batches = max(1, bench.runs // 3)
    for at_once in 1, 4, 16:
        seen = in_turns(
            bench, chosen, batches, f"batches, {at_once} at once",
            lambda peer, at_once=at_once: measure.rate(
                bench, peer, bench.small, to, bench.batch, at_once))
        for peer, got in seen.items():
            results[peer.label][f"rate{at_once}"] = median(got)


def loopback_up():
    """In a namespace of our own it is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        up = struct.pack("16sh14x", b"lo", 0x1 | 0x40)
        fcntl.ioctl(s, 0x8914, up)  # SIOCSIFFLAGS


def alone():
    """Begin again in namespaces of our own, if that is possible."""
    if "BENCH_PRIVATE" in os.environ:
        return os.environ.pop("BENCH_PRIVATE") == "1"
    flags = ["--mount", "--net"]
    if os.geteuid() != 0:
        flags.append("--map-root-user")
    works = shutil.which("unshare") and subprocess.run(
        ["unshare", *flags, "true"], stderr=subprocess.DEVNULL,
        check=False).returncode == 0
    os.environ["BENCH_PRIVATE"] = "1" if works else "0"
    command = [sys.executable, "-B", *sys.argv]
    if works:
        command = ["unshare", *flags, "--", *command]
    os.execvp(command[0], command)


def run(srcdir, builddir, place, private):
    bench = Bench(srcdir, builddir, place, private)
    try:
        bench.inspectors = list(inspectors(bench))
        chosen = clients(bench)
        results = {peer.label: {} for peer in chosen}
        one_message(bench, chosen, bench.small, results, "small")
        one_message(bench, chosen, bench.large, results, "large")
        slow_line(bench, chosen, results)
        rates(bench, chosen, results)
        report(bench, chosen, results)
    finally:
        bench.close()


def report(bench, chosen, results):
    verdicts = bars.judge(results)
    where = pathlib.Path(os.environ.get("BENCH_RESULTS")
                         or f"{bench.srcdir}/test/bench/results")
    where.mkdir(parents=True, exist_ok=True)
    (where / "bench.md").write_text(
        table.document(bench, chosen, results, verdicts))
    (where / "bench.svg").write_text(chart.picture(
        chosen, results, f"A message of {table.mib(bench.large.size)} MiB"))
    print(table.shown(verdicts))
    print(f"\n{where}/bench.md, {where}/bench.svg")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    srcdir, builddir = map(os.path.abspath, sys.argv[1:])
    private = alone()
    if private:
        loopback_up()
    with tempfile.TemporaryDirectory(prefix="pinmail-bench.") as place:
        os.chmod(place, 0o755)
        run(srcdir, builddir, pathlib.Path(place), private)


if __name__ == "__main__":
    main()
