"""Whether a new release of a wave cuts the same people into other groups than one that was told before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

_KEYS = {
    "scores": ("authority", "measure"),
    "items": ("authority", "item", "option"),
    "group_scores": ("authority", "kind", "group", "measure"),
    "cell_scores": ("authority", "service_area", "tier", "measure"),
}
_STRUCTURE = {"group_scores": ("kind", "group"), "cell_scores": ("service_area", "tier")}
LOOKED_AT = tuple(_KEYS)


@dataclass(frozen=True, slots=True, order=True)
class Recut:
    """A group of an authority that is not the same in two releases. No count: it would be what is protected."""

    authority: str
    group: str


def recuts(new: Mapping[str, pd.DataFrame], told: Mapping[str, pd.DataFrame], *, minimum: int) -> tuple[Recut, ...]:
    """Groups of a new release that could be taken from those of an earlier one of the same wave, or the other way
    round.

    A group with the same name must have the same number of people in both, or at least `minimum` more or fewer:
    otherwise the two figures together say something of fewer people than any single one may. An authority whose parts
    have other names than before (service areas were merged, borders moved) is named with each new or missing part,
    however many people it has, because counts do not say who is where. An authority that has left, or is new, is not
    looked at. Frames are SCORES, ITEMS, GROUP_SCORES and CELL_SCORES as published, with an empty `n` where a row is
    withheld. Where people came or went, a part that only one of the releases shows is named, too: six people of a
    service area that was withheld follow from the area with eleven more people, less what all gained. Methodology 10,
    rule 10.

    >>> def of(n, group="housing"):
    ...     row = {"authority": "A", "kind": "service_area", "group": group, "measure": "agile", "n": n}
    ...     return {"group_scores": pd.DataFrame([row])}
    >>> [len(recuts(of(n), of(30), minimum=11)) for n in (30, 31, 40, 41)]
    [0, 1, 1, 0]
    >>> [one.group for one in recuts(of(60, "places"), of(30), minimum=11)]
    ['housing', 'places']
    """
    found: set[Recut] = set()
    moved = _moved(new, told)
    for name, keys in _KEYS.items():
        if name not in new or name not in told:
            continue
        found |= _close(new[name], told[name], list(keys), minimum)
        if name in _STRUCTURE:
            found |= _shown_once(new[name], told[name], list(keys), moved)
            found |= _renamed(new[name], told[name], list(_STRUCTURE[name]))
    return tuple(sorted(found))


def _close(new: pd.DataFrame, told: pd.DataFrame, keys: list[str], minimum: int) -> set[Recut]:
    both = new[[*keys, "n"]].merge(told[[*keys, "n"]], on=keys, suffixes=("", "_told"))
    apart = (both["n"] - both["n_told"]).abs()
    rows = both[((apart > 0) & (apart < minimum)).fillna(value=False)]
    groups = rows[keys[1:-1]] if len(keys) > 2 else rows[keys[1:]]
    return _named(rows, groups)


def _moved(new: Mapping[str, pd.DataFrame], told: Mapping[str, pd.DataFrame]) -> frozenset[str]:
    """Authorities that have other numbers of people than before."""
    if "scores" not in new or "scores" not in told:
        return frozenset()
    keys = list(_KEYS["scores"])
    both = new["scores"][[*keys, "n"]].merge(told["scores"][[*keys, "n"]], on=keys, suffixes=("", "_told"))
    return frozenset(both.loc[(both["n"] != both["n_told"]).fillna(value=False), "authority"].astype(str))


def _shown_once(new: pd.DataFrame, told: pd.DataFrame, keys: list[str], moved: frozenset[str]) -> set[Recut]:
    """Parts of authorities whose people have changed that one release shows and the other one withholds."""
    both = new[[*keys, "n"]].merge(told[[*keys, "n"]], on=keys, suffixes=("", "_told"))
    once = (both["n"].isna() != both["n_told"].isna()) & both["authority"].astype(str).isin(moved)
    return _named(both[once], both.loc[once, keys[1:-1]])


def _named(rows: pd.DataFrame, groups: pd.DataFrame) -> set[Recut]:
    return {
        Recut(str(authority), " ".join(map(str, group)))
        for authority, group in zip(rows["authority"], groups.itertuples(index=False), strict=True)
    }


def _renamed(new: pd.DataFrame, told: pd.DataFrame, parts: list[str]) -> set[Recut]:
    """Parts that only one of two releases knows, of authorities that are in both."""
    here, there = (set(frame[["authority", *parts]].itertuples(index=False, name=None)) for frame in (new, told))
    common = {row[0] for row in here} & {row[0] for row in there}
    return {Recut(str(row[0]), str(row[-1])) for row in here ^ there if row[0] in common}
