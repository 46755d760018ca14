"""Which authorities are alike: the nearest ones by attributes that anybody can look up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reports.statistics.sums import Floats, Ints

TIER = "functions"
"""The attribute that says what an authority does (upper, lower or single tier); only the same are alike."""

SHARES = ("most_deprived", "least_deprived", "urban", "sparse")
LOGARITHMS = ("density", "population_2019")
ATTRIBUTES = (*SHARES, *LOGARITHMS)
COUNT = 15


def nearest(authorities: pd.DataFrame, count: int = COUNT) -> dict[str, list[str]]:
    """For each authority the `count` others of the same tier that are nearest to it, the nearest first.

    `authorities` has the columns code, `functions` and the six ATTRIBUTES: the share of small areas in the most
    deprived fifth and in the two least deprived fifths of the nation, the share that is urban, the share that is rural
    and sparse (0 to 1), residents per square kilometre, residents. The last two are taken as natural logarithms. Each
    is z = (value - mean) / standard deviation (divisor n) over the given authorities of the same tier, 0 where they do
    not differ; the distance is sqrt(sum of squared differences of the six z). Distances are compared after
    rounding to 9 decimals, ties by code. Who lacks an attribute, or has fewer than `count` others, has none.
    Give those that take part: the nearest are sought among them (methodology 5).

    >>> columns = {"code": list("abc"), "functions": "single", "most_deprived": [0.1, 0.2, 0.9]}
    >>> register = pd.DataFrame(columns | dict.fromkeys(ATTRIBUTES[1:], 0.5))
    >>> nearest(register, 1)
    {'a': ['b'], 'b': ['a'], 'c': ['b']}
    """
    if not {TIER, *ATTRIBUTES} <= set(authorities.columns):
        return {}
    values = authorities[list(ATTRIBUTES)].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan).copy()
    logged = len(SHARES)
    values[:, logged:] = np.log(np.where(values[:, logged:] > 0.0, values[:, logged:], np.nan))
    known = np.isfinite(values).all(axis=1) & authorities[TIER].fillna("").ne("").to_numpy(dtype=np.bool_)
    codes = authorities["code"].astype(str).to_numpy()
    tiers = authorities[TIER].fillna("").astype(str).to_numpy()
    found: dict[str, list[str]] = {}
    for tier in np.unique(tiers[known]):
        mine = np.flatnonzero(known & (tiers == tier))
        mine = mine[np.argsort(codes[mine])]
        if len(mine) > count:
            order = _order(values[mine], count)
            found |= {codes[one]: codes[mine[those]].tolist() for one, those in zip(mine, order, strict=True)}
    return dict(sorted(found.items()))


def _order(values: Floats, count: int) -> Ints:
    """For each row the places of the `count` nearest others; rows stand in the order of their codes."""
    spread = values.std(axis=0)
    scaled = (values - values.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
    distance = np.sqrt(((scaled[:, np.newaxis, :] - scaled) ** 2).sum(axis=2)).round(9)
    np.fill_diagonal(distance, np.inf)
    return np.argsort(distance, axis=1, kind="stable")[:, :count]
