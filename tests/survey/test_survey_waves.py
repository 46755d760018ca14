"""Waves: planned in wall time, opened behind their guards, closed by their dates; who takes part."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from survey import editions, participation, register, sealing, waves
from survey.errors import BadInput, NotFound, NotNow
from survey.models import Authority, AuthorityAttribute, Headcount, Invitation, Participation, Submission, Wave
from survey.sealing import Answered
from survey.vocabulary import EditionState, Frame, ParticipationState, WaveState
from survey.waves import Dates, Plan

DATES = Dates.of(datetime(2026, 5, 1, 8, tzinfo=UTC), datetime(2026, 5, 31, 16, tzinfo=UTC))


@pytest.fixture
def edition(database, session, now, questionnaires):
    with database.write(session):
        edition = editions.store_file(session, questionnaires / "four-dimensions.toml", now=now, actor="system")
        edition.state = EditionState.APPROVED
        for code, kind in (("X1", "district"), ("X2", "county")):
            authority = Authority(code=code, name=f"Authority {code}")
            session.add(authority)
            session.flush()
            session.add(
                AuthorityAttribute(
                    authority_id=authority.id, name="type", value=kind, valid_from=now.date() - timedelta(days=900)
                )
            )
        session.commit()
    return edition


@pytest.fixture
def planned(database, session, now, edition):
    with database.write(session):
        wave = waves.plan(session, Plan("2026", "Digital maturity 2026", DATES), edition, actor="system", now=now)
        participation.add(session, wave, ["X1", "X2"], actor="system", now=now)
        session.commit()
    return wave


def opened(database, session, wave, now):
    with database.write(session):
        waves.open_wave(session, wave, actor="system", now=now)
        session.commit()


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ("2026-05-31 17:00", "2026-05-31T16:00:00+00:00"),  # summer time
        ("2026-12-01 17:00", "2026-12-01T17:00:00+00:00"),
        ("2026-03-29 00:59", "2026-03-29T00:59:00+00:00"),  # the minute before the clocks go forward
        ("2026-03-29 02:00", "2026-03-29T01:00:00+00:00"),  # the first minute after
        ("2026-10-25 00:59", "2026-10-24T23:59:00+00:00"),
        ("2026-10-25T02:00", "2026-10-25T02:00:00+00:00"),
    ],
)
def test_a_wall_clock_time_becomes_a_moment(wall, utc):
    assert waves.moment(wall).isoformat() == utc


@pytest.mark.parametrize("minute", ["00", "30", "59"])
def test_an_hour_that_does_not_exist_or_exists_twice_is_refused(minute):
    with pytest.raises(BadInput, match="does not exist"):
        waves.moment(f"2026-03-29 01:{minute}")
    with pytest.raises(BadInput, match="happens twice"):
        waves.moment(f"2026-10-25 01:{minute}")
    assert waves.moment(f"2026-10-25 01:{minute}", "UTC")  # only where the clocks change


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-02-30 10:00", "2026-05-31", "31/05/2026 17:00", "2026-05-31 25:00"]
)
def test_what_is_no_time_is_refused_with_the_way_to_write_it(text):
    with pytest.raises(BadInput, match="2026-05-31 17:00"):
        waves.moment(text)


@pytest.mark.parametrize("text", ["0001-01-01 00:00", "1999-12-31 23:59", "2200-01-01 00:00", "9999-12-31 23:59"])
def test_a_year_at_the_end_of_the_calendar_is_refused(text):
    with pytest.raises(BadInput, match="from 2000 to 2199"):
        waves.moment(text)


@pytest.mark.parametrize("zone", ["", "Europe", "Mars/Olympus", "../etc", "/etc/passwd", "a\0b"])
def test_a_place_without_clocks_is_refused(zone):
    with pytest.raises(BadInput, match="time zone"):
        waves.moment("2026-05-31 17:00", zone)


def test_a_plan_with_faults_names_them_all(database, session, now, edition):
    upside_down = Dates(DATES.deadline_at, DATES.opens_at, DATES.opens_at, DATES.opens_at)
    wrong = Plan("No Code!", " ", upside_down, optional_sections=("nothing",))
    with database.write(session), pytest.raises(BadInput) as refusal:
        waves.plan(session, wrong, edition, actor="system", now=now)
    assert [fault.partition(":")[0] for fault in refusal.value.faults] == [
        "code",
        "title",
        "dates",
        "optional sections",
    ]


def test_a_wave_opens_only_with_an_approved_questionnaire_and_somebody_taking_part(database, session, now, edition):
    with database.write(session):
        wave = waves.plan(session, Plan("2026", "A wave", DATES), edition, actor="system", now=now)
        with pytest.raises(NotNow, match="No authority"):
            waves.open_wave(session, wave, actor="system", now=now)
        participation.add(session, wave, ["X1"], actor="system", now=now)
        edition.state = EditionState.DRAFT
        with pytest.raises(NotNow, match="not approved"):
            waves.open_wave(session, wave, actor="system", now=now)
        edition.state = EditionState.APPROVED
        with pytest.raises(NotNow, match="has passed"):
            waves.open_wave(session, wave, actor="system", now=wave.closes_at)


def test_opening_copies_attributes_and_fixes_the_questionnaire(database, session, now, planned, edition):
    opened(database, session, planned, now)
    attributes = {one.authority.code: one.attributes for one in participation.of_wave(session, planned)}
    assert attributes == {"X1": {"type": "district"}, "X2": {"type": "county"}}
    assert {one.state for one in participation.of_wave(session, planned)} == {ParticipationState.COLLECTING}
    assert (planned.state, edition.state) == (WaveState.OPEN, EditionState.FIELDED)


def test_a_wave_closes_after_its_last_date_or_earlier_with_a_reason(database, session, now, planned):
    opened(database, session, planned, now)
    with database.write(session):
        with pytest.raises(NotNow, match="17:15 on 31 May 2026"):
            waves.close(session, planned, actor="system", now=DATES.closes_at - timedelta(seconds=1))
        assert waves.into_grace(session, now=DATES.last_start_at - timedelta(seconds=1)) == []
        assert waves.into_grace(session, now=DATES.last_start_at) == [planned]
        waves.close(session, planned, actor="system", now=DATES.closes_at)
        assert planned.state == WaveState.CLOSED
        with pytest.raises(NotNow):
            waves.close(session, planned, actor="system", now=DATES.closes_at)
        session.rollback()
    session.refresh(planned)
    with database.write(session):
        waves.close(session, planned, actor="system", now=now, reason="The network is down for a week")
        session.commit()
    assert waves.by_code(session, "2026").state == WaveState.CLOSED


def test_an_unknown_wave_or_authority_is_named(database, session, now, planned):
    with pytest.raises(NotFound, match="no wave 1999"):
        waves.by_code(session, "1999")
    with database.write(session), pytest.raises(BadInput) as refusal:
        participation.add(session, planned, ["X1", "Q7", "Q8"], actor="system", now=now)
    assert [fault[:3] for fault in refusal.value.faults] == ["Q7:", "Q8:"]


def test_an_authority_that_ends_before_the_wave_opens_does_not_take_part(database, session, now, planned):
    """Two end on 1 April and the wave opens in May; one of them has nobody in its place."""
    file = (
        "code,name,type,start,end,successor\nQ1,Old Town,district,2010-04-01,2026-04-01,Q2\n"
        "Q2,New County,unitary,2026-04-01,,\nQ3,Lost Hundred,district,2010-04-01,2026-04-01,\n"
    )
    with database.write(session):
        register.import_authorities(session, file.encode(), on=now.date(), now=now, actor="system")
        with pytest.raises(BadInput) as refusal:
            participation.add(session, planned, ["Q1", "Q2", "Q3"], actor="system", now=now)
        assert refusal.value.faults == (
            "Q1: Old Town has ended. Name Q2 instead.",
            "Q3: Lost Hundred has ended. Leave it out.",
        )
        assert [one.authority.code for one in participation.of_wave(session, planned)] == ["X1", "X2"]
        participation.add(session, planned, ["Q2"], actor="system", now=now)
        assert [one.authority.code for one in participation.of_wave(session, planned)] == ["Q2", "X1", "X2"]


def test_waves_are_listed_with_how_many_take_part(session, planned):
    assert [(one.wave.code, one.authorities) for one in waves.listed(session)] == [("2026", 2)]


def headcounts(tmp_path, text):
    file = tmp_path / "headcounts.csv"
    file.write_text(text)
    return file


def test_headcounts_are_read_replaced_and_limit_the_shared_link(database, session, now, planned, edition, tmp_path):  # noqa: PLR0917
    questionnaire = editions.questionnaire_of(session, edition)
    first = headcounts(
        tmp_path, "authority,service_area,tier,headcount\nX1,,,90\nX1,housing,manager,12\nX2,ict,senior,3\n"
    )
    with database.write(session):
        assert participation.import_headcounts(session, planned, questionnaire, first, actor="system", now=now) == 3
        x1 = participation.one(session, planned, "X1")
        assert (participation.expected(session, x1), x1.frame, x1.state) == (90, "headcount", "headcounts_returned")
        second = headcounts(tmp_path, "authority,headcount\nX1,100\n")
        participation.import_headcounts(session, planned, questionnaire, second, actor="system", now=now)
        session.commit()
    assert participation.headcounts(session, planned) == [("X1", "", "", 100), ("X2", "ict", "senior", 3)]


def test_a_file_with_faults_changes_nothing_and_names_them_all(database, session, now, planned, edition, tmp_path):  # noqa: PLR0917
    questionnaire = editions.questionnaire_of(session, edition)
    bad = "authority,service_area,tier,headcount\nX1,,,90\nX9,,,5\nX2,parks,,7\nX2,,,many\nX2,,,99999999999999999999\n"
    with database.write(session), pytest.raises(BadInput) as refusal:
        participation.import_headcounts(
            session, planned, questionnaire, headcounts(tmp_path, bad), actor="system", now=now
        )
    text = "\n".join(refusal.value.faults)
    assert all(place in text for place in ("row 3, column 'authority'", "row 4, column 'service_area'", "row 5, column 'headcount'", "row 6, column 'headcount'"))  # fmt: skip
    assert session.scalars(select(Headcount)).all() == []


def answers_of(authority_id, area, count):
    return [Answered(authority_id, {"service_area": area, "mindset_1": "4"}) for _ in range(count)]


def ids():
    number = 0

    def next_id():
        nonlocal number
        number += 1
        return f"{number:032x}"

    return next_id


def test_many_answers_are_sealed_with_a_receipt_each(database, session, now, planned, edition):
    opened(database, session, planned, now)
    x1, x2 = participation.of_wave(session, planned)
    questionnaire = editions.questionnaire_of(session, edition)
    with database.write(session):
        rows = [*answers_of(x1.authority_id, "housing", 3), *answers_of(x2.authority_id, "ict", 2)]
        new_id = ids()
        for chunk in (rows[:4], rows[4:]):
            sealing.seal_many(session, planned, questionnaire, chunk, link_key="k", new_id=new_id)
        session.commit()
    assert len(session.scalars(select(Submission)).all()) == 5
    assert sorted(session.scalars(select(Invitation.received))) == [2, 3]


def test_a_planned_or_closed_wave_takes_no_answers(database, session, planned, edition):
    questionnaire = editions.questionnaire_of(session, edition)
    with database.write(session), pytest.raises(NotNow):
        sealing.seal_many(session, planned, questionnaire, [], link_key="k", new_id=ids())


def test_progress_comes_in_steps(database, session, now, planned, edition, tmp_path):  # noqa: PLR0917
    opened(database, session, planned, now)
    x1 = participation.one(session, planned, "X1")
    questionnaire = editions.questionnaire_of(session, edition)
    file = headcounts(tmp_path, "authority,headcount\nX1,60\n")
    with database.write(session):
        rows = [*answers_of(x1.authority_id, "housing", 29), *answers_of(x1.authority_id, "ict", 10)]
        sealing.seal_many(session, planned, questionnaire, rows, link_key="k", new_id=ids())
        participation.import_headcounts(session, planned, questionnaire, file, actor="system", now=now)
        session.commit()
    progress = participation.progress(session, x1, questionnaire)
    assert (progress.total, progress.rate) == (35, 58)  # 39 down to 35; 35 of 60 = 58.3 %
    assert {one.code: one.at_least for one in progress.areas} == {"housing": 20, "planning": None, "ict": None}
    assert participation.in_steps(39, {}, staff=49).rate is None


@pytest.mark.parametrize(
    ("personal", "received", "headcount", "reviewed", "frame", "usable"),
    [
        (3, None, 0, False, Frame.INVITED, 3),
        (3, 0, 0, False, Frame.INVITED, 3),  # a shared link that nobody used
        (3, 1, 0, False, Frame.UNKNOWN, None),
        (0, 5, 0, False, Frame.UNKNOWN, None),
        (0, 5, 80, False, Frame.HEADCOUNT, None),  # not reviewed yet
        (0, 5, 80, True, Frame.HEADCOUNT, 80),
        (3, None, 80, False, Frame.HEADCOUNT, 80),
    ],
)
def test_where_the_number_of_eligible_officers_comes_from(  # noqa: PLR0917
    database, session, now, planned, personal, received, headcount, reviewed, frame, usable
):
    wave = planned
    opened(database, session, wave, now)
    with database.write(session):
        x1 = participation.one(session, wave, "X1")
        for number in range(personal):
            session.add(
                Invitation(
                    participation_id=x1.id, kind="personal", address=f"{number}@x.example", token_hash=str(number)
                )
            )
        if received is not None:
            session.add(Invitation(participation_id=x1.id, kind="shared", cap=99, received=received, token_hash="s"))
        if headcount:
            session.add(Headcount(participation_id=x1.id, headcount=headcount))
        session.flush()
        with pytest.raises(NotNow):  # more answers may come
            participation.review_links(session, wave, ["X1"], actor="system", now=now)
        waves.close(session, wave, actor="system", now=DATES.closes_at)
        waiting = [one.authority.code for one in participation.waiting_links(session, wave)]
        assert waiting == (["X1"] if received else [])
        if reviewed:
            participation.review_links(session, wave, waiting, actor="system", now=now)
            assert participation.waiting_links(session, wave) == []
        with pytest.raises(BadInput) as refusal:
            participation.review_links(session, wave, ["X9"], actor="system", now=now)
        assert refusal.value.faults == ("X9: no answers by a shared link of it wait to be looked at.",)
        session.commit()
    assert session.get_one(Participation, x1.id).frame == frame
    of_x1 = [row[3] for row in participation.headcounts(session, wave) if row[0] == "X1"]
    assert of_x1 == ([] if usable is None else [usable])


def test_own_names_of_service_areas_replace_each_other(database, session, planned, edition):
    questionnaire = editions.questionnaire_of(session, edition)
    x1 = participation.one(session, planned, "X1")
    with database.write(session):
        participation.set_labels(session, x1, questionnaire, {"housing": "Homes"})
        participation.set_labels(session, x1, questionnaire, {"ict": "Digital"})
        session.commit()
    assert participation.labels(session, x1.id) == {"ict": "Digital"}
    with database.write(session), pytest.raises(BadInput) as refusal:
        participation.set_labels(session, x1, questionnaire, {"parks": "Parks", "ict": "\n"})
    assert len(refusal.value.faults) == 2


def test_dates_of_a_wave_hold_in_the_database(session, planned):
    assert session.scalars(select(Wave.closes_at)).one() == datetime(2026, 5, 31, 16, 15, tzinfo=UTC)
