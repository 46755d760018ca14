"""Members who read everything in two waves and a correction work out nobody and no authority; planted defects are caught (T14)."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Protocol
from unittest import mock
from urllib.parse import parse_qs, urlsplit

import attack_coalition
import attack_documents
import attack_scraped
import attack_worlds
import attacked_sector
import pandas as pd
import pytest
import scraper
from attack_authorities import Attack, Figure
from attacked_sector import Attacked, Plan
from flask import Flask
from scraper import Scraped

from reports import narrative
from reports.charts import dots, radar
from reports.disclosure import complement, overlap
from reports.documents import html_report
from reports.frames import PROFILE
from reports.rules import Rules
from survey import config, document_making, downloads, keys, ledger, peer_menu, people, results, stored_results
from survey.config import Settings
from survey.db import Database
from survey.errors import NotNow
from survey.models import Base
from survey.web.application import create_app

LONG = os.environ.get("ASSURANCE") == "long"
COUNT = 120 if LONG else 24
WAVES = ("2024", "2025")
SWEEPS = 200
MEASURES = ("overall", *attacked_sector.DIMENSIONS, "agilea", "agileb") if LONG else ("agile", "agilea")
EXPOSED = 3 if LONG else 1  # who are asked about in whole numbers, for each coalition,
WHOLLY = 50  # where a sector has no more authorities: in larger ones that takes minutes for each of them
SIZES = (20, 5, 1) if LONG else (5, 1)  # at most a sixth of all
WATCHED = 40 if LONG else 4  # whose members sign in
REPORTS = {"2024.1": 8, "2024.2": 8, "2025.1": 40} if LONG else {"2025.1": 1}  # of so many members of each release
FEW = (1, 2, 3)  # people in a service area by tier
HOST = "http://127.0.0.1"
INSIDE = re.compile(r"\.svg|/dimension/|^/results/|peer_group=|/change|/documents|/named|/map")  # the rest is of people

pytestmark = pytest.mark.assurance


@dataclass
class Member:
    """A browser of somebody who is signed in."""

    app: Flask
    database: Database
    person: int

    def __post_init__(self) -> None:
        self.client, key = self.app.test_client(), keys.new_key()
        with self.database.session() as session, self.database.write(session):
            people.start_session(session, self.person, session_key=key, now=datetime.now(UTC))
            session.commit()
        with self.client.session_transaction(base_url=HOST) as cookie:
            cookie["account"] = key

    def get(self, url: str) -> tuple[int, str, bytes]:
        answer = self.client.get(url, base_url=HOST)
        content = answer.get_data()
        answer.close()
        return answer.status_code, answer.mimetype, content


@dataclass
class Seen:
    """The sector, and everything that its members read after each release."""

    made: Attacked
    scraped: Scraped = field(default_factory=Scraped)
    watched: list[str] = field(default_factory=list)


class Skip(Protocol):
    """Which addresses a member leaves out, by the release that is new and the place among the members."""

    def __call__(self, release: str, place: int, url: str) -> object: ...


@dataclass(frozen=True)
class Reading:
    """How many members sign in, what they leave out, and of how many the reports of each release are read."""

    watched: int
    skip: Skip
    reports: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Elsewhere:
    """Leaves out what another member has read word for word: pages about groups, pictures beyond those of the first."""

    seen: set[str] = field(default_factory=set)

    def __call__(self, release: str, place: int, url: str) -> bool:
        is_first = place == 0 and release == "2025.1"
        parts = urlsplit(url)
        if not LONG:
            is_again = parts.path.endswith(".svg") and "peer_group=" in parts.query
            return is_again or (not is_first and bool(scraper.ROUND_ABOUT.search(url)))
        if parts.path.endswith(".svg") or ("/dimension/" in parts.path and not parts.path.endswith("/agile")):
            return not is_first  # a dimension without themes repeats the first page
        if parts.path.startswith("/results/"):
            return place > 0
        group = parse_qs(parts.query).get("peer_group", ["nearest:"])[0]
        known = f"{parts.path.split('/', 3)[3]} {group}"  # the same page of another authority of the group
        is_known = known in self.seen and not group.startswith("nearest:")
        self.seen.add(known)
        return is_known


def sector(url: str, folder: Path, reading: Reading, *, count: int = COUNT, plan: Plan | None = None) -> Iterator[Seen]:
    """Plays the waves; after each release members of `watched` authorities read all that they can reach."""
    database = Database(url)
    Base.metadata.create_all(database.engine)
    settings = settings_of(database, folder)
    app = create_app(settings, database=database)
    seen = None
    for made in attacked_sector.play(database, folder, count=count, plan=plan or Plan(nearest=LONG)):
        seen = seen or Seen(made)
        newest = list(made.known)[-1]
        here = made.taking_part[newest]
        first = [code for code in (attacked_sector.LATE, attacked_sector.JOINED, *here) if code in here]
        seen.watched = list(dict.fromkeys(first))[: reading.watched]
        if newest == "2024.2" and reading.reports and not LONG:
            continue  # still to be read after the next wave, as nothing supersedes it
        documents(seen, settings, newest, seen.watched[: reading.reports.get(newest, 0)])
        for place, code in enumerate(seen.watched):
            member = Member(app, database, made.members[code])
            seen.scraped.take(scraper.walk(member, authority=code, skip=partial(reading.skip, newest, place)))
        yield seen
    database.dispose()


def documents(seen: Seen, settings: Settings, release: str, codes: Sequence[str]) -> None:
    """Every report of these authorities as PDF and HTML, that of the sector, and the workbook that they may be given."""
    if not codes:
        return
    groups = attack_coalition.members(seen.made, release)
    labels = {narrative.first_upper(narrative.group_label(one)): one for one in groups if "nearest:" not in one}
    for code in ("", *codes):
        with seen.made.database.session() as session:
            found = results.get(session, release, now=datetime.now(UTC))
            about = (code, release, "all", f"document {code} {release}")
            if not code:
                content = document_making._sector(session, settings, found)
                seen.scraped.take(attack_documents.of_pdf(about, content, labels))
                continue
            menu = [
                peer_menu.group(group, size, stored_results.benchmarks_of(session, found, code))
                for _, group, size in stored_results.groups_of(session, found, code)
            ]
            about = (code, release, peer_menu.chosen(tuple(menu), None).code, about[3])
            content = document_making._authority(session, settings, found, code)
            seen.scraped.take(attack_documents.of_pdf(about, content, labels))
            with mock.patch.object(document_making.authority_report, "authority", as_html):
                page = document_making._authority(session, settings, found, code)
            seen.scraped.take(attack_documents.of_html(about, str(page), labels))
    with seen.made.database.session() as session:
        found = results.get(session, release, now=datetime.now(UTC))
        book = downloads.xlsx(session, found, publisher=settings.brand)
    seen.scraped.take(attack_documents.of_workbook(release, book.content, codes, f"workbook {release}"))


def as_html(*frames: object, publisher: object, made: object, **about: object) -> str:
    """The report of the same rows as one HTML file, as `soundings analyse` writes it."""
    del publisher, made
    return html_report.authority(*frames, **about)  # type: ignore[arg-type]


def settings_of(database: Database, folder: Path) -> Settings:
    return config.read(
        {
            "SOUNDINGS_DATA": str(folder / "data"),
            "DATABASE_URL": database.url.render_as_string(hide_password=False),
            "SOUNDINGS_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
            "SOUNDINGS_LINK_KEY": attacked_sector.LINK_KEY,
            "SOUNDINGS_DEMONSTRATION": "1",
        }
    )


@pytest.fixture(scope="module", params=["sqlite", "postgresql"] if LONG else ["sqlite"])
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """The whole sector; the long form once more with a quarter of the authorities on PostgreSQL."""
    folder = tmp_path_factory.mktemp("attacked")
    if request.param == "sqlite":
        *_, last = sector(of_file(folder), folder, Reading(WATCHED, Elsewhere(), REPORTS))
        return last
    url, fewer = request.getfixturevalue("new_postgresql_database")(), dict.fromkeys(REPORTS, 2)
    *_, last = sector(url, folder, Reading(8, Elsewhere(), fewer), count=COUNT // 4)
    return last


def of_file(folder: Path) -> str:
    return f"sqlite:///{folder / 'soundings.sqlite'}"


def test_pages_pictures_and_files_were_read(seen: Seen) -> None:
    told(seen, facts=len(seen.scraped.facts), **seen.scraped.read)
    assert {one.release for one in seen.scraped.facts} == {"2024.1", "2024.2", "2025.1"}
    assert len(seen.scraped.facts) > 2000
    assert all(seen.scraped.read[one] for one in ("pdf", "html", "xlsx", "csv", "page", "picture"))


def told(seen: Seen, **found: object) -> None:
    """The evidence, a line for each test."""
    kind = seen.made.database.engine.dialect.name
    print(json.dumps({"harness": "T14", "database": kind, "authorities": len(seen.made.register) - 1, **found}))  # noqa: T201


def test_no_page_picture_or_sentence_is_more_exact_than_whole_numbers(seen: Seen) -> None:
    assert seen.scraped.decimals[:5] == []
    assert attack_scraped.conflicts(seen.scraped.facts)[:5] == []
    assert attack_scraped.unshown(seen.scraped.facts, seen.made.known)[:5] == []


def test_every_number_of_a_document_is_read_or_named(seen: Seen) -> None:
    assert seen.scraped.unread[:5] == []


def test_nobody_follows_from_everything_that_was_read(seen: Seen) -> None:
    found, started = [], time.process_time()
    for code in seen.watched:
        found += attack_scraped.people(seen.scraped.facts, seen.made.known, code)
    told(seen, attack="people", of=len(seen.watched), found=len(found), cpu=round(time.process_time() - started))
    assert found[:3] == []


@pytest.mark.parametrize("measure", MEASURES)
def test_no_coalition_pins_another_authority(seen: Seen, measure: str) -> None:
    """Neither by one of twenty nor by one of five, nor by any member alone."""
    told_of = attack_coalition.knowledge(seen.scraped.facts, seen.made, measure)
    for wave in WAVES:
        for size, found in attacked(seen, told_of, wave):
            told(seen, wave=wave, measure=measure, coalition=size, **vars(found))
            assert found.figures
            assert found.pinned == []


def attacked(
    seen: Seen, told_of: attack_coalition.Knowledge, wave: str
) -> Iterator[tuple[int, attack_coalition.Outcome]]:
    """Size of the coalition, and what came of it.

    A smaller coalition knows less, so beside the largest only its own former members are asked about, and who was pinned.
    """
    asked, exposed = set(seen.made.register), EXPOSED if len(seen.made.register) <= WHOLLY else 0
    for size in SIZES:
        coalition = seen.watched[: min(size, len(seen.made.register) // 6)]
        against = attack_coalition.target(told_of, wave, coalition)
        found = attack_coalition.outcome(against, asked - set(coalition), sweeps=SWEEPS, exposed=exposed)
        yield len(coalition), found
        asked = {*coalition, *(one.partition(" ")[0] for one in found.pinned)}


# Planted defects


def test_a_heading_that_nobody_has_thought_of_is_seen() -> None:
    table = scraper.Table("Scores", ["", "Score", "Highest answer"], [["Dimension agile", "58", "97"]])
    about = ("A003", "2024.1", "all", "document")
    assert attack_documents.unread(about, [table]) == ["document: Scores: Highest answer"]


def test_a_median_of_differences_is_no_median_of_scores() -> None:
    heads = ["", "Middle authority", "Middle half", "Differ", "Authorities"]
    table = scraper.Table("Between service areas", heads, [["Dimension agile", "4", "2 to 6", "30", "110"]])
    facts = list(attack_documents.of_tables(("", "2024.1", "all", "document"), [table], {}))
    assert [one.value for one in facts] == [4.0, 2.0, 6.0, 110.0]
    assert all(attack_scraped.code_of(one.measure) != "agile" for one in facts)
    assert attack_documents.unread(("", "2024.1", "all", "document"), [table]) == []


def test_a_figure_that_is_misread_is_seen() -> None:
    """The median of 40, 50 and 60 is no 55: no attack may stand on such a reading."""
    truth = {"A": 40.0, "B": 50.0, "C": 60.0}
    with pytest.raises(AssertionError, match="misread"):
        attack_worlds.searched(truth, [Figure(("A", "B", "C"), 0.5, 55.0)], ())


def test_worlds_tell_who_is_free_and_who_is_held() -> None:
    """Of 40, 50 and 60 with quartiles 45 and 55 told to a half the middle one stays: 49.5 to 50.5."""
    truth, members = {"A": 40.0, "B": 50.0, "C": 60.0}, ("A", "B", "C")
    worlds = attack_worlds.searched(truth, [Figure(members, 0.5, 50.0)], ())
    assert worlds.wander(members, sweeps=50) == []  # each of them may be the middle one
    told = [Figure(members, share, value) for share, value in ((0.0, 40.0), (0.5, 50.0), (1.0, 60.0))]
    held = attack_worlds.searched(truth, told, {"A", "C"})
    assert held.wander(members, sweeps=50) == ["B"]


@pytest.mark.parametrize(("coalition", "pinned"), [("AC", ["B"]), ("A", [])])
def test_programmes_hold_whom_figures_hold(coalition: str, pinned: list[str]) -> None:
    """Between a known 40 and a known 60 the median of three is the third score; beside 40 alone it may be either's."""
    scores = {"A": 40.0, "B": 50.0, "C": 60.0}
    found = Attack(list(scores), {code: scores[code] for code in coalition})
    found.learn([Figure(tuple(scores), 0.5, 50.0)])
    against = attack_coalition.Target(found, scores)
    assert attack_coalition.outcome(against, "BC", sweeps=5, exposed=2).pinned == pinned


