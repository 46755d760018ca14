"""Every authority at once: comparison intervals and the limits of the funnel, against arithmetic and at the edges."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from reports import comparison_intervals, funnel
from reports.rules import Rules

RULES = Rules(minimum_authorities_shrinkage=20)


def scores(score, se, n=50, deff=1.0, reason=None):
    codes = [f"A{place:05}" for place in range(len(score))]
    return pd.DataFrame({
        "authority": codes, "measure": "m", "n": n, "deff": deff, "score": score, "se_comparison": se,
        "reason": pd.array([reason] * len(codes), dtype="string"),
    })  # fmt: skip


def agreement(tau2=25.0, sigma2=400.0):
    return pd.DataFrame({"measure": ["m"], "tau2": [tau2], "sigma2": [sigma2]})


def test_a_bar_is_139_errors_on_each_side_from_the_lowest_score_up() -> None:
    found = comparison_intervals.intervals(scores([60.0, 40.0], [2.0, 4.0]))
    assert found["score"].tolist() == [40.0, 60.0]
    assert found["lower"].tolist() == pytest.approx([40 - 1.39 * 4, 60 - 1.39 * 2])
    assert found["upper"].tolist() == pytest.approx([40 + 1.39 * 4, 60 + 1.39 * 2])


def test_bars_of_two_alike_authorities_are_apart_one_time_in_twenty() -> None:
    dice = np.random.default_rng(7)
    first, second = 50 + 3 * dice.standard_normal((2, 40_000))
    apart = np.abs(first - second) > 2 * comparison_intervals.HALF_WIDTH * 3
    assert apart.mean() == pytest.approx(0.05, abs=0.004)
    told = comparison_intervals.pairs(comparison_intervals.intervals(scores([50.0, 50.0], [3.0, 3.0])))
    assert told["mistaken"].tolist() == pytest.approx([0.0494], abs=1e-4)  # 2 (1 - Phi(1.39 sqrt 2))


def test_unequal_errors_are_told_as_they_are() -> None:
    told = comparison_intervals.pairs(comparison_intervals.intervals(scores([50.0, 50.0], [1.0, 1e-9])))
    assert told["mistaken"].tolist() == pytest.approx([0.1645], abs=1e-3)  # 2 (1 - Phi(1.39)): the worst that can be


def test_pairs_apart_are_counted_by_their_bars() -> None:
    bars = comparison_intervals.intervals(scores([40.0, 42.0, 60.0], 2.0))
    (row,) = comparison_intervals.pairs(bars).to_dict("records")
    apart = sum(
        a["upper"] < b["lower"]
        for a in bars.to_dict("records")
        for b in bars.to_dict("records")
        if a["score"] < b["score"]
    )
    assert (row["pairs"], row["apart"]) == (3, pytest.approx(apart / 3))
    assert (row["lowest"], row["middle"], row["highest"]) == (40.0, 42.0, 60.0)


def test_one_authority_has_a_bar_and_no_pairs() -> None:
    (row,) = comparison_intervals.pairs(comparison_intervals.intervals(scores([40.0], 2.0))).to_dict("records")
    assert (row["authorities"], row["pairs"]) == (1, 0)
    assert pd.isna(row["apart"])
    assert pd.isna(row["mistaken"])


def test_everybody_the_same_without_any_error_is_not_apart() -> None:
    (row,) = comparison_intervals.pairs(comparison_intervals.intervals(scores([50.0] * 30, 0.0))).to_dict("records")
    assert row["apart"] == 0.0
    assert row["mistaken"] == 0.0


def test_what_is_withheld_or_has_no_error_is_in_no_picture() -> None:
    hidden = scores([40.0], 2.0, reason="too_few_people")
    assert comparison_intervals.intervals(hidden).empty
    assert comparison_intervals.intervals(scores([40.0], math.nan)).empty
    assert comparison_intervals.pairs(comparison_intervals.intervals(hidden)).empty
    assert funnel.funnel(hidden, agreement(), RULES).points.empty


def test_the_limits_are_those_of_the_arithmetic_and_include_tau() -> None:
    found = funnel.funnel(scores([50.0] * 20, 2.0, n=100, deff=4.0), agreement(), RULES)
    row = found.limits.iloc[0]
    assert row["n_effective"] == 25.0
    assert row["centre"] == pytest.approx(50.0)
    error = math.sqrt(25.0 + 400.0 / 25.0)
    assert row["upper_inner"] - 50 == pytest.approx(1.959964 * error, abs=1e-4)
    assert 50 - row["lower_outer"] == pytest.approx(3.090232 * error, abs=1e-4)
    assert set(found.points["outside"]) == {0.0}


def test_the_centre_weighs_by_precision_and_who_lies_outside_is_said() -> None:
    values = [50.0] * 19 + [50.0 + 3.3 * math.sqrt(25.0 + 400.0 / 50.0)]
    found = funnel.funnel(scores(values, 2.0), agreement(), RULES)
    centre = float(found.limits["centre"].iloc[0])
    assert centre == pytest.approx(np.mean(values))  # all have the same variance
    assert found.points["outside"].tolist()[-1] == 0.998
    assert set(found.points["outside"].tolist()[:-1]) == {0.0}


def test_one_in_twenty_lies_beyond_the_inner_limits_where_nobody_is_unusual() -> None:
    dice = np.random.default_rng(11)
    n = dice.integers(11, 500, 4000)
    values = 50 + 5 * dice.standard_normal(4000) + 20 * dice.standard_normal(4000) / np.sqrt(n)
    outside = funnel.funnel(scores(values, 2.0, n=n), agreement(), RULES).points["outside"]
    assert (outside > 0).mean() == pytest.approx(0.05, abs=0.012)
    assert (outside == 0.998).mean() == pytest.approx(0.002, abs=0.003)


def test_too_few_authorities_or_no_variances_have_no_funnel() -> None:
    assert funnel.funnel(scores([50.0] * 19, 2.0), agreement(), RULES).limits.empty
    assert funnel.funnel(scores([50.0] * 20, 2.0), agreement(math.nan), RULES).limits.empty
    assert funnel.funnel(scores([50.0] * 20, 2.0), agreement().iloc[:0], RULES).limits.empty


def test_huge_numbers_of_answers_and_no_variance_at_all_stay_finite() -> None:
    huge = funnel.funnel(scores([50.0] * 20, 0.0, n=[11] * 10 + [10**9] * 10), agreement(), RULES)
    equal = funnel.funnel(scores([50.0] * 20, 0.0), agreement(0.0, 0.0), RULES)
    for found in (huge, equal):
        assert not found.limits.isna().to_numpy().any()
        assert set(found.points["outside"]) == {0.0}
        numbers = found.limits.drop(columns="measure").to_numpy(dtype=np.float64)
        assert np.isfinite(numbers).all()
