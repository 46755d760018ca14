"""Sentences about don't know, leaders and programmes: never more than the figures carry, never a cause."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports import dont_know_reading, leadership_reading, level_reading, programmes_reading
from reports.dont_know_reading import Group, Unsaid
from reports.leadership_reading import Agreement
from reports.profile import Row
from reports.programmes_reading import Beside

GAP = Beside("d", "Agile adoption", 6.4, 2.0, 10.8, 40, 200, 12, "ABOVE")
OVERALL = Row("overall", "Overall", 54.2, 50.1, 58.3, 40, 60, 52.4, 48.0, 57.0, 30, None, False, None)


def group(kind: str, label: str, *shares: float | None) -> Group:
    titles = ("Digital mindset", "Distributed leadership")
    cells = tuple(Unsaid(title, title, 20, one, one, one) for title, one in zip(titles, shares, strict=True))
    return Group(kind, label, label, cells)


def plain(words: str) -> str:
    return words.replace("\u00a0", " ")


def test_groups_above_fifteen_per_cent_are_named_the_largest_first() -> None:
    found = (group("all", "All officers", 0.2, 0.2), group("tier", "Manager: of people", 0.16, 0.04), group("service_area", "Housing", 0.15, 0.31))  # fmt: skip
    assert plain(dont_know_reading.sentence(found)) == (
        "Officers often could not say: in Housing about distributed leadership (31 % of the answers) and in Manager "
        "about digital mindset (16 % of the answers)."
    )


def test_more_than_three_are_counted() -> None:
    found = tuple(group("service_area", name, 0.2, 0.3) for name in ("A", "B"))
    assert plain(dont_know_reading.sentence(found)).endswith(
        "In one further place more than 15 % of the answers were “don’t know”."
    )


def test_where_nobody_is_above_it_says_so_and_where_nothing_is_shown_it_says_nothing() -> None:
    assert "In no service area or tier" in dont_know_reading.sentence((group("tier", "Manager", 0.1, 0.1),))
    assert dont_know_reading.sentence((group("tier", "Manager", None, None),)) == ""


def test_the_leadership_sentence_gives_shares_and_calls_none_larger() -> None:
    parts = [("leading", 0.62, None), ("managing", 0.88, None), ("skill", None, "most"), ("competency", None, None)]
    found = [Agreement(part, "", part, 20, share, share, share, nearly) for part, share, nearly in parts]
    assert plain(leadership_reading.sentence(found)) == (
        "Answers that agree: 62 % about leading, 88 % about managing and 90 % or more about leaders’ skills."
    )


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("ABOVE", "score higher than others of the same authority and tier on agile adoption (by 6 points). This does"),
        ("BELOW", "score lower than others of the same authority and tier on agile adoption (by 6 points). This does"),
        ("SIMILAR", "of the same authority and tier score about alike on agile adoption."),
        ("CANNOT_TELL", "It cannot be told whether people who took part"),
    ],
)
def test_people_of_programmes_are_compared_by_the_verdict_alone(verdict: str, words: str) -> None:
    sentence = programmes_reading.sentence([replace(GAP, verdict=verdict)])
    assert words in sentence
    assert ("does not say why" in sentence) == (verdict in ("ABOVE", "BELOW"))


def test_where_dimensions_move_together_the_overall_leads() -> None:
    assert level_reading.lead(OVERALL, "Aldersett") == (
        "Aldersett scores 54 (50 to 58) overall; the middle authority scores 52. In this wave the dimensions move "
        "together: read the level, not the shape."
    )
    hidden = replace(OVERALL, score=None)
    assert level_reading.lead(hidden, "Aldersett").startswith("The overall score of Aldersett is not shown.")


@pytest.mark.parametrize("state", ["passed", "not tested"])
def test_distinct_or_untested_dimensions_change_no_word(state: str) -> None:
    assert level_reading.words({"gates": {"four_dimensions": {"state": state}}}) == ""
