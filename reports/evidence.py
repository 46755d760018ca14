"""Evidence for each authority's figures: how evenly its staff answered, and what a choice of method would move."""

from __future__ import annotations

import numpy as np
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
from reports.statistics import sums
from reports.statistics.sums import Floats, Groups, Ints

MOVED_BY_SKIPPING = 1.0
MOVED_BY_CARELESS = 2.0
_MOST_NOT_SAID = 0.20
_KINDS = (("service_area", "tier"), ("service_area",), ("tier",))


def evidence(case: Case, groups: Groups, found: Estimates, *, invited: Floats, reasons: Reasons) -> dict[str, Json]:
    """The parts of quality.json about single authorities.

    `groups` are the officers of each authority, `found` their estimates, `invited` (authorities,) is N and `reasons`
    (authorities, measures) what is withheld of their scores.
    """
    return {
        "representativeness": representativeness(case, groups, invited, reasons),
        "sensitivity": sensitivity(case, groups, found, reasons),
    }


def representativeness(case: Case, groups: Groups, invited: Floats, reasons: Reasons) -> dict[str, Json]:
    """R-indicator, word and worst-case bias of each authority whose staff is known by service area and tier.

    Over the cells of service area x tier, or where the headcounts have none over service areas, or tiers. People who
    did not say where they belong are in no cell; above 20 % of them there is no figure. `invited` (authorities,) is N.
    `tellable` says whether the figures may be published: every cell with at least the threshold of answers, and a staff
    of 50 (below, they would tell about a few people); the word always may. The bias is given for the overall and the
    dimensions that are shown. Methodology 3.1.
    """
    found, smallest = _by_cells(case, groups)
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
            "tellable": bool(tellable),
            "r_indicator": indicator,
            "worst_bias": {
                case.measure_codes[j]: float(bias[a, j]) for j in shown if not hidden[a, j] and bias[a, j] >= 0
            },
        }
    return result


def sensitivity(case: Case, groups: Groups, found: Estimates, reasons: Reasons) -> dict[str, Json]:
    """Scores that another choice of method would move: what is shown of them by how many points, by authority.

    `skipped_questions`: item-centred scoring against the half rule, by more than 1 point (methodology 2.2).
    `careless`: without all people with any flag of careless answers, by more than 2 points (2.4). Dimensions and the
    overall that are not withheld; the weights stay as they are.
    """
    shown = ~withheld(reasons)
    kept = np.isin(np.arange(len(case.measures)), [0, *case.dimensions])
    centred = _skipping(case, groups)
    clean = _without_flagged(case, groups) - found.score
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


def _by_cells(case: Case, groups: Groups) -> tuple[Representativeness, Floats]:
    """R by the finest cells that an authority has headcounts for, and the answers in its smallest cell."""
    authorities = len(case.codes)
    scored = np.zeros(len(case.responses), dtype=np.bool_)
    scored[groups.order] = case.has_score[groups.order]
    indicator, response = np.full(authorities, np.nan), np.full(authorities, np.nan)
    smallest = np.full(authorities, np.nan)
    for kinds in _KINDS:
        answered, staff, owner, counts = _cells(case, scored, kinds)
        found = even.r_indicator(answered, staff, owner, authorities)
        least = np.full(authorities, np.inf)
        np.minimum.at(least, owner, answered)
        said = np.bincount(owner, weights=answered, minlength=authorities)
        use = np.isnan(indicator) & ~np.isnan(found.indicator) & (said >= (1.0 - _MOST_NOT_SAID) * counts)
        indicator[use], response[use], smallest[use] = found.indicator[use], found.response[use], least[use]
    return Representativeness(indicator, response), smallest


def _cells(case: Case, scored: NDArray[np.bool_], kinds: tuple[str, ...]) -> tuple[Ints, Floats, Ints, Floats]:
    """Answers, staff and authority of every cell, and the people scored of each authority."""
    rows = case.staff_rows
    for kind in ("service_area", "tier"):
        rows = rows[(rows[kind] != "") == (kind in kinds)]
    place = {code: at for at, code in enumerate(case.codes)}
    cells: dict[tuple[str, ...], float] = {}
    for key in rows[["authority", *kinds, "headcount"]].itertuples(index=False):
        if key[0] in place and key[-1] == key[-1]:
            cells[tuple(key[:-1])] = cells.get(tuple(key[:-1]), 0.0) + key[-1]
    at = {cell: number for number, cell in enumerate(sorted(cells))}
    answered = np.zeros(len(at), dtype=np.int64)
    for cell, count in _answered(case, scored, kinds).items():
        if cell in at:
            answered[at[cell]] += count
    owner = np.array([place[cell[0]] for cell in at], dtype=np.int64)
    counts = np.bincount(case.authority[scored], minlength=len(case.codes)).astype(np.float64)
    return answered, np.array([cells[cell] for cell in at], dtype=np.float64), owner, counts


