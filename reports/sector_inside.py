"""What the sector looks like inside its authorities: the spread of divergences and gaps, of nobody by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports import frames
from reports.disclosure import threshold
from reports.rules import Rules
from reports.standings import Verdict
from reports.statistics import quantiles

DIVERGENCE, TIER_GAP, TOGETHER, ELECTED = "divergence", "tier_gap", "tier_gap_together", "elected_gap"
KINDS = (DIVERGENCE, TIER_GAP, TOGETHER, ELECTED)
"""Divergence between service areas; senior leaders, and with managers, against the frontline; elected members."""


def distribution(found: Mapping[str, pd.DataFrame], measures: Sequence[str], rules: Rules) -> pd.DataFrame:
    """SECTOR_INSIDE: for each kind and measure the median and quartiles over authorities (type 7).

    `found` has DIVERGENCE (as told), TIER_GAPS and ELECTED_GAPS by their names. Only authorities whose own figure
    may be shown count, one authority one vote, from as many as a benchmark needs. `above` counts those with a
    detectable divergence, or where the upper tier scores higher by the test; `below` those where it scores lower.
    Points. Methodology 5, 7 and 11.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> from reports import divergence, gaps, splits
    >>> areas, tiers = (splits.split(case, kind, found) for kind in ("service_area", "tier"))
    >>> tables = {"divergence": divergence.divergence(case, areas, found).told, **gaps.gaps(case, tiers, found, reasons)}
    >>> row = distribution(tables, case.measure_codes, case.rules).iloc[11]
    >>> row["kind"], int(row["n"]), int(row["above"]), round(float(row["median"]), 1)
    ('tier_gap', 24, 1, 6.4)
    """
    gaps = found["tier_gaps"]
    together = gaps["with_managers"].fillna(value=False).astype("bool")
    parts = [
        _rows(DIVERGENCE, found["divergence"], "sd_between", measures, rules),
        _rows(TIER_GAP, gaps[~together], "gap", measures, rules),
        _rows(TOGETHER, gaps[together], "gap", measures, rules),
        _rows(ELECTED, found["elected_gaps"], "gap", measures, rules),
    ]
    return frames.SECTOR_INSIDE.check(pd.concat(parts, ignore_index=True))


def _rows(kind: str, frame: pd.DataFrame, value: str, measures: Sequence[str], rules: Rules) -> pd.DataFrame:
    figures = frame[value].to_numpy(dtype=np.float64, na_value=np.nan)
    shown = frame["reason"].isna().to_numpy() & ~np.isnan(figures)
    measure = pd.Index(measures).get_indexer(pd.Index(frame["measure"]))
    above, below = _clear(kind, frame)
    records = []
    for place, code in enumerate(measures):
        mine = shown & (measure == place)
        lower, middle, upper = quantiles.quartiles(figures[mine])
        records.append(
            {
                "kind": kind,
                "measure": code,
                "n": int(mine.sum()),
                "above": int((above & mine).sum()),
                "below": None if kind == DIVERGENCE else int((below & mine).sum()),
                "lower_quartile": lower,
                "median": middle,
                "upper_quartile": upper,
            }
        )
    rows = pd.DataFrame(records)
    rows["reason"] = threshold.authorities(rows["n"].to_numpy(dtype=np.int64), rules)
    return rows


def _clear(kind: str, frame: pd.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows count as above, and which as below."""
    if kind == DIVERGENCE:
        above = frame["icc1_lower"].to_numpy(dtype=np.float64, na_value=np.nan) > 0.0
        return above, np.zeros_like(above)
    verdict = frame["verdict"].fillna("")
    return (verdict == Verdict.ABOVE).to_numpy(dtype=np.bool_), (verdict == Verdict.BELOW).to_numpy(dtype=np.bool_)
