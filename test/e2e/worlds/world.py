#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Run a program in a world that a shell cannot make: world.py WHAT... -- COMMAND

WHAT, in this order of their effect:

    default=SIG  ignore=SIG  block=SIG      SIG as in TERM
    pending=SIG       block it, and have it come
    socket            stdin goes through a local socket
    reset             stdin goes through TCP, and is reset at its end
    nonblock          stdin does not block
    at=OFFSET:FILE    stdin is FILE, to be read and written, from there
    append=OFFSET:FILE   the same, to be appended to
    full=FD           a pipe that takes no more, whose reader does not read
    lonely=FD         a pipe without a reader
    leak=FD-FD:FILE   all of these are FILE, to be read and written
    limit=NAME:N      RLIMIT_NAME
    close=FD
    argv0=NAME        the program's name for itself
    argv=none         not even that

It is ended when it hangs: SIGALRM comes after 60 seconds.  Much is imported
only where it is needed: this runs hundreds of times.
"""

import os
import signal
import sys

cut = sys.argv.index('--')
whats, command = sys.argv[1:cut], sys.argv[cut + 1:]
argv = [os.fsencode(a) for a in command]

# As they were before Python.
for sig in signal.SIGPIPE, signal.SIGXFSZ:
    signal.signal(sig, signal.SIG_DFL)


def sig(name):
    return getattr(signal, 'SIG' + name)


def put(fd, number):
    """Move a descriptor to where the program will find it."""
    os.dup2(fd, number)
    if fd != number:
        os.close(fd)


def keep(fd):
    """The program has it too, somewhere."""
    os.set_inheritable(fd, True)


def through_socket():
    import socket

    a, b = socket.socketpair()
    a.sendall(sys.stdin.buffer.read())
    a.close()
    put(b.detach(), 0)


def through_reset():
    import socket
    import struct

    listener = socket.create_server(('127.0.0.1', 0))
    a = socket.create_connection(listener.getsockname())
    b = listener.accept()[0]
    a.sendall(sys.stdin.buffer.read())
    a.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    a.close()
    put(b.detach(), 0)


def from_file(value, flags):
    offset, path = value.split(':', 1)
    fd = os.open(path, os.O_RDWR | flags)
    os.lseek(fd, int(offset), os.SEEK_SET)
    put(fd, 0)


def full(fd):
    r, w = os.pipe()
    os.set_blocking(w, False)
    for size in 65536, 4096, 1:
        try:
            while True:
                os.write(w, b'x' * size)
        except BlockingIOError:
            pass
    os.set_blocking(w, True)
    keep(r)
    put(w, fd)


def lonely(fd):
    r, w = os.pipe()
    os.close(r)
    put(w, fd)


def leak(value):
    numbers, path = value.split(':', 1)
    first, last = map(int, numbers.split('-'))
    fd = os.open(path, os.O_RDWR)
    for number in range(first, last + 1):
        if number != fd:
            os.dup2(fd, number)
    keep(fd)


def limit(value):
    import resource

    name, n = value.split(':')
    name = getattr(resource, 'RLIMIT_' + name)
    hard = resource.getrlimit(name)[1]
    resource.setrlimit(name, (int(n), hard))


for what in whats:
    what, _, value = what.partition('=')
    if what == 'default':
        signal.signal(sig(value), signal.SIG_DFL)
    elif what == 'ignore':
        signal.signal(sig(value), signal.SIG_IGN)
    elif what == 'block':
        signal.pthread_sigmask(signal.SIG_BLOCK, [sig(value)])
    elif what == 'pending':
        signal.pthread_sigmask(signal.SIG_BLOCK, [sig(value)])
        os.kill(os.getpid(), sig(value))
    elif what == 'socket':
        through_socket()
    elif what == 'reset':
        through_reset()
    elif what == 'nonblock':
        os.set_blocking(0, False)
    elif what == 'at':
        from_file(value, 0)
    elif what == 'append':
        from_file(value, os.O_APPEND)
    elif what == 'full':
        full(int(value))
    elif what == 'lonely':
        lonely(int(value))
    elif what == 'leak':
        leak(value)
    elif what == 'limit':
        limit(value)
    elif what == 'close':
        os.close(int(value))
    elif what == 'argv0':
        argv[0] = os.fsencode(value)
    elif what == 'argv':
        argv = []
    else:
        sys.exit('world.py: what is %s?' % what)

signal.signal(signal.SIGALRM, signal.SIG_DFL)
signal.alarm(60)
if argv and argv[0]:
    os.execv(command[0], argv)
# Python would not.
import ctypes  # noqa: E402

libc = ctypes.CDLL(None, use_errno=True)
vector = (ctypes.c_char_p * (len(argv) + 1))(*argv, None)
libc.execv(os.fsencode(command[0]), vector)
os._exit(127)
