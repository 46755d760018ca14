"""What was told about people, looked at once more as it stands: figures of too few, and what shown parts leave of a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

_COUNTED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "scores": ("score", ("n",)),
    "items": ("share", ("n",)),
    "group_scores": ("score", ("n",)),
    "cell_scores": ("score", ("n",)),
    "say_do": ("staff", ("n",)),
    "own_profile": ("gap", ("n",)),
    "dont_know": ("share", ("n",)),
    "leadership": ("share", ("n",)),
    "tier_gaps": ("gap", ("n_upper", "n_lower")),
    "elected_gaps": ("gap", ("n_upper", "n_lower")),
    "tier_item_gaps": ("gap", ("n_upper", "n_lower")),
    "change": ("change", ("n_before", "n_after")),
    "sector_tier_gaps": ("gap", ("n_upper", "n_lower")),
    "sector_item_gaps": ("gap", ("n_upper", "n_lower")),
    "sector_programmes": ("gap", ("n_took_part", "n_others")),
    "sector_dont_know": ("share", ("n",)),
    "sector_leadership": ("share", ("n",)),
}
"""Of each table the figure, and the columns that say how many people are behind it."""
LOOKED_AT = tuple(_COUNTED)
_NAMES = ("authority", "kind", "group", "service_area", "tier", "profile", "item", "option", "measure")
_PARTS = ("service_area", "tier")


@dataclass(frozen=True, slots=True, order=True)
class Few:
    """A figure that should not have been told: its table, and whose and of what it is. No count, which is protected."""

    table: str
    of: str


def few(told: Mapping[str, pd.DataFrame], *, minimum: int) -> tuple[Few, ...]:
    """Figures of published frames that are about fewer than `minimum` people, by themselves or beside each other.

    A figure that is shown needs `minimum` people in each of its counts. What is left of an authority's score when its
    shown service areas, or its shown tiers, are taken away must be nobody or at least `minimum` people. Frames are
    those of `LOOKED_AT` that are given, as published. It repeats the two plainest rules on what is stored, with
    nothing of the code that applied them. Methodology 10, rules 1 and 2.

    >>> of = {"authority": "A", "measure": "agile"}
    >>> whole = pd.DataFrame([of | {"n": 40, "score": 50.0}])
    >>> def split(*counts):
    ...     rows = [of | {"kind": "tier", "group": str(at), "n": n, "score": 50.0} for at, n in enumerate(counts)]
    ...     return {"scores": whole, "group_scores": pd.DataFrame(rows)}
    >>> few(split(29), minimum=11), few(split(30), minimum=11)
    ((), (Few(table='group_scores', of='A tier agile'),))
    >>> few({"scores": whole.assign(n=10)}, minimum=11)
    (Few(table='scores', of='A agile'),)
    """
    found: set[Few] = set()
    for name, (figure, counts) in _COUNTED.items():
        if name in told:
            found |= set(_too_few(name, told[name], figure, counts, minimum))
    if "scores" in told and "group_scores" in told:
        found |= set(_left(told["scores"], told["group_scores"], minimum))
    return tuple(sorted(found))


def _too_few(name: str, frame: pd.DataFrame, figure: str, counts: Sequence[str], minimum: int) -> Iterator[Few]:
    shown = frame[frame[figure].notna()]
    short = pd.Series(data=False, index=shown.index)
    for count in counts:
        short |= (shown[count] < minimum).fillna(value=False).astype(bool)
    keys = [key for key in _NAMES if key in frame.columns]
    for row in shown.loc[short, keys].itertuples(index=False, name=None):
        yield Few(name, " ".join(map(str, row)))


def _left(scores: pd.DataFrame, parts: pd.DataFrame, minimum: int) -> Iterator[Few]:
    """Authorities of which the shown parts of one kind leave a few people on a measure."""
    shown = parts[parts["score"].notna() & parts["kind"].isin(_PARTS)]
    counted = shown.groupby(["authority", "kind", "measure"], as_index=False)["n"].sum()
    whole = scores.loc[scores["score"].notna(), ["authority", "measure", "n"]]
    both = counted.merge(whole, on=["authority", "measure"], suffixes=("", "_whole"))
    left = both["n_whole"] - both["n"]
    for row in both.loc[(left != 0) & (left < minimum), ["authority", "kind", "measure"]].itertuples(index=False):
        yield Few("group_scores", " ".join(map(str, row)))
