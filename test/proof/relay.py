#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A network: everything that passes is kept.

usage: relay.py DIR

It listens on a port of 127.0.0.1 that the kernel chooses and prints the port.
Each connection goes on to the port that DIR/to names at that moment. What the
caller sent is kept in DIR/N.up, what it got in DIR/N.down. When both sides
are done it prints N.
"""

import pathlib
import socket
import sys
import threading

DIR = pathlib.Path(sys.argv[1])


def pump(source, sink, keep):
    with open(keep, "wb", buffering=0) as kept:
        try:
            while data := source.recv(65536):
                kept.write(data)
                sink.sendall(data)
        except OSError:
            pass
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(number, caller):
    port = int((DIR / "to").read_text())
    with caller, socket.create_connection(("127.0.0.1", port)) as server:
        up = threading.Thread(
            target=pump, args=(caller, server, DIR / f"{number}.up"))
        up.start()
        pump(server, caller, DIR / f"{number}.down")
        up.join()
    print(number, flush=True)


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    number = 0
    while True:
        caller = listener.accept()[0]
        number += 1
        threading.Thread(target=serve, args=(number, caller)).start()


main()
