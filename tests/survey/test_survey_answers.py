"""What a page posted becomes values, faults for the officer, or a refusal."""

from __future__ import annotations

from pathlib import Path

import pytest

from questionnaires import loader
from survey import answers
from survey.errors import BadInput

QUESTIONNAIRE = loader.read(Path(__file__).parents[1] / "questionnaires" / "every-kind.toml")
PAGE = QUESTIONNAIRE.page("mindset-2").items
CHOICE = QUESTIONNAIRE.page("mindset-1").items


def test_blanks_are_none_and_texts_are_trimmed():
    posted = {"programmes": [""], "years": [" 1,2 "], "one_change": ["  Less\r\npaper\x00\u202e \r\n"]}
    reading = answers.read(PAGE, posted)
    assert reading.values == {"programmes": None, "years": 12, "one_change": "Less\npaper\u202e"}
    assert answers.read(PAGE, {}).values == {"programmes": None, "years": None, "one_change": None}


@pytest.mark.parametrize(
    ("item", "posted", "words"),
    [
        ("programmes", ["none", "course"], "not both"),
        ("years", ["61"], "from"),
        ("years", ["-1"], "from"),
        ("years", ["seven"], "whole number"),
        ("years", ["٧"], "whole number"),
        ("years", ["9" * 40], "whole number"),
        ("one_change", ["x" * 501], "Shorten"),
    ],
)
def test_what_an_officer_can_put_right_is_a_fault_of_that_item(item, posted, words):
    (fault,) = answers.read(PAGE, {item: posted}).faults
    assert fault.item == item
    assert words in fault.message % fault.arguments


@pytest.mark.parametrize("posted", [["6"], ["1", "2"], ["1 OR 1=1"], ["<b>"]])
def test_an_option_that_the_item_does_not_have_is_refused(posted):
    with pytest.raises(BadInput):
        answers.read(CHOICE, {"mindset_1": posted})


def test_several_choices_come_in_the_order_of_the_questionnaire():
    assert answers.read(PAGE, {"programmes": ["course", "mentoring"]}).values["programmes"] == ["mentoring", "course"]


def test_the_digest_of_a_page_changes_with_its_values_and_with_which_items_are_shown():
    shown = answers.shown_digest(PAGE, {"years": 7})
    assert shown == answers.shown_digest(PAGE, {"years": 7, "mindset_1": "4", "one_change": ""})
    assert shown != answers.shown_digest(PAGE, {"years": 8})
    assert shown != answers.shown_digest(PAGE[:2], {"years": 7})
