#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A server that plays a script, for what an honest one does not do.

usage: player.py CERTIFICATE KEY HEARD GO STEP...

It prints its port and its process and serves one client.  What it reads goes to the file
HEARD, but for the rest of a chunk that P took.  A step is

    S TEXT      say it
    C           read a line
    E           read up to a dot
    T [CIPHER]  TLS begins (TLS 1.2 with that cipher)
    V           TLS begins, and a client certificate is asked for
    B           read the chunk of the BDAT just read
    N           print "reached"
    G           wait for a line from the fifo GO
    P           take what has come so far, something at least
    F           answer the SCRAM message just read, as a server does
    X           hang up (without a close_notify)

At the end it reads the rest, and hangs up.
"""

import base64
import os
import re
import signal
import socket
import ssl
import sys


class Player:
    def __init__(self, cert, key, heard, go):
        self.cert, self.key, self.go = cert, key, go
        self.heard = open(heard, 'wb', buffering=0)
        self.line = b''

    def serve(self, said, steps):
        self.said = said
        listener = socket.create_server(('127.0.0.1', 0))
        self.tell('%d %d' % (listener.getsockname()[1], os.getpid()))
        self.s = listener.accept()[0]
        self.f = self.s.makefile('rb')
        try:
            if all(self.step(step[:1], step[2:]) for step in steps):
                self.rest()
        except OSError:
            pass
        self.f.close()
        self.s.close()

    def tell(self, text):
        print(text, file=self.said, flush=True)

    def say(self, text):
        self.s.sendall(os.fsencode(text) + b'\r\n')

    def start_tls(self, cipher, verify=ssl.CERT_NONE):
        ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if cipher:
            ctx.maximum_version = ssl.TLSVersion.TLSv1_2
            ctx.set_ciphers(cipher + '@SECLEVEL=0')
        ctx.verify_mode = verify
        ctx.load_cert_chain(self.cert, self.key)
        self.s = ctx.wrap_socket(self.s, server_side=True)
        self.f = self.s.makefile('rb')

    def read(self):
        self.line = self.f.readline()
        self.heard.write(self.line)

    def rest(self):
        while data := self.f.read1(65536):
            self.heard.write(data)

    def first_of_server(self):
        first = base64.b64decode(self.line.split()[-1])
        nonce = re.search(rb'r=([^,]*)', first)[1]
        first = b'r=%sxyz,s=c2FsdA==,i=4096' % nonce
        self.say('334 ' + base64.b64encode(first).decode())

    def step(self, what, text):
        """Whether to go on."""
        if what == 'S':
            self.say(text)
        elif what == 'C':
            self.read()
        elif what == 'E':
            self.read()
            while self.line not in (b'.\r\n', b''):
                self.read()
        elif what == 'B':
            self.heard.write(self.f.read(int(self.line.split()[1])))
        elif what == 'F':
            self.first_of_server()
        elif what == 'P':
            self.f.read1(65536)
        elif what == 'T':
            self.start_tls(text)
        elif what == 'V':
            self.start_tls('', ssl.CERT_REQUIRED)
        elif what == 'N':
            self.tell('reached')
        elif what == 'G':
            open(self.go).readline()
        else:
            return False
        return True


def begin(said, *args):
    """In a process of its own, for servant.py; it prints to the fifo `said`."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if os.fork() > 0:
        return
    try:
        os.closerange(3, 64)
        with open(said, 'w') as out:
            Player(*args[:4]).serve(out, args[4:])
    finally:
        os._exit(0)


if __name__ == '__main__':
    Player(*sys.argv[1:5]).serve(sys.stdout, sys.argv[5:])
