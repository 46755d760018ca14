"""Service areas crossed with tiers: what the two ways of counting tell together, and the cells that may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from reports import assembly, estimation, frames, headcounts
from reports.case import Case
from reports.disclosure import likeness, overlap, participation, suppression, threshold
from reports.disclosure.attacker import Flags
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.splits import Split
from reports.statistics import sums
from reports.statistics.sums import Floats, Ints


@dataclass(frozen=True)
class Crossing:
    """The officers who count, by both: `people` (measures, authorities, service areas + 1, tiers + 1) are scored.

    The place of a group is its place among those of its authority; the last place is "not said". `cell` (kinds of
    the crowd,) numbers authority, area and tier in this order, -1 for those who are no officers; `areas` and
    `tiers` (groups,) are the places of the parts of either split.
    """

    people: Ints
    cell: Ints
    areas: Ints
    tiers: Ints


def crossing(case: Case, areas: Split, tiers: Split) -> Crossing:
    """Everybody by service area and tier. Methodology 10, rule 4.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> from reports import splits
    >>> areas, tiers = (splits.split(case, kind, found) for kind in ("service_area", "tier"))
    >>> crossing(case, areas, tiers).people[1, 0].tolist()  # of one authority; in the last row and column who did not say
    [[8, 3, 4, 0], [7, 4, 4, 0], [7, 4, 3, 0], [0, 0, 0, 0]]
    """
    places = [_places(one, len(case.codes)) for one in (areas, tiers)]
    of_kind = [_of_kinds(case, one, local) for one, local in zip((areas, tiers), places, strict=True)]
    width = [int(local.max(initial=-1)) + 2 for local in places]
    inside = [np.where(kind < 0, size - 1, kind) for kind, size in zip(of_kind, width, strict=True)]
    officers = ~case.crowd.elected
    cell = np.where(officers, (case.crowd.authority * width[0] + inside[0]) * width[1] + inside[1], -1)
    cells = len(case.codes) * width[0] * width[1]
    people = np.empty((len(case.measures), len(case.codes), *width), dtype=np.int64)
    for j, scored in enumerate(case.all_moments.n[officers].T):
        people[j] = np.bincount(cell[officers], weights=scored, minlength=cells).reshape(people.shape[1:])
    return Crossing(people, cell, *places)


def both_ways(case: Case, areas: Split, tiers: Split, crossed: Crossing) -> tuple[Split, Split]:
    """The two splits with the reasons that only both together make necessary (`disclosure.overlap`).

    Methodology 10, rules 2 and 3.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> from reports import splits
    >>> areas, tiers = (splits.split(case, kind, found) for kind in ("service_area", "tier"))
    >>> kept = both_ways(case, areas, tiers, crossing(case, areas, tiers))
    >>> [int(withheld(one.reasons).sum()) for one in kept]
    [0, 0]
    """
    found = areas.reasons.copy(), tiers.reasons.copy()
    kinds = ((areas, crossed.areas), (tiers, crossed.tiers))
    some = _in_doubt(case, areas, tiers, crossed)
    for j in [*range(1, len(case.measures)), 0]:
        if j == 0:
            for part in found:
                hidden = withheld(part[:, case.dimensions]).any(axis=1) & ~withheld(part[:, 0])
                part[hidden, 0] = Reason.DIMENSION_WITHHELD
        shown = [
            _shown(case, one, local, part[:, j], size)[some]
            for (one, local), part, size in zip(kinds, found, crossed.people.shape[2:], strict=True)
        ]
        kept = overlap.hide(crossed.people[j, some], shown[0], shown[1], case.rules.minimum_respondents)
        for (one, local), part, before, after in zip(kinds, found, shown, kept, strict=True):
            lost = np.zeros((len(case.codes), before.shape[1]), dtype=np.bool_)
            lost[some] = before & ~after
            part[lost[one.owner, local], j] = Reason.COMPLEMENT
    return replace(areas, reasons=found[0]), replace(tiers, reasons=found[1])


def _in_doubt(case: Case, areas: Split, tiers: Split, crossed: Crossing) -> Ints:
    """The authorities that must be looked at measure by measure: those that one look at all measures cannot clear.

    It can where the same groups are shown on every measure, and no measure could tell anything (`overlap.safe`).
    """
    rows, columns = (
        np.stack([_shown(case, one, local, one.reasons[:, j], size) for j in range(len(case.measures))])
        for one, local, size in zip(
            (areas, tiers), (crossed.areas, crossed.tiers), crossed.people.shape[2:], strict=True
        )
    )
    alike = (rows == rows[0]).all(axis=(0, 2)) & (columns == columns[0]).all(axis=(0, 2))
    return np.flatnonzero(~(alike & overlap.safe(crossed.people, rows[0], columns[0], case.rules.minimum_respondents)))


@dataclass(frozen=True)
class Cells:
    """The frame as computed, and with intervals that tell no small staff."""

    computed: pd.DataFrame
    told: pd.DataFrame


def cell_scores(case: Case, areas: Split, tiers: Split, crossed: Crossing) -> Cells:
    """Overall and dimensions of every service area x tier that has answers (CELL_SCORES).

    For the authority's own report. A cell is shown with all of these or with none: in the table of each authority
    cells of fewer than `rules.minimum_respondents` people on any of them are hidden, and as many others as keep
    every hidden one from being worked out from the totals of service areas and tiers (`suppression.pattern`). A
    cell of a service area or tier that is not shown itself is never shown. Methodology 10, rules 3 and 4.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> from reports import splits
    >>> areas, tiers = (splits.split(case, kind, found) for kind in ("service_area", "tier"))
    >>> row = cell_scores(case, areas, tiers, crossing(case, areas, tiers)).computed.iloc[0]
    >>> row["service_area"], row["tier"], int(row["n"]), str(row["reason"])
    ('housing', 'frontline', 8, 'too_few_people')
    """
    wanted = [0, *case.dimensions] if len(case.dimensions) >= case.rules.overall_dimensions else list(case.dimensions)
    hidden = _pattern(case, areas, tiers, crossed, wanted)
    used = np.unique(crossed.cell[crossed.cell >= 0])
    a, r, c = np.unravel_index(used, crossed.people.shape[1:])
    inside = (r < crossed.people.shape[2] - 1) & (c < crossed.people.shape[3] - 1)
    used, a, r, c = used[inside], a[inside], r[inside], c[inside]
    place = np.full(int(np.prod(crossed.people.shape[1:])) + 1, -1, dtype=np.int64)
    place[used] = np.arange(len(used))
    groups = sums.grouped(place[crossed.cell], len(used))
    area, tier = (
        _coded(one, local, len(case.codes)) for one, local in ((areas, crossed.areas), (tiers, crossed.tiers))
    )
    named = _Named((case.codes, area[0], tier[0]), (a, area[1][a, r], tier[1][a, c]))
    invited = named.staff(case)
    found = case.estimate_apart(groups, invited, wanted)
    reasons = threshold.people(found.n, case.rules)
    reasons[hidden[a, r, c][:, np.newaxis] & ~withheld(reasons)] = Reason.COMPLEMENT
    alike = likeness.told(found.n, found.score, found.se_comparison, found.deff) & ~withheld(reasons)
    told = np.isin(a, a[alike.any(axis=1)])  # the other cells of the authority would tell the one that is hidden
    reasons[told[:, np.newaxis] & ~withheld(reasons)] = Reason.TOO_ALIKE
    said = participation.said(invited, case.scored(groups))
    coarse = estimation.corrected(found, said, confidence=case.rules.confidence)
    codes = [case.measure_codes[j] for j in wanted]
    computed = named.frame(codes, found, reasons)
    bounds = {name: pd.array(getattr(coarse, name).ravel(), dtype="Float64") for name in ("lower", "upper")}
    return Cells(computed, computed.assign(**bounds))


def _pattern(case: Case, areas: Split, tiers: Split, crossed: Crossing, wanted: Sequence[int]) -> Flags:
    """Which cells are hidden, shape (authorities, service areas + 1, tiers + 1)."""
    if not wanted:
        return np.ones(crossed.people.shape[1:], dtype=np.bool_)
    people = crossed.people[wanted]
    tables = people.min(axis=0), people.max(axis=0)
    known: list[Flags] = []
    whole: list[Flags] = []
    for one, local, size in zip((areas, tiers), (crossed.areas, crossed.tiers), people.shape[2:], strict=True):
        shown = np.stack([_shown(case, one, local, one.reasons[:, j], size) for j in wanted])
        known.append(np.asarray(shown.any(axis=0), dtype=np.bool_))
        whole.append(np.asarray(shown.all(axis=0), dtype=np.bool_))
    never = ~(whole[0][:, :, np.newaxis] & whole[1][:, np.newaxis, :])
    low, high = (_drawn_together(one, known[0], known[1]) for one in tables)
    hidden = suppression.pattern(suppression.Tables(low, high, never), case.rules.minimum_respondents)
    return hidden | never


def _drawn_together(people: Ints, rows: Flags, columns: Flags) -> Ints:
    """The tables with everybody whose group has no known total in the last row and column, and nobody in their own."""
    result = people * rows[:, :, np.newaxis]
    result[:, -1] = (people * ~rows[:, :, np.newaxis]).sum(axis=1)
    other = result * columns[:, np.newaxis, :]
    other[:, :, -1] = (result * ~columns[:, np.newaxis, :]).sum(axis=2)
    return other


def _places(one: Split, authorities: int) -> Ints:
    """The place of each part among those of its authority; parts stand by authority."""
    first = np.searchsorted(one.owner, np.arange(authorities))
    result: Ints = np.arange(len(one.owner)) - first[one.owner]
    return result


def _of_kinds(case: Case, one: Split, local: Ints) -> Ints:
    result = np.full(case.crowd.rows.count, -1, dtype=np.int64)
    result[one.groups.order] = local[one.groups.of_row]
    return result


def _shown(case: Case, one: Split, local: Ints, reasons: Reasons, size: int) -> Flags:
    """Which places of each authority are shown, shape (authorities, groups + 1)."""
    result = np.zeros((len(case.codes), size), dtype=np.bool_)
    result[one.owner, local] = ~withheld(reasons)
    return result


def _coded(one: Split, local: Ints, authorities: int) -> tuple[tuple[str, ...], Ints]:
    """The codes of all parts, and which one each place of each authority has, shape (authorities, groups); -1 for none."""
    codes = tuple(sorted({code for _, code in one.pairs}))
    place = {code: at for at, code in enumerate(codes)}
    result = np.full((authorities, int(local.max(initial=-1)) + 1), -1, dtype=np.int64)
    result[one.owner, local] = [place[code] for _, code in one.pairs]
    return codes, result


@dataclass(frozen=True)
class _Named:
    """Cells by authority, service area and tier: the codes of all three, and each cell's `places` among them."""

    codes: tuple[Sequence[str], Sequence[str], Sequence[str]]
    places: tuple[Ints, Ints, Ints]

    def staff(self, case: Case) -> Floats:
        """The known staff of each cell, NaN where there is none."""
        known, people = headcounts.cells(case.staff_rows, self.codes)
        here, there = self._numbers(known), self._numbers(self.places)
        count = len(self.codes[0]) * len(self.codes[1]) * len(self.codes[2])
        total = np.bincount(here, weights=people, minlength=count)
        result: Floats = np.where(np.bincount(here, minlength=count) > 0, total, np.nan)[there]
        return result

    def _numbers(self, places: Sequence[Ints]) -> Ints:
        numbers: Ints = (places[0] * len(self.codes[1]) + places[1]) * len(self.codes[2]) + places[2]
        return numbers

    def frame(self, measures: Sequence[str], found: estimation.Estimates, reasons: Reasons) -> pd.DataFrame:
        """CELL_SCORES: each cell with all measures."""
        cells = len(self.places[0])
        each = np.repeat(np.arange(cells), len(measures))
        names = ("authority", "service_area", "tier")
        columns: dict[str, object] = {
            name: assembly.texts(codes, places[each])
            for name, codes, places in zip(names, self.codes, self.places, strict=True)
        }
        columns["measure"] = assembly.texts(measures, np.tile(np.arange(len(measures)), cells))
        columns |= {name: getattr(found, name).ravel() for name in ("n", "score", "lower", "upper")}
        return frames.CELL_SCORES.of({**columns, "reason": reasons.ravel()})
