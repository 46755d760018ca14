"""Long frames, one row a figure, from the arrays that the steps return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports import benchmarks, distributions, frames, standings
from reports.bands import Beside
from reports.disclosure.reasons import Reasons
from reports.estimation import Estimates
from reports.scoring import PersonScores
from reports.statistics.sums import Floats, Ints
from reports.weighting import Weights

_Column: TypeAlias = NDArray[np.generic]


def respondents(
    codes: Sequence[str], authority: NDArray[np.int64], people: PersonScores, counted: NDArray[np.bool_]
) -> pd.DataFrame:
    """One row a respondent, numbered from 1 in the order of the file; dimensions in file order, then the overall.

    `authority` is the place of each one's authority in `codes`; `counted` is false for elected members and careless answers, which are in no score of the authority.
    """
    wide: dict[str, object] = {
        "row": pd.array(np.arange(1, len(authority) + 1), dtype="Int64"),
        "authority": pd.array(list(codes), "string").take(authority),
    }
    codes = [measure.code for measure in people.measures if measure.kind == "dimension"]
    for code in [*codes, "overall"]:
        wide[code] = pd.array(people.of(code), dtype="Float64")
    wide["counted"] = pd.array(counted, dtype="boolean")
    return pd.DataFrame(wide)


def scores(
    authorities: Sequence[str],
    measures: Sequence[str],
    found: Estimates,
    reasons: Reasons,
    *,
    weights: Weights,
    weighted: NDArray[np.bool_],
    plain: NDArray[np.float64],
    reliability: NDArray[np.float64],
) -> pd.DataFrame:
    """SCORES: authorities in order, each with all measures; the unweighted score beside every weighted one."""
    names = ("n", "invited", "score", "se", "lower", "upper", "se_comparison", "deff")
    shape = found.score.shape
    words = np.array([str(word) for word in weights.weighting], dtype=object)
    columns = {name: getattr(found, name) for name in names} | {
        "weighted": np.broadcast_to(weighted[:, np.newaxis], shape),
        "reliability": reliability,
        "reason": reasons,
        "weighting": np.broadcast_to(words[:, np.newaxis], shape),
        "unweighted_score": np.where(weighted[:, np.newaxis], plain, np.nan),
    }
    return table(frames.SCORES, authorities, measures, columns)


def table(
    shape: frames.Shape, authorities: Sequence[str], measures: Sequence[str], columns: Mapping[str, _Column]
) -> pd.DataFrame:
    """A frame of one row an authority and measure from arrays of shape (authorities, measures)."""
    flat = {name: column.ravel() for name, column in columns.items()}
    return shape.of({**crossed(authorities, measures), **flat})


def group_rows(
    shape: frames.Shape,
    groups: Sequence[tuple[str, str, str]],
    measures: Sequence[str],
    columns: Mapping[str, _Column],
) -> pd.DataFrame:
    """A frame of one row a group (authority, kind, code) and measure from arrays of shape (groups, measures)."""
    places = np.repeat(np.arange(len(groups)), len(measures))
    names = ("authority", "kind", "group")
    return shape.of(
        {
            **{name: texts([group[at] for group in groups], places) for at, name in enumerate(names)},
            "measure": texts(measures, np.tile(np.arange(len(measures)), len(groups))),
            **{name: column.ravel() for name, column in columns.items()},
        }
    )


def items(
    authorities: Sequence[str], found: Sequence[tuple[str, distributions.Distribution]], reasons: Sequence[Reasons]
) -> pd.DataFrame:
    """ITEMS: in every authority all items, each with its rows. `reasons` has the shape of each item's shares."""
    rows = [(code, row) for code, one in found for row in one.rows]
    places, at = np.repeat(np.arange(len(authorities)), len(rows)), np.tile(np.arange(len(rows)), len(authorities))
    columns: dict[str, object] = {"authority": texts(authorities, places)}
    columns["item"] = texts([item for item, _ in rows], at)
    columns["option"] = texts([row for _, row in rows], at)
    for name in ("share", "lower", "upper"):
        columns[name] = _side_by_side([getattr(one, name) for _, one in found], authorities)
    columns["n"] = _side_by_side(
        [np.repeat(one.n[:, np.newaxis], len(one.rows), axis=1) for _, one in found], authorities
    )
    columns["reason"] = _side_by_side(reasons, authorities)
    return frames.ITEMS.of(columns)


def items_told(computed: pd.DataFrame, told: Sequence[tuple[str, distributions.Distribution]]) -> pd.DataFrame:
    """The same ITEMS with other bounds, of the same distributions."""
    if not told:
        return computed
    bounds = {
        name: pd.array(np.concatenate([getattr(one, name) for _, one in told], axis=1).ravel(), dtype="Float64")
        for name in ("lower", "upper")
    }
    return computed.assign(**bounds)


def texts(codes: Sequence[str], places: NDArray[np.int64]) -> pd.api.extensions.ExtensionArray:
    """A column of texts that names each place once: to make one of them for every row takes longer than the figures."""
    return pd.array(list(codes), dtype="string").take(places)


def benchmark_rows(
    peer_group: str, measures: Sequence[str], found: benchmarks.GroupBenchmarks, reasons: Reasons
) -> pd.DataFrame:
    """BENCHMARKS of one peer group."""
    columns = {name: getattr(found, name) for name in found.__dataclass_fields__}
    return pd.DataFrame(
        {"peer_group": peer_group, "measure": list(measures), **columns, "restated_for": None, "reason": reasons}
    )


@dataclass(frozen=True)
class Standing:
    """One peer group's part of STANDINGS: `rows` are the places of its authorities, the others have a row for each."""

    peer_group: str
    rows: Ints
    score: Floats
    found: standings.GroupStandings
    beside: Beside
    reasons: Reasons


def standing_rows(authorities: Sequence[str], measures: Sequence[str], parts: Sequence[Standing]) -> pd.DataFrame:
    """STANDINGS by authority, then peer groups as they come, then measures."""
    if not parts:
        return frames.STANDINGS.empty()
    owner = np.concatenate([one.rows for one in parts])
    group = np.repeat(np.arange(len(parts)), [len(one.rows) for one in parts])
    order = np.argsort(owner, kind="stable")

    def column(values: Sequence[_Column]) -> _Column:
        return np.concatenate(values)[order].ravel()

    columns: dict[str, object] = {
        "authority": texts(authorities, np.repeat(owner[order], len(measures))),
        "measure": texts(measures, np.tile(np.arange(len(measures)), len(owner))),
        "peer_group": texts([one.peer_group for one in parts], np.repeat(group[order], len(measures))),
        "score": column([one.score for one in parts]),
        "reason": column([one.reasons for one in parts]),
    }
    for name in standings.GroupStandings.__dataclass_fields__:
        columns[name] = column([getattr(one.found, name) for one in parts])
    for name in Beside.__dataclass_fields__:
        columns[name] = column([getattr(one.beside, name) for one in parts])
    return frames.STANDINGS.of(columns)


def crossed(authorities: Sequence[str], measures: Sequence[str]) -> dict[str, pd.api.extensions.ExtensionArray]:
    """The columns `authority` and `measure` that pair each authority with all measures."""
    return {
        "authority": texts(authorities, np.repeat(np.arange(len(authorities)), len(measures))),
        "measure": texts(measures, np.tile(np.arange(len(measures)), len(authorities))),
    }


def _side_by_side(parts: Sequence[NDArray[np.generic]], authorities: Sequence[str]) -> NDArray[np.generic]:
    return np.concatenate(parts, axis=1).ravel() if parts else np.empty(0 * len(authorities))
