"""Figures of single authorities that are withheld at the very end, everywhere at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from reports.disclosure.reasons import Reason, Reasons, withheld

_SAME_FIGURE = ("scores", "standings", "say_do", "change")
"""Frames of which each row holds the authority's own score on the measure."""
_CONTRASTS = "own_profile"


def withhold(
    tables: Mapping[str, pd.DataFrame], reasons: Reasons, authorities: Sequence[str], measures: Sequence[str]
) -> dict[str, pd.DataFrame]:
    """The frames with a reason against the figures that have one here; a reason that stands there already stays.

    `reasons` has shape (authorities, measures). These authorities stay in every benchmark: a median of ten or more
    gives nobody's score. An own profile, whose contrasts would tell a hidden theme from the others, goes as a
    whole. Frames with intervals for publication (`guard.told`) have the name of their frame with an ending.
    Methodology 10.

    >>> table = pd.DataFrame({"authority": ["A"], "measure": ["m"], "reason": pd.array([None], "string")})
    >>> why = np.array([[Reason.DOMINANCE]], dtype=object)
    >>> str(withhold({"scores": table}, why, ["A"], ["m"])["scores"]["reason"].iloc[0])
    'dominance'
    """
    hidden = withheld(reasons)
    if not hidden.any():
        return dict(tables)
    row = {code: at for at, code in enumerate(authorities)}
    column = {code: at for at, code in enumerate(measures)}
    whole = np.full(reasons.shape, None, dtype=object)
    whole[hidden.any(axis=1)] = Reason.THEME_WITHHELD
    result = dict(tables)
    for name, frame in tables.items():
        stem = name.removesuffix("_told")
        if stem in (*_SAME_FIGURE, _CONTRASTS):
            result[name] = _reasoned(frame, whole if stem == _CONTRASTS else reasons, row, column)
    return result


def _reasoned(frame: pd.DataFrame, reasons: Reasons, row: Mapping[str, int], column: Mapping[str, int]) -> pd.DataFrame:
    at, on = frame["authority"].map(row), frame["measure"].map(column)
    found = reasons[at.to_numpy(dtype=np.int64), on.to_numpy(dtype=np.int64)]
    late = pd.Series(found, index=frame.index, dtype=frame["reason"].dtype)
    return frame.assign(reason=frame["reason"].where(frame["reason"].notna(), late))
