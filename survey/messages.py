"""The outbox: mails as rows, written in the transaction of their cause, and how such a row becomes a mail.

A row holds the template and the addressee. Links and codes are derived when the mail is written, so that whoever reads
the table finds neither.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from functools import cache
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session

from survey.errors import BadInput
from survey.models import Authority, Invitation, OutboxMessage, Participation, Person, SignInCode, Wave
from survey.vocabulary import MessageState

TEMPLATES = ("invitation", "sign_in_code")
MOST_TRIES = 5
_LONGEST_HEADER = 400


@dataclass(frozen=True, slots=True)
class Mail:
    """A plain text mail to one person. A header that could smuggle in another is refused here."""

    to: str
    subject: str
    body: str

    def __post_init__(self) -> None:
        for header in (self.to, self.subject):
            _check_header(header)
        if self.to.count("@") != 1 or any(sign in self.to for sign in ",;<>\"'() "):
            raise BadInput("A mail goes to exactly one address.")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a queued mail when it is written; secrets are added by who writes it."""

    template: str
    language: str
    to: str
    values: Mapping[str, str]
    invitation: tuple[int, int] | None = None  # id and link epoch: what the link is derived from
    browser_key_hash: str | None = None  # what the sign-in code is derived from


def queue(
    session: Session,
    template: str,
    *,
    now: datetime,
    invitation_id: int | None = None,
    person_id: int | None = None,
    sign_in_code_id: int | None = None,
    round_: int = 1,
) -> OutboxMessage:
    """One mail to be sent, to exactly one of the three kinds of addressee."""
    _known(template)
    message = OutboxMessage(
        invitation_id=invitation_id,
        person_id=person_id,
        sign_in_code_id=sign_in_code_id,
        template=template,
        round=round_,
        payload={},
        queued_at=now,
    )
    session.add(message)
    session.flush()
    return message


def queue_invitations(
    session: Session, invitation_ids: Iterable[int], *, template: str = "invitation", round_: int = 1, now: datetime
) -> int:
    """Queue one mail for each invitation that has none of this template and round yet: nobody gets two."""
    _known(template)
    wanted = list(dict.fromkeys(invitation_ids))
    queued = select(OutboxMessage.invitation_id).where(
        OutboxMessage.template == template, OutboxMessage.round == round_, OutboxMessage.invitation_id.is_not(None)
    )
    already = set(session.scalars(queued))
    rows = [
        {"invitation_id": one, "template": template, "round": round_, "payload": {}, "queued_at": now}
        for one in wanted
        if one not in already
    ]
    if rows:
        session.execute(insert(OutboxMessage), rows)
    return len(rows)


