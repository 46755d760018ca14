"""A release's frames held against what medians and quartiles could tell of single authorities."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from reports import frames
from reports.disclosure import peer_audit
from reports.disclosure.peer_audit import AVERAGE, Audit, Shown
from reports.disclosure.reasons import Reason
from reports.rules import Rules

COMPARED, MENU = "compared", "menu"
"""Frames beside those that are published: the scores that are in the benchmarks, and the peer groups."""

_FIGURES = ("benchmarks", "standings", "benchmarks_restated")
BEFORE, AFTER = "before", "after"


def audit(
    computed: Mapping[str, pd.DataFrame],
    earlier: Sequence[Shown] = (),
    *,
    label: str = "",
    named: Collection[str] = (),
    rules: Rules = peer_audit.DEFAULTS,
    tell: Callable[[str], None] | None = None,
) -> Audit:
    """`peer_audit.audit` of computed frames, before anything of them is withheld for publication.

    `named` are the codes of the authorities whose scores others are told by name.
    """
    return peer_audit.audit(_shown(computed, label, frozenset(named), rules), earlier, tell=tell)


def without(computed: Mapping[str, pd.DataFrame], dropped: Collection[tuple[str, str]]) -> dict[str, pd.DataFrame]:
    """The same frames with a reason against every figure of the pairs of a group and a measure that are dropped.

    Of a group its benchmark and the standings in it; under the name AVERAGE the mean over all officers.
    """
    found = dict(computed)
    if not dropped:
        return found
    for name in (name for name in _FIGURES if name in computed):
        found[name] = _marked(computed[name], list(computed[name]["peer_group"]), dropped)
    average = computed[peer_audit.AVERAGE]
    found[peer_audit.AVERAGE] = _marked(average, [AVERAGE] * len(average), dropped)
    return found


def dropped(stored: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """DROPPED: the pairs that were dropped from stored frames, which a second computation is given."""
    rows = []
    for name, column in (("benchmarks", "peer_group"), (peer_audit.AVERAGE, None)):
        frame = stored[name]
        gone = frame[frame["reason"] == Reason.PINNED]
        groups = [AVERAGE] * len(gone) if column is None else gone[column].astype(str).tolist()
        rows += list(zip(groups, gone["measure"].astype(str), strict=True))
    return frames.DROPPED.check(pd.DataFrame(sorted(rows), columns=list(frames.DROPPED.columns)))


def pairs(frame: pd.DataFrame | None) -> frozenset[tuple[str, str]]:
    """The pairs of DROPPED; none where there is no such frame."""
    if frame is None:
        return frozenset()
    return frozenset(zip(frame["peer_group"].astype(str), frame["measure"].astype(str), strict=True))


def restated(found: Mapping[str, pd.DataFrame], label: str, named: frozenset[str], rules: Rules) -> tuple[Shown, ...]:
    """What is told of both waves on their common questions (BENCHMARKS_RESTATED, CHANGE, MENU); nothing without an earlier one.

    The members of a group are those of this wave's menu whose change is shown. Where not as many count, because a
    group had other members before, who counts is not known from these frames and the figure is left out.
    """
    if "benchmarks_restated" not in found:
        return ()
    change, told = found["change"], found["benchmarks_restated"]
    change = change[change["reason"].isna()]
    pairs = found[MENU].merge(change[["authority", "measure"]], on="authority")
    sizes = pairs.groupby(["peer_group", "measure"]).size().rename("members").reset_index()
    told = told.merge(sizes, on=["peer_group", "measure"])
    told = told[told["members"] == told["n"]]
    parts = []
    for word in (BEFORE, AFTER):
        scores = change.rename(columns={word: "score", f"n_{word}": "n"})[["authority", "measure", "n", "score"]]
        figures = _open(told[told["restated_for"] == word])
        nothing = pd.DataFrame({"measure": pd.Series(dtype="string"), "score": pd.Series(dtype="float64")})
        parts.append(Shown(f"{label} {word}", found[MENU], scores, figures, nothing, named, rules))
    return tuple(parts)


def _marked(frame: pd.DataFrame, groups: Sequence[str], gone: Collection[tuple[str, str]]) -> pd.DataFrame:
    hit = np.array(
        [(group, code) in gone for group, code in zip(groups, frame["measure"], strict=True)], dtype=np.bool_
    )
    open_ = frame["reason"].isna() | (frame["reason"] == Reason.TOO_FEW_FOR_QUARTILES).fillna(value=False)
    return frame.assign(reason=frame["reason"].mask(hit & open_.to_numpy(dtype=np.bool_), str(Reason.PINNED)))


def _shown(computed: Mapping[str, pd.DataFrame], label: str, named: frozenset[str], rules: Rules) -> Shown:
    """What of the computed frames will be told: figures with a reason against them will not."""
    average = computed[peer_audit.AVERAGE].copy()
    average.loc[average["reason"].notna(), "score"] = pd.NA
    both = restated(computed, label, named, rules)
    return Shown(label, computed[MENU], computed[COMPARED], _open(computed["benchmarks"]), average, named, rules, both)


def _open(benchmarks: pd.DataFrame) -> pd.DataFrame:
    """Benchmarks without the figures that have a reason against them."""
    benchmarks = benchmarks.copy()
    partly = (benchmarks["reason"] == Reason.TOO_FEW_FOR_QUARTILES).fillna(value=False)
    benchmarks.loc[benchmarks["reason"].notna() & ~partly, ["median", "median_lower", "median_upper"]] = pd.NA
    benchmarks.loc[benchmarks["reason"].notna(), ["lower_quartile", "upper_quartile"]] = pd.NA
    return benchmarks
