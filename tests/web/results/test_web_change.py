"""A member reads what changed since last time: sentence, table and pictures from the same stored rows."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import select, update

from survey.demonstration.sector import HOME
from survey.models import RESULT_TABLES, Release

PAGE = f"/compare/{HOME}/2025.1/change"


@pytest.fixture
def member(browser, person):
    browser.sign_in(person("member"))
    return browser


def test_the_overview_says_what_changed_and_leads_to_the_page(member) -> None:
    page = member.get(f"/compare/{HOME}/2025.1/").text
    assert f'href="{PAGE}"' in page
    assert "last time" in page
    assert f'href="/compare/{HOME}/2024.1/change"' not in member.get(f"/compare/{HOME}/2024.1/").text


def test_sentence_alternative_text_and_table_are_the_stored_ones(member, sqlite_database) -> None:
    page = member.get(PAGE).text
    found = re.search(r'<p class="app-finding">(.*?)</p>', page)
    assert found is not None
    assert page.count(f'alt="{found[1]}"') == 2
    with sqlite_database.session() as session:
        table = RESULT_TABLES["change"]
        rows = session.execute(select(table).where(table.c.authority == HOME, table.c.measure == "leadership")).all()
    assert f"{round(rows[0].before)} ({rows[0].n_before} answers)" in unescape(page)
    assert "17 questions are the same" in page
    assert ("improved" in found[1]) == (rows[0].verdict == "ABOVE")


def test_a_broken_series_is_a_visible_gap(member, sqlite_database) -> None:
    with sqlite_database.session() as session, sqlite_database.write(session):
        table = RESULT_TABLES["change"]
        empty = dict.fromkeys(("before", "after", "change", "lower", "upper", "p_value", "p_adjusted", "verdict"))
        where = table.c.authority == HOME, table.c.measure == "silos"
        session.execute(update(table).where(*where).values(series="broken", reason="series_broken", **empty))
        session.commit()
    page = unescape(member.get(PAGE).text)
    assert "the series is broken" in page
    assert page.count(">–<") >= 4


def test_the_pictures_have_hollow_dots_for_last_time(member) -> None:
    for kind in ("dots", "radar"):
        answer = member.get(f"{PAGE}/{kind}.svg")
        assert answer.status == 200
        assert "before-leadership" in answer.text
    assert member.get(f"{PAGE}/dots.svg?size=huge").status == 404


def test_a_member_compares_the_change_with_a_group_of_the_menu(member, sqlite_database) -> None:
    """Of the districts both medians are told, here 61 and then 63; a group that is not in the menu is no page."""
    with sqlite_database.session() as session, sqlite_database.write(session):
        table = RESULT_TABLES["benchmarks_restated"]
        where = table.c.peer_group == "type:district", table.c.measure == "mindset"
        for word, median in (("before", 61.0), ("after", 63.0)):
            values = {"median": median, "reason": None, "n": 12}
            session.execute(update(table).where(*where, table.c.restated_for == word).values(**values))
        session.commit()
    assert "beside all authorities" in member.get(PAGE).text
    page = member.get(f"{PAGE}?peer_group=type:district").text
    assert "beside district councils" in page
    assert "61, then 63" in page
    assert '<option value="type:district" selected>' in page
    assert "change/dots.svg?peer_group=type:district" in page
    assert member.get(f"{PAGE}?peer_group=type:county").status == 404


def test_a_release_without_an_earlier_wave_has_no_such_page(member) -> None:
    assert member.get(f"/compare/{HOME}/2024.1/change").status == 404


def test_a_researcher_sees_with_which_release_it_was_compared(browser, person, sqlite_database) -> None:
    browser.sign_in(person("researcher"))
    page = browser.get("/research/releases/2025.1/").text
    with sqlite_database.session() as session:
        digest = session.scalar(select(Release.previous_digest).where(Release.previous_label == "2024.1"))
    assert "2024.1" in page
    assert str(digest) in page
