"""Shrunken scores, ranks, bands, the average officer and robust quarters a second time; it shares no code with the project."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from scipy import stats
from second_opinion import FOR_MEDIAN, Estimate, Row, Wave, for_quartiles, peer_groups, scored_groups
from second_weights import variances

SEED, DRAWS, AUTHORITIES = 20260101, 10_000, 20
Found = dict[tuple[str, str], Estimate]
Told = dict[tuple[str, str], str | None]


def fill(case: Wave, rows: list[Row], found: Found, told: Told, relied: dict[tuple[str, str], float | None]) -> None:
    """The columns of `standings` that are about the place of an authority, into its rows."""
    made = {measure: drawn_in(case, found, told, measure) for measure in case.instrument.measures}
    firm = {str(row["authority"]): row["changed"] for row in robustness(case, told)}
    z, needed = normals(1 + len(case.codes)), for_quartiles(len({code for (code, _), why in told.items() if not why}))
    places: dict[tuple[str, str, str], Row] = {}
    for group, members in peer_groups(case):
        for measure in ("overall", *case.instrument.shown):
            chances = of_group(case, made[measure], [one for one in members if not told[one, measure]], z)
            enough = len([one for one in members if not told[one, measure]]) >= needed
            for code, (row, bands) in chances.items():
                trusted = (relied[code, measure] or 0.0) >= 0.70 and enough
                changed = firm[code]
                if measure == "overall" and (changed is None or float(changed) > 0.2):
                    trusted = False
                row["band"] = word(bands) if trusted else None
                places[code, group, measure] = row
    for row in rows:
        code, group, measure = (str(row[name]) for name in ("authority", "peer_group", "measure"))
        own = None if made[measure] is None else made[measure].get(code)
        row["shrunken_score"], row["shrunken_se"] = (own[0], own[1]) if own else (None, None)
        empty: Row = dict.fromkeys(("rank_lower", "rank_upper", "band", "band_probability"))
        row.update(empty | places.get((code, group, measure), {}))


@lru_cache(maxsize=8)
def normals(columns: int) -> np.ndarray:
    """Standard normal numbers as decision 47 has them: sixteen bits of PCG64 pick one of 65,536 quantiles."""
    quantiles = [NormalDist().inv_cdf((i + 0.5) / 2**16) for i in range(2**16)]
    words = np.random.PCG64(SEED).random_raw(-(-DRAWS * columns // 4)).tolist()
    parts = [word >> shift & 0xFFFF for word in words for shift in (0, 16, 32, 48)]
    drawn = np.array([quantiles[part] for part in parts[: DRAWS * columns]], dtype=np.float32)
    return drawn.reshape(DRAWS, columns)


def drawn_in(case: Wave, found: Found, told: Told, measure: str) -> dict[str, tuple[float, ...]] | None:
    """Shrunken score, its error, lambda, own error and the error of the middle, of every authority with an answer."""
    made = variances(scored_groups(case, measure))
    if made is None or len([one for one in case.codes if not told[one, measure]]) < AUTHORITIES:
        return None
    tau2, sigma2 = made
    there = [code for code in case.codes if found[code, measure].n > 0]
    error = {code: sigma2 * found[code, measure].deff / found[code, measure].n for code in there}
    total = math.fsum(1 / (tau2 + error[code]) for code in there)
    centre = math.fsum(found[code, measure].score / (tau2 + error[code]) for code in there) / total
    result = {}
    for code in there:
        trust = tau2 / (tau2 + error[code])
        score = centre + trust * (found[code, measure].score - centre)
        se = math.sqrt(trust * error[code] + (1 - trust) ** 2 / total)
        result[code] = (score, se, trust, math.sqrt(trust * error[code]), math.sqrt(1 / total))
    return result


def of_group(
    case: Wave, made: dict[str, tuple[float, ...]] | None, members: list[str], z: np.ndarray
) -> dict[str, tuple[Row, list[float]]]:
    """Rank interval of 90 % and the chances of the upper quarter, the middle half and the lower quarter."""
    if made is None or not members or not all(made[code][3] > 0 for code in members):
        return {}
    k = len(members)
    steps, top = 2.0**12, 178.0  # the same worlds in every group, counted downwards in numbers of 32 bits
    worlds = []
    for code in members:
        score, _, trust, own, middle = made[code]
        drawn = z[:, 1 + case.codes.index(code)] * np.float32(-own * steps) + np.float32((top - score) * steps + 0.5)
        worlds.append((drawn + z[:, 0] * np.float32((trust - 1) * middle * steps)).astype(np.int32))
    ranks = stats.rankdata(np.array(worlds), method="ordinal", axis=0)
    found = {}
    for code, own_ranks in zip(members, ranks, strict=True):
        ordered, share = np.sort(own_ranks), (own_ranks - 0.5) / k
        bands = [float((share <= 0.25).mean()), 0.0, float((share >= 0.75).mean())]
        bands[1] = 1.0 - bands[0] - bands[2]
        row: Row = {"rank_lower": int(ordered[DRAWS // 20 - 1]), "rank_upper": int(ordered[DRAWS * 19 // 20 - 1])}
        found[code] = (row | {"band_probability": max(bands)}, bands)
    return found


def word(bands: list[float]) -> str | None:
    for chance, name in zip(bands, ("upper_quarter", "middle_half", "lower_quarter"), strict=True):
        if chance >= 0.8 - 1e-12:
            return f"very_probably_{name}" if chance >= 0.95 - 1e-12 else f"probably_{name}"
    return None


def average_officer(case: Wave, found: Found, told: Told) -> list[Row]:
    """Every officer one vote, the error from what authorities as wholes differ."""
    rows: list[Row] = []
    for measure in case.instrument.measures:
        own = [found[code, measure] for code in case.codes if not told[code, measure]]
        made, people = variances(scored_groups(case, measure)), sum(one.n for one in own)
        row: Row = {"measure": measure, "authorities": len(own), "n": people}
        row |= {"score": None, "se": None, "lower": None, "upper": None, "tau": made and math.sqrt(made[0])}
        if own:
            mean = math.fsum(one.n * one.score for one in own) / people
            row["score"] = mean
        if len(own) > 1:
            squares = math.fsum((one.n * (one.score - mean)) ** 2 for one in own)
            se = math.sqrt(len(own) / (len(own) - 1) * squares) / people
            half = float(stats.t.ppf(0.975, len(own) - 1)) * se
            row |= {"se": se, "lower": max(0.0, mean - half), "upper": min(100.0, mean + half)}
        few = "no_authorities" if not own else "too_few_authorities" if len(own) < FOR_MEDIAN else None
        too_large = bool(own) and max(one.n for one in own) > people / 2
        rows.append(row | {"reason": few or ("dominance" if too_large else None)})
    return rows


def robustness(case: Wave, told: Told) -> list[Row]:
    """Quarters of the overall from each person's answers, recombined in 1,001 ways and with each dimension left out."""
    dimensions = case.instrument.shown
    shown = [code for code in case.codes if not told[code, "overall"]]
    quarters = variants(case, shown, dimensions) if shown else np.empty((1, 0))
    rows: list[Row] = []
    for code in case.codes:
        row: Row = {"authority": code, "quarter": None, "quarter_best": None, "quarter_worst": None}
        row |= {"quarter_geometric": None, "changed": None, "reason": told[code, "overall"]}
        if code in shown:
            own = quarters[:, shown.index(code)]
            row |= {"quarter": int(own[0]), "quarter_best": int(own.min()), "quarter_worst": int(own.max())}
            row |= {"quarter_geometric": int(own[1]), "changed": float((own[1:] != own[0]).mean())}
        rows.append(row)
    return rows


