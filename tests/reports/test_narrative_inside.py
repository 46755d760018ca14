"""Sentences about differences inside an authority never claim what the figures do not; what is hidden stays hidden."""

from __future__ import annotations

import pandas as pd
import pytest
from small_survey import questionnaire, results

from reports import inside_reading
from reports.documents import inside_tables, sector_parts
from reports.frames import DIVERGENCE, SECTOR_INSIDE, SECTOR_TIER_GAPS, TIER_GAPS
from reports.inside_reading import Gap, Spread


def spread(title, distance, lower):
    known = None if distance is None else 4
    return Spread(title.lower(), title, known, 60, distance, 0.1, lower, None if lower is None else 0.4)


def gap(title, points, verdict, upper="senior"):
    return Gap(title.lower(), title, upper, "frontline", points, -1.0, 9.0, 12, 40, verdict)


def test_service_areas_differ_only_where_the_interval_leaves_out_nothing():
    words = inside_reading.divergence_finding(
        [spread("Mindset", 6.4, 0.02), spread("Agile", 8.0, -0.01), spread("Silos", None, None)], "Avon"
    )
    assert words == (
        "The service areas of Avon differ, beyond chance, on mindset (typically 6 points from their middle). "
        "No detectable difference between service areas on agile. On silos it is not shown whether service areas differ."
    )


def test_a_spread_without_an_interval_is_not_called_anything():
    assert inside_reading.spread_word(spread("Mindset", 6.0, None)) == "cannot be told"
    assert "differ, beyond" not in inside_reading.divergence_finding([spread("Mindset", 6.0, None)], "Avon")


def test_each_verdict_of_a_gap_has_its_own_sentence_and_points_only_where_something_is_said():
    words = inside_reading.gap_finding([
        gap("Mindset", 8.2, "ABOVE"), gap("Agile", -7.0, "BELOW"), gap("Silos", 2.0, "SIMILAR"), gap("Trust", 9.0, "CANNOT_TELL"),
    ])  # fmt: skip
    assert words == (
        "Senior leaders score higher than frontline officers on mindset (by 8 points). "
        "Senior leaders score lower than frontline officers on agile (by 7 points). "
        "Senior leaders and frontline officers score about alike on silos. "
        "There are too few answers to say whether senior leaders and frontline officers differ on trust."
    )


def test_managers_with_senior_leaders_are_named_as_such():
    words = inside_reading.gap_finding([gap("Mindset", 8.2, "ABOVE", "together")])
    assert words.startswith("Senior leaders and managers score higher")


def test_a_row_with_a_reason_shows_no_number_whatever_it_holds():
    row = {"authority": "A", "measure": "mindset", "sd_between": 9.0, "icc1": 0.2, "icc1_lower": 0.1, "icc1_upper": 0.3}
    full = DIVERGENCE.check(pd.DataFrame([{**dict.fromkeys(DIVERGENCE.columns), **row, "reason": "complement"}]))
    seen = inside_reading.inside({"divergence": full}, questionnaire(), authority="A")
    assert seen.spreads == ()
    assert inside_tables.tables(seen, "Avon") == []


def test_a_gap_of_one_dimension_leaves_the_others_not_shown():
    row = {"authority": "A", "measure": "agile", "gap": 6.0, "lower": 1.0, "upper": 11.0, "verdict": "ABOVE"}
    row |= {"n_upper": 12, "n_lower": 40, "with_managers": True}
    frame = TIER_GAPS.check(pd.DataFrame([{**dict.fromkeys(TIER_GAPS.columns), **row}]))
    seen = inside_reading.inside({"tier_gaps": frame}, questionnaire(), authority="A")
    (found,) = inside_tables.tables(seen, "Avon")
    sentence, table = found.sentence, found.table
    assert sentence == (
        "Senior leaders and managers score higher than frontline officers on agile & co (by 6 points). "
        "No comparison is shown on mindset & co and silos & co."
    )
    assert table.body[0][1:] == ("not shown",) * 4
    assert table.body[1][1:3] == ("12 senior leaders and managers; 40 frontline officers", "+6")


def test_the_sector_is_told_without_quartiles_where_it_has_too_few_authorities_for_them():
    row = {
        "kind": "divergence",
        "measure": "agile",
        "n": 11,
        "above": 3,
        "median": 4.2,
        "reason": "too_few_for_quartiles",
    }
    spreads = SECTOR_INSIDE.check(pd.DataFrame([{**dict.fromkeys(SECTOR_INSIDE.columns), **row}]))
    (table,) = sector_parts.inside(
        {"sector_inside": spreads, "sector_tier_gaps": SECTOR_TIER_GAPS.empty()}, questionnaire()
    )
    assert table.body[1][1:] == ("4", "not shown", "3", "11")
    assert table.body[0][1:] == ("not shown",) * 4


def test_the_gap_of_the_sector_is_told_of_a_small_survey_whose_own_gaps_are_hidden():
    frames = results().frames
    assert frames["tier_gaps"]["gap"].isna().all()  # eight senior leaders in each authority, and no manager
    told = [one for one in sector_parts.inside(frames, questionnaire()) if one.headings[1] == "Difference"]
    assert [row[-1] for row in told[0].body] == ["30", "30", "30"]


@pytest.mark.parametrize("frames", [{}, {"sector_inside": SECTOR_INSIDE.empty()}])
def test_results_from_before_these_figures_have_no_chapter(frames):
    assert sector_parts.inside(frames, questionnaire()) == []
