"""Links: tokens, states, invitations made once, the shared link's cap."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from survey import invitations, keys, links, messages
from survey.errors import BadInput, NotNow
from survey.links import LinkState
from survey.models import Invitation, OutboxMessage, Wave
from survey.vocabulary import WaveState


def invite(field, addresses, now):
    with field.database.session() as session, field.database.write(session):
        made = invitations.invite(
            session, field.participation, addresses, link_key=field.link_key, actor="system", now=now
        )
        session.commit()
    return made


def handed_out(field):
    with field.database.session() as session:
        return list(invitations.links(session, field.wave, link_key=field.link_key, base_url="https://s.example"))


def test_a_link_that_was_handed_out_finds_its_authority_in_one_statement(field, now, statements):
    invite(field, ["a@x.example"], now)
    (link,) = handed_out(field)
    token = link.url.removeprefix("https://s.example/r/")
    with field.database.session() as session, statements(field.database) as seen:
        found = links.find(session, token)
    assert len(seen) == 1
    assert (found.authority_name, found.wave_code, found.state) == ("Exeborough", "2026", LinkState.USABLE)
    assert (link.authority, link.address) == ("X1", "a@x.example")


def test_only_the_hash_of_a_token_is_stored(field, now):
    invite(field, ["a@x.example"], now)
    (link,) = handed_out(field)
    token = link.url.rpartition("/")[2]
    assert len(token) == 27  # 160 bits at 6 bits a character
    with field.database.session() as session:
        stored = session.scalars(select(Invitation)).one()
        values = {str(getattr(stored, column.key)) for column in Invitation.__table__.columns}
    assert token not in values
    assert keys.hashed(token) in values


def test_a_token_that_was_never_given_out_finds_nothing(field):
    with field.database.session() as session:
        assert [links.find(session, token) for token in ("", "x" * 27, "\ud800", "é")] == [None] * 4


def test_a_renewed_link_opens_and_the_old_one_does_not(field, now):
    old = field.personal("a@x.example")
    with field.database.session() as session, field.database.write(session):
        link = invitations.personal_link(session, field.participation.id, "A@x.example")
        invitations.renew(session, link, link_key=field.link_key, actor="system", now=now)
        session.commit()
        new = keys.token(field.link_key, link.id, link.epoch)
        assert links.find(session, old) is None
        assert links.find(session, new).state is LinkState.USABLE


@pytest.mark.parametrize(
    ("hours", "state"),
    [
        ((1, 2, 3, 4), LinkState.NOT_OPEN_YET),
        ((-1, 2, 3, 4), LinkState.USABLE),
        ((-2, -1, 3, 4), LinkState.USABLE),  # past the shown deadline, not past the last start
        ((-3, -2, -1, 4), LinkState.NO_NEW_STARTS),
        ((-4, -3, -2, -1), LinkState.CLOSED),
    ],
)
def test_the_dates_of_the_wave_and_the_clock_of_the_database_decide(field, hours, state):
    token = field.personal("a@x.example")
    field.dates(**dict(zip(("opens", "deadline", "last_start", "closes"), hours, strict=True)))
    assert field.found(token).state is state
    assert field.found(token).accepting == (state in {LinkState.USABLE, LinkState.NO_NEW_STARTS})


@pytest.mark.parametrize(("state", "shown"), [(WaveState.PLANNED, "not_open_yet"), (WaveState.CLOSED, "closed")])
def test_a_wave_that_is_not_in_the_field_has_no_usable_links(field, state, shown):
    token = field.personal("a@x.example")
    with field.database.session() as session, field.database.write(session):
        session.get_one(Wave, field.wave.id).state = state
        session.commit()
    assert field.found(token).state == shown
    with pytest.raises(NotNow):
        field.start(token)


def test_an_address_is_invited_once(field, now):
    assert invite(field, ["a@x.example", " A@X.example ", "", "b@x.example"], now) == 2
    assert invite(field, ["b@x.example", "c@y.example"], now) == 1
    with field.database.session() as session:
        preview = invitations.preview(session, field.participation, ["c@y.example", "d@y.example", "e@z.example"])
    assert preview.already == ("c@y.example",)
    assert preview.domains == {"y.example": 1, "z.example": 1}


@pytest.mark.parametrize("bad", ["nobody", "=cmd@x.example", "a@b", "a@x.example, b@x.example", "a@x.example\r\nBcc: b@x.example", "a" * 250 + "@x.example", "ä@x.example"])  # fmt: skip
def test_a_line_that_is_no_address_is_named_and_nobody_is_invited(field, now, bad):
    with pytest.raises(BadInput) as refusal:
        invite(field, ["a@x.example", bad], now)
    assert refusal.value.faults[0].startswith("Line 2: ")
    assert handed_out(field) == []


def test_the_database_refuses_a_second_row_for_an_address_or_a_second_shared_link(field):
    field.personal("a@x.example")
    field.shared(cap=3)
    with pytest.raises(IntegrityError):
        field.personal("a@x.example")
    with pytest.raises(IntegrityError):
        field.shared(cap=3)


def test_the_shared_link_is_capped_at_a_tenth_above_the_headcount_and_follows_it(field, now):
    with field.database.session() as session, field.database.write(session):
        link = invitations.share(
            session, field.participation, expected=90, link_key=field.link_key, actor="system", now=now
        )
        assert link.cap == 100  # 90 + 9 = 99, up to the next five
        again = invitations.share(
            session, field.participation, expected=101, link_key=field.link_key, actor="system", now=now
        )
        assert (again.id, again.cap) == (link.id, 115)  # 101 + 10.1 = 111.1, up to the next five
        session.commit()


@pytest.mark.parametrize(("received", "cap"), [(0, 5), (42, 45), (44, 45), (45, 50)])
def test_a_small_cap_does_not_tell_how_many_have_answered(field, now, received, cap):
    """A lead who asks for a cap of 2 and finds the link full, or raises it one by one, learns no more than fives."""
    field.shared(cap=99)
    with field.database.session() as session, field.database.write(session):
        session.scalars(select(Invitation)).one().received = received
        session.flush()
        link = invitations.share(
            session, field.participation, expected=1, link_key=field.link_key, actor="system", now=now
        )
        assert link.cap == cap
        invitations.limit_shared_link(session, field.participation.id, expected=1)
        assert link.cap == cap


def test_the_database_holds_the_cap(field):
    field.shared(cap=1)
    with field.database.session() as session, field.database.write(session):
        session.scalars(select(Invitation)).one().received = 2
        with pytest.raises(IntegrityError):
            session.flush()


def test_a_mail_is_queued_once_per_link_and_round_and_never_written_to_who_has_answered(field, now):
    invite(field, ["a@x.example", "b@x.example", "c@x.example"], now)
    with field.database.session() as session, field.database.write(session):
        invitations.personal_link(session, field.participation.id, "b@x.example").used = True
        session.flush()
        counts = [
            invitations.queue_mails(session, field.wave, template="invitation", round_=round_, now=now)
            for round_ in (1, 1, 2)
        ]
        session.commit()
        assert counts == [3, 0, 3]
        answered = invitations.personal_link(session, field.participation.id, "b@x.example").id
        rows = session.execute(select(OutboxMessage.id, OutboxMessage.invitation_id)).all()
        assert all((messages.facts(session, key) is None) is (link == answered) for key, link in rows)
        assert all(message.payload == {} for message in session.scalars(select(OutboxMessage)))


def test_the_links_are_written_as_a_table_for_a_mail_merge(field, now):
    invite(field, ["a@x.example"], now)
    file = io.StringIO()
    assert invitations.write_csv(handed_out(field), file) == 1
    header, row = file.getvalue().splitlines()
    assert header == "authority,address,url"
    assert row.startswith("X1,a@x.example,https://s.example/r/")
