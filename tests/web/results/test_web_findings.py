"""Findings beside the scores on pages; what was tested outside is entered, and pages read the level."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from survey import releases
from survey.db import Database
from survey.demonstration.sector import HOME
from survey.models import RESULT_TABLES, AuditEntry, Release, Wave

INSIDE, OVERVIEW, SECTOR = f"/compare/{HOME}/2025.1/inside", f"/compare/{HOME}/2025.1/", "/results/2025.1/"
TESTED = "/research/waves/2025/tested"
RESULT = {"analysis": "four_dimensions", "state": "failed", "on": "2026-01-20", "source": "research team, lavaan 0.6"}
TOGETHER = "In this wave the dimensions move together: read the level, not the shape."


@pytest.fixture
def member(browser, person):
    browser.sign_in(person("member"))
    return browser


@pytest.fixture
def researcher(browser, person):
    browser.sign_in(person("researcher"))
    return browser


def words(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def changed(database: Database, statement) -> None:
    with database.session() as session, database.write(session):
        session.execute(statement)
        session.commit()


def failed(database: Database) -> None:
    """The release as if it had been computed with four dimensions that move together."""
    with database.session() as session:
        quality = session.scalars(select(Release.quality).join(Wave).where(Wave.code == "2025")).one()
    told = {**quality, "gates": {**quality["gates"], "four_dimensions": {"state": "failed", "source": "somebody"}}}
    changed(database, update(Release).values(quality=told))


def test_a_member_reads_how_leaders_are_seen_and_what_officers_could_not_say(member) -> None:
    page = words(member.get(INSIDE))
    assert "How leaders are seen" in page
    assert re.search(r"Answers that agree: \d+ % about leading, \d+ % about managing", page.replace("\u00a0", " "))
    assert "Messages from senior leaders here are hard to follow. (turned round)" in page
    assert "Don’t know by service area and tier" in page


def test_officers_stand_in_a_row_beside_elected_members(member) -> None:
    page = member.get(INSIDE).text
    table = page[page.index('id="elected"') :]
    assert table.index("Officers</th>") < table.index("Elected member:")


def test_without_a_score_of_members_the_page_says_so_and_not_how_many_answered(member, sqlite_database) -> None:
    table = RESULT_TABLES["group_scores"]
    hidden = {"n": None, "score": None, "lower": None, "upper": None, "reason": "too_few_people"}
    changed(sqlite_database, update(table).where(table.c.kind == "elected").values(hidden))
    page = words(member.get(INSIDE))
    assert "No scores of elected members are shown. Not shown: there are too few answers" in page


def test_the_sector_page_compares_people_of_programmes_without_a_cause(browser) -> None:
    page = words(browser.get(SECTOR))
    assert "People who took part in a development programme" in page
    assert not re.search(r"because of the programme|effect of|led to|thanks to", page)


def test_what_is_withheld_has_no_number_on_the_page(member, sqlite_database) -> None:
    table = RESULT_TABLES["leadership"]
    numbers = dict.fromkeys(("n", "share", "lower", "upper"))
    changed(sqlite_database, update(table).values(**numbers, reason="nearly_everyone", nearly="most"))
    page = words(member.get(INSIDE)).replace("\u00a0", " ")
    assert "90 % or more about leading" in page
    assert "Not shown: there are too few answers" in page


def test_where_dimensions_move_together_the_overall_leads_and_nothing_stands_between_them(
    member, sqlite_database
) -> None:
    before = words(member.get(OVERVIEW))
    failed(sqlite_database)
    page = words(member.get(OVERVIEW))
    assert TOGETHER not in before
    assert re.search(rf"scores \d+ \(\d+ to \d+\) overall; the middle authority scores \d+\. {TOGETHER}", page)
    assert "above its peers" not in page
    assert "below its peers" not in page


def test_a_picture_of_dimensions_that_move_together_has_its_figures_in_words(member, sqlite_database) -> None:
    failed(sqlite_database)
    alternative = re.search(r'alt="([^"]+)"', member.get(OVERVIEW).text)
    assert alternative is not None
    assert "(middle authority" in alternative[1]
    assert TOGETHER in alternative[1]


def test_a_researcher_enters_what_was_tested_and_it_holds_for_the_next_release(researcher, sqlite_database) -> None:
    assert "not tested" in words(researcher.get(TESTED))
    assert researcher.post(TESTED, RESULT).status == 303
    assert "failed: research team, lavaan 0.6, 2026-01-20" in words(researcher.get(TESTED))
    with sqlite_database.session() as session:
        assert releases.gather(session, "2025").rules.four_dimensions == "failed"
        release = session.scalars(select(Release).join(Wave).where(Wave.code == "2025")).one()
        assert release.rules["four_dimensions"] == "not tested"  # it keeps what it was computed with
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "four_dimensions.entered")).one()
        assert entry.object_code == "2025"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"on": "2999-01-01"}, "lies in the future"),
        ({"on": "soon"}, "Give the day of the analysis"),
        ({"source": " "}, "Say in one line"),
        ({"state": ""}, "Choose a result"),
    ],
)
def test_a_result_without_its_day_or_source_is_refused_at_its_field(researcher, change, fault) -> None:
    answer = researcher.post(TESTED, RESULT | change)
    assert answer.status == 422
    assert fault in words(answer)
    assert "failed:" not in words(researcher.get(TESTED))


def test_a_result_is_taken_back_without_day_or_source(researcher) -> None:
    researcher.post(TESTED, RESULT)
    researcher.post(TESTED, {"analysis": "four_dimensions", "state": "not tested", "on": "", "source": ""})
    assert "2026-01-20" not in words(researcher.get(TESTED))
