#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A submission server that believes everything and keeps what it hears.

It stands for whoever is in the way: it takes any login, any sender, any
recipient and any message, in the clear too. Everything that it could read of
what a client said, with or without TLS, is appended to FILE.

It listens on a port of 127.0.0.1 that the kernel chooses, prints the port,
and prints a line when a connection is over. Connections come one by one.
"""

import argparse
import signal
import socket
import ssl
import sys
import time

STEPS = ("tls greeting ehlo starttls auth mail rcpt data content "
         "verdict").split()


class Gone(Exception):
    """The client has left, or what it said was no TLS."""


class Wire:
    """TLS in memory over a socket, so that a failed one can be read out."""

    def __init__(self, sock, kept):
        self.sock, self.kept = sock, kept
        self.tls = None
        self.buffer = b""

    def _receive(self):
        try:
            return self.sock.recv(65536)
        except OSError:
            return b""

    def _feed(self):
        data = self._receive()
        if not data:
            raise Gone
        self.incoming.write(data)

    def send(self, data):
        if self.tls:
            self.tls.write(data)
            data = self.outgoing.read()
        try:
            self.sock.sendall(data)
        except OSError:
            raise Gone from None

    def read(self):
        while self.tls:
            try:
                data = self.tls.read(65536)
                break
            except ssl.SSLWantReadError:
                self._feed()
            except ssl.SSLError:
                raise Gone from None
        else:
            data = self._receive()
        if not data:
            raise Gone
        self.kept.write(data)
        self.buffer += data

    def line(self):
        while b"\n" not in self.buffer:
            self.read()
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.rstrip(b"\r")

    def start_tls(self, context):
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(self.incoming, self.outgoing, server_side=True)
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self.sock.sendall(self.outgoing.read())
                self._feed()
            except ssl.SSLError:
                self.sock.sendall(self.outgoing.read())
                raise Gone from None
        self.sock.sendall(self.outgoing.read())
        self.tls, self.buffer = tls, b""


class Session:
    def __init__(self, wire, options):
        self.wire, self.o = wire, options

    def reply(self, step, text):
        """Answer a step, unless the options say otherwise."""
        self.step(step)
        while step == self.o.babble:
            self.wire.send(text[:3].encode() + b"-and so on\r\n")
            time.sleep(0.2)
        for data in [text + "\r\n"] if step != self.o.drip else text:
            self.wire.send(data.encode())
            if step == self.o.drip:
                time.sleep(1)

    def step(self, step):
        if step == self.o.hang:
            signal.pause()
        if step in self.o.late or "all" in self.o.late:
            time.sleep(self.o.seconds)

    def ehlo(self):
        words = ["localhost", "8BITMIME", "AUTH PLAIN LOGIN"]
        if self.o.pipelining:
            words += ["PIPELINING"]
        if self.o.tls == "starttls" and not self.wire.tls:
            words += ["STARTTLS"]
        self.reply("ehlo", "\r\n".join(
            [f"250-{word}" for word in words] + ["250 SIZE 0"]))

    def starttls(self):
        self.reply("starttls", {
            "refuse": "502 no",
            "inject": "220 go ahead\r\n250 injected",
        }.get(self.o.after, "220 go ahead"))
        if self.o.after in ("tls", "inject"):
            self.tls()

    def tls(self):
        self.step("tls")
        self.wire.start_tls(self.o.context)

    def auth(self, argument):
        questions = 2 if argument.upper().startswith(b"LOGIN") else 1
        for _ in range(questions - argument.strip().count(b" ")):
            self.wire.send(b"334 \r\n")
            self.wire.line()
        self.reply("auth", "235 welcome")

    def data(self):
        self.reply("data", "354 go on")
        self.step("content")
        while self.wire.line() != b".":
            pass
        self.reply("verdict", "250 have it")

    def converse(self):
        if self.o.tls == "implicit":
            self.tls()
        self.reply("greeting", "220 localhost ESMTP")
        while True:
            verb, _, argument = self.wire.line().partition(b" ")
            verb = verb.upper()
            if verb in (b"EHLO", b"HELO"):
                self.ehlo()
            elif verb == b"STARTTLS" and self.o.tls == "starttls":
                self.starttls()
            elif verb == b"AUTH":
                self.auth(argument)
            elif verb == b"DATA":
                self.data()
            elif verb in (b"MAIL", b"RCPT"):
                self.reply(verb.decode().lower(), "250 fine")
            elif verb == b"QUIT":
                self.wire.send(b"221 bye\r\n")
                return
            else:
                self.wire.send(b"500 what?\r\n")


def serve(sock, options):
    with sock, open(options.kept, "ab", buffering=0) as kept:
        wire = Wire(sock, kept)
        try:
            Session(wire, options).converse()
        except (Gone, OSError):
            pass
        # Whoever is in the way listens to the end.
        while wire.sock and (rest := wire._receive()):
            if not wire.tls:
                continue
            wire.incoming.write(rest)
            try:
                kept.write(wire.tls.read(65536))
            except ssl.SSLError:
                pass
    print("over", flush=True)


def parse():
    p = argparse.ArgumentParser()
    p.add_argument("kept", metavar="FILE")
    p.add_argument("--cert", help="PEM: key, certificate, chain")
    p.add_argument("--tls", choices=("implicit", "starttls", "stripped"),
                   default="implicit")
    p.add_argument("--tls-max", choices=("1.2", "1.3"), default="1.3")
    p.add_argument("--after", default="tls",
                   choices=("tls", "plain", "inject", "refuse"),
                   help="what becomes of STARTTLS")
    p.add_argument("--pipelining", action="store_true")
    p.add_argument("--hang", choices=STEPS, help="stop there for ever")
    p.add_argument("--drip", choices=STEPS, help="answer a byte a second")
    p.add_argument("--babble", choices=STEPS, help="answer without end")
    p.add_argument("--late", nargs="*", choices=STEPS + ["all"], default=[])
    p.add_argument("--seconds", type=float, default=0, help="how late")
    p.add_argument("--buffer", type=int, help="for input, in bytes")
    return p.parse_args()


def main():
    options = parse()
    if options.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert)
        if options.tls_max == "1.2":
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        options.context = context
    listener = socket.socket()
    if options.buffer:
        listener.setsockopt(
            socket.SOL_SOCKET, socket.SO_RCVBUF, options.buffer)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    print(listener.getsockname()[1], flush=True)
    while True:
        serve(listener.accept()[0], options)


sys.exit(main())
