"""Inside an authority: service areas, tiers and elected members, each with the reason why it is withheld."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reports import assembly, splits
from reports.case import Case
from reports.disclosure import groups as group_rules
from reports.disclosure import participation
from reports.splits import Split
from reports.statistics import sums

ELECTED = "elected"


@dataclass(frozen=True)
class Inside:
    """One frame twice: as computed, and with intervals that tell no small staff (`disclosure.participation`)."""

    computed: pd.DataFrame
    told: pd.DataFrame


def group_scores(case: Case, parts: Sequence[Split]) -> Inside:
    """Service areas, tiers and elected members of every authority."""
    frames = [*(_one_way(case, one) for one in parts), _elected_members(case)]
    return Inside(_by_authority([one.computed for one in frames]), _by_authority([one.told for one in frames]))


def _by_authority(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True).sort_values("authority", kind="stable", ignore_index=True)


def _one_way(case: Case, one: Split) -> Inside:
    told = case.told(one.found, participation.said(one.invited, case.scored(one.groups)))
    return Inside(
        assembly.group_scores(one.pairs, one.kind, case.measure_codes, one.found, one.reasons),
        assembly.group_scores(one.pairs, one.kind, case.measure_codes, told, one.reasons),
    )


def _elected_members(case: Case) -> Inside:
    """Elected members are a group of their own, without headcount or correction."""
    places, which = np.unique(case.crowd.authority[case.crowd.elected], return_inverse=True)
    cell = np.full(len(case.crowd.elected), -1, dtype=np.int64)
    cell[case.crowd.elected] = which
    groups = sums.grouped(cell, len(places))
    found = case.estimate_apart(groups, None)
    owner = np.arange(len(places), dtype=np.int64)
    before = splits.known_reasons(case, groups)
    reasons = group_rules.reasons(found.n, found.n, owner, case.dimensions, case.rules, before=before)
    pairs = [(case.codes[place], ELECTED) for place in places.tolist()]
    frame = assembly.group_scores(pairs, ELECTED, case.measure_codes, found, splits.with_overall(case, reasons))
    return Inside(frame, frame)
