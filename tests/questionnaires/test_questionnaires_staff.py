"""The staff survey itself: what it must contain, how it is worded, and that its trace is true."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from questionnaires import files, loader
from questionnaires.definition import Item, Kind, Role, Standing

ROOT = Path(__file__).parents[2]
PATH = files.path(*files.STAFF)
STAFF = loader.read(PATH)
SCORED = STAFF.scored_items
TRACE = (ROOT / "docs" / "questionnaire.md").read_text().partition("## The self-assessment")[0]
ROW = re.compile(r"^\| (?P<theme>[^|]+) \| (?P<topic>[^|]+) \| (?P<seed>[^|]+) \| (?P<items>`[^|]+) \|$", re.MULTILINE)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def test_the_staff_survey_has_no_faults_and_no_advice() -> None:
    assert loader.advice(PATH.read_text()) == ()


def test_it_has_the_four_dimensions_in_the_order_of_the_axes() -> None:
    assert [one.code for one in STAFF.dimensions] == ["mindset", "agile", "silos", "leadership"]
    assert len(STAFF.themes) == 14


def test_it_has_47_to_52_five_point_items() -> None:
    assert 47 <= len(SCORED) <= 52
    for item in SCORED:
        scores = [option.score for option in item.options]
        assert scores == [0, 25, 50, 75, 100, None], item.code


def test_every_theme_has_at_least_three_items_on_a_page_of_its_own() -> None:
    for theme in STAFF.themes:
        items = STAFF.items_of(theme.code)
        assert len(items) >= 3
        assert sum(set(items) == set(page.items) for page in STAFF.pages) == 1


def test_every_dimension_has_two_reverse_items_and_more_straight_ones() -> None:
    for dimension in STAFF.dimensions:
        keys = Counter(item.reverse for item in STAFF.items_of(dimension.code))
        assert 2 <= keys[True] <= keys[False] / 3


def test_no_page_is_too_long_for_a_phone() -> None:
    assert max(len(page.items) for page in STAFF.pages) <= 5
    assert all(page.title for page in STAFF.pages)


@pytest.mark.parametrize("item", SCORED, ids=lambda item: item.code)
def test_an_item_is_short_plain_and_about_one_thing(item: Item) -> None:
    used = words(item.text)
    assert len(used) <= 18
    assert not {"and", "or"} & set(used), "two ideas in one item"
    assert not {"not", "never", "no", "nobody", "nothing", "cannot", "don't", "without"} & set(used), "a negation"
    assert not {"always", "truly", "really", "very", "fully"} & set(used), "an intensifier leads"
    assert not {"agile", "silo", "silos", "culture", "transformation", "maturity", "stakeholders"} & set(used)
    assert not {"my", "i", "me", "council"} & set(used), "the referent is the authority"
    assert {"authority", "here", "authority's"} & set(used), "the referent is named"
    assert item.text.endswith(".")


def test_reading_the_items_needs_about_the_years_of_school_of_a_14_year_old() -> None:
    """Flesch-Kincaid grade: 0.39 words a sentence + 11.8 syllables a word - 15.59; grade 9 is age 14 to 15."""
    used = [word for item in SCORED for word in words(item.text)]
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word)))) for word in used)
    assert 0.39 * len(used) / len(SCORED) + 11.8 * syllables / len(used) - 15.59 < 9


def test_the_profile_items_are_there_with_their_roles() -> None:
    assert {role: item.kind for role in Role if (item := STAFF.role_item(role))} == {
        Role.TIER: Kind.CHOICE,
        Role.SERVICE_AREA: Kind.CHOICE,
        Role.YEARS: Kind.CHOICE,
        Role.PROGRAMMES: Kind.CHOICES,
        Role.EQUALITY: Kind.CHOICE,
    }
    tier = STAFF.role_item(Role.TIER)
    assert tier is not None
    assert {option.standing for option in tier.options} == set(Standing)
    assert STAFF.items["best_thing"].hint
    assert STAFF.items["one_change"].kind is Kind.TEXT


def test_equality_is_off_by_default_and_each_item_lets_one_say_nothing() -> None:
    fielded = STAFF.without_optional_sections()
    assert fielded.role_item(Role.EQUALITY) is None
    equality = [item for item in STAFF.items.values() if item.role is Role.EQUALITY]
    assert len(equality) == 4
    assert all(item.options[-1].label == "Prefer not to say" for item in equality)


def test_about_you_comes_after_everything_that_is_scored() -> None:
    order = [section.code for section in STAFF.sections]
    assert order == ["mindset", "agile", "silos", "leadership", "closing", "about-you", "equality"]


def test_the_leadership_profile_shows_leading_and_managing_and_the_three_kinds_of_quality() -> None:
    flagged = {item.profile for item in SCORED if item.profile}
    assert flagged == {"leading", "managing", "skill", "competency", "characteristic"}
    assert {item.dimension for item in SCORED if item.profile} == {"leadership"}


def test_the_trace_names_47_topics_each_in_an_existing_theme() -> None:
    rows = list(ROW.finditer(TRACE))
    assert len(rows) == 47
    assert len({row["topic"] for row in rows}) == 47
    titles = {str(theme.title) for theme in STAFF.themes}
    assert {row["theme"] for row in rows} == titles
    topics = Counter(row["theme"] for row in rows)
    assert all(3 <= number <= 5 for number in topics.values())


def test_the_trace_names_every_scored_item_and_no_other() -> None:
    traced = [code for row in ROW.finditer(TRACE) for code in re.findall(r"`(\w+)`", row["items"])]
    assert Counter(traced) == Counter(item.code for item in SCORED)


def test_the_trace_puts_items_under_their_theme_and_marks_reverse_ones() -> None:
    titles = {theme.code: str(theme.title) for theme in STAFF.themes}
    for row in ROW.finditer(TRACE):
        for code, mark in re.findall(r"`(\w+)`( \(r\))?", row["items"]):
            item = STAFF.items[code]
            assert titles[item.theme or ""] == row["theme"], code
            assert item.reverse is bool(mark), code
