"""Waves at the edge through the pages: every page opens, gives reasons or figures, and none says NaN, inf or None."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import select, update

from reports.frames import DONT_KNOW, NOT_ANSWERED, Responses
from reports.rules import Rules
from survey import ledger, people, releases
from survey.demonstration.sector import HOME
from survey.models import RESEARCH_TABLES, RESULT_TABLES, Person, Release
from survey.releases import Gathered
from survey.vocabulary import ReleaseState

BAD = re.compile(r"(?<![\w-])(nan|NaN|NAN|inf|-inf|Infinity|None(?!\s+of\b)|NaT|<NA>|&lt;NA&gt;)(?![\w-])")
MEMBER = (
    "/compare/",
    "/compare/{home}/2025.2/",
    "/compare/{home}/2025.2/inside",
    "/compare/{home}/2025.2/dimension/mindset",
)
DRAWN = ("/compare/{home}/2025.2/dots.svg", "/compare/{home}/2025.2/radar.svg")
RESEARCH = ("/research/releases/2025.2/", "/research/releases/2025.2/authorities/", "/results/2025.2/")
NAMES = ("authority", "answers", "service_area", "tier", "weight", "seconds", "too_fast", "took_part")


def of_rows(responses: Responses, kept: np.ndarray) -> Responses:
    rows = {name: getattr(responses, name) for name in NAMES}
    return replace(responses, **{name: None if one is None else one[kept] for name, one in rows.items()})


def home(given: Gathered) -> np.ndarray:
    return np.flatnonzero(given.responses.authority == given.responses.authorities.index(HOME))


def alone(given: Gathered) -> Gathered:
    mine = given.authorities[given.authorities["code"] == HOME]
    return replace(given, responses=of_rows(given.responses, home(given)), authorities=mine, assessed=None)


def all_answer(given: Gathered, answer: int) -> Gathered:
    answers = np.full_like(given.responses.answers, answer)
    return replace(given, responses=replace(given.responses, answers=answers))


def ten(given: Gathered) -> Gathered:
    others = np.flatnonzero(given.responses.authority != given.responses.authorities.index(HOME))
    return replace(given, responses=of_rows(given.responses, np.sort(np.concatenate([others, home(given)[:10]]))))


def few_staff(given: Gathered) -> Gathered:
    assert given.headcounts is not None
    return replace(
        given, headcounts=given.headcounts.assign(headcount=pd.array([1] * len(given.headcounts), dtype="Int64"))
    )


WAVES: dict[str, Callable[[Gathered], Gathered]] = {
    "one authority": alone,
    "everyone the same answer": lambda given: all_answer(given, 2),
    "nobody scored": lambda given: all_answer(given, NOT_ANSWERED),
    "nobody knows": lambda given: all_answer(given, DONT_KNOW),
    "ten people": ten,
    "more answers than staff": few_staff,
}


@pytest.fixture(autouse=True)
def any_correction(monkeypatch: pytest.MonkeyPatch) -> None:
    """These corrections are of other people altogether: that such a one is refused is tested with the releases."""
    monkeypatch.setattr(ledger, "recut", lambda *_, **__: "")


def published(database, changed: Callable[[Gathered], Gathered], rules: Rules | None = None) -> None:
    """A second release of 2025, computed from other answers than those that are there, and out."""
    now = datetime.now(UTC)
    with database.session() as session:
        given = releases.gather(session, "2025")
        found = releases.computed(changed(given), rules=rules)
        email = session.scalars(select(Person.email).where(Person.email.startswith("researcher@"))).one()
        approver = session.scalars(select(Release.approved_by_id).where(Release.number == 1)).first()
        with database.write(session):
            made = releases.store(session, found, by=people.principal_of(session, email), now=now)
            out = {"state": ReleaseState.PUBLISHED, "approved_by_id": approver, "published_at": now}
            session.execute(update(Release).where(Release.id == made.id).values(**out))
            session.commit()


def read(browser, urls: tuple[str, ...]) -> str:
    said = []
    for url in urls:
        page = browser.get(url.format(home=HOME))
        assert page.status == 200, url
        text = re.sub(r"<(style|script).*?</\1>", "", page.text, flags=re.S)
        assert not BAD.findall(text), f"{url}: {BAD.findall(text)}"
        said.append(text)
    return "\n".join(said)


@pytest.mark.parametrize("wave", WAVES)
def test_no_page_of_a_wave_at_the_edge_says_nan(browser, person, sqlite_database, wave) -> None:
    published(sqlite_database, WAVES[wave])
    browser.sign_in(person("member"))
    read(browser, (*MEMBER, *DRAWN))
    browser.sign_in(person("researcher"))
    read(browser, RESEARCH)


def test_tiers_are_compared_question_by_question_where_invariance_failed(browser, person, sqlite_database) -> None:
    published(sqlite_database, lambda given: given, Rules(invariance="failed", invariance_source="report 7"))
    browser.sign_in(person("member"))
    page = read(browser, (MEMBER[2],))
    assert "Senior leaders beside frontline officers, question by question" in page
    assert re.search(
        r"Of \d+ questions, more senior leaders( and managers)? than frontline officers agree with \d+", page
    )
    assert "Do tiers see things differently?" not in page  # not on dimensions
    everybody = read(browser, ("/results/2025.2/",))
    assert "Senior leaders beside frontline officers: who agrees" in everybody
    browser.sign_in(person("researcher"))
    assert "question by question" in read(browser, RESEARCH[:1])


def test_the_research_team_sees_each_question_beside_the_others_and_no_file_has_it(
    browser, person, sqlite_database
) -> None:
    published(sqlite_database, lambda given: given)
    table = RESEARCH_TABLES["item_analysis"]
    with sqlite_database.session() as session:
        release = session.scalars(select(Release.id).where(Release.number == 2)).one()
        mine = (table.c.release_id == release) & (table.c.measure == "mindset")
        rows = session.execute(select(table).where(mine)).all()
    assert {(row.mean, row.sd) for row in rows} == {(None, None)}  # would tell of authorities that are not shown
    browser.sign_in(person("researcher"))
    page = read(browser, RESEARCH[:1])
    assert "Each question of Digital mindset beside the others" in page
    assert all(f"{row.item_total:.2f}" in page for row in rows)
    assert "item_analysis" not in read(browser, ("/research/exports/",))


def test_elected_members_have_a_mark_of_their_own_with_words_for_it(browser, person, sqlite_database) -> None:
    table = RESULT_TABLES["group_scores"]
    mine = (table.c.authority == HOME) & (table.c.kind == "elected")
    with sqlite_database.session() as session, sqlite_database.write(session):
        session.execute(update(table).where(mine).values(score=57.0, lower=50.0, upper=64.0, n=14, reason=None))
        session.commit()
    browser.sign_in(person("member"))
    words = "Elected members, who are not part of these scores: 57 on"
    picture = browser.get(f"/compare/{HOME}/2025.1/dots.svg").text
    assert words in picture
    assert picture.count('id="elected-') == 4
    assert words in browser.get(f"/compare/{HOME}/2025.1/").text
    with sqlite_database.session() as session, sqlite_database.write(session):
        session.execute(
            update(table).where(mine).values(score=None, lower=None, upper=None, n=None, reason="complement")
        )
        session.commit()
    assert words not in browser.get(f"/compare/{HOME}/2025.1/").text
