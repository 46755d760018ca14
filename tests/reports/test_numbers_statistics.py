"""Intervals, corrections and quantiles beside independent libraries."""

from __future__ import annotations

import gc
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from reports.statistics import bootstrap, holm, intervals, quantiles, sums

probabilities = st.lists(st.floats(0, 1), min_size=1, max_size=6)


@pytest.mark.parametrize(("count", "n"), [(0, 11), (3, 11), (15, 30), (40, 40), (1, 500)])
def test_wilson_agrees_with_statsmodels(count, n):
    expected = proportion_confint(count, n, alpha=0.05, method="wilson")
    lower, upper = intervals.wilson_interval(np.array([count / n]), np.array([float(n)]))
    assert (lower[0], upper[0]) == pytest.approx(expected, abs=1e-12)


@given(probabilities)
def test_holm_agrees_with_statsmodels(values):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "collect", lambda: 0)  # statsmodels asks for it in each call: 0.3 s beside so many tests
        expected = multipletests(values, method="holm")[1]
    assert holm.adjusted(np.array(values)) == pytest.approx(expected, abs=1e-12)


@given(probabilities, st.integers(0, 6))
def test_a_missing_p_value_is_not_in_the_family(values, place):
    with_gap = np.insert(np.array(values), min(place, len(values)), np.nan)
    adjusted = holm.adjusted(with_gap)
    assert adjusted[~np.isnan(with_gap)].tolist() == holm.adjusted(np.array(values)).tolist()
    assert np.isnan(adjusted[np.isnan(with_gap)]).all()


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30))
def test_quartiles_are_those_of_a_spreadsheet(values):
    # QUARTILE.INC: position 1 + (k - 1) q in the ordered values
    ordered = sorted(values)

    def inclusive(q):
        whole, part = divmod((len(ordered) - 1) * q, 1)
        upper = ordered[min(int(whole) + 1, len(ordered) - 1)]
        return ordered[int(whole)] + part * (upper - ordered[int(whole)])

    expected = [inclusive(0.25), inclusive(0.5), inclusive(0.75)]
    assert quantiles.quartiles(np.array(values)) == pytest.approx(expected, abs=1e-9)


def test_percentile_ranks_share_ties_and_count_the_own_value():
    # of 10 20 20 40: 20 has one below and two equal, 100 (1 + 1) / 4 = 50
    assert quantiles.percentile_ranks(np.array([20.0, 10.0, 40.0, 20.0])).tolist() == [50.0, 12.5, 87.5, 50.0]


def test_the_interval_of_the_median_does_not_depend_on_the_order():
    values = np.random.default_rng(1).uniform(40, 80, 25)
    first = bootstrap.median_interval(values, replicates=2000, seed=7)
    assert bootstrap.median_interval(values[::-1].copy(), replicates=2000, seed=7) == first
    assert first[0] < np.median(values) < first[1]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40), st.randoms(use_true_random=False))
def test_a_sum_has_the_same_bits_in_every_order(values, random):
    shuffled = list(values)
    random.shuffle(shuffled)
    one = sums.Groups(np.arange(len(values)), np.array([0, len(values)]))
    assert sums.exact_sums(np.array(values), one)[0] == sums.exact_sums(np.array(shuffled), one)[0]


def test_n_star_is_infinite_when_everybody_answered():
    assert intervals.effective_n(np.array([20.0]), np.array([20]), np.array([20.0]))[0] == math.inf
    lower, upper = intervals.wilson_interval(np.array([0.4]), np.array([math.inf]))
    assert (lower[0], upper[0]) == pytest.approx((0.4, 0.4))


def test_holm_of_four_by_hand():
    # 0.01 x 4, 0.02 x 3, 0.04 x 2, 0.5 x 1
    assert holm.adjusted(np.array([0.02, 0.5, 0.01, 0.04])) == pytest.approx([0.06, 0.5, 0.04, 0.08])


def test_t_intervals_of_no_people_are_missing():
    lower, upper = intervals.student_interval(np.array([np.nan]), np.array([np.nan]), np.array([0]))
    assert pd.isna([lower[0], upper[0]]).all()
