"""Which dimensions are published as single questions only, a second time: omega and item-total correlations."""

from __future__ import annotations

import numpy as np
from scipy import optimize

PEOPLE, ITEMS, OMEGA, ITEM_TOTAL = 200, 4, 0.70, 0.20


def belongs_together(scores: list[list[float | None]], authorities: list[str]) -> bool:
    """False where the items of a dimension fail; True also where too few people or items are there to tell."""
    complete = [place for place, one in enumerate(scores) if all(value is not None for value in one)]
    if len(complete) < PEOPLE or len(scores[0]) < ITEMS:
        return True
    y = np.array([scores[place] for place in complete], dtype=float)
    own = np.array([authorities[place] for place in complete])
    for code in set(own.tolist()):
        y[own == code] -= y[own == code].mean(axis=0)
    s = y.T @ y / (len(y) - len(set(own.tolist())))
    if (np.diag(s) <= 0).any():
        return True
    total = y.sum(axis=1)
    rest = [np.corrcoef(y[:, j], total - y[:, j])[0, 1] for j in range(y.shape[1])]
    return min(rest) >= ITEM_TOTAL and omega(s) >= OMEGA


def omega(s: np.ndarray) -> float:
    """Omega total from loadings and uniquenesses that minimise log|Sigma| + trace(S Sigma^-1) themselves."""
    spread = np.sqrt(np.diag(s))
    r, j = s / np.outer(spread, spread), len(s)

    def discrepancy(x: np.ndarray) -> float:
        sigma = np.outer(x[:j], x[:j]) + np.diag(x[j:])
        return float(np.linalg.slogdet(sigma)[1] + np.trace(np.linalg.solve(sigma, r)))

    found = optimize.minimize(
        discrepancy,
        np.r_[np.full(j, 0.5), np.full(j, 0.6)],
        bounds=[(-1.5, 1.5)] * j + [(0.005, 1.0)] * j,
        method="L-BFGS-B",
        options={"maxiter": 2000},
    ).x
    common = float((found[:j] * spread).sum()) ** 2
    return common / (common + float((found[j:] * spread**2).sum()))
