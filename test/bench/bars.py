# SPDX-License-Identifier: ISC
"""What must hold: each bar is a comparison within one run."""

LIBRARIES = ["libssl", "libcrypto", "libuuid", "libc"]


class Bar:
    """what: in words; value: what was found, None if it was not measured."""

    def __init__(self, what, value, limit, least=False, unit=""):
        self.what, self.value, self.limit = what, value, limit
        self.least, self.unit = least, unit

    @property
    def verdict(self):
        if self.value is None:
            return "not measured"
        good = self.value >= self.limit if self.least \
            else self.value <= self.limit
        return "met" if good else "not met"

    @property
    def bound(self):
        return f"{'≥' if self.least else '≤'} {self.limit:g}{self.unit}"

    @property
    def found(self):
        return "–" if self.value is None else f"{self.value:.3g}{self.unit}"


def judge(results):
    def got(label, *keys):
        at = results.get(label, {})
        for key in keys:
            if at is None:
                return None
            at = at.get(key)
        return at

    def ratio(one, other, *keys):
        a, b = got(one, *keys), got(other, *keys)
        return a / b if a is not None and b else None

    def minus(one, other, factor=1):
        if one is None or other is None:
            return None
        return (one - other) * factor

    calls = got("pinmail", "small", "calls")
    foreign = None if calls is None else len(set(calls[1]) - set(LIBRARIES))
    return [
        *(Bar(f"round trips to the 250, {n} recipient{'s' * (n > 1)}",
              got("pinmail", f"trips{n}", "turns"), 6) for n in (1, 100)),
        *(Bar(f"wall, 2 KB, against {other}",
              ratio("pinmail", other, "small", "wall"), limit, unit=" ×")
          for other, limit in (("floor", 1.15), ("msmtp", 0.1),
                               ("curl", 0.6))),
        Bar("instructions, 2 KB, dynamic, against floor",
            ratio("pinmail", "floor", "small", "instructions"), 1.08,
            unit=" ×"),
        Bar("instructions, 2 KB, static, against floor",
            ratio("pinmail (static)", "floor", "small", "instructions"), 0.85,
            unit=" ×"),
        Bar("CPU, 2 KB, static, against msmtp",
            ratio("pinmail (static)", "msmtp", "small", "cpu"), 1, unit=" ×"),
        Bar("wall, 25 MiB, against floor",
            ratio("pinmail", "floor", "large", "wall"), 1.4, unit=" ×"),
        Bar("peak memory, 25 MiB, over that of 2 KB",
            minus(got("pinmail", "large", "peak"),
                  got("pinmail", "small", "peak")), 512, unit=" KiB"),
        Bar(f"libraries other than {', '.join(LIBRARIES)}", foreign, 0),
        Bar("messages a second, 4 at once, against floor",
            ratio("pinmail", "floor", "rate4"), 0.9, least=True, unit=" ×"),
        Bar("SCRAM instead of PLAIN: round trips more",
            minus(got("pinmail (SCRAM)", "trips1", "turns"),
                  got("pinmail", "trips1", "turns")), 2),
        Bar("SCRAM instead of PLAIN: CPU more",
            minus(got("pinmail (SCRAM)", "small", "cpu"),
                  got("pinmail", "small", "cpu"), 1000), 3, unit=" ms"),
    ]
