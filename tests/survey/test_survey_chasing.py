"""Whom to remind next is worked out from rounded counts and staff numbers, and tells nothing beyond them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from survey import chasing
from survey.chasing import Why
from survey.participation import AreaProgress, in_steps

AREAS = ("housing", "legal", "planning", "waste")
counts = st.fixed_dictionaries({area: st.integers(0, 90) for area in AREAS})
staff_numbers = st.fixed_dictionaries({}, optional={area: st.integers(1, 300) for area in AREAS})


@given(counts, counts, staff_numbers)
@settings(max_examples=300, deadline=None)
def test_what_reads_the_same_is_suggested_the_same(one, other, staff):
    """Two authorities whose rounded counts are equal get equal lists, whatever the exact counts are."""
    rounded = [in_steps(sum(exact.values()), exact, 0).areas for exact in (one, other)]
    if rounded[0] == rounded[1]:
        assert chasing.next_best(rounded[0], staff) == chasing.next_best(rounded[1], staff)


@given(counts, staff_numbers)
@settings(max_examples=300, deadline=None)
def test_one_more_answer_changes_nothing_inside_a_step(exact, staff):
    """11 to 19 answers are all shown as 10 or more: the tenth answer of a step is the first to move anything."""
    more = {area: count + 1 if count >= 11 and count % 10 != 9 else count for area, count in exact.items()}
    before, after = (in_steps(0, one, 0).areas for one in (exact, more))
    assert chasing.next_best(before, staff) == chasing.next_best(after, staff)


def test_parts_that_could_be_shown_come_before_parts_that_would_be_more_certain():
    found = chasing.next_best([AreaProgress("a", 20), AreaProgress("b", None), AreaProgress("c", None)], {"c": 40})
    assert [(one.code, one.why) for one in found] == [("c", Why.SHOWN), ("b", Why.SHOWN), ("a", Why.SHARPER)]


def test_a_team_too_small_to_be_shown_is_never_suggested():
    assert chasing.next_best([AreaProgress("a", None), AreaProgress("b", 30)], {"a": 10, "b": 49}) == ()


def test_the_only_hidden_part_frees_another_one():
    found = chasing.next_best([AreaProgress("a", 90), AreaProgress("b", None)], {"a": 95})
    assert found[0] == chasing.Suggestion("b", Why.SHOWN_WITH_ANOTHER)


def test_authorities_with_sixty_answers_are_left_alone():
    assert chasing.authorities({"A": 60, "B": 95}, {}) == ()
