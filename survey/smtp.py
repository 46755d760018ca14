"""Mail by SMTP: one connection for the mails that are due, encrypted, with a deadline for every step."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, localtime, make_msgid

from survey.mail_server import MailServer
from survey.messages import Mail

SECONDS = 20.0
_DONE = range(200, 300)
_FOR_GOOD = range(500, 600)


class ServerAway(OSError):  # noqa: N818 - an answer of the mail server
    """The mail server cannot be reached, or takes no mail just now: every mail waits, and none is to blame."""


class RefusedForGood(OSError):  # noqa: N818 - an answer of the mail server
    """The mail server refused this mail and would do so again."""


class Unknown(OSError):  # noqa: N818 - an answer of the mail server
    """The connection broke after the mail was handed over: it may have been taken, so it is not sent again."""


class SmtpTransport:
    """Hands mails to a server. The connection is made for the first and lasts until `close`."""

    def __init__(self, server: MailServer, *, sender: str, name: str, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._sender = sender
        self._name = name
        self._tls = tls or ssl.create_default_context()
        self._connection: smtplib.SMTP | None = None

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except (OSError, smtplib.SMTPException):
                connection.close()

    def send(self, mail: Mail) -> None:
        """Bring one mail to one person. The server's word for it is the only sign that it was taken."""
        if not mail.to.isascii():
            raise RefusedForGood("The address holds letters that mail servers do not take.")
        connection = self._connection = self._connection or self._connect()
        try:
            self._address(connection, mail)
            content = self.built(mail).as_bytes()
        except (smtplib.SMTPException, ConnectionError, TimeoutError) as fault:
            self._drop()
            raise ServerAway(f"The mail server broke off: {type(fault).__name__}.") from None
        self._hand_over(connection, content)

    def _address(self, connection: smtplib.SMTP, mail: Mail) -> None:
        code, _ = connection.mail(self._sender)
        if code not in _DONE:
            self._drop()
            raise ServerAway(f"The mail server does not take mails from our sender, with code {code}.")
        code, _ = connection.rcpt(mail.to)
        if code not in _DONE:
            connection.rset()
            raise _refusal(code)

    def _hand_over(self, connection: smtplib.SMTP, content: bytes) -> None:
        try:
            code, _ = connection.data(content)
        except smtplib.SMTPDataError as refusal:
            code = refusal.smtp_code
        except (smtplib.SMTPException, OSError):
            self._drop()
            raise Unknown("The connection broke while a mail was handed over.") from None
        if code not in _DONE:
            self._drop()
            raise _refusal(code)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def built(self, mail: Mail) -> EmailMessage:
        """The message: plain text, our own headers only, and no word to robots that would answer it."""
        message = EmailMessage(policy=SMTP)
        message["From"] = formataddr((self._name, self._sender))
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(localtime())
        message["Message-ID"] = make_msgid(domain=self._sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.body.strip() + "\n", cte="quoted-printable")
        return message

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        try:
            if server.scheme == "smtps":
                connection: smtplib.SMTP = smtplib.SMTP_SSL(
                    server.host, server.port, timeout=SECONDS, context=self._tls
                )
            else:
                connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
            try:
                self._introduce(connection)
            except BaseException:
                connection.close()
                raise
        except (OSError, smtplib.SMTPException) as fault:
            raise ServerAway(f"The mail server cannot be used: {type(fault).__name__}.") from None
        return connection

    def _introduce(self, connection: smtplib.SMTP) -> None:
        if self._server.scheme == "smtp":
            connection.starttls(context=self._tls)  # without it no password and no mail leaves this machine
        if self._server.user:
            connection.login(self._server.user, self._server.password)


def _refusal(code: int) -> OSError:
    """With its code only: a server's own words may hold the address."""
    kind = RefusedForGood if code in _FOR_GOOD else OSError
    return kind(f"The mail server refused a mail with code {code}.")
