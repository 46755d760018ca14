"""Inside an authority: service areas, tiers and elected members, each with the reason why it is withheld."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports import assembly
from reports import headcounts as staff
from reports.case import Case
from reports.disclosure import groups as group_rules
from reports.disclosure import participation
from reports.disclosure.reasons import Reason, Reasons
from reports.estimation import Estimates
from reports.measures import MeasureKind
from reports.statistics import sums

GROUP_KINDS = ("service_area", "tier")
ELECTED = "elected"


@dataclass(frozen=True)
class Inside:
    """One frame twice: as computed, and with intervals that tell no small staff (`disclosure.participation`)."""

    computed: pd.DataFrame
    told: pd.DataFrame


def group_scores(case: Case, whole: Estimates) -> Inside:
    """Service areas, tiers and elected members of every authority."""
    parts = [*(_one_way(case, kind, whole) for kind in GROUP_KINDS), _elected_members(case)]
    return Inside(_by_authority([part.computed for part in parts]), _by_authority([part.told for part in parts]))


def _by_authority(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True).sort_values("authority", kind="stable", ignore_index=True)


def _one_way(case: Case, kind: str, whole: Estimates) -> Inside:
    codes = case.responses.service_areas if kind == "service_area" else case.responses.tiers
    member = case.responses.service_area if kind == "service_area" else case.responses.tier
    known = staff.group_totals(case.staff_rows, kind)
    pairs = {pair for pair in known if pair[0] in case.codes}
    inside = case.counted & (member >= 0) if member is not None else np.zeros(len(case.responses), dtype=np.bool_)
    cell = np.full(len(case.responses), -1, dtype=np.int64)
    if member is not None:
        cell[inside] = case.authority[inside] * len(codes) + member[inside]
        used = np.unique(cell[inside]).tolist()
        pairs |= {(case.codes[one // len(codes)], codes[one % len(codes)]) for one in used}
    ordered = sorted(pairs)
    if codes:
        cell = _renumbered(cell, ordered, case.codes, codes)
    groups, invited = sums.grouped(cell, len(ordered)), np.array([known.get(pair, np.nan) for pair in ordered])
    found = case.estimate_apart(groups, invited)
    told = case.told(found, participation.said(invited, case.scored(groups)))
    place = {code: position for position, code in enumerate(case.codes)}
    owner = np.array([place[authority] for authority, _ in ordered], dtype=np.int64)
    reasons = group_rules.reasons(found.n, whole.n, owner, case.places(MeasureKind.DIMENSION), case.rules)
    reasons = _with_overall(case, reasons)
    return Inside(
        assembly.group_scores(ordered, kind, case.measure_codes, found, reasons),
        assembly.group_scores(ordered, kind, case.measure_codes, told, reasons),
    )


def _renumbered(
    cell: NDArray[np.int64], ordered: Sequence[tuple[str, str]], authorities: Sequence[str], codes: Sequence[str]
) -> NDArray[np.int64]:
    """From authority x code numbers to places in the ordered list of groups that exist."""
    authority_place = {code: place for place, code in enumerate(authorities)}
    code_place = {code: place for place, code in enumerate(codes)}
    table = np.full(len(authorities) * len(codes) + 1, -1, dtype=np.int64)  # the last place is for nobody's group
    for position, (authority, code) in enumerate(ordered):
        if code in code_place:
            table[authority_place[authority] * len(codes) + code_place[code]] = position
    return table[cell]


def _elected_members(case: Case) -> Inside:
    """Elected members are a group of their own, without headcount or correction."""
    answering = case.elected & ~case.flags.excluded
    places = np.unique(case.authority[answering])
    table = np.full(len(case.codes) + 1, -1, dtype=np.int64)
    table[places] = np.arange(len(places))
    groups = sums.grouped(np.where(answering, table[case.authority], -1), len(places))
    found = case.estimate_apart(groups, None)
    owner = np.arange(len(places), dtype=np.int64)
    reasons = group_rules.reasons(found.n, found.n, owner, case.places(MeasureKind.DIMENSION), case.rules)
    pairs = [(case.codes[place], ELECTED) for place in places.tolist()]
    frame = assembly.group_scores(pairs, ELECTED, case.measure_codes, found, _with_overall(case, reasons))
    return Inside(frame, frame)


def _with_overall(case: Case, reasons: Reasons) -> Reasons:
    if len(case.places(MeasureKind.DIMENSION)) < case.rules.overall_dimensions:
        reasons[:, 0] = Reason.TOO_FEW_DIMENSIONS
    return reasons
