"""Mail by SMTP against a server of our own: encrypted, one addressee, our headers only; what it refuses, and when it is away."""

from __future__ import annotations

import contextlib
import email
import email.policy
import io
import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import delivery, invitations, messages, smtp
from survey.config import Settings
from survey.db import Database
from survey.mail_server import MailServer
from survey.messages import Mail
from survey.models import OutboxMessage

HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding",
    "MIME-Version",
}  # fmt: skip
LINK_KEY = "zyxwvutsrqponmlkjihgfedcba9876543210"


@dataclass
class Taken:
    """What the server was told, and how it answers."""

    port: int = 0
    said: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    connections: int = 0
    encrypted: bool = False
    answers: dict[str, str] = field(default_factory=dict)
    breaks_after_data: bool = False
    offers_tls: bool = True

    @property
    def recipients(self) -> list[str]:
        return [line[9:-1] for line in self.said if line.upper().startswith("RCPT TO:")]


class Talk(socketserver.StreamRequestHandler):
    """Enough of a mail server to send mails to: it keeps what it is told."""

    def handle(self) -> None:
        self.taken: Taken = self.server.taken  # type: ignore[attr-defined]
        self.taken.connections += 1
        with contextlib.suppress(OSError, ssl.SSLError):
            self.reply(self.taken.answers.get("CONNECT", "220 ready"))
            while line := self.rfile.readline().decode().strip():
                self.taken.said.append(line)
                if not self.answer(line):
                    break
        if isinstance(self.request, ssl.SSLSocket):
            self.request.close()

    def answer(self, line: str) -> bool:
        word = line[:4].upper()
        if word in self.taken.answers:
            self.reply(self.taken.answers[word])
        elif word == "EHLO":
            more = (
                ["AUTH PLAIN"]
                if isinstance(self.request, ssl.SSLSocket)
                else ["STARTTLS"]
                if self.taken.offers_tls
                else []
            )
            self.reply("\r\n".join([*(f"250-{one}" for one in ["here", *more]), "250 8BITMIME"]))
        elif word == "STAR":
            self.reply("220 go")
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)  # type: ignore[attr-defined]
            self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
            self.taken.encrypted = True
        elif word == "DATA":
            self.reply("354 go on")
            self.data()
            if self.taken.breaks_after_data:
                self.request.close()
                return False
            self.reply("250 taken")
        elif word == "QUIT":
            self.reply("221 bye")
            return False
        else:
            self.reply("235 ok" if word == "AUTH" else "250 ok")
        return True

    def data(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b"."))
        self.taken.bodies.append(b"".join(lines))

    def reply(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class MailServerHere(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine that only our own client trusts."""
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem"), "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


@pytest.fixture
def taken(certificate: Path) -> Iterator[Taken]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    with MailServerHere(("127.0.0.1", 0), Talk) as server:
        server.taken, server.tls = Taken(port=server.server_address[1]), tls  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server.taken  # type: ignore[attr-defined]
        server.shutdown()


@pytest.fixture
def transport(taken: Taken, certificate: Path) -> Iterator[smtp.SmtpTransport]:
    trusting = ssl.create_default_context(cafile=str(certificate / "certificate.pem"))
    server = MailServer("smtp", "localhost", taken.port, "post", "secret")
    made = smtp.SmtpTransport(server, sender="survey@example.org", name="Council “Digital” Network", tls=trusting)
    yield made
    made.close()


@dataclass
class Post:
    """A service with mails waiting, and the server that takes them."""

    database: Database
    session: Session
    settings: Settings
    transport: smtp.SmtpTransport
    taken: Taken

    def deliver(self, *, transport: smtp.SmtpTransport | None = None, fresh_only: bool = False) -> int:
        return delivery.deliver_due(self.database, self.settings, transport or self.transport, fresh_only=fresh_only)

    def rows(self) -> list[tuple[str, int]]:
        found = self.session.execute(select(OutboxMessage.state, OutboxMessage.tries)).all()
        self.session.rollback()
        return [(state, tries) for state, tries in found]


@pytest.fixture
def service(database: Database, session: Session, settings: Settings) -> tuple[Database, Session, Settings]:
    return database, session, settings


@pytest.fixture
def post(service, transport, taken: Taken, in_the_field, questionnaires: Path) -> Post:
    """Twelve officers are to be written to."""
    database, session, settings = service
    now = datetime.now(UTC)
    addresses = [f"officer-{number}@x.example" for number in range(12)]
    with database.write(session):
        _, wave, part = in_the_field(session, questionnaires / "every-kind.toml")
        invitations.invite(session, part, addresses, link_key=LINK_KEY, actor="system", now=now)
        invitations.queue_mails(session, wave, template="invitation", round_=1, now=now)
        session.commit()
    return Post(database, session, settings, transport, taken)


def read(body: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(body, policy=email.policy.default)  # type: ignore[return-value]


def test_a_mail_travels_encrypted_to_one_person_with_our_headers_only(transport, taken: Taken):
    transport.send(Mail(to="ceri@x.example", subject="Arolwg Ynys Môn – “dau” funud", body="Annwyl Ŵyr,\n.\nlink\n"))
    assert taken.encrypted
    assert taken.recipients == ["ceri@x.example"]
    mail = read(taken.bodies[0])
    assert set(mail.keys()) == HEADERS
    assert (mail["To"], mail["Subject"]) == ("ceri@x.example", "Arolwg Ynys Môn – “dau” funud")
    assert mail["From"].addresses[0].addr_spec == "survey@example.org"
    assert mail.get_content().splitlines() == ["Annwyl Ŵyr,", ".", "link"]


def test_password_and_mail_stay_here_where_the_server_does_not_encrypt(transport, taken: Taken):
    taken.offers_tls = False
    with pytest.raises(smtp.ServerAway):
        transport.send(Mail(to="ceri@x.example", subject="s", body="b"))
    assert taken.bodies == []
    assert not [line for line in taken.said if line.startswith(("AUTH", "MAIL"))]


def test_a_server_that_shows_a_strange_certificate_gets_nothing(taken: Taken):
    server = MailServer("smtp", "localhost", taken.port, "post", "secret")
    distrusting = smtp.SmtpTransport(server, sender="survey@example.org", name="N")
    with pytest.raises(smtp.ServerAway, match="SSLCertVerificationError"):
        distrusting.send(Mail(to="ceri@x.example", subject="s", body="b"))
    assert not [line for line in taken.said if line.startswith(("AUTH", "MAIL"))]


def test_many_mails_take_one_connection(post: Post):
    assert post.deliver() == 12
    assert (post.taken.connections, len(post.taken.bodies), len(set(post.taken.recipients))) == (1, 12, 12)
    assert post.rows() == [("sent", 1)] * 12
    assert post.taken.said[-1].upper() == "QUIT"


def test_while_the_server_is_away_mails_wait_without_being_counted_as_tried(post: Post):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        server = MailServer("smtp+plain", "127.0.0.1", closed.getsockname()[1])
        nobody = smtp.SmtpTransport(server, sender="s@example.org", name="N")
        for _ in range(7):
            with pytest.raises(smtp.ServerAway):
                post.deliver(transport=nobody)
    assert post.rows() == [("queued", 0)] * 12


@pytest.mark.parametrize(
    ("word", "answer", "becomes"),
    [
        ("RCPT", "550 no such mailbox", ("failed", 1)),
        ("RCPT", "451 grey list, come again", ("queued", 1)),
        ("DATA", "554 no", ("failed", 1)),
        ("MAIL", "550 not you", ("queued", 0)),
        ("AUTH", "535 wrong password", ("queued", 0)),
        ("CONNECT", "421 too busy", ("queued", 0)),
    ],
)
def test_what_the_server_says_decides_what_becomes_of_a_mail(
    post: Post, word: str, answer: str, becomes: tuple[str, int]
):
    post.taken.answers = {word: answer}
    with contextlib.suppress(smtp.ServerAway):
        assert post.deliver() == 0
    assert post.rows() == [becomes] * 12


def test_a_mail_that_may_have_left_is_not_sent_again(post: Post):
    post.taken.breaks_after_data = True
    assert post.deliver() == 0
    post.taken.breaks_after_data = False
    assert post.deliver() == 0
    assert len(post.taken.bodies) == 12
    assert messages.counts(post.session)["sending"] == 12


def test_a_mail_that_failed_waits_while_fresh_ones_leave(post: Post):
    post.taken.answers = {"RCPT": "451 grey list, come again"}
    post.deliver()
    post.taken.answers = {}
    assert post.deliver(fresh_only=True) == 0
    assert post.deliver() == 12


def test_no_address_and_no_link_is_in_the_log_when_a_mail_is_refused(post: Post, caplog: pytest.LogCaptureFixture):
    for answer in ("451 officer-1@x.example later", "550 officer-0@x.example unknown"):
        post.taken.answers = {"RCPT": answer}
        post.deliver()
    assert len(caplog.records) == 24
    assert not [word for word in ("officer-", "/r/") if word in caplog.text]


def test_the_settings_choose_between_console_and_server(settings: Settings):
    stream = io.StringIO()
    assert isinstance(delivery.transport_for(settings, stream), delivery.ConsoleTransport)