def _rules_of(number: int) -> Callable[[pytest.MonkeyPatch], Plan]:
    return lambda _: Plan(sizes=FEW, rules=replace(Rules(), minimum_respondents=number))


def _complement_off(monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setattr(complement, "hidden", lambda sizes, *_: [size < 11 for size in sizes])
    monkeypatch.setattr(overlap, "hide", lambda _people, rows, columns, _minimum: (rows, columns))
    return Plan(sizes=(5,))  # all areas and tiers have 15 people, but for one or two who left theirs out


def _one_late_answer(monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setattr(ledger, "recut", lambda *_, **__: "")
    return Plan(batch=1)


def small(folder: Path, plan: Plan) -> Seen:
    """A wave of four authorities, with its correction where people are many enough, as their members read it."""
    releases = sector(
        of_file(folder), folder, Reading(4, lambda _release, _place, url: INSIDE.search(url)), count=4, plan=plan
    )
    seen = next(releases)
    return next(releases) if plan.sizes == attacked_sector.SIZES else seen


def given_away(seen: Seen) -> list[str]:
    return [one for code in seen.watched for one in attack_scraped.people(seen.scraped.facts, seen.made.known, code)]


@pytest.mark.parametrize(
    "plant",
    [_rules_of(3), _rules_of(5), _complement_off, _one_late_answer],
    ids=["threshold 3", "threshold 5", "complement", "one late answer"],
)
def test_a_planted_defect_gives_somebody_away_on_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], Plan]
) -> None:
    assert given_away(small(tmp_path, plant(monkeypatch)))


