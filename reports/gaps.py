"""How differently tiers see their authority: senior leaders against the front line, elected members against officers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from questionnaires.definition import Role, Standing
from reports import assembly, frames, standings
from reports.case import Case
from reports.disclosure import threshold
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.estimation import Estimates
from reports.measures import MeasureKind
from reports.rules import Rules
from reports.splits import Split
from reports.statistics import holm, sums, welch
from reports.statistics.sums import Floats, Ints

ELECTED, OFFICERS = "elected", "officers"
_MOST_OF_ALL = 0.5  # of the weight of a pooled figure, more than which no authority may have
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Side:
    """One of two groups that are compared, each of shape (authorities, measures); NaN where nobody is scored."""

    n: Ints
    score: Floats
    se: Floats


@dataclass(frozen=True)
class Tiers:
    """The tiers of every authority that are compared.

    `senior` are senior leaders, `together` senior leaders and managers, `frontline` the others; `codes` the tiers that
    each of the three has. `pooled` says where `together` stands in for too few senior leaders.
    """

    senior: Side
    together: Side
    frontline: Side
    pooled: Flags
    codes: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]

    @property
    def upper(self) -> Side:
        """Senior leaders, or where they are too few senior leaders and managers together."""
        pairs = ((getattr(self.together, name), getattr(self.senior, name)) for name in ("n", "score", "se"))
        return Side(*(np.where(self.pooled, both, alone) for both, alone in pairs))


def gaps(case: Case, split: Split, whole: Estimates, own: Reasons) -> dict[str, pd.DataFrame]:
    """TIER_GAPS, ELECTED_GAPS and SECTOR_TIER_GAPS, by their names.

    In each authority the senior leaders' score minus the frontline's, without finite population correction, by
    Welch (`statistics.welch`), from `rules.minimum_respondents` people on either side. With fewer senior leaders,
    these and the managers together are compared with the frontline, and the row says so (`upper_tier`,
    `with_managers`). Holm over the dimensions within one authority; the verdict is that of a standing: ABOVE means
    that the upper tier scores higher. Elected members are compared in the same way with the authority's score.
    `split` are the officers by tier, `whole` the estimates of the authorities and `own` the reasons against them.
    Methodology 7 and 10.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> from reports import splits
    >>> tables = gaps(case, splits.split(case, "tier", found), found, reasons)
    >>> row = tables["tier_gaps"].iloc[1]
    >>> row["upper_tier"], [round(float(row[name]), 1) for name in ("gap", "lower", "upper")], str(row["verdict"])
    ('senior', [11.6, 1.5, 21.8], 'CANNOT_TELL')
    """
    tiers = compared(case)
    upper_words = [named(codes) for codes in tiers.codes]
    why = _with_overall(case, _comparable(case, people_reasons(case, tiers, split, whole)))
    upper_tier = np.array(upper_words[:2], dtype=object)[tiers.pooled.astype(np.int64)]
    elected = elected_members(case)
    officers = Side(whole.n, whole.score, whole.se_comparison)
    against = np.where(withheld(own), own, threshold.people(elected.n, case.rules))
    return {
        "tier_gaps": _frame(
            case,
            frames.TIER_GAPS,
            (tiers.upper, tiers.frontline),
            (upper_tier, upper_words[2]),
            reasons=why,
            more={"with_managers": tiers.pooled},
        ),
        "elected_gaps": _frame(
            case,
            frames.ELECTED_GAPS,
            (elected, officers),
            (ELECTED, OFFICERS),
            reasons=_with_overall(case, _comparable(case, against)),
        ),
        "sector_tier_gaps": sector(case, tiers, shown=~withheld(why) & ~tiers.pooled),
    }


def compared(case: Case) -> Tiers:
    """Senior leaders, managers and frontline officers who count, each group as a stratum of its own.

    Methodology 3.3 and 7.

    >>> from reports import example
    >>> tiers = compared(example.case())
    >>> tiers.codes, tiers.senior.n[0, 0].item(), tiers.frontline.n[0, 0].item(), bool(tiers.pooled.any())
    ((('senior',), ('senior', 'manager'), ('frontline',)), 11, 22, False)
    """
    codes = [_with_standing(case, one) for one in (Standing.SENIOR, Standing.MANAGER, Standing.FRONTLINE)]
    authorities = len(case.codes)
    of_code = {code: at for at, group in enumerate(codes) for code in group}
    table = np.array([*(of_code.get(code, -1) for code in case.responses.tiers), -1], dtype=np.int64)
    place = np.where(case.crowd.elected, -1, table[case.crowd.tier])  # -1, not said, is the last place
    own = case.crowd.authority
    apart = _estimated(case, np.where(place >= 0, place * authorities + own, -1), 3)
    senior, _, frontline = (Side(*(one[at] for one in apart)) for at in range(3))
    pooled = senior.n < case.rules.minimum_respondents
    wanted = np.any(pooled, axis=1)[own] & np.isin(place, (0, 1))
    both = _estimated(case, np.where(wanted, own, -1), 1)
    together = Side(*(one[0] for one in both))
    return Tiers(senior, together, frontline, pooled, (codes[0], codes[0] + codes[1], codes[2]))


def elected_members(case: Case) -> Side:
    """The elected members of every authority. Methodology 1.

    >>> from reports import example
    >>> elected_members(example.case()).n[:2, 0].tolist()
    [11, 0]
    """
    found = _estimated(case, np.where(case.crowd.elected, case.crowd.authority, -1), 1)
    return Side(*(one[0] for one in found))


def sector(case: Case, tiers: Tiers, shown: Flags) -> pd.DataFrame:
    """The senior leaders' score minus the frontline's inside authorities, over all of them (SECTOR_TIER_GAPS).

    Authorities a with n_s senior leaders and n_f frontline officers, both at least one, and the gap d_a between
    them:

        w_a = n_s n_f / (n_s + n_f);  gap = sum(w_a d_a) / sum(w_a)
        V = G / (G - 1) sum((w_a (d_a - gap))^2) / sum(w_a)^2, t with G - 1 degrees of freedom, G authorities

    which is least squares of the score on the tier with a constant for each authority, its error robust to clusters
    (Liang & Zeger 1986). What is common to an authority falls out. Authorities whose own gap is not `shown` count
    only where they have no fewer people between them than the threshold, on either side; else their people could be
    told. From `rules.minimum_authorities_median` authorities, none with more than half of the weight. Methodology 7
    and 10.

    >>> from reports import example
    >>> tiers = compared(example.case())
    >>> row = sector(example.case(), tiers, shown=tiers.senior.n >= 11).iloc[1]
    >>> [round(float(row[name]), 1) for name in ("gap", "lower", "upper")], int(row["authorities"])
    ([6.7, 4.8, 8.6], 24)
    """
    found, reasons = pooled(tiers.senior, tiers.frontline, shown, case.rules)
    columns = {"measure": case.measure_codes, "upper_tier": named(tiers.codes[0]), "lower_tier": named(tiers.codes[2])}
    return frames.SECTOR_TIER_GAPS.check(pd.DataFrame(columns).assign(**found, reason=_comparable(case, reasons)))


def pooled(upper: Side, lower: Side, shown: Flags, rules: Rules) -> tuple[dict[str, Floats | Ints], Reasons]:
    """The columns of a difference inside authorities, over all of them, and the reasons against it: see `sector`.

    Sides have shape (authorities, columns), so has `shown`; what comes back has one entry a column. Errors are not
    used. Methodology 7.

    >>> n, nought = np.full((10, 1), 20), np.zeros((10, 1))
    >>> upper, lower = (Side(n, np.full((10, 1), score), nought) for score in (60.0, 52.0))
    >>> found, reasons = pooled(upper, lower, n > 0, Rules())
    >>> found["gap"].tolist(), found["authorities"].tolist(), reasons.tolist()
    ([8.0], [10], [None])
    """
    inside = _pool(upper, lower, shown, rules.minimum_respondents)
    n_upper, n_lower = np.where(inside, upper.n, 0), np.where(inside, lower.n, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(inside, n_upper * n_lower / (n_upper + n_lower), 0.0)
    distance = np.where(inside, upper.score - lower.score, 0.0)
    gap, half = _clustered(weight, distance, rules.confidence)
    authorities, people = inside.sum(axis=0), np.minimum(n_upper.sum(axis=0), n_lower.sum(axis=0))
    against = threshold.authorities(authorities, rules)
    against[np.equal(against, Reason.TOO_FEW_FOR_QUARTILES)] = None
    few = threshold.people(people, rules)
    reasons = np.where(withheld(few), few, against)
    dominant = weight.max(axis=0, initial=0.0) > _MOST_OF_ALL * weight.sum(axis=0)
    reasons[~withheld(reasons) & dominant] = Reason.DOMINANCE
    columns = {"authorities": authorities, "n_upper": n_upper.sum(axis=0), "n_lower": n_lower.sum(axis=0)}
    return {**columns, "gap": gap, "lower": gap - half, "upper": gap + half}, reasons


def _pool(upper: Side, lower: Side, shown: Flags, least: int) -> Flags:
    """Authorities with people on both sides; those that are not shown only where they are enough people together."""
    inside = (upper.n > 0) & (lower.n > 0)
    hidden = inside & ~shown
    few = np.zeros(inside.shape[1], dtype=np.bool_)
    for side in (upper, lower):
        left = np.where(hidden, side.n, 0).sum(axis=0)
        few |= (left > 0) & (left < least)
    return inside & ~(hidden & few)


def _clustered(weight: Floats, distance: Floats, confidence: float) -> tuple[Floats, Floats]:
    """The weighted mean over authorities and half of its interval, robust to clusters; both of shape (measures,)."""
    count = (weight > 0.0).sum(axis=0)
    total = weight.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = (weight * distance).sum(axis=0) / total
        squares = ((weight * (distance - gap)) ** 2).sum(axis=0)
        se = np.sqrt(count / (count - 1.0) * squares) / total
    return gap, stats.t.ppf(0.5 + confidence / 2.0, np.maximum(count - 1, 1)) * se


def _frame(
    case: Case,
    shape: frames.Shape,
    sides: tuple[Side, Side],
    words: tuple[NDArray[np.object_] | str | None, NDArray[np.object_] | str | None],
    *,
    reasons: Reasons,
    more: Mapping[str, Flags] | None = None,
) -> pd.DataFrame:
    """One row an authority and measure; tested are the dimensions."""
    upper, lower = sides
    found = welch.difference(
        (upper.score, lower.score), (upper.se, lower.se), (upper.n, lower.n), confidence=case.rules.confidence
    )
    tested = np.array([measure.kind is MeasureKind.DIMENSION for measure in case.measures], dtype=np.bool_)
    p_value = np.where(tested, found.p_value, np.nan)
    p_adjusted = holm.among_shown(p_value, ~withheld(reasons))
    verdicts = standings.verdict(found.gap, p_adjusted, case.rules)
    verdicts[~np.broadcast_to(tested, found.gap.shape) | np.isnan(found.gap)] = None
    columns = {
        "upper_tier": np.broadcast_to(np.asarray(words[0], dtype=object), found.gap.shape),
        "lower_tier": np.broadcast_to(np.asarray(words[1], dtype=object), found.gap.shape),
        "gap": found.gap,
        "lower": found.lower,
        "upper": found.upper,
        "p_value": p_value,
        "p_adjusted": p_adjusted,
        "verdict": verdicts,
        "reason": reasons,
        "n_upper": upper.n,
        "n_lower": lower.n,
        **(more or {}),
    }
    return assembly.table(shape, case.codes, case.measure_codes, columns)


def people_reasons(case: Case, tiers: Tiers, split: Split, whole: Estimates) -> Reasons:
    """Too few people on either side, or with the gap a few people could be computed.

    Of what is compared, a tier that is hidden by itself, or hidden tiers of fewer people than the threshold
    together, must not be had as a difference; nor what is left of the authority. Methodology 10, rules 1 and 2.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> from reports import splits
    >>> found = people_reasons(case, compared(case), splits.split(case, "tier", found), found)
    >>> found.shape, int(withheld(found).sum())
    ((24, 10), 0)
    """
    least = case.rules.minimum_respondents
    codes = sorted({code for _, code in split.pairs})
    counts = np.zeros((len(codes), *whole.n.shape), dtype=np.int64)
    hidden = np.zeros(counts.shape, dtype=np.bool_)
    at = np.array([codes.index(code) for _, code in split.pairs], dtype=np.int64)
    counts[at, split.owner], hidden[at, split.owner] = split.found.n, withheld(split.reasons)
    alone, both, lower = (np.isin(codes, group)[:, np.newaxis, np.newaxis] for group in tiers.codes)
    upper = np.where(tiers.pooled, both, alone)
    left = whole.n - np.where(hidden, 0, counts).sum(axis=0)
    bad = np.zeros(whole.n.shape, dtype=np.bool_)
    for member in (upper, np.broadcast_to(lower, upper.shape)):
        concealed = np.where(hidden & member, counts, 0).sum(axis=0)
        bad |= (concealed > 0) & ((concealed < least) | (member.sum(axis=0) == 1))
        left -= concealed
    bad |= (left > 0) & (left < least)
    reasons = threshold.people(np.minimum(tiers.upper.n, tiers.frontline.n), case.rules)
    reasons[~withheld(reasons) & bad] = Reason.COMPLEMENT
    return reasons


def _comparable(case: Case, reasons: Reasons) -> Reasons:
    """Tiers to whom the questions do not mean the same are compared on single items only (methodology 2.7)."""
    if case.rules.invariance == "failed":
        reasons[~withheld(reasons)] = Reason.MEANS_DIFFERENTLY
    return reasons


def _with_overall(case: Case, reasons: Reasons) -> Reasons:
    """The overall goes with a withheld dimension, whose gap it would give away; refused scales have no say in Holm."""
    reasons[~withheld(reasons) & case.refused] = Reason.UNRELIABLE_SCALE
    dimensions = case.dimensions
    if len(dimensions) < case.rules.overall_dimensions:
        reasons[:, 0] = Reason.TOO_FEW_DIMENSIONS
        return reasons
    hidden = withheld(reasons)
    reasons[hidden[:, dimensions].any(axis=1) & ~hidden[:, 0], 0] = Reason.DIMENSION_WITHHELD
    return reasons


def _estimated(case: Case, cell: Ints, tiers: int) -> tuple[Ints, Floats, Floats]:
    """n, score and error of the tiers that kinds of the crowd are in, numbered one after the other.

    `cell` (kinds of the crowd,) is tier x authority, -1 nowhere; each result has shape (tiers, authorities, measures).
    """
    found = case.estimate_apart(sums.grouped(cell, tiers * len(case.codes)), None)
    shape = (tiers, len(case.codes), found.n.shape[1])
    return found.n.reshape(shape), found.score.reshape(shape), found.se_comparison.reshape(shape)


def _with_standing(case: Case, standing: Standing) -> tuple[str, ...]:
    item = case.questionnaire.role_item(Role.TIER)
    return tuple(option.code for option in item.options if option.standing is standing) if item else ()


def named(codes: Sequence[str]) -> str | None:
    """The tiers of one side as a file names them: `senior`, or of several `senior+manager`.

    Methodology 7 asks that it is said.

    >>> named(["senior", "manager"]), named([])
    ('senior+manager', None)
    """
    return "+".join(codes) or None
