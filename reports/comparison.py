"""Every peer group of the menu: its benchmarks, and the standings of its authorities."""

from __future__ import annotations

from collections.abc import Sequence

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


def compare(
    case: Case,
    found: Estimates,
    reasons: Reasons,
    register: pd.DataFrame,
    aggregated: Aggregation,
    *,
    stable: NDArray[np.bool_],
) -> dict[str, pd.DataFrame]:
    """Benchmarks of every peer group and standings of its authorities; `stable` as in `bands.bands`."""
    models = [one.model for one in aggregated.between]
    menu = _menu(case, register)
    everywhere = ~withheld(reasons)
    beside = bands.bands(case, found, everywhere, models, stable, groups=[rows for _, _, rows in menu])
    benchmark_parts, standing_parts = [], []
    for number, (name, members, rows) in enumerate(menu):
        shown = everywhere[rows]
        middle = benchmarks.benchmark(found.score[rows], shown, case.rules, with_interval=name == peers.ALL)
        against = threshold.authorities(middle.n, case.rules)
        benchmark_parts.append(assembly.benchmark_rows(name, case.measure_codes, middle, against))
        why = _standing_reasons(reasons[rows], against)
        result = _standings(case, found, rows, median=middle.median, shown=~withheld(why), counted=shown)
        relied = np.where(aggregated.differs, aggregated.reliability[rows], 0.0)
        result = standings.gated(result, relied, case.rules)
        standing_parts.append(
            assembly.standing_rows(
                name,
                members,
                case.measure_codes,
                score=found.score[rows],
                found=result,
                beside=beside.of_group(number, relied=relied, enough=~withheld(against)),
                reasons=why,
            )
        )
    return {
        "benchmarks": _together(benchmark_parts, frames.BENCHMARKS),
        "standings": _sorted_standings(standing_parts),
    }


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


def _menu(case: Case, register: pd.DataFrame) -> list[tuple[str, list[str], Ints]]:
    """The peer groups of the register's authorities and of those that have answers only: name, codes and their places."""
    listed = {str(code) for code in register["code"]}
    extra = pd.DataFrame({"code": [code for code in case.codes if code not in listed]})
    groups = peers.groups(pd.concat([register, extra], ignore_index=True))
    place = {code: position for position, code in enumerate(case.codes)}
    return [
        (str(name), list(members), np.array([place[code] for code in members], dtype=np.int64))
        for name, members in groups.groupby("peer_group", sort=False)["authority"]
    ]


def _standing_reasons(own: Reasons, against: Reasons) -> Reasons:
    """The authority's own reason, else the group's; without quartiles the median is still shown."""
    group = against.copy()
    group[np.equal(against, Reason.TOO_FEW_FOR_QUARTILES)] = None
    return np.where(withheld(own), own, np.broadcast_to(group, own.shape))


def _sorted_standings(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """By authority, then peer groups and measures in the order in which they came."""
    together = _together(parts, frames.STANDINGS)
    return together.sort_values("authority", kind="stable", ignore_index=True)


def _together(parts: Sequence[pd.DataFrame], shape: frames.Shape) -> pd.DataFrame:
    return shape.check(pd.concat(parts, ignore_index=True)) if parts else shape.empty()
