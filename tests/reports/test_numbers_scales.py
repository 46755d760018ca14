"""Scales and aggregation: against statsmodels, textbook arithmetic and each other."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.multivariate.factor import Factor
from statsmodels.regression.mixed_linear_model import MixedLM

from reports import agreement, reliability
from reports.statistics import anova, reml, sums


def a_sector(seed: int, tau: float, authorities: int = 40) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    n = draw.integers(2, 60, authorities)
    group = np.repeat(np.arange(authorities), n)
    return group, 50 + draw.normal(0, tau, authorities)[group] + draw.normal(0, 20, len(group))


@pytest.mark.parametrize(("seed", "tau"), [(1, 5.0), (4, 15.0), (7, 3.0)])
def test_reml_agrees_with_statsmodels(seed: int, tau: float) -> None:
    group, y = a_sector(seed, tau)
    found = agreement.between(y, sums.grouped(group, 40)).model
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = MixedLM(y, np.ones(len(y)), groups=group).fit(reml=True)
    tau2 = float(other.cov_re[0, 0])
    assert found.icc1 == pytest.approx(tau2 / (tau2 + float(other.scale)), abs=1e-4)
    assert found.sigma2 == pytest.approx(float(other.scale), rel=1e-4)
    assert found.mean == pytest.approx(float(other.fe_params[0]), abs=1e-4)


def test_reml_is_at_the_root_of_its_likelihood() -> None:
    group, y = a_sector(1, 5.0)
    n, mean, squares = agreement.moments(y, sums.grouped(group, 40))
    found = reml.random_intercept(n, mean, squares)

    def deviance(tau2: float, sigma2: float) -> float:  # written from the matrices, not from the profile
        v = sigma2 + n * tau2
        centre = (n / v * mean).sum() / (n / v).sum()
        quadratic = squares.sum() / sigma2 + (n / v * (mean - centre) ** 2).sum()
        logs = ((n - 1) * np.log(sigma2) + np.log(v)).sum() + np.log((n / v).sum())
        return float(quadratic + logs)

    best = deviance(found.tau2, found.sigma2)
    for step in (1e-3, -1e-3):
        assert deviance(found.tau2 * (1 + step), found.sigma2) > best
        assert deviance(found.tau2, found.sigma2 * (1 + step)) > best


def test_in_a_balanced_sector_reml_is_the_analysis_of_variance() -> None:
    draw = np.random.default_rng(3)
    group = np.repeat(np.arange(30), 12)
    y = 50 + draw.normal(0, 6, 30)[group] + draw.normal(0, 20, 360)
    found = agreement.between(y, sums.grouped(group, 30))
    assert found.model.icc1 == pytest.approx(float(found.variance.icc1[0]), rel=1e-10)
    f = stats.f_oneway(*(y[group == g] for g in range(30)))
    assert float(found.variance.f[0]) == pytest.approx(f.statistic, rel=1e-10)


def test_without_differences_the_variance_between_is_zero_and_never_negative() -> None:
    y = np.tile([30.0, 50.0, 70.0], 10)  # ten authorities with the same three answers
    found = agreement.between(y, sums.grouped(np.repeat(np.arange(10), 3), 10))
    assert found.model.tau2 == 0.0
    assert found.lower < 0
    assert float(found.variance.sd_between[0]) == 0.0


@pytest.mark.parametrize("group", [np.zeros(5, dtype=int), np.arange(5)])
def test_one_authority_or_one_answer_each_gives_nothing_and_no_exception(group: np.ndarray) -> None:
    found = agreement.between(np.arange(5.0), sums.grouped(group, 5))
    assert np.isnan(found.model.icc1)
    assert np.isnan(found.variance.icc1[0])


def test_several_sets_are_analysed_as_each_alone() -> None:
    draw = np.random.default_rng(8)
    n, mean, squares = draw.integers(11, 30, 9), draw.normal(50, 5, 9), draw.uniform(2000, 9000, 9)
    owner = np.array([0, 0, 0, 1, 1, 1, 1, 2, 2])
    together = anova.one_way(n, mean, squares, owner, 3)
    for one in range(3):
        rows = owner == one
        alone = anova.one_way(n[rows], mean[rows], squares[rows], np.zeros(rows.sum(), dtype=int), 1)
        assert together.icc1[one] == alone.icc1[0]
        assert together.upper[one] == alone.upper[0]


def test_the_reliability_of_forty_people_is_that_of_the_recruitment_table() -> None:
    # ICC(1) 0.03, 0.04, 0.05, 0.10 with 40 respondents: 0.55, 0.62 (0.625), 0.68, 0.82
    n, deff = np.array([40]), np.array([1.0])
    for icc, expected in ((0.03, 0.55), (0.04, 0.625), (0.05, 0.68), (0.10, 0.82)):
        model = reml.RandomIntercept(icc, 1 - icc, 50.0, 1.0)
        assert agreement.reliability(model, n, deff)[0] == pytest.approx(expected, abs=0.005)


def test_agreement_is_whole_where_all_answer_alike_and_nothing_where_they_scatter() -> None:
    variances = np.array([[0.0, 0.0, 0.0], [2.0, 2.0, 2.0], [4.0, 4.0, 4.0], [1.0, np.nan, 1.0]])
    found = agreement.within_agreement(variances, np.full(3, agreement.uniform_null(5)))
    # the last: two items, q = 0.5: 2 x 0.5 / (2 x 0.5 + 0.5) = 2/3
    np.testing.assert_allclose(found, [1.0, 0.0, 0.0, 2 / 3])


def items_of_one_factor(seed: int, people: int = 600) -> np.ndarray:
    draw = np.random.default_rng(seed)
    factor = draw.normal(size=people)[:, np.newaxis]
    raw = factor * np.array([0.8, 0.7, 0.6, 0.5, 0.4]) + draw.normal(size=(people, 5)) * 0.7
    return np.clip(np.round(raw * 30 / 25 + 2) * 25, 0, 100)


@pytest.mark.parametrize("seed", [1, 2])
def test_one_factor_and_omega_agree_with_statsmodels(seed: int) -> None:
    scores = items_of_one_factor(seed)
    found = reliability.covariances(scores)
    np.testing.assert_allclose(found.matrix, np.cov(scores.T), rtol=1e-12)
    spread = np.sqrt(np.diag(found.matrix))
    r = found.matrix / np.outer(spread, spread)
    other = Factor(corr=r, n_factor=1, method="ml").fit(opt={"gtol": 1e-7})
    loadings, unique = reliability.one_factor(r)
    np.testing.assert_allclose(np.abs(other.loadings[:, 0]), loadings, atol=1e-5)
    common = (loadings * spread).sum() ** 2
    expected = common / (common + (unique * spread**2).sum())
    assert reliability.scale(found).omega == pytest.approx(expected, rel=1e-12)


def test_alpha_and_its_interval_are_those_of_the_formula_on_people() -> None:
    scores = items_of_one_factor(3)
    total = scores.sum(axis=1)
    alpha = 5 / 4 * (1 - scores.var(axis=0, ddof=1).sum() / total.var(ddof=1))
    found = reliability.scale(reliability.covariances(scores))
    assert found.alpha == pytest.approx(alpha, rel=1e-12)
    # Feldt: (1 - alpha) / (1 - true alpha) follows F(n - 1, (n - 1)(J - 1))
    assert found.alpha_lower == pytest.approx(1 - (1 - alpha) * stats.f.ppf(0.975, 599, 599 * 4), rel=1e-12)
    assert found.alpha_upper == pytest.approx(1 - (1 - alpha) * stats.f.ppf(0.025, 599, 599 * 4), rel=1e-12)


def test_centring_takes_away_what_only_authorities_have_in_common() -> None:
    draw = np.random.default_rng(4)
    group = np.repeat(np.arange(20), 30)
    only_between = draw.normal(0, 15, 20)[group][:, np.newaxis] + draw.normal(0, 10, (600, 4)).round()
    uncentred = reliability.scale(reliability.covariances(only_between))
    centred = reliability.scale(reliability.covariances(only_between, group))
    assert uncentred.alpha > 0.8
    assert abs(centred.alpha) < 0.2


def test_item_totals_are_correlations_with_the_rest_and_a_wrong_key_shows() -> None:
    scores = items_of_one_factor(5)
    scores[:, 4] = 100 - scores[:, 4]
    r, without = reliability.item_totals(reliability.covariances(scores))
    rest = scores.sum(axis=1) - scores[:, 1]
    assert r[1] == pytest.approx(np.corrcoef(scores[:, 1], rest)[0, 1], rel=1e-12)
    assert r[4] < 0.20
    assert without[4] == max(without)
    four = reliability.scale(reliability.covariances(np.delete(scores, 4, axis=1)))
    assert without[4] == pytest.approx(four.alpha, rel=1e-12)


@pytest.mark.parametrize(
    "scores",
    [np.full((20, 4), 50.0), np.empty((0, 4)), np.full((20, 4), np.nan), np.arange(20.0)[:, np.newaxis]],
    ids=["everyone the same", "nobody", "nothing answered", "one item"],
)
def test_what_cannot_be_computed_is_missing_and_no_exception(scores: np.ndarray) -> None:
    found = reliability.covariances(scores)
    assert np.isnan(reliability.scale(found).alpha)
    assert np.isnan(reliability.item_totals(found)[0]).all()


def test_the_order_of_rows_changes_no_bit() -> None:
    scores, group = items_of_one_factor(6), np.repeat(np.arange(20), 30)
    shuffle = np.random.default_rng(1).permutation(600)
    first = reliability.scale(reliability.covariances(scores, group))
    assert reliability.scale(reliability.covariances(scores[shuffle], group[shuffle])) == first
    assert pd.Series(first.__dict__).notna().all()
