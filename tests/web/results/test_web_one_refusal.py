"""Whichever rule withholds a figure, its reader sees the same: on every page, in every picture, file and report."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping

import pandas as pd
import pytest
from sqlalchemy import delete, insert

from reports import frames, publication
from reports.disclosure.reasons import Reason
from reports.documents import typesetting
from reports.frames import Shape
from reports.publication import Results
from reports.rules import Rules
from survey import document_making, results, stored_results
from survey.demonstration.sector import HOME
from survey.models import RESULT_TABLES, Release

LABEL = "2025.1"
MINE, SECTOR, TEAM = f"/compare/{HOME}/{LABEL}/", f"/results/{LABEL}/", f"/research/releases/{LABEL}/"
PAGES = (
    MINE, f"{MINE}?peer_group=all", f"{MINE}inside", f"{MINE}dimension/agile", f"{MINE}change", f"{MINE}self-assessment",
    f"{MINE}named", f"{MINE}map", f"{MINE}documents", f"{MINE}profile.csv", SECTOR, f"{SECTOR}sector.csv",
)  # fmt: skip
PICTURES = (
    f"{MINE}dots.svg", f"{MINE}radar.svg", f"{MINE}dimension/agile/dots.svg", f"{MINE}inside/areas.svg",
    f"{MINE}inside/tiers.svg", f"{MINE}change/dots.svg", f"{MINE}self-assessment.svg", f"{MINE}map.svg",
    f"{SECTOR}dots.svg", f"{SECTOR}types.svg",
)  # fmt: skip
SHAPES = {one.name: one for one in vars(frames).values() if isinstance(one, Shape) and one.name in RESULT_TABLES}
USUAL = Reason.TOO_FEW_PEOPLE
OTHERS = (Reason.COMPLEMENT, Reason.PINNED, Reason.DOMINANCE, Reason.TOO_ALIKE)
CHANGING = re.compile(r'(nonce|value)="[^"]*"')
Stored = Mapping[str, pd.DataFrame]


def stored(session, release: Release) -> Stored:
    return {name: stored_results.rows(session, shape, release) for name, shape in SHAPES.items()}


def withhold(database, session, before: Stored, reason: Reason) -> None:
    """Every third figure of one authority, and of all together, withheld for this reason in place of its own."""
    release = results.get_any(session, LABEL)
    changed = {name: _with(frame, reason) for name, frame in before.items()}
    safe = publication.published(Results(changed, release.quality, Rules(**release.rules))).frames
    with database.write(session):
        for name, frame in safe.items():
            table = RESULT_TABLES[name]
            session.execute(delete(table).where(table.c.release_id == release.id))
            rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
            if rows:
                session.execute(insert(table), [{"release_id": release.id, **row} for row in rows])
        session.commit()


def _with(frame: pd.DataFrame, reason: Reason) -> pd.DataFrame:
    hit = pd.Series([place % 3 == 0 for place in range(len(frame))], index=frame.index, dtype=bool)
    if "authority" in frame:
        hit &= (frame["authority"] == HOME).astype(bool)
    return frame.assign(reason=frame["reason"].mask(hit, str(reason)))


@pytest.fixture
def member(browser, person):
    browser.sign_in(person("member"))
    return browser


@pytest.fixture
def held(sqlite_database) -> Iterator[tuple]:
    """The figures as they are, and a session to change them in."""
    with sqlite_database.session() as session:
        before = stored(session, results.get_any(session, LABEL))
        session.rollback()
        yield sqlite_database, session, before


def read(browser, urls) -> dict[str, str]:
    found = {url: browser.get(url) for url in urls}
    assert {answer.status for answer in found.values()} == {200}
    return {url: CHANGING.sub("", answer.text) for url, answer in found.items()}


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    return [name for name in one if one[name] != other[name]]


def test_every_page_reads_the_same_whichever_rule_fired(member, held) -> None:
    untouched = read(member, PAGES)
    withhold(*held, USUAL)
    usual = read(member, PAGES)
    assert differing(untouched, usual) != []  # something is withheld that was not before
    assert usual[MINE].count("not shown") > untouched[MINE].count("not shown")
    for reason in OTHERS:
        withhold(*held, reason)
        assert differing(usual, read(member, PAGES)) == [], reason
        for page in usual.values():
            assert str(reason) not in page
            assert reason.meaning not in page


def test_every_picture_is_the_same_with_its_alternative_text(member, held, web_settings) -> None:
    """They are kept as files, so the folder is emptied in between."""
    seen = []
    for reason in (USUAL, Reason.PINNED):
        withhold(*held, reason)
        shutil.rmtree(web_settings.data / "pictures", ignore_errors=True)
        seen.append(read(member, PICTURES))
    assert differing(*seen) == []


def test_reports_and_the_workbook_are_the_same(browser, person, held, web_settings, monkeypatch) -> None:
    """Of a report what the typesetter is given: its words, tables and pictures; of the workbook each part of the file."""
    session = held[1]
    browser.sign_in(person("researcher"))
    given: list[str] = []

    def noted(template, data, *, pictures=None, made=None) -> bytes:
        drawn = {name: content.decode() for name, content in (pictures or {}).items() if content[:1] == b"<"}
        given.append(json.dumps([template, data, drawn, str(made)]))
        return b"%PDF"

    monkeypatch.setattr(typesetting, "pdf", noted)
    seen = []
    for reason in (USUAL, Reason.DOMINANCE):
        withhold(*held, reason)
        release = results.get_any(session, LABEL)
        given.clear()
        document_making._authority(session, web_settings, release, HOME)
        document_making._sector(session, web_settings, release)
        session.rollback()
        book = browser.post("/research/exports/", {"release": LABEL, "content": "workbook"})
        with zipfile.ZipFile(io.BytesIO(book.response.data)) as packed:
            parts = {name: packed.read(name).decode() for name in packed.namelist() if name.startswith("xl/")}
        seen.append({"authority": given[0], "sector": given[1], **parts})
    assert len(seen[0]) > 5
    assert differing(*seen) == []
    assert "not shown" in seen[0]["authority"]


def test_the_research_team_sees_the_rule(browser, person, held) -> None:
    withhold(*held, Reason.DOMINANCE)
    browser.sign_in(person("researcher"))
    assert Reason.DOMINANCE.meaning in browser.get(TEAM).text
