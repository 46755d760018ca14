"""Own profile: which themes an authority leans towards, beside its own average and what is usual among authorities."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports import assembly, estimation, frames, standings
from reports.case import Case
from reports.disclosure import threshold
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.estimation import Estimates
from reports.measures import MeasureKind
from reports.rules import Rules
from reports.standings import GroupStandings
from reports.statistics import intervals, quantiles, sums
from reports.statistics.sums import Floats, Groups, Ints

_FEWEST_THEMES = 2
_OF_A_MEDIAN = math.pi / 2.0  # times variance / k: that of the median of k normal values


@dataclass(frozen=True)
class Contrasts:
    """Each theme against the group's own mean over themes: `n` (groups,), `contrast` and `se` (groups, themes), in
    points.
    """

    n: Ints
    contrast: Floats
    se: Floats


def contrasts(score: Floats, n: Ints, influence: Floats, groups: Groups) -> Contrasts:
    """Every theme of every group against the mean over all themes of the same group, with its paired error.

    With the scores m_t of K themes and the influences z_it of `estimation.influences`:

        c_t = m_t - mean over s of m_s
        V_t = n / (n - 1) sum over i of (z_it - mean over s of z_is)^2

    n is the fewest people behind any theme of the group. Where everybody is scored on every theme this is the error of
    the mean of each person's own contrasts, so the pairing within people is in it; the finite population
    correction is not, because the contrast is compared (methodology 0.5). `score` and `n` have shape (groups,
    themes), `influence` (rows of `groups.order`, themes); points. Below two people there is no error; a contrast that
    is the same for everybody has one of 0. Methodology 7; Sarndal, Swensson & Wretman 1992.

    >>> people = np.array([[50.0, 70.0], [60.0, 60.0], [40.0, 80.0]])  # own contrasts -10, 0, -20
    >>> three = sums.grouped(np.zeros(3, dtype=np.int64), 1)
    >>> found = contrasts(np.array([[50.0, 70.0]]), np.array([[3, 3]]), estimation.influences(people, three), three)
    >>> found.contrast.tolist(), np.round(found.se, 6).tolist()  # sqrt(100 / 3)
    ([[-10.0, 10.0]], [[5.773503, 5.773503]])
    """
    fewest = n.min(axis=1).astype(np.int64) if n.shape[1] else np.zeros(len(n), dtype=np.int64)
    middle = sum(influence.T) / max(n.shape[1], 1)
    squares = np.empty(score.shape)
    for theme, moved in enumerate(influence.T):
        apart = moved - middle
        apart *= apart
        squares[:, theme] = sums.sums_of_alike(apart, groups)
    factor = np.where(fewest > 1, fewest / np.maximum(fewest - 1.0, 1.0), np.nan)
    se = np.sqrt(factor[:, np.newaxis] * squares)
    contrast = score - score.mean(axis=1, keepdims=True) if n.shape[1] else score
    return Contrasts(fewest, contrast, np.where(se < estimation.ROUNDING_DUST, 0.0, se))


@dataclass(frozen=True)
class Leanings:
    """Contrasts `compared` with those of the sector, `usual` (themes,), and the error `se` of each gap (groups,
    themes).
    """

    compared: GroupStandings
    usual: Floats
    se: Floats


def leanings(found: Contrasts, shown: NDArray[np.bool_], rules: Rules) -> Leanings:
    """Each contrast minus that of the sector, with test and verdict; and the contrast of the sector.

        usual = median over the k authorities that are `shown` of c_t, one authority one vote
        gap = c_t - usual, SE = sqrt(V_t + pi / 2 mean of V_t over these authorities / k)

    The contrast of the sector is an estimate as well: the second term is the variance of a median of k values that
    each have a mean error of V (Kendall & Stuart 1977, 10.10). Without it what is not there would be said of up to 6 %
    of authorities (docs/simulations.md). A contrast without a spread has an SE of 0 and no test. Student t with
    n - 1 degrees of freedom, Holm over the themes of one authority, and the same two conditions as every verdict: an
    adjusted p-value below `rules.significance` and at least `rules.smallest_difference` points. `shown` has shape
    (authorities,). Methodology 6 and 7.

    >>> one = np.array([[9.0, -9.0]])
    >>> sector = Contrasts(np.full(10, 40), one * np.arange(10)[:, np.newaxis] / 9, np.full((10, 2), 2.0))
    >>> made = leanings(sector, np.ones(10, dtype=bool), Rules())
    >>> made.usual.tolist(), round(float(made.se[9, 0]), 6), str(made.compared.verdict[9, 0])  # 2 sqrt(1 + pi / 20)
    ([4.5, -4.5], 2.151353, 'SIMILAR')
    """
    usual = np.array([quantiles.quartiles(column[shown])[1] for column in found.contrast.T], dtype=np.float64)
    se = _with_the_sectors(found.se, shown)
    everywhere = np.broadcast_to(shown[:, np.newaxis], found.contrast.shape)
    compared = standings.standings(
        score=found.contrast,
        se_comparison=se,
        n=np.repeat(found.n[:, np.newaxis], found.contrast.shape[1], axis=1),
        median=usual,
        shown=everywhere,
        counted=everywhere,
        tested=np.ones(len(usual), dtype=np.bool_),
        rules=rules,
    )
    return Leanings(compared, usual, se)


def _with_the_sectors(se: Floats, shown: NDArray[np.bool_]) -> Floats:
    """Errors of contrasts with that of the median beside them; 0 stays 0, because it is not known."""
    k = int(shown.sum())
    if k == 0:
        return se
    mean = np.array([math.fsum(column) / k for column in (se[shown] ** 2).T])
    return np.where(se > 0.0, np.sqrt(se * se + _OF_A_MEDIAN / k * mean), se)


def own_profile(case: Case, found: Estimates, reasons: Reasons, groups: Groups) -> pd.DataFrame:
    """Every authority and measure; figures for themes only (OWN_PROFILE).

    `found` are the estimates of whole authorities, `reasons` those against their scores, `groups` the officers of
    each authority. The themes compared are those of which at least one authority's score may be shown; an authority
    of which one of these is withheld has no own profile, because the mean over its themes would give the score
    away. There are figures from as many authorities as a median needs. `gap`, its interval and the adjusted p-value
    are those of `leanings`. Where the dimensions move together (2.6) nothing is claimed between them, so that no
    profile is published. Methodology 7.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> rows = own_profile(case, found, reasons, case.officers)
    >>> row = rows[rows["reason"].isna()].iloc[0]
    >>> row["measure"], [round(float(row[name]), 1) for name in ("own_contrast", "sector_contrast", "gap", "lower", "upper")]
    ('mindset_a', [1.2, 0.3, 0.9, -1.5, 3.4])
    """
    themes = np.array(case.places(MeasureKind.THEME), dtype=np.int64)
    compared = themes[~withheld(reasons[:, themes]).all(axis=0)] if len(case.codes) else themes[:0]
    influence = estimation.influences_of_kinds(
        case.kinds,
        case.kind_moments.of(compared),
        [case.people.values[:, place] for place in compared],
        fit=None if case.margins_fit is None else case.margins_fit[:, compared],
    )
    made = contrasts(found.score[:, compared], found.n[:, compared], influence, groups)
    own = _own_reasons(case, reasons, compared)
    shown = np.all(~withheld(own[:, compared]), axis=1)
    result = leanings(made, shown, case.rules)
    own[:, compared] = _else(own[:, compared], _against(int(shown.sum()), case.rules))
    if case.rules.four_dimensions == "failed":
        own[:, compared] = _else(own[:, compared], Reason.MOVE_TOGETHER)
    return _frame(case, compared, made, result, own)


def _own_reasons(case: Case, reasons: Reasons, compared: Ints) -> Reasons:
    """No theme, too few themes, a theme withheld: it takes the authority's other themes with it."""
    own = reasons.copy()
    own[:, [*case.places(MeasureKind.OVERALL), *case.places(MeasureKind.DIMENSION)]] = Reason.NOT_A_THEME
    part = own[:, compared]
    incomplete = withheld(part).any(axis=1)
    part[incomplete] = _else(part[incomplete], Reason.THEME_WITHHELD)
    own[:, compared] = _else(part, Reason.TOO_FEW_THEMES) if len(compared) < _FEWEST_THEMES else part
    return own


