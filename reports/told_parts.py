"""Further figures of a release that are told of authorities: medians restated for change, and quartiles of what is found inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from reports import frames
from reports.disclosure.reasons import Reason
from reports.disclosure.relations import Whole
from reports.disclosure.told_figures import Shown
from reports.peers import ALL
from reports.rules import Rules

MENU_BEFORE, WHOLES = "menu_before", "wholes"
"""Frames beside those that are published: the peer groups of the earlier wave, and which measures are means of others."""

BEFORE, AFTER = "before", "after"
INSIDE = "inside:"
"""A group of everybody for figures about authorities that are no scores: `inside:tier_gap` and so on."""

_HALF = 0.5
_COLUMNS = ("peer_group", "measure", "n", "lower_quartile", "median", "upper_quartile")
_FIGURES = ("lower_quartile", "median", "upper_quartile")


@dataclass(frozen=True, slots=True)
class Inside:
    """A figure of every authority (`column` of `frame`), and where the sector's is: `table`, its rows by `kind`."""

    kind: str
    frame: str
    column: str
    table: str
    together: bool | None = None  # of TIER_GAPS the rows with managers, or those without
    is_difference: bool = True  # from -100 to 100


INSIDES = (
    Inside("divergence", "divergence", "sd_between", "sector_inside", is_difference=False),
    Inside("tier_gap", "tier_gaps", "gap", "sector_inside", together=False),
    Inside("tier_gap_together", "tier_gaps", "gap", "sector_inside", together=True),
    Inside("elected_gap", "elected_gaps", "gap", "sector_inside"),
    Inside("change", "change", "change", "sector_change"),
    Inside("say_do", "say_do", "raw", "say_do"),
    Inside("own_profile", "own_profile", "own_contrast", "own_profile"),
)
FRAMES = tuple(dict.fromkeys(name for one in INSIDES for name in (one.frame, one.table)))
_MEDIANS = {"say_do": "median_gap", "own_profile": "sector_contrast"}


def wholes(found: Mapping[str, pd.DataFrame]) -> tuple[Whole, ...]:
    """Which measures are means of others, from WHOLES; nothing where there is no such frame."""
    frame = found.get(WHOLES)
    if frame is None:
        return ()
    parts = frame.groupby("measure", sort=False)
    return tuple(
        Whole(str(measure), tuple(rows["part"].astype(str)), tuple(rows["weight"].astype(float)))
        for measure, rows in parts
    )


def restated(found: Mapping[str, pd.DataFrame], base: Shown) -> tuple[Shown, ...]:
    """What is told of both waves on their common questions (BENCHMARKS_RESTATED, CHANGE, MENU); nothing without an earlier one.

    The members of a group are those of this wave's menu whose change is shown and who were in the group before: in
    MENU_BEFORE, an authority that replaced others where all of those were. Where the figure says more, the others are
    authorities whose change is withheld; where it says fewer, who counts is not known and it is left out. `base` has
    what does not depend on the figures.
    """
    if "benchmarks_restated" not in found:
        return ()
    change = found["change"][found["change"]["reason"].isna()]
    menu = _in_both(found, change)
    sizes = menu.merge(change[["authority", "measure"]], on="authority").groupby(["peer_group", "measure"]).size()
    told = found["benchmarks_restated"].merge(sizes.rename("members").reset_index(), on=["peer_group", "measure"])
    told = opened(told[told["members"] <= told["n"]])
    parts = []
    for word in (BEFORE, AFTER):
        scores = change.rename(columns={word: "score", f"n_{word}": "n"})[["authority", "measure", "n", "score"]]
        figures = told[told["restated_for"] == word]
        parts.append(replace(base, label=f"{base.label} {word}", menu=menu, scores=scores, benchmarks=figures))
    return tuple(parts)


def insides(found: Mapping[str, pd.DataFrame], base: Shown) -> tuple[Shown, ...]:
    """Medians and quartiles over the sector of what is found inside authorities, each as one group of all who count.

    Differences are taken on the scale of 0 to 100 as (difference + 100) / 2, so that 10 points are a tenth of theirs,
    too. How many are above or below tells that so many differences are at least `rules.smallest_difference`.
    """
    return tuple(part for one in INSIDES if {one.frame, one.table} <= set(found) for part in _inside(found, base, one))


