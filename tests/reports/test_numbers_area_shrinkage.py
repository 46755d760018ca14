"""Service areas drawn towards their authority: against arithmetic, at the edges, and by simulation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from reports import area_shrinkage
from reports.statistics import anova


def areas_of(scores, n=25, reason=None):
    names = [f"area{place}" for place in range(len(scores))]
    return pd.DataFrame({
        "authority": "A", "kind": "service_area", "group": names, "measure": "m", "n": n, "score": scores,
        "reason": pd.array([reason] * len(names), dtype="string"),
    })  # fmt: skip


def between(sd, icc1, reason=None):
    return pd.DataFrame({
        "authority": ["A"], "measure": ["m"], "sd_between": [sd], "icc1": [icc1],
        "reason": pd.array([reason], dtype="string"),
    })  # fmt: skip


def own(score=50.0, se=2.0):
    return pd.DataFrame({
        "authority": ["A"], "measure": ["m"], "score": [score], "se_comparison": [se],
        "reason": pd.array([None], dtype="string"),
    })  # fmt: skip


def analysed(n, score, within):
    """SD between and ICC(1) of areas whose people have this variance inside each."""
    n, score = np.array(n), np.array(score)
    made = anova.one_way(n, score, within * (n - 1.0), np.zeros(len(n), dtype=np.int64), 1)
    return between(float(made.sd_between[0]), float(made.icc1[0]))


def test_an_area_lies_between_its_own_answers_and_the_authority() -> None:
    # 3 areas of 25: MSB = 25 (10^2 + 0 + 10^2) / 2 = 2500, MSW = 400: tau^2 = 2100 / 25 = 84, V = 16, lambda = 0.84
    found = area_shrinkage.areas(areas_of([40.0, 50.0, 60.0]), analysed([25] * 3, [40.0, 50.0, 60.0], 400.0), own())
    assert found["shrunken_score"].tolist() == pytest.approx([41.6, 50.0, 58.4])
    assert found["score"].tolist() == [40.0, 50.0, 60.0]
    assert set(found["authority_score"]) == {50.0}
    # Var(tau^2) = 2 / 25^2 ((400 + 25 * 84)^2 / 2 + 400^2 / 72) = 10007.11; the third term is 2 * 16^2 / 100^3 of it
    doubt = 2 / 625 * (2500**2 / 2 + 400**2 / 72)
    spread = 0.84 * 16 + 0.16**2 * 4 + 2 * 16**2 / 100**3 * doubt
    assert spread > 16  # the cap: an area's own answers give no more than this
    half = stats.t.ppf(0.975, 72) * math.sqrt(16)
    assert found["upper"].tolist() == pytest.approx([41.6 + half, 50 + half, 58.4 + half])


def test_many_areas_tell_more_than_each_alone() -> None:
    scores = [46.0, 48.0, 50.0, 52.0, 54.0, 49.0, 51.0, 50.0, 47.0, 53.0, 50.0, 50.0]
    found = area_shrinkage.areas(areas_of(scores), analysed([25] * 12, scores, 400.0), own())
    # MSB below MSW: lambda = 0; 2^2 + 2 / 16 Var(tau^2), Var(tau^2) = 2 / 25^2 (400^2 / 11 + 400^2 / 288) = 48.3
    spread = 4 + 2 / 16 * 2 / 625 * (400**2 / 11 + 400**2 / 288)
    assert spread < 16
    half = stats.t.ppf(0.975, 288) * math.sqrt(spread)
    assert ((found["upper"] - found["lower"]) / 2).tolist() == pytest.approx([half] * 12)


def test_areas_that_do_not_differ_lie_at_the_authority_and_keep_an_interval() -> None:
    scores = [49.0, 50.0, 51.0]  # MSB = 25, below MSW = 400: no variance between
    found = area_shrinkage.areas(areas_of(scores), analysed([25] * 3, scores, 400.0), own(score=52.0))
    assert found["shrunken_score"].tolist() == pytest.approx([52.0] * 3)
    assert ((found["upper"] - found["lower"]) > 4.0).all()  # three areas cannot tell that there is no difference


def test_the_variance_within_is_had_back_where_nothing_lies_between() -> None:
    n, scores = [12, 30, 45], [49.0, 50.0, 51.0]
    made = analysed(n, scores, 380.0)
    people = sum(n)
    n0 = (people - sum(one**2 for one in n) / people) / 2
    told = area_shrinkage._within(np.array(n, dtype=float), np.array(scores), n0, (0.0, float(made["icc1"][0])))
    assert told == pytest.approx(380.0)


@pytest.mark.parametrize(
    ("areas", "divergence", "authority"),
    [
        (areas_of([40.0, 60.0], reason="complement"), between(9.0, 0.2), own()),  # no area is shown
        (areas_of([40.0, 50.0, 60.0]), between(9.0, 0.2, "too_few_service_areas"), own()),
        (areas_of([40.0, 50.0, 60.0]), between(math.nan, math.nan), own()),  # everybody the same answer
        (areas_of([50.0, 50.0, 50.0]), between(0.0, -1 / 24), own()),  # all equal: how people differ cannot be had back
        (areas_of([40.0]), between(9.0, 0.2), own()),
        (areas_of([40.0, 50.0, 60.0]), between(9.0, 0.2), own(math.nan)),
        (areas_of([40.0, 50.0, 60.0]), between(9.0, 0.2).iloc[:0], own()),
    ],
)
def test_without_its_figures_there_is_nothing_and_no_nan(areas, divergence, authority) -> None:
    assert area_shrinkage.areas(areas, divergence, authority).empty


def test_huge_areas_keep_their_own_scores_and_bounds_stay_on_the_scale() -> None:
    scores = [0.5, 50.0, 99.5]
    found = area_shrinkage.areas(areas_of(scores, n=10**7), analysed([10**7] * 3, scores, 400.0), own())
    assert found["shrunken_score"].tolist() == pytest.approx(scores, abs=1e-3)
    few = area_shrinkage.areas(areas_of(scores, n=11), analysed([11] * 3, scores, 900.0), own())
    assert few["lower"].min() >= 0.0
    assert few["upper"].max() <= 100.0
    assert not few.isna().to_numpy().any()


def test_it_is_made_of_published_figures_alone() -> None:
    """A hidden area, whatever it scores, moves nothing: what is told cannot tell about it."""
    shown, hidden = areas_of([40.0, 50.0, 60.0]), areas_of([5.0], reason="too_few_people").assign(group="zz")
    rest = (analysed([25] * 3, [40.0, 50.0, 60.0], 400.0), own())
    pd.testing.assert_frame_equal(
        area_shrinkage.areas(pd.concat([shown, hidden], ignore_index=True), *rest), area_shrinkage.areas(shown, *rest)
    )


@pytest.mark.parametrize(("count", "tau"), [(3, 0.0), (4, 6.0), (10, 6.0)])
def test_intervals_hold_the_truth_and_scores_come_nearer_to_it(count: int, tau: float) -> None:
    dice = np.random.default_rng(20261123)
    held, drawn, plain = [], [], []
    for _ in range(150):
        n = dice.integers(11, 61, count)
        truth = 50.0 + tau * dice.standard_normal(count)
        scores = truth + 20.0 * dice.standard_normal(count) / np.sqrt(n)
        within = 400.0 * dice.chisquare(n.sum() - count) / (n.sum() - count)
        middle = float((n * scores).sum() / n.sum())
        found = area_shrinkage.areas(
            areas_of(scores, n), analysed(n, scores, within), own(middle, 20 / math.sqrt(n.sum()))
        )
        held += ((found["lower"] <= truth) & (truth <= found["upper"])).tolist()
        drawn.append(float(((found["shrunken_score"] - truth) ** 2).mean()))
        plain.append(float(((scores - truth) ** 2).mean()))
    assert np.mean(held) > 0.92  # 0.95 less three errors of 450 intervals
    assert np.mean(drawn) < np.mean(plain)
