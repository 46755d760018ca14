"""The walk through the pages: what is asked, what comes next, what is blank."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from questionnaires import loader
from questionnaires.definition import Answers, Page

HERE = Path(__file__).parent
QUESTIONNAIRE = loader.read(HERE / "conditional-pages.toml")
EVERY_KIND = loader.read(HERE / "every-kind.toml")
TIERS = st.sampled_from(["senior", "manager", "frontline", "elected", ""])
AGREE = st.sampled_from(["1", "2", "3", "4", "5", "dk", ""])
ANSWERS = st.fixed_dictionaries(
    {}, optional={"tier": TIERS, **{f"mindset_{number}": AGREE for number in range(1, 6)}, "gone": AGREE}
)


def page(code: str) -> Page:
    found = QUESTIONNAIRE.page(code)
    assert found is not None
    return found


def codes_asked(code: str, answers: Answers) -> list[str]:
    return [item.code for item in QUESTIONNAIRE.asked_items(page(code), answers)]


def test_a_frontline_officer_skips_the_page_for_leaders() -> None:
    following = QUESTIONNAIRE.next_page("mindset-1", {"tier": "frontline"})
    assert following is not None
    assert following.code == "mindset-3"


def test_a_manager_is_asked_the_page_for_leaders() -> None:
    following = QUESTIONNAIRE.next_page("mindset-1", {"tier": "manager"})
    assert following is not None
    assert following.code == "mindset-2"


def test_an_answer_left_behind_by_a_change_of_tier_opens_nothing() -> None:
    answers = {"tier": "manager", "mindset_2": "5"}
    assert codes_asked("mindset-3", answers) == ["mindset_4", "mindset_5"]
    assert codes_asked("mindset-3", answers | {"tier": "frontline"}) == ["mindset_4"]


def test_a_blank_is_no_answer_and_zero_years_is_one() -> None:
    about = EVERY_KIND.page("mindset-2")
    assert about is not None
    unanswered = EVERY_KIND.unanswered(about, {"years": 0, "programmes": [], "one_change": ""})
    assert [item.code for item in unanswered] == ["programmes", "one_change"]


def test_a_choice_of_several_opens_what_one_of_them_opens() -> None:
    condition = QUESTIONNAIRE.items["mindset_2"].asked_if
    assert condition is not None
    assert condition.holds({"tier": ["elected", "manager"]})
    assert not condition.holds({"tier": ["elected"]})
    assert not condition.holds({})


def test_a_wave_leaves_optional_sections_out_unless_it_names_them() -> None:
    assert "condition" in EVERY_KIND.items
    assert "condition" not in EVERY_KIND.without_optional_sections().items
    assert EVERY_KIND.without_optional_sections(["equality"]) == EVERY_KIND


@given(answers=ANSWERS)
def test_walking_forwards_meets_every_asked_page_once_and_in_order(answers: dict[str, str]) -> None:
    walked = [QUESTIONNAIRE.pages[0]]
    while following := QUESTIONNAIRE.next_page(walked[-1].code, answers):
        walked.append(following)
    assert walked == list(QUESTIONNAIRE.asked_pages(answers))


@given(answers=ANSWERS)
def test_back_undoes_next(answers: dict[str, str]) -> None:
    for one in QUESTIONNAIRE.asked_pages(answers):
        following = QUESTIONNAIRE.next_page(one.code, answers)
        if following is not None:
            assert QUESTIONNAIRE.previous_page(following.code, answers) == one


@given(answers=ANSWERS)
def test_what_is_asked_depends_only_on_answers_to_what_is_asked(answers: dict[str, str]) -> None:
    asked = {item.code for one in QUESTIONNAIRE.pages for item in QUESTIONNAIRE.asked_items(one, answers)}
    kept = {code: value for code, value in answers.items() if code in asked}
    assert asked == {item.code for one in QUESTIONNAIRE.pages for item in QUESTIONNAIRE.asked_items(one, kept)}
