"""Shrunken scores, ranks and bands, the average officer, firm quarters and the sentence on peer groups."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.regression.mixed_linear_model import MixedLM

from questionnaires import loader
from reports import agreement, average_officer, peer_sensitivity, ranks, robustness, shrinkage
from reports.frames import STANDINGS
from reports.statistics import sums
from reports.statistics.reml import NOTHING, RandomIntercept

MODEL = RandomIntercept(tau2=25.0, sigma2=400.0, mean=50.0, variance_of_mean=1.0)


def sector(count, *, n=40, spread=5.0, seed=1):
    """Shrunken scores of `count` authorities on one measure."""
    score = 50.0 + np.random.default_rng(seed).normal(0.0, spread, (count, 1))
    size = np.full((count, 1), n)
    return shrinkage.shrunken(score, size, np.ones((count, 1)), [MODEL], counted=np.array([count]), least=20)


def test_a_score_is_drawn_towards_the_middle_by_as_much_as_it_cannot_be_relied_on():
    # tau2 25 and V 400 / 16 = 25: lambda 1/2; V 400 / 48 = 25/3: lambda 3/4
    score, n = np.array([[40.0], [60.0]]), np.array([[16], [48]])
    made = shrinkage.shrunken(score, n, np.ones((2, 1)), [MODEL], counted=np.array([20]), least=20)
    weights = 1 / 50, 1 / (25 + 25 / 3)  # 0.02 and 0.03: mu = 0.4 x 40 + 0.6 x 60 = 52
    assert made.mean[0] == pytest.approx(52.0)
    assert made.score.ravel() == pytest.approx([52 - 12 / 2, 52 + 8 * 3 / 4])
    variance = 1 / sum(weights)  # 20
    expected = [math.sqrt(25 / 2 + variance / 4), math.sqrt(25 / 3 * 3 / 4 + variance / 16)]
    assert made.se.ravel() == pytest.approx(expected)


def test_a_design_effect_draws_further_in():
    score, n = np.array([[40.0], [60.0]]), np.array([[16], [16]])
    deff = np.array([[1.0], [3.0]])
    made = shrinkage.shrunken(score, n, deff, [MODEL], counted=np.array([20]), least=20)
    assert made.reliability.ravel() == pytest.approx([0.5, 0.25])


def test_shrunken_scores_are_the_predictions_of_a_mixed_model():
    rng = np.random.default_rng(8)
    owner = np.repeat(np.arange(24), rng.integers(12, 40, 24))
    people = 50 + rng.normal(0, 6, 24)[owner] + rng.normal(0, 18, len(owner))
    groups = sums.grouped(owner, 24)
    made = agreement.between(people, groups)
    n, mean, _ = agreement.moments(people, groups)
    found = shrinkage.shrunken(
        mean[:, None], n[:, None], np.ones((24, 1)), [made.model], counted=np.array([24]), least=20
    )
    fitted = MixedLM(people, np.ones((len(people), 1)), groups=owner).fit(reml=True)
    predicted = [fitted.fe_params[0] + fitted.random_effects[place].iloc[0] for place in range(24)]
    assert found.score.ravel() == pytest.approx(predicted, abs=1e-3)
    assert found.mean[0] == pytest.approx(fitted.fe_params[0], abs=1e-4)
    assert found.se_mean[0] == pytest.approx(fitted.bse_fe[0], abs=1e-3)


@pytest.mark.parametrize(("counted", "model"), [(19, MODEL), (20, NOTHING)])
def test_without_twenty_authorities_or_a_model_there_are_no_shrunken_scores(counted, model):
    ones = np.ones((20, 1))
    made = shrinkage.shrunken(50 * ones, ones.astype(int) * 30, ones, [model], counted=np.array([counted]), least=20)
    for found in (made.score, made.se, made.mean, made.spread):
        assert np.isnan(found).all()


def test_the_draws_spread_as_far_as_the_published_error():
    made = sector(20)
    numbers = ranks.normals(10_000, 20, seed=1)
    lam, own = made.reliability[0, 0], made.spread[0, 0]
    drawn = made.score[0, 0] + (1 - lam) * made.se_mean[0] * numbers[:, 0] + own * numbers[:, 1]
    assert drawn.std() == pytest.approx(made.se[0, 0], rel=0.03)


def test_ranks_agree_with_sorting_the_drawn_scores_by_hand():
    made, rows = sector(30), np.arange(30)
    numbers = ranks.normals(2_000, 30, seed=5)
    found = ranks.ranks(made, 0, rows, np.ones(30, dtype=bool), numbers)
    lam, own = made.reliability[:, 0], made.spread[:, 0]
    drawn = made.score[:, 0] + (1 - lam) * made.se_mean[0] * numbers[:, :1] + own * numbers[:, 1:]
    places = (-drawn).argsort(axis=1).argsort(axis=1) + 1
    low, high = np.quantile(places, [0.05, 0.95], axis=0, method="inverted_cdf")
    assert np.abs(found.lower - low).max() <= 1  # a tie within a step may fall the other way
    assert np.abs(found.upper - high).max() <= 1
    upper = ((places - 0.5) / 30 <= 0.25).mean(axis=0)
    assert found.bands[:, 0] == pytest.approx(upper, abs=0.002)
    assert found.bands.sum(axis=1) == pytest.approx(np.ones(30))


def test_groups_that_are_sorted_together_have_the_ranks_of_each_alone():
    made, everybody, numbers = sector(150), np.arange(150), ranks.normals(600, 150, seed=9)
    rows = [everybody, *(everybody[everybody % 7 == part] for part in range(7))]  # seven that divide them all
    rows += [everybody[:140], everybody[140:147], everybody[3:9], everybody[:0]]  # uneven, overlapping, nobody
    rows += [everybody[at : at + 1] for at in range(20, 90)]  # more than there is room for beside 140
    groups = [(one, np.ones(len(one), dtype=bool)) for one in rows]
    together = ranks.in_groups(made, 0, groups, numbers)
    for (one, counted), found in zip(groups, together, strict=True):
        alone = ranks.ranks(made, 0, one, counted, numbers)
        assert found.lower.tolist() == alone.lower.tolist()
        assert found.upper.tolist() == alone.upper.tolist()
        assert found.bands.tolist() == alone.bands.tolist()


def test_only_authorities_that_count_have_a_rank():
    made, counted = sector(24), np.ones(24, dtype=bool)
    counted[3] = False
    found = ranks.ranks(made, 0, np.arange(24), counted, ranks.normals(500, 24, seed=1))
    assert np.isnan(found.lower).tolist() == (~counted).tolist()
    assert np.nanmax(found.upper) <= 23


def test_authorities_that_do_not_differ_have_no_ranks():
    flat = RandomIntercept(tau2=0.0, sigma2=400.0, mean=50.0, variance_of_mean=1.0)
    ones = np.ones((20, 1))
    made = shrinkage.shrunken(
        50 + np.arange(20.0)[:, None], 30 * ones.astype(int), ones, [flat], counted=np.array([20]), least=20
    )
    assert np.ptp(made.score) == pytest.approx(0.0, abs=1e-9)  # everybody is the middle
    found = ranks.ranks(made, 0, np.arange(20), np.ones(20, dtype=bool), ranks.normals(500, 20, seed=1))
    assert np.isnan(found.lower).all()
    assert np.isnan(found.bands).all()


def test_a_typical_rank_interval_covers_a_quarter_of_all_places_or_more():
    # ICC(1) 0.059, 75 officers: the method says that such an interval covers about a quarter of all places
    made = sector(100, n=75)
    found = ranks.ranks(made, 0, np.arange(100), np.ones(100, dtype=bool), ranks.normals(4_000, 100, seed=1))
    assert 20 <= np.median(found.upper - found.lower) <= 60


def test_the_average_officer_is_least_squares_with_errors_clustered_by_authority():
    rng = np.random.default_rng(2)
    owner = np.repeat(np.arange(15), rng.integers(11, 60, 15))
    people = 50 + rng.normal(0, 6, 15)[owner] + rng.normal(0, 18, len(owner))
    n, mean, _ = agreement.moments(people, sums.grouped(owner, 15))
    found = average_officer.average(mean[:, None], n[:, None], np.ones((15, 1), dtype=bool))
    fitted = sm.OLS(people, np.ones(len(people))).fit(cov_type="cluster", cov_kwds={"groups": owner}, use_t=True)
    assert found.score[0] == pytest.approx(fitted.params[0], abs=1e-10)
    assert found.se[0] == pytest.approx(fitted.bse[0], rel=1e-8)
    assert [found.lower[0], found.upper[0]] == pytest.approx(fitted.conf_int()[0], rel=1e-8)


def test_authorities_that_are_not_shown_are_not_in_the_average_officer():
    shown = np.array([[True], [True], [False]])
    found = average_officer.average(np.array([[40.0], [60.0], [99.0]]), np.array([[20], [20], [8]]), shown)
    assert (found.authorities[0], found.n[0], found.score[0]) == (2, 40, 50.0)


def test_a_quarter_that_hangs_on_one_dimension_is_not_firm():
    rng = np.random.default_rng(4)
    even = np.repeat(rng.uniform(20, 90, (40, 1)), 4, axis=1)  # the same on every dimension: any weights give the same
    found = robustness.robustness(even, np.ones(40, dtype=bool), seed=1)
    assert found.changed.max() == 0.0
    assert found.stable.all()
    uneven = rng.uniform(0, 100, (40, 4))
    torn = robustness.robustness(uneven, np.ones(40, dtype=bool), seed=1)
    assert torn.changed.max() > 0.2
    assert (torn.best <= torn.quarter).all()
    assert (torn.worst >= torn.quarter).all()


def test_quarters_of_thirteen_are_three_three_four_and_three():
    # (r - 0.5) / 13: rank 3 is 0.19, rank 4 is 0.27; rank 7 is 0.5; rank 10 is 0.73, rank 11 is 0.81
    assert ranks.quarters(np.arange(13.0)[::-1]).tolist() == [1] * 3 + [2] * 4 + [3] * 3 + [4] * 3


QUESTIONNAIRE = """
code = "q"
version = "1"
language = "en"
audience = "officers"
title = "Q"
[[option_sets]]
code = "two"
options = [ { code = "1", label = "No", score = 0 }, { code = "2", label = "Yes", score = 100 } ]
[[dimensions]]
code = "mindset"
title = "Digital mindset"
[[dimensions]]
code = "agile"
title = "Agile adoption"
[[sections]]
code = "s"
title = "S"
[[sections.pages]]
code = "p"
[[sections.pages.items]]
code = "m1"
text = "M?"
kind = "choice"
option_set = "two"
dimension = "mindset"
[[sections.pages.items]]
code = "a1"
text = "A?"
kind = "choice"
option_set = "two"
dimension = "agile"
"""


def standing(group, measure, verdict, reason=None):
    row = dict.fromkeys(STANDINGS.columns)
    return row | {"authority": "X", "peer_group": group, "measure": measure, "verdict": verdict, "reason": reason}


def said(*rows):
    frame = STANDINGS.check(pd.DataFrame(list(rows)))
    return peer_sensitivity.sentences(frame, loader.parse(QUESTIONNAIRE), authority="X")


def test_the_same_findings_beside_every_group_are_said_once():
    found = said(
        standing("all", "mindset", "ABOVE"),
        standing("all", "agile", "SIMILAR"),
        standing("nation:Wales", "mindset", "ABOVE"),
        standing("nation:Wales", "agile", "SIMILAR"),
    )
    assert found == (
        "The findings are the same beside each of these groups: all authorities and authorities in Wales.",
    )


def test_a_finding_that_hangs_on_the_group_is_named_with_its_groups():
    (sentence,) = said(
        standing("all", "mindset", "ABOVE"),
        standing("all", "agile", "SIMILAR"),
        standing("nation:Wales", "mindset", "SIMILAR"),
        standing("nation:Wales", "agile", "SIMILAR"),
    )
    assert sentence.endswith("on digital mindset above all authorities, similar to authorities in Wales.")
    assert "agile" not in sentence


def test_groups_that_are_too_small_are_not_named():
    assert (
        said(standing("all", "mindset", "ABOVE"), standing("region:East", "mindset", None, "too_few_authorities")) == ()
    )
