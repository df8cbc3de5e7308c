"""A mail server that keeps what it is sent, and that may be told to behave badly."""
import email
import email.policy
import re
import socket
import socketserver
import threading


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Mail:
    def __init__(self, recipient, data):
        message = email.message_from_bytes(data, policy=email.policy.default)
        self.recipient, self.message_id = recipient, message["Message-ID"]
        text = message.get_body(("plain",)).get_content()
        link = re.search(r"/claim/([A-Za-z0-9_-]+)", text)
        self.claim = link.group(1) if link else None


class MailSink:
    """`mode`: good, busy (4xx at RCPT), refuse (5xx at RCPT), drop (takes the mail, then cuts the line), silent (never
    says a word), slow (a second before each word). down() and up() close and open the port."""

    def __init__(self, on_mail=None):
        self.port, self.mode, self.slowness = free_port(), "good", 1.0
        self.mails, self.attempts, self.lock = [], 0, threading.Lock()
        self.on_mail, self.server = on_mail, None
        self.released = threading.Event()
        self.up()

    def up(self):
        sink = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                try:
                    sink.talk(self.rfile, self.wfile, self.connection)
                except OSError:
                    pass

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address, daemon_threads, block_on_close = True, True, False
            request_queue_size = 64

        self.server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def down(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def release(self):
        """Lets go of those that a silent or slow server keeps."""
        self.released.set()
        self.released = threading.Event()

    def close(self):
        self.release()
        self.down()

    def talk(self, lines, out, connection):
        with self.lock:
            self.attempts += 1
        if self.mode == "silent":
            self.released.wait(300)
            return

        def say(text):
            if self.mode == "slow":
                self.released.wait(self.slowness)
            out.write(text.encode() + b"\r\n")
            out.flush()

        say("220 sink ESMTP")
        recipient = None
        while line := lines.readline():
            word = line[:4].upper().strip()
            if word == b"EHLO":
                say("250 sink")
            elif word == b"RCPT":
                recipient = re.search(rb"<(.*?)>", line).group(1).decode()
                answers = {"busy": "451 4.3.0 come back later", "refuse": "550 5.1.1 nobody of that name"}
                say(answers.get(self.mode, "250 fine"))
            elif word == b"DATA":
                say("354 go on")
                data = b""
                while (line := lines.readline()) and line != b".\r\n":
                    data += line[1:] if line.startswith(b"..") else line
                if not line:
                    return
                self.keep(recipient, data)
                if self.mode == "drop":
                    return
                say("250 kept")
            elif word == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 fine")

    def keep(self, recipient, data):
        mail = Mail(recipient, data)
        with self.lock:
            self.mails.append(mail)
        if self.on_mail:
            self.on_mail(mail)

    def doubles(self):
        """Recipients and claims told of by mails of different ids: none, when a mail keeps its id."""
        with self.lock:
            mails = list(self.mails)
        ids = {}
        for mail in mails:
            ids.setdefault(mail.recipient, set()).add(mail.message_id)
        return {recipient: found for recipient, found in ids.items() if len(found) > 1}
