"""Authorities split one way, by service area or by tier: who is in which part, what it scores, what may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reports import headcounts as staff
from reports import nested
from reports.case import Case
from reports.disclosure import dominance, likeness
from reports.disclosure import groups as group_rules
from reports.disclosure.attacker import Flags
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.estimation import Estimates
from reports.statistics import kinds, sums
from reports.statistics.kinds import Moments
from reports.statistics.sums import Floats, Groups, Ints

ELECTED = "elected"


@dataclass(frozen=True)
class Split:
    """The parts of all authorities, by authority and then by code.

    `pairs` has (authority, code of the part) of each; `owner` its authority's place in the case; `groups` its
    officers by kind; `invited` its staff, NaN where not known; `found`, `reasons` and `moments` have
    shape (parts, measures).
    """

    kind: str
    pairs: tuple[tuple[str, str], ...]
    owner: Ints
    groups: Groups
    invited: Floats
    found: Estimates
    reasons: Reasons
    moments: Moments


def split(case: Case, kind: str, whole: Estimates) -> Split:
    """The officers who count by `service_area` or by `tier`; a part that has staff and no answers is there too.

    `whole` are the estimates of the authorities, against which the rule of the complement is kept. Methodology 3.3,
    10.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> areas = split(case, "service_area", found)
    >>> areas.pairs[0], areas.found.n[0, 0].item(), round(float(areas.found.score[0, 0]), 1)
    (('a01', 'housing'), 15, 45.4)
    """
    areas = kind == "service_area"
    codes = case.responses.service_areas if areas else case.responses.tiers
    member = case.crowd.service_area if areas else case.crowd.tier
    known = staff.group_totals(case.staff_rows, kind)
    place = {code: position for position, code in enumerate(case.codes)}
    pairs = {pair for pair in known if pair[0] in place}
    inside = ~case.crowd.elected & (member >= 0)
    cell = np.where(inside, case.crowd.authority * len(codes) + member, -1)
    used = np.unique(cell[inside]).tolist()
    pairs |= {(case.codes[one // len(codes)], codes[one % len(codes)]) for one in used}
    ordered = tuple(sorted(pairs))
    if codes:
        cell = _renumbered(cell, ordered, case.codes, codes)
    groups, invited = sums.grouped(cell, len(ordered)), np.array([known.get(pair, np.nan) for pair in ordered])
    found = case.estimate_apart(groups, invited)
    owner = np.array([place[authority] for authority, _ in ordered], dtype=np.int64)
    before = known_reasons(case, groups)
    reasons = group_rules.reasons(found.n, whole.n, owner, case.dimensions, case.rules, before=before)
    moments = kinds.merged(case.all_moments, groups)
    return Split(kind, ordered, owner, groups, invited, found, with_overall(case, reasons), moments)


def unlike(case: Case, one: Split) -> Split:
    """The same without the parts of an authority on a measure where one of them, or all others together, are nearly
    alike.

    Where people answer nearly alike, mean and interval tell each one's score (`likeness.told`). One part alone is
    not hidden, because the figures of the others and of the whole would tell it; and what the shown parts leave of
    the whole is looked at like a part. The overall goes with a dimension. Methodology 10.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> areas = split(case, "service_area", found)
    >>> unlike(case, areas) is areas  # nobody is alike
    True
    """
    shown = ~withheld(one.reasons)
    found = one.found
    alike = likeness.told(found.n, found.score, found.se_comparison, found.deff) & shown
    hit = np.zeros((len(case.codes), len(case.measures)), dtype=np.bool_)
    np.logical_or.at(hit, one.owner, alike)
    if one.kind != ELECTED:
        hit |= _rests_alike(case, one, shown)
    if not hit.any():
        return one
    reasons = one.reasons.copy()
    reasons[hit[one.owner] & shown] = Reason.TOO_ALIKE
    lost = withheld(reasons[:, case.dimensions]).any(axis=1) & ~withheld(reasons[:, 0])
    reasons[lost, 0] = Reason.DIMENSION_WITHHELD
    return replace(one, reasons=reasons)


def _rests_alike(case: Case, one: Split, shown: Flags) -> Flags:
    """Where the officers of an authority who are in no shown part are nearly alike; shape (authorities, measures)."""
    n, mean, squares = case.moments
    parts = one.moments
    middle = np.nan_to_num(mean)
    there = shown & (parts.n > 0)
    away = np.where(there, parts.total - parts.n * middle[one.owner], 0.0)
    about = np.where(there, parts.squares + away * away / np.maximum(parts.n, 1.0), 0.0)
    counted, moved, spread = (
        _summed(values, one.owner, len(case.codes)) for values in (np.where(there, parts.n, 0.0), away, about)
    )
    left = n - counted
    with np.errstate(divide="ignore", invalid="ignore"):
        return likeness.of_squares(left, left * middle - moved, np.nan_to_num(squares) - spread - moved * moved / left)


def _summed(values: Floats, owner: Ints, authorities: int) -> Floats:
    """The sums over the parts of each authority; parts stand by authority."""
    return sums.plain_sums(values, Groups(np.arange(len(owner)), np.searchsorted(owner, np.arange(authorities + 1))))


def known_reasons(case: Case, groups: Groups) -> Reasons:
    """What a group's people alone make necessary: one carries too much, or a sum over measures tells of one of them.

    `groups` are of kinds of the crowd. Methodology 10, rules 2 and 7.

    >>> from reports import example
    >>> case = example.case()
    >>> int(withheld(known_reasons(case, case.kinds.groups)).sum())
    0
    """
    result = np.full((groups.count, len(case.measures)), None, dtype=object)
    result[dominance.dominated(case.all_moments.n, groups, case.crowd.design)] = Reason.DOMINANCE
    told = nested.told(case, groups, case.crowd.design)
    result[told.theme] = Reason.COMPLEMENT
    result[told.overall, 0] = Reason.COMPLEMENT
    return result


def with_overall(case: Case, reasons: Reasons) -> Reasons:
    """The same reasons, the overall having its own where the questionnaire has too few dimensions for one.

    Methodology 9.

    >>> from reports import example
    >>> str(with_overall(example.case(), np.full((1, 10), None, dtype=object))[0, 0])
    'None'
    """
    if len(case.dimensions) < case.rules.overall_dimensions:
        reasons[:, 0] = Reason.TOO_FEW_DIMENSIONS
    return reasons


def _renumbered(
    cell: NDArray[np.int64], ordered: Sequence[tuple[str, str]], authorities: Sequence[str], codes: Sequence[str]
) -> NDArray[np.int64]:
    """From authority x code numbers to places in the ordered list of parts that exist."""
    authority_place = {code: place for place, code in enumerate(authorities)}
    code_place = {code: place for place, code in enumerate(codes)}
    table = np.full(len(authorities) * len(codes) + 1, -1, dtype=np.int64)  # the last place is for nobody's part
    for position, (authority, code) in enumerate(ordered):
        if code in code_place:
            table[authority_place[authority] * len(codes) + code_place[code]] = position
    return table[cell]
