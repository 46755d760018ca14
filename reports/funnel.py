"""The funnel: which authorities lie further from the middle than chance and the usual spread of authorities explain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from reports import frames
from reports.rules import Rules
from reports.statistics.sums import Floats

INNER, OUTER = 0.95, 0.998
_STEPS = 60  # places at which the limits are worked out: enough for a smooth line


@dataclass(frozen=True)
class Funnel:
    """`points` (FUNNEL_POINTS) and `limits` (FUNNEL_LIMITS) of every measure; measures with too few authorities
    have none.
    """

    points: pd.DataFrame
    limits: pd.DataFrame


def funnel(scores: pd.DataFrame, agreement: pd.DataFrame, rules: Rules) -> Funnel:
    """Every shown score against the effective number of answers behind it, with the limits of what is usual.

    With n_eff = n / deff (Kish), V = sigma^2 / n_eff and tau^2, sigma^2 by REML as in AGREEMENT, no finite population
    correction:

        mu = sum(y_a / (tau^2 + V_a)) / sum(1 / (tau^2 + V_a))
        limits at n_eff: mu -+ z sqrt(tau^2 + sigma^2 / n_eff), z = 1.96 (95 %) and 3.09 (99.8 %), within 0 to 100

    tau^2 is inside the limits because authorities differ in truth: without it, in a large sector of large
    authorities most of them would be called unusual. `outside` of a point is 0, 0.95 or 0.998, the widest limit
    that it lies beyond. As tau^2 is that of all, in a sector as it usually is about 5 % lie beyond the inner and
    0.2 % beyond the outer limits. Needs `rules.minimum_authorities_shrinkage` shown authorities: tau^2 of few is
    little known. Points stand in the order of codes; limits are worked out at places an equal factor apart, from
    the smallest n_eff to the largest. Spiegelhalter 2005; methodology 6.

    >>> scores = pd.DataFrame({"authority": ["A", "B"], "measure": "m", "n": [100, 25], "deff": 1.0,
    ...                        "score": [70.0, 50.0], "reason": None})
    >>> both = funnel(scores, pd.DataFrame({"measure": ["m"], "tau2": [9.0], "sigma2": [400.0]}),
    ...               Rules(minimum_authorities_shrinkage=2))
    >>> both.limits.iloc[-1][["n_effective", "centre", "upper_inner"]].astype(float).round(2).tolist()
    [100.0, 63.16, 70.22]
    """
    shown = scores[scores["reason"].isna() & scores["score"].notna() & (scores["n"] > 0)]
    variances = agreement.set_index("measure")
    points, limits = [frames.FUNNEL_POINTS.empty()], [frames.FUNNEL_LIMITS.empty()]
    for code, rows in shown.groupby("measure", sort=False):
        if code not in variances.index or len(rows) < max(rules.minimum_authorities_shrinkage, 2):
            continue
        spread = variances.loc[code, ["tau2", "sigma2"]].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
        if np.isfinite(spread).all():
            found = _of_measure(
                str(code), rows.sort_values("authority"), tau2=float(spread[0]), sigma2=float(spread[1])
            )
            points.append(found[0])
            limits.append(found[1])
    return Funnel(*(pd.concat(parts[1:] or parts, ignore_index=True) for parts in (points, limits)))


def _of_measure(code: str, rows: pd.DataFrame, *, tau2: float, sigma2: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    score, n, deff = (rows[name].to_numpy(dtype=np.float64) for name in ("score", "n", "deff"))
    effective = n / deff
    variance = tau2 + sigma2 / effective
    precision = np.divide(1.0, variance, out=np.ones(len(score)), where=variance > 0.0)
    centre = float((precision * score).sum() / precision.sum())
    outside = np.zeros(len(score))
    for share in (INNER, OUTER):
        outside[np.abs(score - centre) > _reach(share, variance) + 1e-9] = share
    at = np.geomspace(effective.min(), effective.max(), _STEPS)
    bounds = {"measure": code, "n_effective": at, "centre": centre}
    for name, share in (("inner", INNER), ("outer", OUTER)):
        reach = _reach(share, tau2 + sigma2 / at)
        bounds |= {f"lower_{name}": np.maximum(centre - reach, 0.0), f"upper_{name}": np.minimum(centre + reach, 100.0)}
    points = {
        "measure": code,
        "authority": rows["authority"],
        "n_effective": effective,
        "score": score,
        "outside": outside,
    }
    return frames.FUNNEL_POINTS.check(pd.DataFrame(points)), frames.FUNNEL_LIMITS.check(pd.DataFrame(bounds))


def _reach(share: float, variance: Floats) -> Floats:
    return np.asarray(stats.norm.ppf(0.5 + share / 2.0) * np.sqrt(variance), dtype=np.float64)
