# SPDX-License-Identifier: ISC
"""
A server that says nothing before a whole flight is here.

    holder.py CERT KEY [timed]

prints its port, and for each line of its stdin serves one client:

    [tls|starttls] [CAPABILITY,...] FLIGHT ...

A flight is what has to come without an answer, a letter a command: E(HLO),
S(TARTTLS), A(UTH), M(AIL), R(CPT), B(DAT and its chunk), D(ATA), C(ontent and
the dot).  A number behind it repeats it (R100), and an answer of three digits
is for the last of these (R2=550).  The answers leave together; when the last
flight has its answers, QUIT (if it is Q that is printed) and close_notify come.

It prints a line for each client: the TLS records of each flight, with +F if
the first one came with the end of the handshake, and how it ended (timed: and
the milliseconds that the slowest flight took to come); or what went wrong: a
client that waits in the middle of a flight gives up, and one that says too
much is caught at it.
"""

import re
import socket
import ssl
import sys
import time

VERBS = {'E': b'EHLO ', 'S': b'STARTTLS', 'A': b'AUTH PLAIN ', 'M': b'MAIL ',
         'R': b'RCPT ', 'B': b'BDAT ', 'D': b'DATA'}
CODES = {'A': 235, 'D': 354, 'S': 220}


class Wrong(Exception):
    pass


class Wire:
    """Lines and bytes, in the clear or by TLS; what came, record by record."""

    def __init__(self, sock):
        self.sock = sock
        self.tls = None
        self.raw = b''
        self.data = bytearray()
        self.records = 0
        self.shared = False
        self.closed = None

    def count(self, chunk):
        """Whole TLS records; the header of a split one waits for its rest."""
        self.raw += chunk
        at = 0
        while len(self.raw) - at >= 5:
            size = 5 + int.from_bytes(self.raw[at + 3:at + 5], 'big')
            if len(self.raw) - at < size:
                break
            at += size
            self.records += 1
        self.raw = self.raw[at:]

    def receive(self):
        chunk = self.sock.recv(1 << 18)
        if not chunk:
            self.closed = self.closed or 'cut'
        if self.tls is None:
            self.data += chunk
            return
        self.count(chunk)
        self.incoming.write(chunk)
        if not chunk:
            self.incoming.write_eof()

    def decrypt(self):
        try:
            while self.closed != 'close_notify':
                piece = self.tls.read(1 << 16)
                if not piece:
                    self.closed = 'close_notify'
                self.data += piece
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLEOFError:
            self.closed = 'cut'

    def start_tls(self, context):
        if self.data:
            raise Wrong('it spoke before the handshake')
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing,
                                    server_side=True)
        while True:
            try:
                self.tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self.sock.sendall(self.outgoing.read())
                self.receive()
                if self.closed:
                    raise Wrong('no handshake')
        self.decrypt()
        self.shared = len(self.data) > 0
        self.records = int(self.shared)
        self.sock.sendall(self.outgoing.read())

    def say(self, text):
        if self.tls is None:
            self.sock.sendall(text)
            return
        self.tls.write(text)
        self.sock.sendall(self.outgoing.read())

    def more(self):
        if self.closed:
            raise Wrong('it left')
        self.receive()
        if self.tls is not None:
            self.decrypt()

    def line(self):
        at = 0
        while True:
            end = self.data.find(b'\n', at)
            if end >= 0:
                break
            at = len(self.data)
            self.more()
        line = bytes(self.data[:end + 1])
        del self.data[:end + 1]
        return line

    def skip(self, n):
        while n > 0:
            if not self.data:
                self.more()
            piece = min(n, len(self.data))
            del self.data[:piece]
            n -= piece


def take(wire, letter):
    """Read what a letter means."""
    if letter == 'C':
        while wire.line() != b'.\r\n':
            pass
        return
    line = wire.line()
    if not line.startswith(VERBS[letter]):
        raise Wrong('%r is not %s' % (line[:60], letter))
    if letter == 'B':
        wire.skip(int(line.split()[1]))


def flight(wire, text, caps):
    answers = b''
    for letter, number, code in re.findall(r'([A-Z])(\d*)(?:=(\d+))?', text):
        for i in range(int(number or 1)):
            take(wire, letter)
            last = code and i == int(number or 1) - 1
            answer = int(code) if last else CODES.get(letter, 250)
            if letter == 'E':
                answers += b''.join(b'250-%s\r\n' % c
                                    for c in [b'holder'] + caps)
            answers += b'%d ok\r\n' % answer
    if wire.data:
        raise Wrong('%r came with %s' % (bytes(wire.data[:60]), text))
    said = '%s:%d%s' % (text, wire.records, '+F' if wire.shared else '')
    wire.records, wire.shared = 0, False
    wire.say(answers)
    return said


def end(wire):
    while not wire.closed:
        wire.more()
    if wire.data not in (b'QUIT\r\n', b''):
        raise Wrong('%r at the end' % bytes(wire.data[:60]))
    if wire.closed != 'close_notify':
        raise Wrong('no close_notify')
    return '%s:%d' % ('Q' if wire.data else '-', wire.records)


def serve(wire, context, words):
    how, caps, flights = words[0], words[1].split(','), words[2:]
    caps = [c.encode() for c in caps if c != '-'] + [b'AUTH PLAIN']
    said, slowest = [], 0
    if how == 'tls':
        wire.start_tls(context)
    wire.say(b'220 holder\r\n')
    for text in flights:
        began = time.monotonic()
        said.append(flight(wire, text, caps + [b'STARTTLS'] *
                           (wire.tls is None)))
        slowest = max(slowest, time.monotonic() - began)
        if text == 'S':
            wire.start_tls(context)
    said.append(end(wire))
    if len(sys.argv) > 3:
        said.append(str(int(slowest * 1000)))
    return ' '.join(said)


def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*sys.argv[1:3])
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(8)
    print(listener.getsockname()[1], flush=True)
    for line in sys.stdin:
        sock = listener.accept()[0]
        sock.settimeout(20)
        try:
            print(serve(Wire(sock), context, line.split()), flush=True)
        except (Wrong, OSError) as e:
            print('wrong: %s' % e, flush=True)
        sock.close()


main()
