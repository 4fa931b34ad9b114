#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Run pieces of Python in one process: to start one takes longer than most do.

usage: servant.py PRELUDE AT

The file PRELUDE is run first; each piece sees what that defined, and leaves
nothing to the next.  A piece and its arguments, sys.argv[1:], come through
the fifo AT.ask: their number first, with a NUL behind each.  What it prints
is then in the file AT.out, and its exit status comes through the fifo AT.tell;
first the word ready does.
"""

import contextlib
import linecache
import os
import select
import sys
import traceback

prelude, at = sys.argv[1:]
parent = os.getppid()
# Both ways, so that they are open whoever else has gone.
ask, tell = (os.open(f'{at}.{way}', os.O_RDWR) for way in ('ask', 'tell'))
unread = b''


def word():
    """The next one; it ends with the process that started us."""
    global unread
    while b'\0' not in unread:
        while not select.select([ask], [], [], 5)[0]:
            if os.getppid() != parent:
                sys.exit()
        unread += os.read(ask, 65536)
    first, unread = unread.split(b'\0', 1)
    return first


def status(text, names):
    """Run it; as an exit status."""
    linecache.cache['piece'] = len(text), None, text.splitlines(True), 'piece'
    try:
        exec(compile(text, 'piece', 'exec'), names)
    except SystemExit as end:
        if not isinstance(end.code, (int, type(None))):
            print(end.code)
            return 1
        return end.code or 0
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


known = {'__name__': 'prelude'}
with open(prelude) as source:
    exec(compile(source.read(), prelude, 'exec'), known)
os.write(tell, b'ready\n')
while True:
    piece, *args = [word() for _ in range(int(word()))]
    sys.argv[1:] = [os.fsdecode(a) for a in args]
    with open(f'{at}.out', 'w', errors='backslashreplace') as out, \
            contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = status(os.fsdecode(piece), dict(known))
    os.write(tell, b'%d\n' % code)
