"""How evenly those who answered stand for the staff, by service area and tier."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from reports.statistics.sums import Floats, Ints


class Evenness(StrEnum):
    """What is said of an authority's R-indicator."""

    REPRESENTATIVE = "representative"
    SOMEWHAT_UNEVEN = "somewhat_uneven"
    UNEVEN = "uneven"


_FROM = ((0.9, Evenness.REPRESENTATIVE), (0.75, Evenness.SOMEWHAT_UNEVEN), (-np.inf, Evenness.UNEVEN))


@dataclass(frozen=True)
class Representativeness:
    """`indicator` R of each authority, NaN where its cells are not known, and the overall response in them; 0 to 1."""

    indicator: Floats
    response: Floats

    def worst_bias(self, sd: Floats) -> Floats:
        """The bias of a mean if who answers went hand in hand with what they think: (1 - R) SD / (2 rho), in points.

        `sd` is the standard deviation between people, of shape (authorities,) or (authorities, measures). Schouten,
        Cobben & Bethlehem 2009; methodology 3.1.
        """
        shape = (-1, *([1] * (sd.ndim - 1)))
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = (1.0 - self.indicator) / (2.0 * self.response)
        return np.asarray(factor.reshape(shape) * sd, dtype=np.float64)


def r_indicator(answered: Ints, staff: Floats, owner: Ints, authorities: int) -> Representativeness:
    """The R-indicator over the known cells of each authority.

        R = 1 - 2 sqrt(sum N_h (rho_h - rho)^2 / (N - 1)),  rho_h = n_h / N_h,  rho = n / N

    `answered` and `staff` have shape (cells,): people scored and staff of each service area x tier; `owner` is each
    cell's authority. An authority with a cell of more answers than staff has a wrong frame and gets none; nor does one
    with fewer than two cells. Schouten, Cobben & Bethlehem 2009; methodology 3.1.

    >>> even = r_indicator(np.array([20, 40]), np.array([50.0, 100.0]), np.array([0, 0]), 1)
    >>> half = r_indicator(np.array([10, 0]), np.array([10.0, 10.0]), np.array([0, 0]), 1)
    >>> float(even.indicator[0]), float(even.response[0]), round(float(half.indicator[0]), 6)
    (1.0, 0.4, -0.025978)
    """
    kept = staff > 0
    n, size, own = answered[kept].astype(np.float64), staff[kept], owner[kept]

    def total(values: Floats) -> Floats:
        return np.bincount(own, weights=values, minlength=authorities).astype(np.float64)

    wrong = np.bincount(owner, weights=(answered > staff) & (staff >= 0), minlength=authorities) > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        response = total(n) / total(size)
        spread = total(size * (n / size - response[own]) ** 2) / (total(size) - 1.0)
    usable = (np.bincount(own, minlength=authorities) >= 2) & ~wrong & (response > 0)
    return Representativeness(
        np.where(usable, 1.0 - 2.0 * np.sqrt(np.maximum(spread, 0.0)), np.nan), np.where(usable, response, np.nan)
    )


def evenness(indicator: float) -> Evenness | None:
    """The word for an R-indicator, None without one. Methodology 3.1.

    >>> [str(evenness(r)) for r in (0.9, 0.8, 0.5)]
    ['representative', 'somewhat_uneven', 'uneven']
    """
    return next((word for least, word in _FROM if indicator >= least), None)
