"""Delivery: takes due mails out of the outbox, writes them with their links and codes, hands them to a transport."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import Protocol, TextIO

from survey import keys, messages, people
from survey.config import Settings
from survey.db import Database
from survey.errors import Refusal
from survey.messages import Facts, Mail

LOG = logging.getLogger(__name__)


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


def deliver_due(database: Database, settings: Settings, transport: Transport, *, limit: int = 50) -> int:
    """Send what is due and say how many mails left.

    The mails are marked as being sent, and that is committed, before the first one leaves: a crash between leaves
    them marked, never sent twice.
    """
    with database.session() as session, database.write(session):
        taken = messages.take_due(session, limit=limit)
        session.commit()
    sent = 0
    for message_id in taken:
        with database.session() as session:
            facts = messages.facts(session, message_id)
        delivered = facts is None or _send(facts, settings, transport)
        sent += facts is not None and delivered
        with database.session() as session, database.write(session):
            if delivered:
                messages.mark_sent(session, message_id)
            else:
                messages.mark_failed(session, message_id)
            session.commit()
    return sent


def keep_delivering(
    database: Database,
    settings: Settings,
    transport: Transport,
    stop: threading.Event,
    *,
    pause: timedelta = timedelta(seconds=2),
) -> None:
    """Deliver until told to stop; what a thread beside the web server runs."""
    while not stop.wait(pause.total_seconds()):
        try:
            deliver_due(database, settings, transport)
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


def _send(facts: Facts, settings: Settings, transport: Transport) -> bool:
    try:
        transport.send(compose(facts, settings))
    except (OSError, Refusal):
        LOG.exception("A mail of the template %s could not be sent.", facts.template)
        return False
    return True
