"""The mix of the sector: in the release and on its page, and in no file that leaves."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import datetime, timedelta
from typing import NamedTuple

import pandas as pd
import pypdf
import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from questionnaires import files as files_of
from survey import (
    bundles,
    document_making,
    downloads,
    editions,
    equality_results,
    keys,
    microdata,
    participation,
    people,
    register,
    releases,
    sealing,
    stored_results,
    waves,
)
from survey.db import Database
from survey.errors import NotFound
from survey.microdata import Form
from survey.models import RESULT_TABLES, SealedEquality, Wave
from survey.people import Grant, Principal
from survey.vocabulary import EditionState, RoleName

MARK = "long_term_condition"  # an equality item of the shipped questionnaire
EQUALITY = ("age_band", "gender", "ethnic_group", MARK)
PUBLISHER = Principal(99, "P", "publisher@example.org", (Grant(RoleName.PUBLISHER),))


class Closed(NamedTuple):
    """A wave that has closed, and a researcher."""

    database: Database
    session: Session
    wave: Wave
    by: Principal
    now: datetime


@pytest.fixture
def database(request):
    """SQLite, but where a test asks for both: computing a wave takes seconds."""
    return request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_database")


@pytest.fixture
def closed(database, session, now):
    """Twelve authorities with fourteen officers each, who answered the equality questions too."""
    codes = [f"A{number:02}" for number in range(1, 13)]
    with database.write(session):
        people.add(session, "r@example.org", "R", now=now, actor="system")
        person = people.add(session, "p@example.org", "P", now=now, actor="system")
        people.grant(session, person.id, RoleName.RESEARCHER, now=now, actor="system")
        lines = "code,name,type,nation\n" + "".join(f"{code},Town {code},unitary,Wales\n" for code in codes)
        register.import_authorities(session, lines.encode(), on=now.date(), now=now, actor="system")
        ids = {one.code: one.id for one in register.all_authorities(session)}
        edition = editions.store_shipped(session, *files_of.STAFF, now=now, actor="system")
        edition.state = EditionState.APPROVED
        dates = waves.Dates.of(now, now + timedelta(days=20))
        plan = waves.Plan("2026", "Survey 2026", dates, optional_sections=("equality",))
        wave = waves.plan(session, plan, edition, actor="system", now=now)
        participation.add(session, wave, codes, actor="system", now=now)
        waves.open_wave(session, wave, actor="system", now=now)
        asked = editions.questionnaire_of(session, edition, optional_sections=["equality"])
        rows = [sealing.Answered(ids[code], given(asked, place)) for code in codes for place in range(14)]
        sealing.seal_many(session, wave, asked, rows, link_key="k" * 40, new_id=keys.new_id)
        waves.close(session, wave, actor="system", now=wave.closes_at)
        session.commit()
    by = people.principal_of(session, "p@example.org")
    return Closed(database, session, wave, by, wave.closes_at + timedelta(days=1))


def given(asked, place):
    """168 officers: 12 x 3 = 36 with a condition, 12 x 11 = 132 without; ethnic groups 24, 12, 0, 132, 0."""
    dice = random.Random(place)  # noqa: S311 - the same answers each time
    answers = {item.code: dice.choice("12345") for item in asked.scored_items if not item.asked_if}
    ethnic = "asian" if place < 2 else "black" if place < 3 else "white"
    return answers | {MARK: "yes" if place < 3 else "no", "ethnic_group": ethnic}


def computed(closed):
    found = releases.calculation(closed.session, closed.wave.code)
    with closed.database.write(closed.session):
        release = releases.store(closed.session, found, by=closed.by, now=closed.now)
        closed.session.commit()
    return release


def shares(frame, item):
    return {row.option: (row.n, row.share) for row in frame[frame["item"] == item].itertuples()}


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_the_mix_is_kept_with_the_release(closed):
    mix = equality_results.read(closed[1], computed(closed))
    assert shares(mix, MARK) == {"yes": (30, 0.21), "no": (130, 0.79)}  # 36 and 132 of 168
    assert shares(mix, "ethnic_group") == {"asian+black+mixed+another": (30, 0.21), "white": (130, 0.79)}
    assert mix[mix["item"] == "gender"]["reason"].tolist() == ["too_few_people"]  # nobody said


def test_the_report_of_the_sector_has_the_mix_beside_the_census(closed, settings):
    report = document_making._sector(closed.session, settings, computed(closed))
    words = " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(report)).pages).split())
    assert "Who answered the equality questions" in words
    assert "England and Wales 2021" in words
    assert "82 % 93 %" in words  # White: 81.7 in England and Wales, 92.9 in Scotland


def test_every_release_of_a_wave_has_the_same_mix_whoever_left(closed):
    first = equality_results.read(closed.session, computed(closed))
    with closed.database.write(closed.session):
        part = participation.of_wave(closed.session, closed.wave)[0]
        part.state = "withdrawn"
        closed.session.commit()
    second = equality_results.read(closed.session, computed(closed))
    pd.testing.assert_frame_equal(first, second)  # nothing between them to take apart


def test_the_mix_is_in_no_table_that_leaves(closed):
    release = computed(closed)
    assert "equality_mix" not in RESULT_TABLES
    for name, table in RESULT_TABLES.items():
        texts = [column for column in table.columns if column.name in {"item", "measure", "kind", "group"}]
        for column in texts:
            found = set(closed.session.scalars(select(column).where(table.c.release_id == release.id)))
            assert not found & set(EQUALITY), name
    assert stored_results.withheld(closed.session, release)  # other reasons are listed; the mix is not among them
    assert not [name for name, *_ in stored_results.withheld(closed.session, release) if name == "equality_mix"]
    content = bundles.make(closed.session, release, bundles.Agreement(closed.by, PUBLISHER, "To check it.")).content
    for name in names(content):
        if not name.endswith(".toml") and "questionnaire" not in name:
            text = zipfile.ZipFile(io.BytesIO(content)).read(name)
            assert not [item for item in EQUALITY if item.encode() in text], name
    assert len(names(content)) > 10


def names(content):
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


def test_microdata_hold_no_equality_answer(closed):
    found = microdata.outline(closed.session, closed.wave, by=closed.by)
    for form in (Form.LABELS, Form.CODES, Form.CODEBOOK):
        target = io.BytesIO()
        microdata.write(closed.session, found, form, target)
        head = target.getvalue().split(b"\n")[0] if form is not Form.CODEBOOK else target.getvalue()
        assert not [item for item in EQUALITY if item.encode() in head], form


def test_a_table_cannot_be_downloaded_by_its_name(closed):
    release = computed(closed)
    with pytest.raises(NotFound, match="There is no such table"):
        downloads.csv(closed.session, release, "equality_mix")


def test_rows_of_equality_know_nothing_but_the_wave(closed):
    session = closed[1]
    assert {column.name for column in SealedEquality.__table__.columns} == {"id", "wave_id", "answers"}
    assert session.scalar(select(func.count()).select_from(SealedEquality)) == 168


def test_a_wave_that_did_not_ask_has_no_mix(closed):
    with closed.database.write(closed.session):
        closed.wave.optional_sections = ""
        closed.session.execute(delete(SealedEquality))
        closed.session.commit()
    release = computed(closed)
    assert equality_results.read(closed.session, release).empty
    assert equality_results.tables(closed.session, release) == []