@pytest.mark.parametrize(
    "plan", [Plan(), Plan(sizes=(5,)), Plan(sizes=FEW)], ids=["around the threshold", "even", "few"]
)
def test_the_same_four_authorities_without_a_defect_give_nobody_away(tmp_path: Path, plan: Plan) -> None:
    assert given_away(small(tmp_path, plan)) == []


def test_a_correction_with_one_late_answer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotNow, match="not cut anew"):
        small(tmp_path, Plan(batch=1))


def test_a_correction_that_shows_a_part_for_the_first_time_is_refused(tmp_path: Path) -> None:
    """Six people of a service area, withheld before, would follow from the area with twelve more people in it."""
    releases = sector(of_file(tmp_path), tmp_path, Reading(0, lambda *_: True), count=4, plan=Plan(sizes=FEW))
    next(releases)
    with pytest.raises(NotNow, match="not cut anew"):
        next(releases)


@pytest.mark.parametrize("draws", [dots, radar])
def test_a_picture_of_unrounded_scores_is_seen(monkeypatch: pytest.MonkeyPatch, draws: ModuleType) -> None:
    columns = ("score", "lower", "upper", "median", "lower_quartile", "upper_quartile")
    rows = [
        dict.fromkeys(PROFILE.columns) | {"measure": code, "title": code, "n": 40, "verdict": narrative.SIMILAR}
        | {name: 40.37 + place for place, name in enumerate(columns)}
        for code in attacked_sector.DIMENSIONS
    ]  # fmt: skip
    profile = PROFILE.check(pd.DataFrame.from_records(rows, columns=list(PROFILE.columns)))
    caption = narrative.caption(profile, name="Exeborough", peer_group="all", release="2024.1", method="1")
    draw = draws.dots if draws is dots else draws.radar

    def found() -> list[str]:
        picture = draw(profile, caption)
        read = scraper.read("/compare/A003/2024.1/dots.svg?peer_group=all", "image/svg+xml", picture, authority="A003")
        assert len(read.facts) >= len(rows)
        return attack_scraped.conflicts(read.facts)

    assert found() == []
    monkeypatch.setattr(draws, "drawn", float)
    assert len(found()) >= len(rows)
