"""Change over the sector: how many authorities improved or declined, and how the middle one changed; nobody by name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from reports import frames
from reports.disclosure import threshold
from reports.disclosure.reasons import Reason
from reports.rules import Rules
from reports.standings import Verdict
from reports.statistics import quantiles

_COUNTS = {
    "above": Verdict.ABOVE,
    "similar": Verdict.SIMILAR,
    "below": Verdict.BELOW,
    "cannot_tell": Verdict.CANNOT_TELL,
}


def sector_change(change: pd.DataFrame, measures: Sequence[str], rules: Rules) -> pd.DataFrame:
    """SECTOR_CHANGE: for each measure how many authorities have which verdict, median and quartiles of their changes.

    `change` has a row for each authority and measure (CHANGE). Only authorities whose own change may be shown
    count, one authority one vote, from as many as a benchmark needs; quartiles of type 7, in points. `above` have
    improved, `below` declined; measures without a test have no such counts. Methodology 5, 8 and 11.

    >>> from reports import example
    >>> from reports import change
    >>> case = example.case()
    >>> rows = change.change(case, example.before(), example.authorities()).change
    >>> row = sector_change(rows, case.measure_codes, case.rules).iloc[1]
    >>> int(row["above"]), int(row["n"]), round(float(row["median"]), 1)
    (24, 24, 10.0)
    """
    records = []
    by_measure = dict(list(change.groupby("measure", sort=False)))
    for code in measures:
        mine = by_measure.get(code, change.iloc[:0])
        shown = mine[mine["reason"].isna() & mine["change"].notna()]
        lower, middle, upper = quantiles.quartiles(shown["change"].to_numpy(dtype=np.float64))
        tested = bool(shown["verdict"].notna().any())
        records.append(
            {
                "measure": code,
                "common_items": mine["common_items"].iloc[0] if len(mine) else 0,
                "series": mine["series"].iloc[0] if len(mine) else None,
                "n": len(shown),
                **{name: int((shown["verdict"] == word).sum()) if tested else None for name, word in _COUNTS.items()},
                "lower_quartile": lower,
                "median": middle,
                "upper_quartile": upper,
            }
        )
    rows = pd.DataFrame(records)
    reasons = threshold.authorities(rows["n"].to_numpy(dtype=np.int64), rules)
    reasons[(rows["series"] == "broken").fillna(value=False).to_numpy(dtype=np.bool_)] = Reason.SERIES_BROKEN
    return frames.SECTOR_CHANGE.check(rows.assign(reason=reasons))
