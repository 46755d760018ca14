"""How mails leave: the text of the setting, and the mail server that it names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

CONSOLE: Final = "console"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that takes mails: reached by STARTTLS (`smtp`), by TLS from the start (`smtps`), or in plain here."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


def parse(text: str) -> MailServer | None:
    """The server that a setting names, nothing for `console`; a ValueError's text says what is wrong, never the password.

    >>> parse("smtp://post:secret@mail.example.org")
    MailServer(scheme='smtp', host='mail.example.org', port=587, user='post')
    """
    if text == CONSOLE:
        return None
    parts, port = _parts(text)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("not console, smtp://user:password@host:587, smtps://user:password@host:465 or smtp+plain://127.0.0.1:25")  # fmt: skip
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("only scheme, user, password, host and port. Write signs such as / or # in a password as %2F or %23")  # fmt: skip
    if parts.scheme == "smtp+plain" and parts.hostname not in LOOPBACK:
        raise ValueError("mails may not travel unencrypted to another machine. Use smtp:// or smtps://")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ValueError("a user and a password belong together")
    if not f"{user}{password}".isprintable():
        raise ValueError("the user or the password holds signs that cannot be printed")
    return MailServer(parts.scheme, parts.hostname, port or PORTS[parts.scheme], user, password)


def masked(text: str) -> str:
    """The setting as it may be printed.

    >>> masked("smtp://post:secret@mail.example.org")
    'smtp://post:***@mail.example.org:587'
    """
    server = parse(text)
    if server is None:
        return text
    user = f"{server.user}:***@" if server.user else ""
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"{server.scheme}://{user}{host}:{server.port}"


def _parts(text: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("not an address of a mail server") from None
    if not text.isprintable() or " " in text or port == 0:
        raise ValueError("not an address of a mail server")
    return parts, port
