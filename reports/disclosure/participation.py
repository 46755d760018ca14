"""Participation is private too: what may be said of how many staff a small authority or group has."""

from __future__ import annotations

import numpy as np

from reports.statistics.sums import Floats, Ints

SMALL_STAFF = 50  # below it no headcount and no exact response rate (methodology 10, rule 6)
_STEPS = 20  # of 5 %
_LEAST, _MOST = 0.05, 0.95


def rate(scored: Floats, staff: Floats) -> Floats:
    """The response of a small staff to the nearest 5 %, at least 5 % and at most 95 % ("95 % or more"); 0 to 1.

    `scored` people of `staff`, of one shape. Methodology 10, rule 6.

    >>> rate(np.array([33.0, 40.0, 11.0]), np.array([40.0, 40.0, 49.0])).tolist()
    [0.8, 0.95, 0.2]
    """
    return np.clip(np.round(_STEPS * scored / staff) / _STEPS, _LEAST, _MOST)


def said(staff: Floats, scored: Ints) -> Floats:
    """The staff with which published intervals are corrected, of shape (groups,); NaN where it is not known.

    From 50 staff it is N. Below, N would give the exact response away (an interval without width says that
    everybody answered), so it is what the rounded response says: `scored` / `rate`, which need not be whole.
    Methodology 10, rule 6.

    >>> [round(value, 3) for value in said(np.array([60.0, 40.0, 40.0, 12.0]), np.array([60, 33, 40, 13])).tolist()]
    [60.0, 41.25, 42.105, nan]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        implied = scored / rate(scored.astype(np.float64), staff)
    known = (scored > 0) & (scored <= staff)
    return np.where(staff < SMALL_STAFF, np.where(known, implied, np.nan), staff)
