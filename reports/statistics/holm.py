"""Holm's correction for several tests at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def adjusted(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Holm-adjusted p-values along the last axis; missing ones (NaN) stay missing and do not count in the family.

    With the m p-values of a family in rising order, the i-th becomes the largest of min(1, (m - j + 1) p_j) over
    j <= i (Holm 1979). Shape (…, m), each 0 to 1; the same shape comes back.

    >>> adjusted(np.array([0.01, 0.04, 0.03, np.nan])).tolist()
    [0.03, 0.06, 0.06, nan]
    """
    order = np.argsort(p_values, axis=-1)  # NaN sorts last
    ordered = np.take_along_axis(p_values, order, axis=-1)
    family = np.sum(~np.isnan(p_values), axis=-1, keepdims=True)
    factor = family - np.arange(p_values.shape[-1])
    raised = np.minimum(1.0, np.maximum.accumulate(ordered * factor, axis=-1))
    result = np.full_like(p_values, np.nan)
    np.put_along_axis(result, order, np.where(np.isnan(ordered), np.nan, raised), axis=-1)
    return result


def among_shown(p_values: NDArray[np.float64], shown: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Holm-adjusted p-values where the family of a shown figure holds shown figures only.

    What is withheld is adjusted among all of them, so that it never moves a figure that is shown. Both of one shape,
    families along the last axis. Methodology 6.

    >>> among_shown(np.array([0.01, 0.04, 0.03]), np.array([True, True, False])).tolist()
    [0.02, 0.04, 0.06]
    """
    return np.where(shown, adjusted(np.where(shown, p_values, np.nan)), adjusted(p_values))
