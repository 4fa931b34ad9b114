#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Make the corpus: messages as programs pipe them into sendmail.

usage: make.py DIR [--small]

Each message that `list` names becomes DIR/NAME.eml: a copy of the file beside
this one, or what a function below makes, where a message is large, has bytes
that no text file has, or is signed. With --small those that are large, or have
many lines, are left out. DIR/list is `list` without its comments, and without
those; DIR/SELECTOR._domainkey.example.com holds what DNS would say of a key.
"""

import pathlib
import shutil
import sys

sys.dont_write_bytecode = True

import made_bodies  # noqa: E402, F401
import made_content  # noqa: E402, F401
import made_headers  # noqa: E402, F401
from made_signed import dkim, make_keys  # noqa: E402
from making import MAKERS  # noqa: E402

HERE = pathlib.Path(__file__).parent


def entries():
    """Name and words of each message."""
    for line in (HERE / "list").read_text().splitlines():
        if line and not line.startswith("#"):
            name, *rest = line.split()
            yield name, rest


def main():
    if len(sys.argv) < 2 or sys.argv[2:] not in ([], ["--small"]):
        sys.exit(__doc__)
    to, left_out = pathlib.Path(sys.argv[1]), set()
    if sys.argv[2:]:
        left_out = {"large", "lines"}
    to.mkdir(parents=True, exist_ok=True)
    known = dict(entries())
    files = {path.stem for path in HERE.glob("*.eml")}
    if odd := known.keys() ^ (files | MAKERS.keys()) | files & MAKERS.keys():
        sys.exit(f"make.py: in list, or made, but not both: {odd}")
    if dkim:
        make_keys(to)
    else:
        print("make.py: no python3-dkim, so none that it signs",
              file=sys.stderr)
    lines = []
    for name, rest in known.items():
        if "dkim" in rest and not dkim or left_out & set(rest):
            continue
        if name in files:
            shutil.copyfile(HERE / f"{name}.eml", to / f"{name}.eml")
        else:
            (to / f"{name}.eml").write_bytes(MAKERS[name](name))
        lines.append(" ".join([name, *rest]) + "\n")
    (to / "list").write_text("".join(lines))


main()