def _else(reasons: Reasons, other: Reason | None) -> Reasons:
    """The reasons, and another one where there is none."""
    result = reasons.copy()
    result[~withheld(reasons)] = other
    return result


def _against(authorities: int, rules: Rules) -> Reason | None:
    """Too few authorities for a median; quartiles are not shown, so none are missed."""
    reason = threshold.authorities(np.array([authorities]), rules)[0]
    return None if reason is Reason.TOO_FEW_FOR_QUARTILES else reason


def _frame(case: Case, compared: Ints, made: Contrasts, leaning: Leanings, reasons: Reasons) -> pd.DataFrame:
    found, usual, se = leaning.compared, leaning.usual, leaning.se
    quantile = intervals.student_quantile(0.5 + case.rules.confidence / 2.0, np.maximum(made.n - 1, 1))
    half = np.where(se > 0.0, quantile[:, np.newaxis] * se, np.nan)
    themes = {
        "gap": found.gap,
        "lower": found.gap - half,
        "upper": found.gap + half,
        "p_adjusted": found.p_adjusted,
        "own_contrast": made.contrast,
        "sector_contrast": np.broadcast_to(usual, made.contrast.shape),
        "p_value": found.p_value,
        "n": np.broadcast_to(made.n[:, np.newaxis], made.contrast.shape),
    }
    shape = (len(case.codes), len(case.measures))
    columns: dict[str, NDArray[np.generic]] = {"reason": reasons}
    for name, values in themes.items():
        columns[name] = np.full(shape, np.nan)
        columns[name][:, compared] = values
    columns["verdict"] = np.full(shape, None, dtype=object)
    columns["verdict"][:, compared] = found.verdict
    return assembly.table(frames.OWN_PROFILE, case.codes, case.measure_codes, columns)
