#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Type at a program: terminal.py WHAT ... -- COMMAND

    type=TEXT    what is typed before it starts; \\x04 is ^D
    away         when it has read that, the terminal goes away
    ignore       it ignores SIGHUP
    left=FILE    keep the line that it did not read

Only its standard input is the terminal, which is its controlling terminal.
The exit status is the program's, or 128 and the number of a signal.
"""

import fcntl
import os
import signal
import struct
import sys
import termios
import time

cut = sys.argv.index('--')
whats, command = sys.argv[1:cut], sys.argv[cut + 1:]
options = dict(w.split('=', 1) if '=' in w else (w, '') for w in whats)
signal.alarm(60)

master, slave = os.openpty()
mode = termios.tcgetattr(slave)
mode[3] &= ~termios.ECHO
termios.tcsetattr(slave, termios.TCSANOW, mode)


def waiting():
    number = fcntl.ioctl(slave, termios.FIONREAD, bytes(4))
    return struct.unpack('i', number)[0]


def wait_until(condition):
    while not condition():
        time.sleep(0.01)


typed = os.fsencode(options['type'].encode().decode('unicode_escape'))
os.write(master, typed)
wait_until(waiting)

pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    os.dup2(slave, 0)
    signal.alarm(0)
    if 'ignore' in options:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.execv(command[0], command)

if 'away' in options:
    wait_until(lambda: waiting() == 0)
    os.close(slave)
    os.close(master)
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
if 'left' in options:
    with open(options['left'], 'wb') as f:
        f.write(os.read(slave, 4096))
sys.exit(status if status >= 0 else 128 - status)