def _answered(case: Case, scored: NDArray[np.bool_], kinds: tuple[str, ...]) -> dict[tuple[str, ...], int]:
    """People scored in every cell that somebody is in, by authority and the codes of the groups."""
    answers = case.responses
    members = {"service_area": (answers.service_area, answers.service_areas), "tier": (answers.tier, answers.tiers)}
    columns = [case.authority[scored]]
    names: list[tuple[str, ...]] = [case.codes]
    for kind in kinds:
        member, codes = members[kind]
        if member is None or not codes:
            return {}
        columns.append(member[scored].astype(np.int64))
        names.append(codes)
    found, of_row = sums.cells(columns)
    counts = np.bincount(of_row, minlength=found.shape[1])
    return {
        tuple(codes[one] for codes, one in zip(names, cell, strict=True)): int(count)
        for cell, count in zip(found.T.tolist(), counts.tolist(), strict=True)
        if min(cell) >= 0
    }


def _spread(case: Case) -> tuple[Ints, Floats]:
    """People and standard deviation between people, each of shape (authorities, measures)."""
    n, _, squares = case.moments
    with np.errstate(divide="ignore", invalid="ignore"):
        return n, np.where(n > 1, np.sqrt(squares / (n - 1)), np.nan)


# What another choice of method would move


def _skipping(case: Case, groups: Groups) -> Floats:
    """Item-centred score minus score, (authorities, measures): the weighted mean over people of M - mean of m_j.

    A person's item-centred score is M + mean over answered items of (y_ij - m_j) with m_j the item's mean over all
    officers and M the mean of the m_j; it differs from the mean of the answered by M - mean over answered of m_j.
    """
    people = np.full(case.people.values.shape, np.nan)
    means = {item.code: _item_mean(case, item.code) for item in case.questionnaire.scored_items}
    for j in case.dimensions:
        people[:, j] = _correction(case, case.measures[j], means)
    if len(case.dimensions) >= case.rules.overall_dimensions:
        people[:, 0] = people[:, case.dimensions].sum(axis=1) / len(case.dimensions)
    return _means(case, groups, np.where(np.isnan(case.people.values), np.nan, people))


def _correction(case: Case, measure: Measure, means: dict[str, float]) -> Floats:
    items = [code for code in measure.items if not np.isnan(means[code])]
    total, answered = np.zeros(len(case.responses)), np.zeros(len(case.responses), dtype=np.int16)
    for code in items:
        has = _has_score(case, code)
        total += np.where(has, means[code], 0.0)
        answered += has
    middle = sum(means[code] for code in items) / max(len(items), 1)
    return np.where(answered == len(items), 0.0, middle - total / np.maximum(answered, 1))


def _has_score(case: Case, code: str) -> NDArray[np.bool_]:
    known = np.append(~np.isnan(scoring.option_scores(case.questionnaire.items[code])), False)
    chosen = case.responses.answers[:, case.responses.items.index(code)]
    return known[np.where(chosen < 0, len(known) - 1, chosen)]


def _item_mean(case: Case, code: str) -> float:
    """The item's mean over officers who count, from how often each option was chosen; NaN where nobody answered."""
    if code not in case.tally:
        return float("nan")
    scores = scoring.option_scores(case.questionnaire.items[code])
    often = np.where(np.isnan(scores), 0, case.tally[code].sum(axis=0)[-len(scores) :])
    return float((often * np.nan_to_num(scores)).sum() / often.sum()) if often.sum() else float("nan")


def _without_flagged(case: Case, groups: Groups) -> Floats:
    """Scores without everybody who has any flag of careless answers, (authorities, measures)."""
    flagged = case.flags.long_run | case.flags.no_spread | case.flags.too_fast
    return _means(case, groups, np.where(flagged[:, np.newaxis], np.nan, case.people.values))


def _means(case: Case, groups: Groups, values: Floats) -> Floats:
    """Weighted means of each authority; NaN where nobody is left."""
    weight = np.ones(len(groups.order)) if case.weight is None else case.weight[groups.order]
    result = []
    for j in range(values.shape[1]):
        y = values[groups.order, j]
        there = ~np.isnan(y)
        w = weight * there
        with np.errstate(divide="ignore", invalid="ignore"):
            result.append(sums.exact_sums(np.where(there, w * y, 0.0), groups) / sums.exact_sums(w, groups))
    return np.column_stack(result)
