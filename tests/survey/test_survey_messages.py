"""T34, short: a mail goes to one person, its headers are its own, and the table holds neither link nor code."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey import delivery, keys, messages, people
from survey.config import Settings
from survey.db import Database
from survey.errors import BadInput
from survey.messages import Mail
from survey.models import Authority, Edition, Invitation, OutboxMessage, Participation, Wave
from survey.vocabulary import RoleName

BROWSER = "a browser key, thirty-two characters or more"

HOSTILE = [
    "a\r\nBcc: x@example.org",
    "a\nBcc: x@example.org",
    "a\rBcc: x@example.org",
    "a\x00b",
    "a\x0bb",
    "a\x85Bcc: x@example.org",
    "a\u2028Bcc: x@example.org",
    "=?utf-8?q?a=0D=0ABcc:_x@example.org?=",
    "=?utf-8?b?YQ0KQmNjOiB4QGV4YW1wbGUub3Jn?=",  # the same in base 64
    "=?utf-8?q?a=0A?=",
    "=?utf-8?q?=00?=",
    "=?iso-8859-1?q?a=0D?=",
    "=?utf-8?q?a?= =?utf-8?q?=0A?=",
    "=?no-such-charset?q?a?=",
    "x=?utf-8?q?=0A?=y",
    "x" * 401,
]


@pytest.fixture
def invitation(database: Database, session: Session, now: datetime) -> Invitation:
    """Ceri of Avonmere is invited to the wave of 2026, in Welsh."""
    with database.write(session):
        edition = Edition(code="staff", version="1", audience="officers", body="", digest="", measurement_digest="")
        authority = Authority(code="E1", name="Avonmere")
        session.add_all([edition, authority])
        session.flush()
        wave = Wave(
            code="2026",
            title="the 2026 survey",
            edition_id=edition.id,
            opens_at=now - timedelta(days=1),
            deadline_at=datetime.fromisoformat("2026-05-31T23:30:00+00:00"),  # 1 June in London
            last_start_at=now + timedelta(days=40),
            closes_at=now + timedelta(days=41),
        )
        session.add(wave)
        session.flush()
        participation = Participation(wave_id=wave.id, authority_id=authority.id)
        session.add(participation)
        session.flush()
        made = Invitation(
            participation_id=participation.id,
            kind="personal",
            address="ceri@avonmere.example",
            language="cy",
            token_hash="h",
        )
        session.add(made)
        session.commit()
    return made


def delivered(database: Database, settings: Settings) -> str:
    stream = io.StringIO()
    delivery.deliver_due(database, settings, delivery.ConsoleTransport(stream))
    return stream.getvalue()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_header_that_hides_another_is_refused(hostile: str):
    with pytest.raises(BadInput):
        Mail(to="ceri@avonmere.example", subject=hostile, body="text")
    with pytest.raises(BadInput):
        Mail(to=f"{hostile}@avonmere.example", subject="text", body="text")


@pytest.mark.parametrize(
    "to", ["a@b.org, c@d.org", "a@b.org;c@d.org", "<a@b.org>", "a", "A <a@b.org>", "a@b@c.org", ""]
)
def test_a_mail_goes_to_exactly_one_plain_address(to: str):
    with pytest.raises(BadInput, match="one address"):
        Mail(to=to, subject="text", body="text")


def test_ordinary_headers_pass_and_arrive_as_they_are():
    mail = Mail(to="ceri@avonmere.example", subject="Arolwg Ynys Môn – “dau” funud: $5 = £4?", body="a\nb\n")
    built = EmailMessage()
    built["To"], built["Subject"] = mail.to, mail.subject
    assert built["Subject"] == mail.subject
    assert [name for name, _ in built.items()] == ["To", "Subject"]


def test_without_the_check_a_decoding_mail_program_would_see_a_second_header():
    hidden = HOSTILE[7]
    assert "\n" not in hidden  # the planted defect: a check of the raw text alone lets it pass
    assert hidden.isprintable()


def test_an_invitation_is_written_with_its_link_in_the_readers_language(
    database: Database, session: Session, invitation: Invitation, settings: Settings, now: datetime
):
    with database.write(session):
        assert messages.queue_invitations(session, [invitation.id], now=now) == 1
        session.commit()
    text = delivered(database, settings)
    assert "To: ceri@avonmere.example" in text
    assert "Subject: Avonmere: yr arolwg" in text
    assert f"{settings.base_url}/r/{keys.token(settings.link_key, invitation.id, 1)}" in text
    assert "01/06/2026" in text  # half past eleven in the evening in UTC is the next day in London
    assert session.scalars(select(OutboxMessage.state)).all() == ["sent"]


def test_queueing_twice_sends_once(database: Database, session: Session, invitation: Invitation, now: datetime):
    with database.write(session):
        assert messages.queue_invitations(session, [invitation.id, invitation.id], now=now) == 1
        assert messages.queue_invitations(session, [invitation.id], now=now) == 0
        assert messages.queue_invitations(session, [invitation.id], round_=2, now=now) == 1
        with pytest.raises(IntegrityError):
            messages.queue(session, "invitation", invitation_id=invitation.id, now=now)


def test_a_revoked_link_gets_no_mail(
    database: Database, session: Session, invitation: Invitation, settings: Settings, now: datetime
):
    with database.write(session):
        messages.queue_invitations(session, [invitation.id], now=now)
        session.merge(invitation).revoked = True
        session.commit()
    assert delivered(database, settings) == ""
    assert messages.counts(session)["queued"] == 0


def test_the_table_holds_neither_link_nor_code(
    database: Database, session: Session, invitation: Invitation, settings: Settings, now: datetime
):
    with database.write(session):
        messages.queue_invitations(session, [invitation.id], now=now)
        session.commit()
    token = keys.token(settings.link_key, invitation.id, 1)
    stored = [str(value) for row in session.execute(select(OutboxMessage.__table__)) for value in row]
    assert not [value for value in stored if token in value]


def test_a_sign_in_code_arrives_and_works_and_an_unknown_address_gets_no_mail(
    database: Database, session: Session, settings: Settings, now: datetime
):
    with database.write(session):
        person = people.add(session, "rhian@example.org", "Rhian Price", now=now, actor="system")
        people.grant(session, person.id, RoleName.RESEARCHER, now=now, actor="system")
        for email, browser in (("rhian@example.org", BROWSER), ("nobody@example.org", BROWSER.upper())):
            people.request_code(session, email, browser_key=browser, secret_key=settings.secret_key, now=now)
        session.commit()
    text = delivered(database, settings)
    assert text.count("To: ") == 1
    code = text.partition("Subject: Your sign-in code: ")[2][:8]
    with database.write(session):
        signed_in = people.enter_code(
            session, code, browser_key=BROWSER, session_key=BROWSER, secret_key=settings.secret_key, now=now
        )
        session.commit()
    assert signed_in == person.id
    assert messages.counts(session)["queued"] == 0


def test_a_mail_is_marked_before_it_leaves_so_that_a_crash_never_sends_it_twice(
    database: Database, session: Session, invitation: Invitation, settings: Settings, now: datetime
):
    with database.write(session):
        messages.queue_invitations(session, [invitation.id], now=now)
        session.commit()

    class Crash:
        def send(self, mail: Mail) -> None:
            raise KeyboardInterrupt(mail.to)

    with pytest.raises(KeyboardInterrupt):
        delivery.deliver_due(database, settings, Crash())
    assert messages.counts(session)["sending"] == 1
    assert delivered(database, settings) == ""


def test_a_mail_that_cannot_be_sent_is_tried_five_times(
    database: Database, session: Session, invitation: Invitation, settings: Settings, now: datetime
):
    with database.write(session):
        messages.queue_invitations(session, [invitation.id], now=now)
        session.commit()
    tries = []

    class Down:
        def send(self, mail: Mail) -> None:
            tries.append(mail)
            raise OSError("the mail server is away")

    for _ in range(7):
        assert delivery.deliver_due(database, settings, Down()) == 0
    assert len(tries) == 5
    assert messages.counts(session)["failed"] == 1


def test_every_template_is_written_in_both_languages_with_known_words_only(settings: Settings):
    values = {"authority": "A", "wave": "W", "deadline": "D", "name": "N", "link": "L", "code": "12345678"}
    secrets = {"organisation": "O", "contact": "C"}
    bodies = set()
    for template in messages.TEMPLATES:
        for language in ("en", "cy"):
            facts = messages.Facts(template=template, language=language, to="a@b.org", values=values)
            mail = messages.write(facts, secrets)
            assert "$" not in mail.subject + mail.body
            assert mail.body.strip()
            bodies.add(mail.body)
    assert len(bodies) == 2 * len(messages.TEMPLATES)
