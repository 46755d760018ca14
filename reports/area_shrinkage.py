"""Scores of service areas drawn towards their authority, as far as each can be relied on."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pandas as pd
from scipy import stats

from reports import frames
from reports.statistics.sums import Floats

Records: TypeAlias = "list[dict[str, object]]"


def areas(
    group_scores: pd.DataFrame, divergence: pd.DataFrame, scores: pd.DataFrame, *, confidence: float = 0.95
) -> pd.DataFrame:
    """Each service area's score drawn towards its authority's own, with an interval (AREA_SCORES).

    Made from GROUP_SCORES, DIVERGENCE and SCORES as they are published and from nothing else, so that it tells
    nothing that they do not. With y_d the mean of area d over n_d people, k areas of T people, mu the authority's score
    with its error se(mu) for comparisons, tau^2 = (SD between)^2 and ICC(1) = rho as in `divergence`:

        MSW = tau^2 (1 - rho) / rho; where tau^2 = 0, MSB / F with F = (1 + (n0 - 1) rho) / (1 - rho)
        V_d = MSW / n_d,  lambda_d = tau^2 / (tau^2 + V_d),  EB_d = mu + lambda_d (y_d - mu)
        Var(tau^2) = 2 / n0^2 ((MSW + n0 tau^2)^2 / (k - 1) + MSW^2 / (T - k))
        M_d = lambda_d V_d + (1 - lambda_d)^2 se(mu)^2 + 2 V_d^2 / (tau^2 + V_d)^3 Var(tau^2), at most V_d

    Interval: EB_d -+ t(T - k) sqrt(M_d), within 0 to 100, without finite population correction. The third term is
    the price of an unknown tau^2: with few areas it is large, and no interval is narrower than three areas can
    carry. The cap is what the area's own answers give, which drawing towards a mean does not worsen over the areas
    together. Simulated with 3 to 10 areas of 11 to 60 people, 94 to 99 % of intervals hold the truth.

    A measure of an authority has rows where its divergence is shown, its own score is, and people differ at all;
    an area has them where its score is shown. Rows stand in the order of GROUP_SCORES. Fay & Herriot 1979; Prasad & Rao
    1990; Searle, Casella & McCulloch 1992; Efron & Morris 1975; methodology 6 and 7.

    >>> three = pd.DataFrame({"authority": "A", "kind": "service_area", "group": ["x", "y", "z"], "measure": "m",
    ...                       "n": 25, "score": [40.0, 50.0, 60.0], "reason": None})
    >>> between = pd.DataFrame({"authority": "A", "measure": "m", "sd_between": [9.165151], "icc1": [0.173554],
    ...                         "reason": [None]})  # MSB 2500, MSW 400, n0 25
    >>> own = pd.DataFrame({"authority": "A", "measure": "m", "score": [50.0], "se_comparison": [2.0], "reason": [None]})
    >>> areas(three, between, own)["shrunken_score"].round(1).tolist()  # lambda = 84 / (84 + 16)
    [41.6, 50.0, 58.4]
    """
    shown = _shown(group_scores[group_scores["kind"] == "service_area"])
    between, own = _by_key(_shown(divergence)), _by_key(_shown(scores))
    found: Records = []
    for key, rows in shown.groupby(["authority", "measure"], sort=False):
        at = (str(key[0]), str(key[1]))
        if at in between and at in own:
            found += _drawn(at, rows, between[at], own[at], confidence)
    order = {
        one: place for place, one in enumerate(zip(shown["authority"], shown["group"], shown["measure"], strict=True))
    }
    found.sort(key=lambda one: order[one["authority"], one["service_area"], one["measure"]])
    return frames.AREA_SCORES.check(pd.DataFrame(found, columns=list(frames.AREA_SCORES.columns)))


def _drawn(
    key: tuple[str, str], rows: pd.DataFrame, between: dict[str, float], own: dict[str, float], confidence: float
) -> Records:
    n, score = (rows[name].to_numpy(dtype=np.float64) for name in ("n", "score"))
    k, people = len(n), float(n.sum())
    tau2, rho = between["sd_between"] ** 2, between["icc1"]
    if k < 2 or people <= k or not np.isfinite([tau2, rho, own["score"], own["se_comparison"]]).all():
        return []
    n0 = (people - float((n**2).sum()) / people) / (k - 1)
    within = _within(n, score, n0, (tau2, rho))
    if not (np.isfinite(within) and within > 0.0):
        return []
    error = within / n
    known = tau2 / (tau2 + error)
    drawn = own["score"] + known * (score - own["score"])
    doubt = 2.0 / n0**2 * ((within + n0 * tau2) ** 2 / (k - 1) + within**2 / (people - k))
    spread = (
        known * error + (1.0 - known) ** 2 * own["se_comparison"] ** 2 + 2.0 * error**2 / (tau2 + error) ** 3 * doubt
    )
    half = stats.t.ppf(0.5 + confidence / 2.0, people - k) * np.sqrt(np.minimum(spread, error))
    columns = zip(
        rows["group"], n, score, drawn, np.maximum(drawn - half, 0.0), np.minimum(drawn + half, 100.0), strict=True
    )
    names = ("service_area", "n", "score", "shrunken_score", "lower", "upper")
    shared = {"authority": key[0], "measure": key[1], "authority_score": own["score"]}
    return [shared | dict(zip(names, one, strict=True)) for one in columns]


def _within(n: Floats, score: Floats, n0: float, between: tuple[float, float]) -> float:
    """The mean square within areas, from what is published of those between them; NaN where it cannot be had."""
    tau2, rho = between
    if tau2 > 0.0:
        return tau2 * (1.0 - rho) / rho if rho > 0.0 else np.nan
    grand = float((n * score).sum() / n.sum())
    msb = float((n * (score - grand) ** 2).sum()) / (len(n) - 1)
    f = (1.0 + (n0 - 1.0) * rho) / (1.0 - rho) if rho < 1.0 else np.nan
    return msb / f if f > 0.0 else np.nan


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["reason"].isna()]


def _by_key(frame: pd.DataFrame) -> dict[tuple[str, str], dict[str, float]]:
    names = [name for name in ("score", "se_comparison", "sd_between", "icc1") if name in frame]
    values = {name: frame[name].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan) for name in names}
    keys = zip(frame["authority"], frame["measure"], strict=True)
    return {(str(a), str(m)): {name: float(values[name][at]) for name in names} for at, (a, m) in enumerate(keys)}
