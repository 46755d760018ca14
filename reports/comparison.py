"""Every peer group of the menu: its benchmarks, and the standings of its authorities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports import assembly, bands, benchmarks, frames, peers, standings
from reports.aggregation import Aggregation
from reports.case import Case
from reports.disclosure import threshold
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.estimation import Estimates
from reports.measures import MeasureKind
from reports.standings import GroupStandings
from reports.statistics.sums import Floats, Ints


@dataclass(frozen=True)
class _Group:
    """A peer group: its authorities, their places among all, and which of them are shown where they stand in it.

    `place` is its own among the groups in which authorities have ranks; None where it is one authority's own.
    """

    name: str
    rows: Ints
    told: NDArray[np.bool_]
    place: int | None


def compare(
    case: Case,
    found: Estimates,
    reasons: Reasons,
    register: pd.DataFrame,
    aggregated: Aggregation,
    *,
    stable: NDArray[np.bool_],
    menu: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Benchmarks of every peer group and standings of its authorities; `stable` as in `bands.bands`.

    `menu` (MENU) are the groups as they were frozen, without those who have left; else those of the register.
    Beside the published frames there are `compared`, the scores that are in the benchmarks, and `menu`.

    A group that is one authority's own (its nearest) has a standing of that authority only, without ranks and
    bands. Methodology 5 and 6.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> from reports import aggregation
    >>> made = aggregation.aggregate(case, found, case.officers)
    >>> firm = np.ones(24, dtype=np.bool_)
    >>> tables = compare(case, found, reasons, example.authorities(), made, stable=firm)
    >>> row = tables["standings"].iloc[1]
    >>> row["peer_group"], row["measure"], round(float(row["gap"]), 1), str(row["verdict"]), str(row["band"])
    ('all', 'mindset', -12.2, 'BELOW', 'very_probably_lower_quarter')
    """
    place = {code: position for position, code in enumerate(case.codes)}
    models = [one.model for one in aggregated.between]
    menu = _menu(case, register) if menu is None else menu[menu["authority"].isin(place)]
    groups = _groups(menu, place)
    everywhere = ~withheld(reasons)
    ranked = [group.rows for group in groups if group.place is not None]
    beside = bands.bands(case, found, everywhere, models, stable, groups=ranked)
    benchmark_parts, standing_parts, sector = [], [], int(everywhere.any(axis=1).sum())
    for group in groups:
        rows = group.rows
        shown = everywhere[rows]
        middle = benchmarks.benchmark(found.score[rows], shown, case.rules, with_interval=group.name == peers.ALL)
        against = threshold.peer_groups(middle.n, case.rules, sector=sector)
        benchmark_parts.append(assembly.benchmark_rows(group.name, case.measure_codes, middle, against))
        why = _standing_reasons(reasons[rows], against)
        result = _standings(case, found, rows, median=middle.median, shown=~withheld(why), counted=shown)
        relied = np.where(aggregated.differs, aggregated.reliability[rows], 0.0)
        result = standings.of_rows(standings.gated(result, relied, case.rules), group.told)
        if group.place is None:
            by = beside.without_places(rows[group.told])
        else:
            by = beside.of_group(group.place, relied=relied, enough=~withheld(against))
        told = rows[group.told]
        standing_parts.append(assembly.Standing(group.name, told, found.score[told], result, by, why[group.told]))
    return {
        "benchmarks": _together(benchmark_parts, frames.BENCHMARKS),
        "standings": assembly.standing_rows(case.codes, case.measure_codes, standing_parts),
        "compared": _compared(case, found, reasons),
        "menu": frames.MENU.check(menu),
    }


def _groups(menu: pd.DataFrame, place: Mapping[str, int]) -> list[_Group]:
    """The groups of a menu in their order."""
    found, ranked = [], 0
    for name, members in menu.groupby("peer_group", sort=False)["authority"]:
        own = peers.owner(str(name))
        told = np.array([own is None or code == own for code in members], dtype=np.bool_)
        rows = np.array([place[code] for code in members], dtype=np.int64)
        found.append(_Group(str(name), rows, told, ranked if own is None else None))
        ranked += own is None
    return found


def _compared(case: Case, found: Estimates, reasons: Reasons) -> pd.DataFrame:
    """The scores that count in the benchmarks, also those that are withheld afterwards."""
    shown = ~withheld(reasons)
    columns = {"n": found.n, "score": np.where(shown, found.score, np.nan)}
    return assembly.table(frames.COMPARED, case.codes, case.measure_codes, columns)


def _standings(
    case: Case, found: Estimates, rows: Ints, *, median: Floats, shown: NDArray[np.bool_], counted: NDArray[np.bool_]
) -> GroupStandings:
    """Gap, test and verdict in one peer group, before it is said how far they can be relied on."""
    return standings.standings(
        score=found.score[rows],
        se_comparison=found.se_comparison[rows],
        n=found.n[rows],
        median=median,
        shown=shown,
        counted=counted,
        tested=np.array([measure.kind is MeasureKind.DIMENSION for measure in case.measures]),
        rules=case.rules,
    )


def _menu(case: Case, register: pd.DataFrame) -> pd.DataFrame:
    """The peer groups of the register's authorities and of those that have answers only."""
    listed = {str(code) for code in register["code"]}
    extra = pd.DataFrame({"code": [code for code in case.codes if code not in listed]})
    return peers.groups(pd.concat([register, extra], ignore_index=True))


def _standing_reasons(own: Reasons, against: Reasons) -> Reasons:
    """The authority's own reason, else the group's; without quartiles the median is still shown."""
    group = against.copy()
    group[np.equal(against, Reason.TOO_FEW_FOR_QUARTILES)] = None
    return np.where(withheld(own), own, np.broadcast_to(group, own.shape))


def _together(parts: Sequence[pd.DataFrame], shape: frames.Shape) -> pd.DataFrame:
    return shape.check(pd.concat(parts, ignore_index=True)) if parts else shape.empty()
