"""Evidence for each authority's figures: how evenly its staff answered, and what a choice of method would move."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports import representativeness as even
from reports import scoring
from reports.case import Case
from reports.disclosure import participation
from reports.disclosure.reasons import Reasons, withheld
from reports.estimation import Estimates
from reports.measures import Measure
from reports.quality import Json
from reports.representativeness import Representativeness
from reports.statistics import kinds, sums
from reports.statistics.sums import Floats, Groups, Ints

MOVED_BY_SKIPPING = 1.0
MOVED_BY_CARELESS = 2.0
_MOST_NOT_SAID = 0.20
_KINDS = (("service_area", "tier"), ("service_area",), ("tier",))


def evidence(case: Case, found: Estimates, *, invited: Floats, reasons: Reasons) -> dict[str, Json]:
    """The parts of quality.json about single authorities.

    `found` are the estimates of the authorities, `invited` (authorities,) is N and `reasons` (authorities,
    measures) what is withheld of their scores. Methodology 2.2, 2.4 and 3.1.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> list(evidence(case, found, invited=np.full(24, 72.0), reasons=reasons))
    ['representativeness', 'sensitivity']
    """
    return {
        "representativeness": representativeness(case, invited, reasons),
        "sensitivity": sensitivity(case, found, reasons),
    }


def representativeness(case: Case, invited: Floats, reasons: Reasons) -> dict[str, Json]:
    """R-indicator, word and worst-case bias of each authority whose staff is known by service area and tier.

    Over the cells of service area x tier, or where the headcounts have none over service areas, or tiers. People
    who did not say where they belong are in no cell; above 20 % of them there is no figure. `invited`
    (authorities,) is N. `tellable` says whether the figures may be published: every cell with at least the
    threshold of answers, and a staff of 50 (below, they would tell about a few people); the word always may. `by`
    names what the cells are. The bias is given for the overall and the dimensions that are shown. Methodology 3.1.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> one = representativeness(case, np.full(24, 72.0), reasons)["a02"]
    >>> one["word"], one["tellable"], round(one["r_indicator"], 3), round(one["worst_bias"]["overall"], 2)
    ('somewhat_uneven', False, 0.875, 1.4)
    """
    found, smallest, by = _by_cells(case)
    n, sd = _spread(case)
    bias = found.worst_bias(sd)
    hidden = withheld(reasons)
    shown = [0, *case.dimensions]
    result: dict[str, Json] = {}
    for a, code in enumerate(case.codes):
        indicator = float(found.indicator[a])
        word = even.evenness(indicator)
        if word is None or n[a].max(initial=0) < case.rules.minimum_respondents:
            result[code] = None
            continue
        tellable = smallest[a] >= case.rules.minimum_respondents and invited[a] >= participation.SMALL_STAFF
        result[code] = {
            "word": str(word),
            "by": by[a],
            "tellable": bool(tellable),
            "r_indicator": indicator,
            "worst_bias": {
                case.measure_codes[j]: float(bias[a, j]) for j in shown if not hidden[a, j] and bias[a, j] >= 0
            },
        }
    return result


def sensitivity(case: Case, found: Estimates, reasons: Reasons) -> dict[str, Json]:
    """Scores that another choice of method would move: what is shown of them by how many points, by authority.

    `skipped_questions`: item-centred scoring against the half rule, by more than 1 point (methodology 2.2).
    `careless`: without all people with any flag of careless answers, by more than 2 points (2.4). Dimensions and
    the overall that are not withheld; the weights stay as they are.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> sensitivity(case, found, reasons)["careless"]
    {}
    """
    shown = ~withheld(reasons)
    kept = np.isin(np.arange(len(case.measures)), [0, *case.dimensions])
    centred = _skipping(case)
    clean = _without_flagged(case) - found.score
    return {
        "skipped_questions": _beyond(case, np.where(shown & kept, centred, np.nan), MOVED_BY_SKIPPING),
        "careless": _beyond(case, np.where(shown & kept, clean, np.nan), MOVED_BY_CARELESS),
    }


def _beyond(case: Case, shift: Floats, limit: float) -> dict[str, Json]:
    """The shifts (authorities, measures) that are larger than a limit."""
    large = np.abs(np.round(shift, 9)) > limit
    return {
        code: {case.measure_codes[j]: float(shift[a, j]) for j in np.flatnonzero(large[a])}
        for a, code in enumerate(case.codes)
        if large[a].any()
    }


# How evenly they answered


def _by_cells(case: Case) -> tuple[Representativeness, Floats, list[str]]:
    """R by the finest cells that an authority has headcounts for, the answers in its smallest cell, and the margins."""
    authorities = len(case.codes)
    indicator, response = np.full(authorities, np.nan), np.full(authorities, np.nan)
    smallest, by = np.full(authorities, np.nan), [""] * authorities
    counts = case.scored(case.kinds.groups)
    for margins in _KINDS:
        answered, staff, owner = _cells(case, margins)
        found = even.r_indicator(answered, staff, owner, authorities)
        least = np.full(authorities, np.inf)
        np.minimum.at(least, owner, answered)
        said = np.bincount(owner, weights=answered, minlength=authorities)
        use = np.isnan(indicator) & ~np.isnan(found.indicator) & (said >= (1.0 - _MOST_NOT_SAID) * counts)
        indicator[use], response[use], smallest[use] = found.indicator[use], found.response[use], least[use]
        for at in np.flatnonzero(use).tolist():
            by[at] = "_and_".join(margins)
    return Representativeness(indicator, response), smallest, by


def _cells(case: Case, margins: tuple[str, ...]) -> tuple[Ints, Floats, Ints]:
    """Answers, staff and authority of every cell that has staff, by authority and the codes of its groups."""
    rows, answers, crowd = case.staff_rows, case.responses, case.crowd
    for kind in ("service_area", "tier"):
        rows = rows[(rows[kind] != "") == (kind in margins)]
    rows = rows[rows["headcount"].notna() & rows["authority"].isin(case.codes)]
    members = {"service_area": (crowd.service_area, answers.service_areas), "tier": (crowd.tier, answers.tiers)}
    staffed = [pd.Index(case.codes).get_indexer(pd.Index(rows["authority"]))]
    answering, sizes = [crowd.authority], [len(case.codes)]
    for kind in margins:
        member, codes = members[kind]
        names = pd.Index(sorted({*codes, *rows[kind]}))
        staffed.append(names.get_indexer(pd.Index(rows[kind])))
        answering.append(np.append(names.get_indexer(pd.Index(codes, dtype=object)), -1)[member])
        sizes.append(len(names))
    inside = ~crowd.elected & np.all([one >= 0 for one in answering], axis=0)
    size = math.prod(sizes)
    if not size:
        return np.empty(0, dtype=np.int64), np.empty(0), np.empty(0, dtype=np.int64)
    there = np.ravel_multi_index([one[inside] for one in answering], sizes)
    answered = np.bincount(there, weights=case.scored_alike[inside], minlength=size)
    cell, at = np.unique(np.ravel_multi_index(staffed, sizes), return_inverse=True)
    staff = np.bincount(at, weights=rows["headcount"], minlength=len(cell)).astype(np.float64)
    return answered[cell].astype(np.int64), staff, (cell * sizes[0] // size).astype(np.int64)


def _spread(case: Case) -> tuple[Ints, Floats]:
    """People and standard deviation between people, each of shape (authorities, measures)."""
    n, _, squares = case.moments
    with np.errstate(divide="ignore", invalid="ignore"):
        return n, np.where(n > 1, np.sqrt(squares / (n - 1)), np.nan)


# What another choice of method would move


def _skipping(case: Case) -> Floats:
    """Item-centred score minus score, (authorities, measures): the weighted mean over people of M - mean of m_j.

    A person's item-centred score is M + mean over answered items of (y_ij - m_j) with m_j the item's mean over all
    officers and M the mean of the m_j; it differs from the mean of the answered by M - mean over answered of m_j.
    """
    rows = case.kinds.rows
    total = np.full((rows.count, len(case.measures)), np.nan)
    means = {code: _item_mean(case, code) for code in case.given}
    together, all_scored = np.zeros(len(rows.order)), np.ones(len(rows.order), dtype=np.bool_)
    for j in case.dimensions:
        points = _correction(case, case.measures[j], means)
        scored = ~np.isnan(case.people.values[:, j].take(rows.order))
        total[:, j] = sums.sums_of_alike(np.where(scored, points, 0.0), rows)
        together += points
        all_scored &= scored
    if len(case.dimensions) >= case.rules.overall_dimensions:
        together /= len(case.dimensions)
        total[:, 0] = sums.sums_of_alike(np.where(all_scored, together, 0.0), rows)
    return _means(case, total, case.kind_moments.n)


def _correction(case: Case, measure: Measure, means: dict[str, float]) -> Floats:
    """Of each officer, from tables of which of eight items have an answer; 0 of those who skipped none."""
    items = [code for code in measure.items if not np.isnan(means.get(code, np.nan))]
    answered, patterns = np.zeros(len(case.officers.order), dtype=np.uint8), []
    bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, np.newaxis], axis=1, bitorder="little")
    for start in range(0, len(items), 8):
        eight = items[start : start + 8]
        pattern, own = np.zeros(len(answered), dtype=np.uint8), np.zeros(8)
        for place, code in enumerate(eight):
            scored = _scored(case, code).view(np.uint8)
            answered += scored
            pattern += scored * np.uint8(1 << place)
            own[place] = means[code]
        patterns.append((pattern, (bits * own).sum(axis=1)))
    middle = sum(means[code] for code in items) / max(len(items), 1)
    some, result = np.flatnonzero(answered != len(items)), np.zeros(len(answered))
    total = np.zeros(len(some))
    for pattern, table in patterns:
        total += table[pattern[some]]
    result[some] = middle - total / np.maximum(answered[some], 1)
    return result


def _scored(case: Case, code: str) -> NDArray[np.bool_]:
    """Who gave an answer to an item that is scored; shape (officers,). To compare bytes is faster than to look them up."""
    chosen, scores = case.given[code], scoring.option_scores(case.questionnaire.items[code])
    found = chosen < len(scores)
    for option in np.flatnonzero(np.isnan(scores)):
        found &= chosen != option
    return found


def _item_mean(case: Case, code: str) -> float:
    """The item's mean over officers who count, from how often each option was chosen; NaN where nobody answered."""
    if code not in case.tally:
        return float("nan")
    scores = scoring.option_scores(case.questionnaire.items[code])
    often = np.where(np.isnan(scores), 0, case.tally[code].sum(axis=0)[-len(scores) :])
    return float((often * np.nan_to_num(scores)).sum() / often.sum()) if often.sum() else float("nan")


def _without_flagged(case: Case) -> Floats:
    """Scores without everybody who has any flag of careless answers, (authorities, measures)."""
    rows = case.kinds.rows
    flagged = (case.flags.long_run | case.flags.no_spread | case.flags.too_fast).take(rows.order)
    sizes = sums.whole_sums(flagged, rows)
    theirs = kinds.moments(case.people.values, Groups(rows.order[flagged], np.append(0, np.cumsum(sizes))))
    return _means(case, case.kind_moments.total - theirs.total, case.kind_moments.n - theirs.n)


def _means(case: Case, total: Floats, n: Floats) -> Floats:
    """Weighted means of each authority from sums by kind; NaN where nobody is left."""
    weight = 1.0 if case.kinds.weight is None else case.kinds.weight[:, np.newaxis]
    left = sums.plain_sums(n, case.kinds.groups) > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sums.plain_sums(weight * total, case.kinds.groups) / sums.plain_sums(weight * n, case.kinds.groups)
    return np.where(left, mean, np.nan)
