"""How differently tiers answer single questions: what is compared where the questions do not mean the same to all tiers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from questionnaires.definition import Item
from reports import frames, gaps, scoring
from reports.case import Case
from reports.disclosure import threshold
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.estimation import Estimates
from reports.gaps import Flags, Side, Tiers
from reports.gates import State
from reports.splits import Split
from reports.statistics import intervals
from reports.statistics.sums import Floats, Ints

_AGREES_FROM = 50.0  # points after keying: levels 4 and 5 of five, the upper half of any scale
_NEARLY = 0.9
_FIRST_OPTION = 4  # in the rows of `Case.counts`, after the negative codes


@dataclass(frozen=True)
class _Answers:
    """How often each kind of officers answered each item, and agreed with it; both of shape (kinds, items)."""

    answered: Ints
    agreed: Ints


@dataclass(frozen=True)
class _Group:
    """One group in every authority, of shape (authorities, items): who answered, who of them agrees.

    `share` and `effective` (Kish's number of people) know design weights; NaN where nobody answered.
    """

    n: Ints
    agreed: Ints
    share: Floats
    effective: Floats

    @property
    def nearly_alike(self) -> Flags:
        """Over 90 % of them, or all but two, agree or do not agree."""
        most = np.maximum(self.agreed, self.n - self.agreed)
        alike: Flags = (self.n > 0) & ((most > _NEARLY * self.n) | (most >= self.n - 2))
        return alike


def item_gaps(case: Case, split: Split, whole: Estimates) -> dict[str, pd.DataFrame]:
    """TIER_ITEM_GAPS and SECTOR_ITEM_GAPS by their names; nothing unless the rules say that invariance failed.

    Of each item of a dimension the share that agrees (keyed score above 50) among senior leaders minus that among
    frontline officers, 0 to 1 each, with Newcombe's interval at Kish's n_eff and without finite population
    correction. Where the dimension's gap would pool senior leaders and managers (`gaps.gaps`), so does the item's.
    No test and no verdict: what a question means to a tier is what is in doubt. Over all authorities the difference
    inside authorities, as `gaps.sector` does it with scores.

    Shown where the gap of the dimension could be, if the questions meant the same, and where either side has
    `rules.minimum_respondents` answers, what is left of the authority is nobody or as many, and nowhere nearly
    everybody is of one mind. `split` are the officers by tier and `whole` the estimates of the authorities.
    Methodology 2.7, 7 and 10.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> from dataclasses import replace
    >>> from reports import splits
    >>> rules = replace(case.rules, invariance="failed", invariance_source="made up")
    >>> case = replace(case, rules=rules)
    >>> row = item_gaps(case, splits.split(case, "tier", found), found)["tier_item_gaps"].iloc[0]
    >>> [round(float(row[name]), 3) for name in ("share_upper", "share_lower", "gap", "lower", "upper")]
    [0.2, 0.136, 0.064, -0.18, 0.386]
    """
    if case.rules.invariance != State.FAILED:
        return {}
    items, measures = _items(case)
    if not items:
        return {"tier_item_gaps": frames.TIER_ITEM_GAPS.empty(), "sector_item_gaps": frames.SECTOR_ITEM_GAPS.empty()}
    tiers, answers = gaps.compared(case), _answers(case, items)
    everybody = _group(case, answers, None)
    senior, together, frontline = (_group(case, answers, codes) for codes in tiers.codes)
    pooled = tiers.pooled[:, measures]
    upper = _Group(
        *(np.where(pooled, getattr(together, name), getattr(senior, name)) for name in _Group.__annotations__)
    )
    of_dimension = gaps.people_reasons(case, tiers, split, whole)[:, measures]
    reasons = _reasons(case, (everybody, upper, frontline), of_dimension, _one_answer(case, items))
    sides = tuple(Side(one.n, one.share, np.zeros(one.n.shape)) for one in (senior, frontline))
    found, against = gaps.pooled(sides[0], sides[1], ~withheld(reasons) & ~pooled, case.rules)
    named = {"upper_tier": gaps.named(tiers.codes[0]), "lower_tier": gaps.named(tiers.codes[2])}
    sector = pd.DataFrame({"item": [one.code for one in items], **named}).assign(**found, reason=against)
    return {
        "tier_item_gaps": _frame(case, items, (upper, frontline), _named(tiers, pooled), reasons=reasons),
        "sector_item_gaps": frames.SECTOR_ITEM_GAPS.check(sector),
    }


def _items(case: Case) -> tuple[list[Item], list[int]]:
    """The items of dimensions that have a column, and where the measure of each stands."""
    places = {code: place for place, code in enumerate(case.measure_codes)}
    pairs = [
        (item, places[dimension.code])
        for dimension in case.questionnaire.dimensions
        for item in case.questionnaire.items_of(dimension.code)
        if item.code in case.counts
    ]
    return [item for item, _ in pairs], [place for _, place in pairs]


def _answers(case: Case, items: list[Item]) -> _Answers:
    answered, agreed = [], []
    for item in items:
        table, scores = case.counts[item.code][_FIRST_OPTION:], scoring.option_scores(item)
        answered.append(table[~np.isnan(scores)].sum(axis=0))
        with np.errstate(invalid="ignore"):
            agreed.append(table[scores > _AGREES_FROM].sum(axis=0))
    return _Answers(np.stack(answered, axis=1), np.stack(agreed, axis=1))


def _group(case: Case, answers: _Answers, tiers: tuple[str, ...] | None) -> _Group:
    """The officers of some tiers, None: all of them. Kinds stand in an order that does not depend on that of the rows."""
    officers, crowd = case.crowd.officers, case.crowd
    inside = np.ones(officers, dtype=np.bool_)
    if tiers is not None:
        inside = np.array([*(code in tiers for code in case.responses.tiers), False])[crowd.tier[:officers]]
    own = crowd.authority[:officers][inside]
    weight: Floats = np.ones(len(own)) if crowd.design is None else crowd.design[:officers][inside]

    def summed(values: NDArray[np.generic]) -> Floats:
        result = np.zeros((len(case.codes), values.shape[1]))
        np.add.at(result, own, values)
        return result

    n, agreed = answers.answered[inside], answers.agreed[inside]
    w = weight[:, np.newaxis]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = summed(w * agreed) / summed(w * n)
        effective = summed(w * n) ** 2 / summed(w**2 * n)
    return _Group(summed(1.0 * n).astype(np.int64), summed(1.0 * agreed).astype(np.int64), share, effective)


def _one_answer(case: Case, items: list[Item]) -> Flags:
    """Where an authority's own answers to an item are withheld, because nearly all are the same; (authorities, items)."""
    found = []
    for item in items:
        scored = ~np.isnan(scoring.option_scores(item))
        table = case.tally[item.code][:, _FIRST_OPTION:][:, scored]
        n, most = table.sum(axis=1), table.max(axis=1, initial=0)
        found.append((most > _NEARLY * n) | (most >= n - 2))
    return np.stack(found, axis=1)


def _reasons(case: Case, groups: tuple[_Group, _Group, _Group], of_dimension: Reasons, one_answer: Flags) -> Reasons:
    """What speaks against each gap, from everybody of an authority and the two sides; (authorities, items)."""
    everybody, upper, lower = groups
    reasons = threshold.people(np.minimum(upper.n, lower.n), case.rules)
    reasons = np.where(withheld(reasons), reasons, of_dimension)
    rest_n, rest_agreed = everybody.n - upper.n - lower.n, everybody.agreed - upper.agreed - lower.agreed
    rest = _Group(rest_n, rest_agreed, everybody.share, everybody.effective)
    few = (rest.n > 0) & ((rest.n < case.rules.minimum_respondents) | rest.nearly_alike)
    reasons[~withheld(reasons) & few] = Reason.COMPLEMENT
    reasons[~withheld(reasons) & (upper.nearly_alike | lower.nearly_alike | one_answer)] = Reason.NEARLY_EVERYONE
    return reasons


def _named(tiers: Tiers, pooled: Flags) -> dict[str, NDArray[np.object_] | Flags]:
    """Who is compared with whom, as a file names them."""
    senior, together, frontline = (gaps.named(codes) for codes in tiers.codes)
    return {
        "upper_tier": np.array([senior, together], dtype=object)[pooled.astype(np.int64)],
        "lower_tier": np.full(pooled.shape, frontline, dtype=object),
        "with_managers": pooled,
    }


def _frame(
    case: Case,
    items: list[Item],
    sides: tuple[_Group, _Group],
    named: dict[str, NDArray[np.object_] | Flags],
    *,
    reasons: Reasons,
) -> pd.DataFrame:
    """One row an authority and item."""
    upper, lower = sides
    low, high = intervals.newcombe_interval(
        (upper.share, lower.share), (upper.effective, lower.effective), confidence=case.rules.confidence
    )
    columns = {
        **named,
        "n_upper": upper.n,
        "n_lower": lower.n,
        "share_upper": upper.share,
        "share_lower": lower.share,
        "gap": upper.share - lower.share,
        "lower": low,
        "upper": high,
        "reason": reasons,
    }
    rows = {"authority": np.repeat(list(case.codes), len(items)), "item": [one.code for one in items] * len(case.codes)}
    return frames.TIER_ITEM_GAPS.check(pd.DataFrame(rows | {name: one.ravel() for name, one in columns.items()}))
