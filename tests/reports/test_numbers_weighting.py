"""Raking to staff numbers: against a plain implementation row by row, and at the edges of the rule."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import case, weighting
from reports.frames import HEADCOUNTS, Responses
from reports.rules import Rules
from reports.statistics import regression, sums
from reports.weighting import Margin, Weighting, Weights

AREAS, TIERS = 4, 3


def plainly_raked(area: np.ndarray, tier: np.ndarray, staff: np.ndarray, by_tier: np.ndarray) -> np.ndarray:
    """Deming and Stephan row by row, until nothing moves."""
    w = np.ones(len(area))
    for _ in range(500):
        for group, known in ((area, staff), (tier, by_tier)):
            share = known / known.sum() * len(w)
            total = np.bincount(group, weights=w, minlength=len(known))
            w = w * (share / total)[group]
    return w


def rake_one(area: np.ndarray, tier: np.ndarray, staff: list[float], by_tier: list[float], **more: object) -> Weights:
    margins = (Margin(area, np.array([staff])), Margin(tier, np.array([by_tier])))
    counted = np.ones(len(area), dtype=bool)
    return weighting.rake(np.zeros(len(area), dtype=int), margins, authorities=1, counted=counted, **more)  # type: ignore[arg-type]


def a_sample(seed: int, n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    return draw.choice(AREAS, size=n, p=[0.4, 0.3, 0.2, 0.1]), draw.choice(TIERS, size=n, p=[0.2, 0.3, 0.5])


@pytest.mark.parametrize("seed", range(5))
def test_both_margins_are_met_and_the_weights_are_those_of_fitting_row_by_row(seed: int) -> None:
    area, tier = a_sample(seed)
    staff, by_tier = [150.0, 150.0, 120.0, 80.0], [80.0, 150.0, 270.0]
    found = rake_one(area, tier, staff, by_tier)
    assert found.weighting[0] == Weighting.BOTH
    expected = plainly_raked(area, tier, np.array(staff), np.array(by_tier))
    np.testing.assert_allclose(found.values, expected, rtol=1e-8)
    sums_by_area = np.bincount(area, weights=found.values)
    np.testing.assert_allclose(sums_by_area, np.array(staff) / 500 * 200, rtol=1e-8)
    assert found.deff[0] == pytest.approx(200 * (expected**2).sum() / expected.sum() ** 2, rel=1e-8)


def test_the_order_of_the_rows_and_other_authorities_change_no_bit() -> None:
    area, tier = a_sample(1)
    staff, by_tier = np.array([[150.0, 150.0, 120.0, 80.0]]), np.array([[80.0, 150.0, 270.0]])
    alone = rake_one(area, tier, staff[0].tolist(), by_tier[0].tolist()).values
    shuffle = np.random.default_rng(2).permutation(200)
    shuffled = rake_one(area[shuffle], tier[shuffle], staff[0].tolist(), by_tier[0].tolist()).values
    assert np.array_equal(shuffled, alone[shuffle])
    other_area, other_tier = a_sample(3, 90)
    together = weighting.rake(
        np.repeat([1, 0], [200, 90]),
        (
            Margin(np.append(area, other_area), np.vstack([[10.0, 40.0, 90.0, 60.0], staff])),
            Margin(np.append(tier, other_tier), np.vstack([[60.0, 60.0, 80.0], by_tier])),
        ),
        authorities=2,
        counted=np.ones(290, dtype=bool),
    )
    assert np.array_equal(together.values[:200], alone)


def test_categories_of_fewer_than_five_people_are_merged_before_raking() -> None:
    # 3 and 4 answers are thin; together they are 7 people for 30 + 20 staff of 100: 7 -> 50 of 100 would need 7.1 times
    # the weight of the others, so the bounds cut in; with 12 + 8 staff it is 7 of 47 people for 20 of 100 staff.
    area = np.repeat([0, 1, 2], [40, 3, 4])
    found = rake_one(area, np.zeros(47, dtype=int), [80.0, 12.0, 8.0], [100.0])
    assert found.weighting[0] == Weighting.SERVICE_AREA
    thin = found.values[40:]
    np.testing.assert_allclose(thin, 0.20 * 47 / 7, rtol=1e-9)
    np.testing.assert_allclose(found.values[:40], 0.80 * 47 / 40, rtol=1e-9)


def test_a_category_without_staff_joins_the_thin_ones() -> None:
    area = np.repeat([0, 1, 2], [20, 20, 10])
    found = rake_one(area, np.zeros(50, dtype=int), [20.0, 80.0, 0.0], [100.0])
    # the 10 with no staff by the headcount are joined by the first of the smallest groups: 30 people for 20 staff
    np.testing.assert_allclose(found.values, np.repeat([10 / 30, 40 / 20, 10 / 30], [20, 20, 10]), rtol=1e-9)


def test_people_who_did_not_say_keep_their_share() -> None:
    area = np.repeat([0, 1, -1], [40, 40, 20])  # exactly 20 % not said: the margin is used
    found = rake_one(area, np.zeros(100, dtype=int), [75.0, 25.0], [100.0])
    np.testing.assert_allclose(found.values, np.repeat([0.75 * 80 / 40, 0.25 * 80 / 40, 1.0], [40, 40, 20]), rtol=1e-9)


def test_a_margin_with_more_than_a_fifth_not_said_is_not_used() -> None:
    area, tier = np.repeat([0, 1, -1], [40, 39, 21]), np.tile([0, 1], 50)
    found = rake_one(area, tier, [75.0, 25.0], [40.0, 60.0])
    assert found.weighting[0] == Weighting.TIER
    assert (found.categories[:, 0] == -1).all()
    assert sorted(set(found.values.round(9))) == [0.8, 1.2]


def test_weights_stay_between_a_third_and_three_and_the_margins_are_still_met() -> None:
    # The cross of the margins wants weights above 3 in the corner; the bounded rounds move the rest instead.
    area = np.array([0] * 95 + [1] * 5 + [0] * 45 + [1] * 55)
    tier = np.repeat([0, 1], 100)
    found = rake_one(area, tier, [300.0, 200.0], [330.0, 170.0])
    if found.weighting[0] == Weighting.BOTH:
        assert found.values.min() >= 1 / 3 - 1e-9
        assert found.values.max() <= 3 + 1e-9
        np.testing.assert_allclose(np.bincount(area, weights=found.values), [120.0, 80.0], rtol=1e-8)


def test_margins_that_bounded_weights_cannot_meet_leave_the_answers_unweighted() -> None:
    area = np.repeat([0, 1], [95, 5])  # 5 people for half of the staff: a weight of 10
    found = rake_one(area, np.zeros(100, dtype=int), [50.0, 50.0], [100.0])
    assert found.weighting[0] == Weighting.NOT_CONVERGED
    assert (found.values == 1.0).all()
    assert found.n_eff[0] == 100


def test_a_design_effect_above_two_leaves_the_answers_unweighted_and_says_how_large_it_was() -> None:
    # 10 people stand for 30 %, 60 for 10 %, 30 for 60 %: sum w^2/n = .3^2/.1 + .1^2/.6 + .6^2/.3 = 0.9 + 0.0167 + 1.2
    area = np.repeat([0, 1, 2], [10, 60, 30])
    design = np.repeat([3.0, 1 / 6, 2.0], [10, 60, 30])
    found = rake_one(area, np.zeros(100, dtype=int), [30.0, 10.0, 60.0], [100.0], base=design)
    assert found.weighting[0] == Weighting.TOO_UNEVEN
    assert found.deff[0] == pytest.approx(0.9 + 0.1**2 / 0.6 + 1.2)
    assert found.values[0] / found.values[10] == pytest.approx(18.0)  # the design weights stay
    assert (found.categories == -1).all()


def test_without_headcounts_everybody_counts_the_same() -> None:
    area, tier = a_sample(4)
    found = rake_one(area, tier, [np.nan] * AREAS, [np.nan] * TIERS)
    assert found.weighting[0] == Weighting.NO_HEADCOUNTS
    assert (found.values == 1.0).all()
    assert found.deff[0] == 1.0


def test_headcounts_that_cannot_be_used_have_a_word_of_their_own() -> None:
    # 96 in the first area and 4 in the second, which is thin: it takes in the first, and one category is left
    area = np.repeat([0, 1], [96, 4])
    assert rake_one(area, area * 0, [50.0, 50.0], [np.nan]).weighting[0] == Weighting.TOO_FEW_IN_GROUPS
    # 21 of 100 did not say, more than a fifth; of 98 19 are fewer than that
    area = np.repeat([-1, 0, 1], [21, 40, 39])
    assert rake_one(area, area * 0, [50.0, 50.0], [np.nan]).weighting[0] == Weighting.TOO_MANY_NOT_SAID
    assert rake_one(area[2:], area[2:] * 0, [50.0, 50.0], [np.nan]).weighting[0] == Weighting.SERVICE_AREA
    # where one margin is silent and the other is thin, the silence is not the whole reason
    silent, thin = np.repeat([-1, 0, 1], [30, 40, 30]), np.repeat([0, 1], [96, 4])
    assert rake_one(silent, thin, [50.0, 50.0], [50.0, 50.0]).weighting[0] == Weighting.TOO_FEW_IN_GROUPS


@pytest.mark.parametrize("order", [("senior", "manager", "frontline"), ("frontline", "manager", "senior")])
def test_of_equal_tiers_the_first_in_the_alphabet_takes_in_a_thin_one_wherever_it_is_offered(asked, order) -> None:
    # 2 senior leaders are thin; 20 managers and 20 frontline officers could take them in, and the frontline does:
    # 22 people for 30 + 40 staff and 20 managers for 70, so a manager weighs 42 / 140 * 70 / 20 = 1.05
    said = ["senior"] * 2 + ["manager"] * 20 + ["frontline"] * 20
    tier = np.array([order.index(one) for one in said], dtype=np.int32)
    everybody = np.zeros(42, dtype=np.int32)
    answers = np.tile(np.arange(42)[:, np.newaxis] % 5, (1, 4)).astype(np.int8)
    items = ("mindset_1", "mindset_2", "mindset_3", "mindset_4")
    responses = Responses(("A",), everybody, items, answers, tiers=order, tier=tier)
    staff = pd.DataFrame(
        {"authority": "A", "service_area": "", "tier": ["senior", "manager", "frontline"], "headcount": [30, 70, 40]}
    )
    found = case.prepare(responses, asked("tiers-and-areas"), Rules(), None, HEADCOUNTS.check(staff)).weights
    assert found.weighting[0] == Weighting.TIER
    assert found.values[[0, 2, 22]] == pytest.approx([21 / 22, 1.05, 21 / 22])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 60))
def test_whatever_the_sample_weights_have_mean_one_are_bounded_and_nothing_is_missing(seed: int, n: int) -> None:
    draw = np.random.default_rng(seed)
    area, tier = draw.integers(-1, AREAS, size=n), draw.integers(-1, TIERS, size=n)
    staff = draw.integers(0, 40, size=AREAS).astype(float).tolist()
    found = rake_one(area, tier, staff, draw.integers(0, 40, size=TIERS).astype(float).tolist())
    assert not np.isnan(found.values).any()
    assert n == 0 or found.values.mean() == pytest.approx(1.0)
    assert ((found.values >= 1 / 3 - 1e-8) & (found.values <= 3 + 1e-8)).all()
    assert found.weighting[0].is_weighted or (found.values == 1.0).all()


def test_the_fit_on_two_margins_is_that_of_least_squares() -> None:
    draw = np.random.default_rng(5)
    group = draw.integers(0, 3, size=300)
    area, tier = draw.integers(0, AREAS, size=300), draw.integers(0, TIERS, size=300)
    y = draw.normal(50, 20, size=(300, 2))
    y[draw.random((300, 2)) < 0.1] = np.nan
    groups = sums.grouped(group, 3)
    fit = regression.fitted(y, groups, np.column_stack([area, tier]))
    for g in range(3):
        for j in range(2):
            rows = (group == g) & ~np.isnan(y[:, j])
            x = np.column_stack([np.eye(AREAS)[area[rows]], np.eye(TIERS)[tier[rows]]])
            expected = x @ np.linalg.lstsq(x, y[rows, j], rcond=None)[0]
            np.testing.assert_allclose(fit[rows[groups.order], j], expected, atol=1e-9)
