"""Leadership profile: how many agree about leading and managing, skills, competencies and characteristics of leaders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from questionnaires.definition import Item
from reports import frames, scoring
from reports.case import Case
from reports.disclosure import items as item_rules
from reports.disclosure import threshold
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.distributions import Answerers, Distribution
from reports.statistics import intervals, ratios
from reports.statistics.ratios import Totals
from reports.statistics.sums import Floats, Ints

PARTS = ("leading", "managing", "skill", "competency", "characteristic")
WHOLE_PART = "overall"
"""In the place of an item: all questions of a part together."""
MOST, FEW = "most", "few"
_AGREES_FROM = 50.0  # points after keying: levels 4 and 5 of five, the upper half of any scale
_NEARLY = 0.9
_MOST_OF_ALL = 0.5  # of the people behind a figure of the sector, more than which no authority may have
_FEWEST_HIDDEN = 3  # authorities together, so that none of them can be had as a difference


@dataclass(frozen=True)
class Agreed:
    """One question, or one part with all of its questions, in every authority; each of shape (authorities,).

    `n` people answered; `share` of their answers agree; `effective` answers are as good as independent.
    """

    part: str
    item: str
    n: Ints
    share: Floats
    effective: Floats
    reasons: Reasons


def leadership(
    case: Case, spreads: Mapping[str, Distribution], people: Answerers, *, invited: Floats, said: Floats
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """LEADERSHIP as computed and as told, and SECTOR_LEADERSHIP.

    Who agrees with a question has a keyed score above 50: level 4 or 5 of five, or where a statement is turned
    round 1 or 2. The figure of one question is the share of its answers that agree. That of a part (its questions
    have the same `profile`) is the share of all answers to its questions that agree: single items are never
    averaged, answers are counted. Weighted as the authority's score is. Wilson's interval at n* = n_eff (N - 1) /
    (N - n): n_eff of one question is Kish's, that of a part knows that answers of one person go together
    (`statistics.ratios`). `spreads` are the distributions of items, `people` who is counted in them, `invited` N
    and `said` the N that intervals may tell, each (authorities,).

    Withheld as a distribution is: under the threshold, and where nearly everybody gave one answer (`nearly` then
    says which way). A part of which one question alone is withheld goes with it, because it could be computed.
    Methodology 2.5, 3.3 and 10.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> from reports import distributions
    >>> people = Answerers(case.officers.order, case.kinds.rows.of_row, case.kinds.weight, case.kinds.groups)
    >>> invited = np.full(24, 72.0)
    >>> spreads = {
    ...     code: distributions.distribution(
    ...         answers, case.questionnaire.items[code], people, invited=invited, rules=case.rules
    ...     )
    ...     for code, answers in case.counts.items()
    ... }
    >>> row = leadership(case, spreads, people, invited=invited, said=invited)[0].iloc[0]
    >>> row["profile"], row["item"], [round(float(row[name]), 3) for name in ("share", "lower", "upper")]
    ('leading', 'overall', [0.068, 0.034, 0.133])
    """
    found = [one for part in PARTS for one in _part(case, part, spreads, people)]
    computed, told = (_frame(case, found, known) for known in (invited, said))
    return computed, told, _sector(case, found)


def _part(case: Case, part: str, spreads: Mapping[str, Distribution], people: Answerers) -> list[Agreed]:
    """All questions of a part together, then each of them."""
    items = [one for one in case.questionnaire.scored_items if one.profile == part and one.code in spreads]
    if not items:
        return []
    single = [_single(case, one, spreads[one.code]) for one in items]
    if len(single) == 1:
        only = single[0]
        return [Agreed(part, WHOLE_PART, only.n, only.share, only.effective, only.reasons), only]
    return [_together(case, part, single, people), *single]


def _single(case: Case, item: Item, spread: Distribution) -> Agreed:
    """One question, from its distribution: what is withheld there is withheld here."""
    scores = scoring.option_scores(item)
    agrees = [
        spread.rows.index(option.code)
        for option, score in zip(item.options, scores.tolist(), strict=True)
        if option.code in spread.rows and score > _AGREES_FROM
    ]
    share = spread.share[:, agrees].sum(axis=1)
    full = item_rules.reasons(spread, case.rules)[:, 0]
    few = spread.n < case.rules.distribution_full
    drawn = full if spread.collapsed is None else item_rules.reasons(spread.collapsed, case.rules)[:, 0]
    return Agreed(str(item.profile), item.code, spread.n, share, spread.effective[:, 0], np.where(few, drawn, full))


def _together(case: Case, part: str, single: Sequence[Agreed], people: Answerers) -> Agreed:
    """The answers to all questions of a part, clustered by person."""
    agreeing: Ints = np.zeros(len(people.order), dtype=np.int64)
    answered: Ints = np.zeros(len(people.order), dtype=np.int64)
    columns = {code: place for place, code in enumerate(case.responses.items)}
    for one in single:
        item = case.questionnaire.items[one.item]
        chosen = case.responses.answers[people.order, columns[item.code]]
        scores = np.full(256, np.nan)  # read as an unsigned byte, a negative code is above every option
        scores[: len(item.options)] = scoring.option_scores(item)
        score = scores[chosen.view(np.uint8)]
        agreeing += score > _AGREES_FROM
        answered += ~np.isnan(score)
    n = _sums(answered > 0, people, 0).astype(np.int64)
    totals = Totals(
        hits=_sums(agreeing, people, 1),
        answers=_sums(answered, people, 1),
        hits_squared=_sums(agreeing**2, people, 2),
        products=_sums(agreeing * answered, people, 2),
        answers_squared=_sums(answered**2, people, 2),
        clusters=n.astype(np.float64),
    )
    most = _sums(answered, people, 0)
    effective = ratios.effective_answers(totals, most, confidence=case.rules.confidence)
    share = totals.share
    reasons = threshold.people(n, case.rules)
    hidden = np.stack([withheld(one.reasons) for one in single]).sum(axis=0)
    reasons[~withheld(reasons) & (hidden == 1)] = Reason.COMPLEMENT
    with np.errstate(invalid="ignore"):
        reasons[~withheld(reasons) & ((share > _NEARLY) | (share < 1.0 - _NEARLY))] = Reason.NEARLY_EVERYONE
    return Agreed(part, WHOLE_PART, n, share, effective, reasons)


def _sums(values: NDArray[np.generic], people: Answerers, power: int) -> Floats:
    """Sums over the people of each authority of values times a power of their weight.

    People of one authority and weight are counted first, and kinds stand in the order of their weights: the order of
    people changes no bit.
    """
    counted: Floats = np.bincount(
        people.kind, weights=values.astype(np.float64), minlength=len(people.kinds.order)
    ).astype(np.float64)
    if people.weight is not None and power:
        counted = counted * people.weight**power
    result = np.zeros(people.kinds.count)
    if len(people.kinds.filled):
        result[people.kinds.filled] = np.add.reduceat(counted, people.kinds.bounds[people.kinds.filled])
    return result


def _frame(case: Case, found: Sequence[Agreed], invited: Floats) -> pd.DataFrame:
    """A row an authority and question, with intervals that know N `invited`."""
    tables = []
    for place, one in enumerate(found):
        n_star = intervals.effective_n(one.effective, one.n, invited)
        lower, upper = intervals.wilson_interval(one.share, n_star, confidence=case.rules.confidence)
        nearly = np.where(one.share > 1.0 - one.share, MOST, FEW).astype(object)
        nearly[~np.equal(one.reasons, Reason.NEARLY_EVERYONE)] = None
        columns = {"n": one.n, "share": one.share, "lower": lower, "upper": upper, "reason": one.reasons}
        tables.append(
            pd.DataFrame({"authority": list(case.codes), "profile": one.part, "item": one.item, **columns})
            .assign(nearly=nearly, _place=place)
        )  # fmt: skip
    if not tables:
        return frames.LEADERSHIP.empty()
    whole = pd.concat(tables, ignore_index=True)
    whole = whole.sort_values(["authority", "_place"], kind="stable", ignore_index=True)
    return frames.LEADERSHIP.check(whole.drop(columns="_place"))


def _sector(case: Case, found: Sequence[Agreed]) -> pd.DataFrame:
    """The answers of all authorities, clustered by authority, each with its people.

    An authority whose own share is withheld counts where there are at least three such, of the threshold or more each.
    """
    rows = []
    for one in found:
        shown = ~withheld(one.reasons)
        hidden = ~shown & (one.n >= case.rules.minimum_respondents)
        inside = shown | (hidden & (hidden.sum() >= _FEWEST_HIDDEN))
        n = np.where(inside, one.n, 0).astype(np.float64)
        hits = n * np.where(inside, one.share, 0.0)
        sums = [values.sum(keepdims=True) for values in (hits, n, hits**2, hits * n, n**2, inside.astype(np.float64))]
        totals = Totals(*sums)
        lower, upper = ratios.interval(totals, totals.answers, confidence=case.rules.confidence)
        rows.append(
            {
                "profile": one.part,
                "item": one.item,
                "authorities": int(inside.sum()),
                "n": int(n.sum()),
                "share": float(totals.share[0]),
                "lower": float(lower[0]),
                "upper": float(upper[0]),
                "reason": _against(case, n),
            }
        )
    return frames.SECTOR_LEADERSHIP.check(pd.DataFrame(rows)) if rows else frames.SECTOR_LEADERSHIP.empty()


def _against(case: Case, n: Floats) -> Reason | None:
    count = np.array([int((n > 0).sum())])
    reason: Reason | None = threshold.authorities(count, case.rules)[0]
    if reason not in (None, Reason.TOO_FEW_FOR_QUARTILES):
        return reason
    return Reason.DOMINANCE if n.max() > _MOST_OF_ALL * n.sum() else None
