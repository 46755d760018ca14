"""Simulations in their short form: they see what the method promises, and a method that breaks the promise."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from performance import _sector, coverage, false_gaps, recruitment, verdicts, weighted_coverage
from reports.statistics import holm

PAGE = (Path(__file__).parents[2] / "docs" / "simulations.md").read_text()


@pytest.mark.parametrize(("staff", "n"), [(40, 11), (60, 40), (500, 120)])
def test_the_interval_holds_the_truth_as_often_as_it_says(staff, n):
    found = coverage.covered(staff, n, draws=4_000)
    assert 0.94 <= found.service <= 0.96


def test_the_simulation_sees_an_interval_without_correction_and_one_without_student():
    assert coverage.covered(60, 40, draws=2_000).uncorrected > 0.98
    assert coverage.covered(40, 11, draws=4_000).normal < 0.94


def test_the_page_prints_what_the_simulation_finds():
    found = coverage.covered(40, 11)
    assert f"| 40 | 11 | {found.service:.3f} | {found.uncorrected:.3f} | {found.normal:.3f} |" in PAGE
    printed = re.search(r"\| 0\.05 \| 19 \| ([\d.]+) \|", PAGE)
    assert printed is not None
    assert recruitment.relied(0.05, 19, waves=20).computed == pytest.approx(float(printed[1]), abs=0.03)


def test_the_recruitment_table_is_the_formula_and_stands_on_the_page():
    """n = lambda / (1 - lambda) (1 - ICC) / ICC answers or just above; 40 tell about one authority in five apart."""
    for share, numbers in recruitment.PACK.items():
        exact = [wanted / (1 - wanted) * (1 - share) / share for wanted in recruitment.WANTED]
        assert all(
            -1e-9 <= told - one <= 1 + 1e-9 for told, one in zip(numbers, exact, strict=True)
        )  # 96 is told as 97
        assert re.search(rf"\| {share:.2f} \| {numbers[0]} \|[^\n]*\| {numbers[1]} \|[^\n]*\| {numbers[2]} \|", PAGE)
    low, high = recruitment.TOLD_APART
    assert low <= recruitment.relied(0.03, recruitment.ANSWERS, waves=10).apart <= high


def test_what_is_not_there_is_said_of_few():
    found = verdicts.when_nothing_differs(40, waves=20)  # 2,400 authorities: 0.05 +- 0.009
    assert found.plain <= 0.05
    assert found.ungated <= 0.06
    assert found.leaning <= 0.06


def test_a_leaning_on_one_theme_is_seen_by_the_own_profile_and_not_by_the_plain_verdict():
    _, single = verdicts.found(60, waves=20)
    plain, own = single[:, verdicts.DIFFERENCES.index(10.0)]
    assert own > 0.6
    assert plain < 0.35


def test_claims_are_above_and_below_only():
    given = np.array([["ABOVE", "SIMILAR", None], ["BELOW", "CANNOT_TELL", None]], dtype=object)
    assert _sector.claims(given).tolist() == [[True, False, False], [True, False, False]]


def test_weighted_answers_hold_the_truth_where_plain_ones_are_pulled_away():
    found = weighted_coverage.weighted(500, 120, draws=3_000)  # 0.94 +- 0.01
    assert 0.925 <= found.raked <= 0.955
    assert found.unweighted < found.raked
    assert found.kept > 0.99


def test_service_areas_and_shares_hold_the_truth_too():
    assert 0.935 <= weighted_coverage.of_service_area(200, 40, draws=3_000) <= 0.965
    assert 0.935 <= weighted_coverage.of_share(60, 40, draws=3_000) <= 0.965


def test_tiers_waves_word_and_deed_that_are_alike_are_seldom_said_to_differ(monkeypatch):
    assert false_gaps.of_two_groups(11, 60, waves=20) <= 0.06  # 2,400 authorities: 0.05 +- 0.009
    assert false_gaps.of_say_and_do(10, 20, waves=20) <= 0.06
    monkeypatch.setattr(holm, "adjusted", lambda p_values: p_values)  # the defect: four tests, no correction
    assert false_gaps.of_two_groups(11, 60, waves=20) > 0.09


def test_the_page_prints_what_these_simulations_find():
    found = weighted_coverage.weighted(40, 11)
    cells = (found.raked, found.post_stratified, found.apart, found.unweighted)
    assert f"| 40 | 11 | {' | '.join(f'{one:.3f}' for one in cells)} | {found.kept:.2f} |" in PAGE
    assert f"| 10 | 20 | {false_gaps.of_say_and_do(10, 20):.3f} |" in PAGE
