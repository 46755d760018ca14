"""Known staff numbers: N of an authority, of a service area, of a tier."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from reports.statistics import sums
from reports.statistics.sums import Floats, Ints


def employed(headcounts: pd.DataFrame | None, elected_tiers: Sequence[str]) -> pd.DataFrame:
    """Headcount rows as plain text and numbers, without elected members, who are outside every headcount.

    `headcounts` (HEADCOUNTS) may be None: no row. Methodology 1 and 3.1.

    >>> given = pd.DataFrame({"authority": ["A", "A"], "service_area": [None, ""], "tier": ["elected", "senior"],
    ...                       "headcount": [30, 12]})
    >>> employed(given, ["elected"]).values.tolist()
    [['A', '', 'senior', 12.0]]
    """
    columns = ["authority", "service_area", "tier", "headcount"]
    if headcounts is None:
        return pd.DataFrame({column: [] for column in columns})
    named = {name: _named(headcounts[name]) for name in columns[:3]}
    plain = pd.DataFrame({**named, "headcount": headcounts["headcount"].astype("float64").to_numpy()})
    return plain[~plain["tier"].isin(list(elected_tiers))]


def _named(column: pd.Series) -> pd.Categorical:
    """Texts as places among those that there are, in rising order; a missing one is empty."""
    return pd.Categorical(column.astype(object).where(column.notna(), ""))


def totals(rows: pd.DataFrame, authorities: Sequence[str]) -> Floats:
    """N of each authority: its total row, or the sum of its service area x tier cells; NaN where there is neither.

    `rows` come from `employed`; shape of the result (authorities,), people. Methodology 3.1.

    >>> rows = pd.DataFrame({"authority": ["A", "B", "B"], "service_area": ["", "ict", "ict"],
    ...                      "tier": ["", "senior", "frontline"], "headcount": [60.0, 5.0, 20.0]})
    >>> totals(rows, ["A", "B", "C"]).tolist()
    [60.0, 25.0, nan]
    """
    area, tier = rows["service_area"] != "", rows["tier"] != ""
    known = _by(rows[area & tier], "authority")
    known.update(_by(rows[~area & ~tier], "authority"))
    return np.array([known.get(code, np.nan) for code in authorities], dtype=np.float64)


def group_totals(rows: pd.DataFrame, kind: str) -> dict[tuple[str, str], float]:
    """N of each (authority, group) of a kind (`service_area` or `tier`): its own row, or the sum of its cells.

    `rows` come from `employed`; people. Methodology 3.2 and 3.3.

    >>> rows = pd.DataFrame({"authority": ["B", "B", "B"], "service_area": ["ict", "ict", ""],
    ...                      "tier": ["senior", "frontline", "senior"], "headcount": [5.0, 20.0, 9.0]})
    >>> group_totals(rows, "service_area"), group_totals(rows, "tier")
    ({('B', 'ict'): 25.0}, {('B', 'frontline'): 20.0, ('B', 'senior'): 9.0})
    """
    other = "tier" if kind == "service_area" else "service_area"
    in_group, in_cell = rows[kind] != "", rows[other] != ""
    known = _by(rows[in_group & in_cell], "authority", kind)
    known.update(_by(rows[in_group & ~in_cell], "authority", kind))
    return known


def cells(rows: pd.DataFrame, sides: Sequence[Sequence[str]]) -> tuple[tuple[Ints, ...], Floats]:
    """The known staff of service areas x tiers: authority, service area and tier of each, as places in `sides`; people.

    `rows` come from `employed`; `sides` are the codes of the three. Cells of which one has no place there are left out.
    Methodology 3.1 and 3.3.

    >>> rows = pd.DataFrame({"authority": ["B", "B", "C"], "service_area": ["ict", "", "ict"],
    ...                      "tier": ["senior", "senior", "senior"], "headcount": [5.0, 20.0, 7.0]})
    >>> places, people = cells(rows, (["A", "B"], ["ict"], ["frontline", "senior"]))
    >>> [one.tolist() for one in places], people.tolist()
    ([[1], [0], [1]], [5.0])
    """
    found = []
    for name, codes in zip(("authority", "service_area", "tier"), sides, strict=True):
        column, place = pd.Categorical(rows[name]), {code: at for at, code in enumerate(codes)}
        found.append(np.array([*(place.get(one, -1) for one in column.categories), -1], dtype=np.int64)[column.codes])
    people = rows["headcount"].to_numpy(dtype=np.float64)
    kept = np.logical_and.reduce([one >= 0 for one in found]) & ~np.isnan(people)
    return tuple(one[kept] for one in found), people[kept]


def _by(rows: pd.DataFrame, *keys: str) -> dict:  # type: ignore[type-arg]
    """The sum of each that has a known headcount; NaN where all are unknown."""
    columns = [pd.Categorical(rows[key]) for key in keys]
    cells, of_row = sums.cells([column.codes.astype(np.int64) for column in columns])
    people = rows["headcount"].to_numpy(dtype=np.float64)
    known = ~np.isnan(people)
    total, heard = (
        np.bincount(of_row[known], weights=one, minlength=cells.shape[1]) for one in (people[known], known[known])
    )
    names = [column.categories.to_numpy()[places].tolist() for column, places in zip(columns, cells, strict=True)]
    found = np.where(heard > 0, total, np.nan).tolist()
    return dict(zip(names[0] if len(keys) == 1 else zip(*names, strict=True), found, strict=True))
