"""Inside an authority: service areas, tiers and elected members, each with the reason why it is withheld."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reports import assembly, frames, splits
from reports.case import Case
from reports.disclosure import groups as group_rules
from reports.disclosure import participation
from reports.estimation import Estimates
from reports.splits import ELECTED, Split
from reports.statistics import kinds, sums
from reports.statistics.sums import Floats, Ints


@dataclass(frozen=True)
class Inside:
    """One frame twice: as computed, and with intervals that tell no small staff (`disclosure.participation`)."""

    computed: pd.DataFrame
    told: pd.DataFrame


def group_scores(case: Case, parts: Sequence[Split]) -> Inside:
    """Service areas, tiers and elected members of every authority.

    Each a stratum of its own, raked to nothing; points. Methodology 3.3 and 10.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> from reports import splits
    >>> both = [splits.split(case, kind, found) for kind in ("service_area", "tier")]
    >>> row = group_scores(case, both).computed.iloc[1]
    >>> row["group"], row["measure"], [round(float(row[name]), 1) for name in ("score", "lower", "upper")]
    ('housing', 'mindset', [49.6, 42.2, 57.0])
    """
    elected = _elected_members(case)
    told = [case.told(one.found, participation.said(one.invited, case.scored(one.groups))) for one in parts]
    every = [*parts, elected]
    order = np.argsort(np.concatenate([one.owner for one in every]), kind="stable")  # by authority
    names = [(authority, one.kind, code) for one in every for authority, code in one.pairs]
    groups = [names[place] for place in order.tolist()]
    reasons = np.concatenate([one.reasons for one in every])[order]
    return Inside(
        *(
            assembly.group_rows(
                frames.GROUP_SCORES, groups, case.measure_codes, {**_figures(found, order), "reason": reasons}
            )
            for found in ([one.found for one in every], [*told, elected.found])
        )
    )


def _figures(found: Sequence[Estimates], order: Ints) -> dict[str, Floats]:
    names = ("n", "score", "lower", "upper")
    return {name: np.concatenate([getattr(one, name) for one in found])[order] for name in names}


def _elected_members(case: Case) -> Split:
    """Elected members are a group of their own, without headcount or correction."""
    places, which = np.unique(case.crowd.authority[case.crowd.elected], return_inverse=True)
    cell = np.full(len(case.crowd.elected), -1, dtype=np.int64)
    cell[case.crowd.elected] = which
    groups = sums.grouped(cell, len(places))
    found = case.estimate_apart(groups, None)
    owner = np.arange(len(places), dtype=np.int64)
    before = splits.known_reasons(case, groups)
    reasons = group_rules.reasons(found.n, found.n, owner, case.dimensions, case.rules, before=before)
    pairs = tuple((case.codes[place], ELECTED) for place in places.tolist())
    unknown = np.full(len(places), np.nan)
    moments = kinds.merged(case.all_moments, groups)
    every = Split(ELECTED, pairs, places, groups, unknown, found, splits.with_overall(case, reasons), moments)
    return splits.unlike(case, every)