def take_due(session: Session, *, limit: int = 50, fresh_only: bool = False) -> list[int]:
    """Mark the oldest queued mails as being sent and give their ids; who takes them commits before sending."""
    due = (
        select(OutboxMessage.id)
        .where(OutboxMessage.state == MessageState.QUEUED, *([OutboxMessage.tries == 0] if fresh_only else []))
        .order_by(OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(due))
    if ids:
        taken = update(OutboxMessage).where(OutboxMessage.id.in_(ids))
        session.execute(taken.values(state=MessageState.SENDING, tries=OutboxMessage.tries + 1))
    return ids


def mark_sent(session: Session, message_id: int) -> None:
    session.execute(update(OutboxMessage).where(OutboxMessage.id == message_id).values(state=MessageState.SENT))


def mark_failed(session: Session, message_id: int) -> None:
    """Back into the queue, or given up after the last try."""
    one = update(OutboxMessage).where(OutboxMessage.id == message_id)
    session.execute(one.where(OutboxMessage.tries >= MOST_TRIES).values(state=MessageState.FAILED))
    again = one.where(OutboxMessage.tries < MOST_TRIES, OutboxMessage.state == MessageState.SENDING)
    session.execute(again.values(state=MessageState.QUEUED))


def give_up(session: Session, message_id: int) -> None:
    """The mail server would refuse it again."""
    session.execute(update(OutboxMessage).where(OutboxMessage.id == message_id).values(state=MessageState.FAILED))


def leave(session: Session, message_id: int) -> None:
    """It stays marked as being sent: nobody knows whether it left."""
    del session, message_id


def put_back(session: Session, message_id: int) -> None:
    """Into the queue as if it had not been tried: the mail server was away, which is no fault of the mail."""
    one = update(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.state == MessageState.SENDING)
    session.execute(one.values(state=MessageState.QUEUED, tries=OutboxMessage.tries - 1))


def hold(session: Session) -> int:
    """Nothing that waits is sent, as nobody knows whether it left already; how many mails a person now decides on."""
    waiting = update(OutboxMessage).where(OutboxMessage.state.in_([MessageState.QUEUED, MessageState.SENDING]))
    held = session.execute(waiting.values(state=MessageState.FAILED).returning(OutboxMessage.id))
    return len(held.all())


def try_again(session: Session) -> int:
    """Mails that were given up or held back go into the queue once more; how many."""
    given_up = update(OutboxMessage).where(OutboxMessage.state == MessageState.FAILED)
    again = session.execute(given_up.values(state=MessageState.QUEUED, tries=0).returning(OutboxMessage.id))
    return len(again.all())


def counts(session: Session) -> dict[str, int]:
    """How many mails stand in each state."""
    states = session.scalars(select(OutboxMessage.state)).all()
    return {str(state): states.count(state) for state in MessageState}


def facts(session: Session, message_id: int) -> Facts | None:
    """What a mail needs to be written; nothing where nobody is to get one: an unknown address, a revoked or used link."""
    return _invitation_facts(session, message_id) or _person_facts(session, message_id)


def _invitation_facts(session: Session, message_id: int) -> Facts | None:
    found = (
        select(OutboxMessage.template, Invitation, Wave, Authority.name)
        .join(Invitation, Invitation.id == OutboxMessage.invitation_id)
        .join(Participation, Participation.id == Invitation.participation_id)
        .join(Wave, Wave.id == Participation.wave_id)
        .join(Authority, Authority.id == Participation.authority_id)
        .where(OutboxMessage.id == message_id, Invitation.address.is_not(None), ~Invitation.revoked, ~Invitation.used)
    )
    row = session.execute(found).first()
    if row is None:
        return None
    template, invitation, wave, authority = row
    closes = wave.deadline_at.astimezone(ZoneInfo(wave.time_zone))
    return Facts(
        template=template,
        language=invitation.language,
        to=invitation.address or "",
        values={"authority": authority, "wave": wave.title, "deadline": f"{closes:%d/%m/%Y}"},
        invitation=(invitation.id, invitation.epoch),
    )


def _person_facts(session: Session, message_id: int) -> Facts | None:
    found = (
        select(OutboxMessage.template, Person.email, Person.name, func.coalesce(SignInCode.browser_key_hash, ""))
        .outerjoin(SignInCode, SignInCode.id == OutboxMessage.sign_in_code_id)
        .join(Person, or_(Person.id == OutboxMessage.person_id, Person.id == SignInCode.person_id))
        .where(OutboxMessage.id == message_id, Person.active)
    )
    row = session.execute(found).first()
    if row is None:
        return None
    template, email, name, key_hash = row
    return Facts(template=template, language="en", to=email, values={"name": name}, browser_key_hash=key_hash or None)


def write(facts: Facts, secrets: Mapping[str, str]) -> Mail:
    """The mail itself, from its template in the reader's language or else in English."""
    text = _template(facts.template, facts.language)
    values = {**facts.values, **secrets}
    return Mail(
        to=facts.to,
        subject=Template(text["subject"]).substitute(values),
        body=Template(text["body"]).substitute(values),
    )


def _known(template: str) -> None:
    if template not in TEMPLATES:
        raise ValueError(f"There is no mail template {template}.")


@cache
def _template(name: str, language: str) -> Mapping[str, str]:
    folder = Path(__file__).parent / "data" / "mail"
    file = folder / f"{name}.{language}.toml"
    if not file.is_file():
        file = folder / f"{name}.en.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _check_header(text: str) -> None:
    """Refuse control characters, also those that an encoded word hides until a mail program decodes it."""
    try:
        decoded = str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, UnicodeError):
        raise BadInput("A mail's address or subject is not readable text.") from None
    if len(text) > _LONGEST_HEADER or not text.isprintable() or not decoded.isprintable():
        raise BadInput("A mail's address and subject are one line without control characters.")
