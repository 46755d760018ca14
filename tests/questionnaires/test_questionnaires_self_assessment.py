"""The self-assessment itself: what it must contain, how its levels are worded, and how it meets the staff survey."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from questionnaires import files, loader
from questionnaires.definition import Item, OptionSet
from questionnaires.levels import level_of, levels

PATH = files.path(*files.SELF_ASSESSMENT)
SELF = loader.read(PATH)
STAFF = loader.read(files.path(*files.STAFF))
DOCS = (Path(__file__).parents[2] / "docs" / "questionnaire.md").read_text()


def every_level() -> list[str]:
    return [str(level.words) for item in SELF.items.values() for level in levels(item)]


def test_it_has_no_faults_and_no_advice() -> None:
    assert loader.advice(PATH.read_text()) == ()


def test_it_has_one_indicator_for_each_theme_of_the_staff_survey_under_the_same_codes() -> None:
    staff = [(d.code, str(d.title), [(t.code, str(t.title)) for t in d.themes]) for d in STAFF.dimensions]
    own = [(d.code, str(d.title), [(t.code, str(t.title)) for t in d.themes]) for d in SELF.dimensions]
    assert own == staff
    for theme in SELF.themes:
        assert [item.code for item in SELF.items_of(theme.code)] == [f"level_{theme.code}"]


def test_every_indicator_has_five_levels_and_one_answer_that_is_no_level() -> None:
    for item in SELF.items.values():
        assert [level.number for level in levels(item)] == [1, 2, 3, 4, 5], item.code
        assert [option.code for option in item.options if option.score is None] == ["dk"]


def test_suppliers_and_place_are_five_indicators_without_a_score() -> None:
    place = next(section for section in SELF.sections if section.code == "place")
    items = [item for page in place.pages for item in page.items]
    assert len(items) == 5
    assert not any(item.is_scored for item in items)
    assert len(SELF.scored_items) == 14


def test_no_code_of_an_item_is_one_of_the_staff_survey() -> None:
    assert not set(SELF.items) & set(STAFF.items)


def test_every_level_is_described_in_words_of_its_own() -> None:
    words = every_level()
    assert len(words) == len(set(words)) == 19 * 5
    assert all(len(re.findall(r"\w+", level)) >= 8 for level in words)


def test_levels_are_written_in_short_sentences() -> None:
    for level in every_level():
        for sentence in re.split(r"[.:]\s", level):
            assert len(re.findall(r"[\w']+", sentence)) <= 25, sentence


def test_each_page_asks_one_thing() -> None:
    assert all(len(page.items) == 1 and page.title for page in SELF.pages)


def test_every_indicator_stands_on_the_page_about_the_questionnaires() -> None:
    assert not [code for code in SELF.items if f"`{code}`" not in DOCS]


def test_a_level_is_found_by_the_code_of_its_option_and_other_answers_are_none() -> None:
    item = SELF.items["level_ready"]
    found = level_of(item, "4")
    assert found is not None
    assert found.number == 4
    assert level_of(item, "dk") is None
    assert level_of(item, None) is None


def test_an_item_with_other_scores_has_no_levels() -> None:
    item: Item = SELF.items["level_ready"]
    three = replace(item, option_set=OptionSet("three", item.options[:3]))
    assert levels(three) == ()
