"""A release's frames held against what medians and quartiles could tell of single authorities."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from reports import frames, told_parts
from reports.disclosure import peer_audit, told_figures
from reports.disclosure.guard import told
from reports.disclosure.peer_audit import AVERAGE, Audit
from reports.disclosure.reasons import Reason
from reports.disclosure.told_figures import Shown
from reports.rules import Rules

COMPARED, MENU = "compared", "menu"
"""Frames beside those that are published: the scores that are in the benchmarks, and the peer groups."""

_FIGURES = ("benchmarks", "standings", "benchmarks_restated")


def audit(
    computed: Mapping[str, pd.DataFrame],
    earlier: Sequence[Shown] = (),
    *,
    beside: Sequence[Shown] = (),
    label: str = "",
    named: Collection[str] = (),
    rules: Rules = told_figures.DEFAULTS,
    tell: Callable[[str], None] | None = None,
) -> Audit:
    """`peer_audit.audit` of computed frames, before anything of them is withheld for publication.

    `named` are the codes of the authorities whose scores others are told by name.
    """
    computed = {name: computed.get(told(name), frame) for name, frame in computed.items()}
    average = computed[AVERAGE].copy()
    average.loc[average["reason"].notna(), "score"] = pd.NA
    figures = computed["benchmarks"], average
    new = shown(computed, label, computed[COMPARED], figures, named=frozenset(named), rules=rules)
    return peer_audit.audit(new, earlier, beside=beside, tell=tell)


def shown(
    found: Mapping[str, pd.DataFrame],
    label: str,
    scores: pd.DataFrame,
    figures: tuple[pd.DataFrame, pd.DataFrame],
    *,
    named: frozenset[str] = frozenset(),
    rules: Rules = told_figures.DEFAULTS,
) -> Shown:
    """A release as it is told: `figures` are its BENCHMARKS and AVERAGE_OFFICER, `found` everything beside them."""
    benchmarks, average = figures
    whole = Shown(label, found[MENU], scores, told_parts.opened(benchmarks), average, named, rules)
    whole = replace(whole, wholes=told_parts.wholes(found))
    nothing = pd.DataFrame({"measure": pd.Series(dtype="string"), "score": pd.Series(dtype="float64")})
    base = replace(whole, average_officer=nothing)
    inside = told_parts.insides(found, replace(base, wholes=()))
    return replace(whole, parts=(*told_parts.restated(found, base), *inside))


def without(computed: Mapping[str, pd.DataFrame], dropped: Collection[tuple[str, str]]) -> dict[str, pd.DataFrame]:
    """The same frames with a reason against every figure of the pairs of a group and a measure that are dropped.

    Of a group its benchmark and the standings in it; under the name AVERAGE the mean over all officers; of a group of
    `told_parts.insides` the figures of the sector.
    """
    found = dict(computed)
    if not dropped:
        return found
    for name in (name for name in _FIGURES if name in computed):
        found[name] = _marked(computed[name], list(computed[name]["peer_group"]), dropped)
    found[AVERAGE] = _marked(computed[AVERAGE], [AVERAGE] * len(computed[AVERAGE]), dropped)
    for name in (name for table in _tables() for name in (table, told(table)) if name in computed):
        for groups in _inside_groups(name, computed[name]):
            found[name] = _marked(found[name], groups, dropped)
    return found


def dropped(stored: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """DROPPED: the pairs that were dropped from stored frames, which a second computation is given."""
    rows: set[tuple[str, str]] = set()
    for name in ("benchmarks", AVERAGE, *_tables()):
        if name not in stored:
            continue
        frame = stored[name]
        gone = (frame["reason"] == Reason.PINNED).fillna(value=False).to_numpy(dtype=np.bool_)
        for groups in _groups_of(name, frame):
            rows |= {(g, str(m)) for g, m, hit in zip(groups, frame["measure"], gone, strict=True) if hit and g}
    return frames.DROPPED.check(pd.DataFrame(sorted(rows), columns=list(frames.DROPPED.columns)))


def pairs(frame: pd.DataFrame | None) -> frozenset[tuple[str, str]]:
    """The pairs of DROPPED; none where there is no such frame."""
    if frame is None:
        return frozenset()
    return frozenset(zip(frame["peer_group"].astype(str), frame["measure"].astype(str), strict=True))


def _tables() -> list[str]:
    """The tables that have figures of the sector about what is found inside authorities."""
    return list(dict.fromkeys(one.table for one in told_parts.INSIDES))


def _groups_of(name: str, frame: pd.DataFrame) -> list[list[str]]:
    if name == AVERAGE:
        return [[AVERAGE] * len(frame)]
    return [frame["peer_group"].astype(str).tolist()] if name == "benchmarks" else _inside_groups(name, frame)


def _inside_groups(name: str, frame: pd.DataFrame) -> list[list[str]]:
    """The group of each row of a table of the sector, in which `kind` stands beside figures of several kinds."""
    table = name.removesuffix("_told")
    if "kind" in frame:
        return [[f"{told_parts.INSIDE}{kind}" for kind in frame["kind"]]]
    return [[f"{told_parts.INSIDE}{one.kind}"] * len(frame) for one in told_parts.INSIDES if one.table == table]


def _marked(frame: pd.DataFrame, groups: Sequence[str], gone: Collection[tuple[str, str]]) -> pd.DataFrame:
    hit = np.array(
        [(group, code) in gone for group, code in zip(groups, frame["measure"], strict=True)], dtype=np.bool_
    )
    open_ = frame["reason"].isna() | (frame["reason"] == Reason.TOO_FEW_FOR_QUARTILES).fillna(value=False)
    return frame.assign(reason=frame["reason"].mask(hit & open_.to_numpy(dtype=np.bool_), str(Reason.PINNED)))
