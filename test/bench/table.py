# SPDX-License-Identifier: ISC
"""The results as Markdown."""

import datetime
import os
import platform
import re
import subprocess

NOTHING = "–"


def grid(head, rows):
    """A Markdown table; the first column is text, the others are numbers."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def number(value, digits=1, factor=1):
    return NOTHING if value is None else f"{value * factor:,.{digits}f}"


def times(one, other):
    return NOTHING if one is None or not other else f"{one / other:.2f}"


def by(results, *keys):
    """A label's value, or None somewhere on the way."""
    def find(label):
        at = results.get(label, {})
        for key in keys:
            at = at.get(key) if at is not None else None
        return at
    return find


def first(pair):
    return None if pair is None else pair[0]


def message_rows(chosen, results, size, bytes_each):
    get = {what: by(results, size, what)
           for what in ("wall", "cpu", "peak", "instructions", "calls")}
    small = by(results, "small", "peak")
    for peer in chosen:
        one = peer.label
        wall, floor = get["wall"](one), get["wall"]("floor")
        row = [one, number(wall, 1, 1e3), times(wall, floor),
               number(get["cpu"](one), 1, 1e3),
               times(get["cpu"](one), get["cpu"]("floor")),
               number(get["instructions"](one), 1, 1e-6),
               times(get["instructions"](one), get["instructions"]("floor")),
               number(first(get["calls"](one)), 0),
               number(get["peak"](one), 0)]
        if size == "small":
            libraries = get["calls"](one)
            row.append(NOTHING if libraries is None
                       else str(len(libraries[1])))
        else:
            peak, before = get["peak"](one), small(one)
            row.append(number(None if None in (peak, before)
                              else peak - before, 0))
            row.append(number(None if not wall
                              else bytes_each / wall / 1e6, 0))
        yield row


HEAD = ["client", "wall, ms", "× floor", "CPU, ms", "× floor",
        "instructions, M", "× floor", "system calls", "peak, KiB"]


def trips_rows(chosen, results):
    for peer in chosen:
        row = [peer.label]
        for count in 1, 100:
            at = by(results, f"trips{count}")(peer.label) or {}
            row += [number(at.get("turns"), 0), number(at.get("accept"), 2),
                    number(at.get("exit"), 2)]
        yield row + [number(at.get("sessions"), 0)]


def rate_rows(chosen, results):
    for peer in chosen:
        row = [peer.label]
        for at_once in 1, 4, 16:
            rate = by(results, f"rate{at_once}")
            row += [number(rate(peer.label), 1),
                    times(rate(peer.label), rate("floor"))]
        yield row


def summary(chosen, results, large):
    """What stands in the README."""
    head = ["client", "2 KB, ms", "CPU, ms", f"{large}, ms",
            "round trips to the 250", "100 recipients",
            "messages a second, 4 at once"]
    shapes = (("small", "wall", 1, 1e3), ("small", "cpu", 1, 1e3),
              ("large", "wall", 0, 1e3), ("trips1", "accept", 1, 1),
              ("trips100", "accept", 1, 1))
    return grid(head, [
        [peer.label, *(number(by(results, *keys)(peer.label), digits, factor)
                       for *keys, digits, factor in shapes),
         number(by(results, "rate4")(peer.label), 0)] for peer in chosen])


def shown(verdicts):
    """The bars, for a terminal."""
    wide = max(len(bar.what) for bar in verdicts)
    return "\n".join(f"{bar.what:{wide}}  {bar.bound:>9}  {bar.found:>10}  "
                     f"{bar.verdict}" for bar in verdicts)


def mib(size):
    return f"{size / (1 << 20):.3g}"


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True,
                              check=False).stdout.strip()
    except OSError:
        return ""


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        model = re.search(r"^model name\s*: (.*)", f.read(), re.M)
    with open("/etc/os-release", encoding="utf-8") as f:
        system = re.search(r'^PRETTY_NAME="?([^"\n]*)', f.read(), re.M)
    linux = ".".join(platform.release().split(".")[:2])
    return (f"{model[1] if model else platform.machine()}, "
            f"{len(os.sched_getaffinity(0))} cores, "
            f"{system[1] if system else 'Linux'}, Linux {linux}, "
            f"{' '.join(output('openssl', 'version').split()[:2])}")


def who(bench, chosen):
    lines = []
    for peer in chosen:
        words = [word for word in (peer.version(), peer.note) if word]
        lines.append(f"- {peer.label}" + (f": {'; '.join(words)}"
                                          if words else ""))
    lines += [f"- left out: {label} ({why})" for label, why in bench.skipped]
    return "\n".join(lines)


def document(bench, chosen, results, verdicts):
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    batches = max(1, bench.runs // 3)
    return f"""\
# pinmail beside its peers

{today}; {machine()}. Made by `make bench`.

Each client submits the same message with AUTH PLAIN in a TLS session of its own, to the project's own submission server
with an ECDSA P-256 certificate, on the same machine. Medians of {bench.runs} runs in which the clients take turns. Trust
ratios, instructions and round trips before milliseconds.

![Bars of the figures below](bench.svg)

{who(bench, chosen)}

{summary(chosen, results, f"{mib(bench.large.size)} MiB")}

## The bars

{grid(["measure", "bar", "found", ""],
      [[bar.what, bar.bound, bar.found, bar.verdict] for bar in verdicts])}

## A message of 2 KB

Instructions are those of user space under callgrind. The last column counts shared libraries that were opened.

{grid(HEAD + ["libraries"],
      message_rows(chosen, results, "small", bench.small.size))}

## A message of {mib(bench.large.size)} MiB

Growth is against the peak with 2 KB.

{grid(HEAD + ["growth, KiB", "MB/s"],
      message_rows(chosen, results, "large", bench.large.size))}

## Over a line with a round trip of 50 ms

Two network namespaces joined by tun devices that hold each packet for 25 ms: connect, slow start, Nagle and delayed
acknowledgements are real. In round trips since the program was started, TCP's connect included, name lookup excluded.
`turns` is how often one side had to wait for the other until the 250, as the server counted it; what is beyond it up to
the 250 is Nagle against delayed acknowledgements, and CPU. Medians of {batches}.

{grid(["client", "turns", "250", "exit", "100 recipients: turns", "250",
       "exit", "sessions"], trips_rows(chosen, results))}

## Messages a second

Batches of {bench.batch} messages of 2 KB, so many at once, server and clients on the same cores. Medians of {batches}.

{grid(["client", "1 at once", "× floor", "4 at once", "× floor", "16 at once",
       "× floor"], rate_rows(chosen, results))}
"""
