#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Who came?  Prints a port of 127.0.0.1 on which nobody is ever answered.
Then, for each line read, it prints how many have connected so far; for the
line "wait", when there is one more.  The kernel takes connections in before
we look, so none is missed and none comes late.

With the argument full the first connection is our own and the kernel takes
no other; a line is printed when somebody waits to be let in.
"""

import socket
import sys
import time

listener = socket.create_server(('127.0.0.1', 0), backlog=64)
port = listener.getsockname()[1]


def somebody_waits():
    remote = '0100007F:%04X' % port
    with open('/proc/net/tcp') as f:
        for line in f:
            words = line.split()
            if words[2] == remote and words[3] == '02':
                return True
    return False


if sys.argv[1:] == ['full']:
    listener.listen(0)
    first = socket.create_connection(('127.0.0.1', port))
    print(port, flush=True)
    while not somebody_waits():
        time.sleep(0.01)
    print('reached', flush=True)
    sys.stdin.read()
    sys.exit()

print(port, flush=True)
came = []
for line in sys.stdin:
    if line == 'wait\n':
        came.append(listener.accept()[0])
    listener.setblocking(False)
    try:
        while True:
            came.append(listener.accept()[0])
    except BlockingIOError:
        pass
    listener.setblocking(True)
    print(len(came), flush=True)