def variants(case: Wave, shown: list[str], dimensions: list[str]) -> np.ndarray:
    """Quarters, first as published, then the geometric mean, then the weighted ones; shape (variants, authorities)."""
    drawn = np.random.default_rng(SEED).uniform(0.75, 1.25, (1000, len(dimensions)))
    left_out = [[0.0 if one == out else 1.0 for one in dimensions] for out in dimensions]
    sets = np.array([[1.0] * len(dimensions), *left_out, *drawn])
    columns = []
    for code in shown:
        people = [one for one in case.of(code) if "overall" in one.scores]
        scores = np.array([[one.scores[name] for name in dimensions] for one in people])
        weight = np.array([one.raked for one in people])
        each = scores @ sets.T / sets.sum(axis=1)
        own = (weight[:, None] * each).sum(axis=0) / weight.sum()
        parts = np.maximum((weight[:, None] * scores).sum(axis=0) / weight.sum(), 1.0)
        columns.append([own[0], math.fsum(math.log(one) for one in parts) / len(parts), *own[1:]])
    ranks = stats.rankdata(-np.round(np.array(columns), 9), method="ordinal", axis=0)
    share = (ranks.T - 0.5) / len(shown)
    return np.select([share <= 0.25, share <= 0.5, share < 0.75], [1, 2, 3], 4)
