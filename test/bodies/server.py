# SPDX-License-Identifier: ISC
"""A submission server that keeps all that a client says, and says yes."""

import queue
import socket
import ssl
import threading

from wire import END


class Server(threading.Thread):
    """One client after the other; `heard` gets the bytes of each."""

    def __init__(self, cert, key, keywords):
        super().__init__(daemon=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(cert, key)
        self.context.num_tickets = 0
        self.greeting = b"".join(b"250-%s\r\n" % word.encode()
                                 for word in ["localhost", *keywords])
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.heard = queue.Queue()
        self.start()

    def run(self):
        while True:
            client = self.listener.accept()[0]
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            session = Session(self)
            try:
                with self.context.wrap_socket(client,
                                              server_side=True) as client:
                    session.serve(client)
            except OSError:
                pass
            self.heard.put(session.raw)


class Session:
    def __init__(self, server):
        self.server, self.raw, self.at = server, bytearray(), 0

    def more(self):
        """Read; False: the client is gone."""
        if self.out:
            self.client.sendall(self.out)
            self.out = b""
        data = self.client.recv(1 << 20)
        self.raw += data
        return bool(data)

    def serve(self, client):
        self.client, self.out = client, b"220 localhost ESMTP\r\n"
        while (line := self.line()) is not None:
            self.answer(*line.split(b" "))

    def line(self):
        while (end := self.raw.find(b"\r\n", self.at)) < 0:
            if not self.more():
                return None
        line = bytes(self.raw[self.at:end])
        self.at = end + 2
        return line

    def answer(self, verb, *rest):
        if verb == b"EHLO":
            self.out += self.server.greeting + b"250 HELP\r\n"
        elif verb == b"BDAT":
            stop = self.at + int(rest[0])
            self.take(lambda: stop)
        elif verb == b"DATA":
            self.out += b"354 go on\r\n"
            self.searched = 0
            self.take(self.end_of_data)
        else:
            self.out += b"250 yes\r\n"

    def end_of_data(self):
        # The line end of DATA itself is the first that counts.
        start = max(self.at - 2, self.searched - len(END))
        self.searched = len(self.raw)
        end = self.raw.find(END, start)
        return len(self.raw) + 1 if end < 0 else end + len(END)

    def take(self, end):
        while (stop := end()) > len(self.raw):
            if not self.more():
                return
        self.at = stop
        self.out += b"250 taken\r\n"
