"""Delivery: takes due mails out of the outbox, writes them with their links and codes, hands them to a transport."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol, TextIO

from sqlalchemy.orm import Session

from survey import keys, mail_server, messages, people
from survey.config import Settings
from survey.db import Database
from survey.errors import Refusal
from survey.messages import Facts, Mail
from survey.smtp import RefusedForGood, ServerAway, SmtpTransport, Unknown

LOG = logging.getLogger("soundings.delivery")
RETRY_AFTER = timedelta(minutes=5)  # a server that says "not now" means minutes
AWAY_PAUSE = timedelta(minutes=1)


Mark = Callable[[Session, int], None]


class Transport(Protocol):
    """Whatever brings a mail to its reader; raises OSError or Refusal where it cannot."""

    def send(self, mail: Mail) -> None: ...


class ConsoleTransport:
    """Prints the mail: for the demonstration and for trying things out on one machine."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def send(self, mail: Mail) -> None:
        rule = "-" * 72
        self.stream.write(f"{rule}\nTo: {mail.to}\nSubject: {mail.subject}\n\n{mail.body.strip()}\n{rule}\n")
        self.stream.flush()


def transport_for(settings: Settings, stream: TextIO) -> Transport:
    """What the settings say: print the mails to this stream, or hand them to a server."""
    server = mail_server.parse(settings.mail)
    if server is None:
        return ConsoleTransport(stream)
    return SmtpTransport(server, sender=settings.mail_from, name=settings.organisation)


def deliver_due(
    database: Database, settings: Settings, transport: Transport, *, limit: int = 50, fresh_only: bool = False
) -> int:
    """Send what is due and say how many mails left.

    The mails are marked as being sent, and that is committed, before the first one leaves: a crash between leaves
    them marked, never sent twice. Where the server is away, all go back as if they had not been tried.
    """
    with database.session() as session, database.write(session):
        taken = messages.take_due(session, limit=limit, fresh_only=fresh_only)
        session.commit()
    sent = 0
    try:
        for place, message_id in enumerate(taken):
            with database.session() as session:
                facts = messages.facts(session, message_id)
            try:
                mark = messages.mark_sent if facts is None else _send(facts, settings, transport)
            except ServerAway:
                _mark(database, taken[place:], messages.put_back)
                raise
            sent += facts is not None and mark is messages.mark_sent
            _mark(database, [message_id], mark)
    finally:
        if isinstance(transport, SmtpTransport):
            transport.close()
    return sent


def keep_delivering(
    database: Database,
    settings: Settings,
    transport: Transport,
    stop: threading.Event,
    *,
    pause: timedelta = timedelta(seconds=2),
) -> None:
    """Deliver until told to stop; what a thread beside the web server runs. What failed waits longer."""
    wait, retried = pause, time.monotonic()
    while not stop.wait(wait.total_seconds()):
        wait = pause
        again = time.monotonic() - retried >= RETRY_AFTER.total_seconds()
        retried = time.monotonic() if again else retried
        try:
            deliver_due(database, settings, transport, fresh_only=not again)
        except ServerAway as fault:
            LOG.error(str(fault), extra={"kind": "mail"})  # noqa: TRY400 - its sentence says it all
            wait = AWAY_PAUSE
        except Exception:
            LOG.exception("The outbox could not be read; trying again.")


def compose(facts: Facts, settings: Settings) -> Mail:
    """The mail with its link or code, derived now and kept nowhere."""
    secrets = {"organisation": settings.organisation, "contact": settings.contact}
    if facts.invitation is not None:
        secrets["link"] = f"{settings.base_url}/r/{keys.token(settings.link_key, *facts.invitation)}"
    if facts.browser_key_hash is not None:
        secrets["code"] = people.code_for(settings.secret_key, facts.browser_key_hash)
    return messages.write(facts, secrets)


def _send(facts: Facts, settings: Settings, transport: Transport) -> Mark:
    """Send one mail; what to mark it as."""
    try:
        transport.send(compose(facts, settings))
    except ServerAway:
        raise
    except Unknown:
        LOG.error("A mail may have left or not; it is not sent again.", extra={"kind": facts.template})  # noqa: TRY400
        return messages.leave
    except (RefusedForGood, Refusal):
        LOG.error("A mail was refused for good.", extra={"kind": facts.template})  # noqa: TRY400 - no address in the log
        return messages.give_up
    except OSError:
        LOG.exception("A mail could not be sent; it is tried again.", extra={"kind": facts.template})
        return messages.mark_failed
    return messages.mark_sent


def _mark(database: Database, message_ids: Sequence[int], mark: Mark) -> None:
    with database.session() as session, database.write(session):
        for message_id in message_ids:
            mark(session, message_id)
        session.commit()