def opened(benchmarks: pd.DataFrame) -> pd.DataFrame:
    """Benchmarks without the figures that have a reason against them."""
    benchmarks = benchmarks.copy()
    partly = (benchmarks["reason"] == Reason.TOO_FEW_FOR_QUARTILES).fillna(value=False)
    middle = [name for name in ("median", "median_lower", "median_upper") if name in benchmarks]
    benchmarks.loc[benchmarks["reason"].notna() & ~partly, middle] = pd.NA
    benchmarks.loc[benchmarks["reason"].notna(), ["lower_quartile", "upper_quartile"]] = pd.NA
    return benchmarks


def _in_both(found: Mapping[str, pd.DataFrame], change: pd.DataFrame) -> pd.DataFrame:
    """The groups of this wave with those of their authorities that were in them before."""
    menu, before = found[frames.MENU.name], found.get(MENU_BEFORE)
    if before is None:
        return menu
    were = {str(name): frozenset(part.astype(str)) for name, part in before.groupby("peer_group")["authority"]}
    replaced = change.drop_duplicates("authority").set_index("authority")["predecessors"].dropna()
    behind = {str(code): str(some).split() for code, some in replaced.items()}
    kept = [
        group == ALL or were.get(group, frozenset()).issuperset(behind.get(code, [code]))
        for group, code in zip(menu["peer_group"].astype(str), menu["authority"].astype(str), strict=True)
    ]
    return menu[np.array(kept, dtype=np.bool_)]


def _inside(found: Mapping[str, pd.DataFrame], base: Shown, one: Inside) -> Iterator[Shown]:
    values = _values(found[one.frame], one)
    figures = _sector(found[one.table], one, values, base.rules)
    if not len(values) or not figures[list(_FIGURES)].notna().to_numpy().any():
        return
    if one.is_difference:
        values = values.assign(score=(values["score"] + 100.0) / 2.0)
        figures = figures.assign(**{name: (figures[name].astype("Float64") + 100.0) / 2.0 for name in _FIGURES})
    name = f"{INSIDE}{one.kind}"
    menu = pd.DataFrame({"peer_group": name, "authority": sorted(set(values["authority"]))})
    yield replace(
        base, label=f"{base.label} {one.kind}", menu=menu, scores=values, benchmarks=figures.assign(peer_group=name),
        unit=_HALF if one.is_difference else 1.0,
    )  # fmt: skip


def _values(frame: pd.DataFrame, one: Inside) -> pd.DataFrame:
    """What each authority is told of itself."""
    shown = frame[frame["reason"].isna()]
    if one.together is not None:
        shown = shown[shown["with_managers"].fillna(value=False).astype("bool") == one.together]
    score = shown["assessed"] - shown["staff"] if one.kind == "say_do" else shown[one.column]
    values = pd.DataFrame(
        {"authority": shown["authority"].astype("string"), "measure": shown["measure"].astype("string")}
    )
    return values.assign(n=pd.array([pd.NA] * len(values), "Int64"), score=score.astype("Float64")).dropna(
        subset=["score"]
    )


def _sector(table: pd.DataFrame, one: Inside, values: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """The sector's figures in the columns of BENCHMARKS, with the counts of clear differences."""
    if one.kind in _MEDIANS:
        return _medians(table, _MEDIANS[one.kind], values)
    rows = table[table["kind"] == one.kind] if "kind" in table else table
    figures = opened(rows.assign(peer_group=""))
    if not one.is_difference:
        return figures[list(_COLUMNS)]
    least = rules.smallest_difference
    return figures[[*_COLUMNS, "above", "below"]].assign(
        above=figures["above"].where(figures["median"].notna()), below=figures["below"].where(figures["median"].notna()),
        above_least=(100.0 + least) / 2.0, below_most=(100.0 - least) / 2.0,
    )  # fmt: skip


def _medians(table: pd.DataFrame, column: str, values: pd.DataFrame) -> pd.DataFrame:
    """The one median that stands in every authority's row; only where it is that of the values that are shown."""
    told = (
        table[table["reason"].isna()].drop_duplicates("measure")[["measure", column]].rename(columns={column: "median"})
    )
    own = values.groupby("measure")["score"].agg(n="size", own="median").reset_index()
    both = told.merge(own, on="measure").dropna(subset=["median"])
    same = (both["median"].astype(float) - both["own"].astype(float)).abs() < 1e-6
    found = both[same].assign(peer_group="")
    nothing = pd.array([pd.NA] * len(found), "Float64")
    return found.assign(lower_quartile=nothing, upper_quartile=nothing)[list(_COLUMNS)]


def kinds_of(group: str) -> Sequence[Inside]:
    """Which figure a group of `insides` stands for."""
    return [one for one in INSIDES if group == f"{INSIDE}{one.kind}"]
