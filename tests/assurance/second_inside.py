"""Divergence and gaps computed a second time from the written method; it shares no code with the project."""

from __future__ import annotations

import math

from scipy import stats
from second_opinion import (
    FOR_MEDIAN,
    FOR_QUARTILES,
    PEOPLE,
    Estimate,
    Person,
    Row,
    Tables,
    Wave,
    few,
    holm,
    of_people,
    type7,
    unreliable,
    verdict,
)

AREAS = 3
Told = dict[tuple[str, str, str, str], str | None]
"""The reason against a service area or tier: authority, kind, group, measure."""


def tables(case: Wave, found: dict[tuple[str, str], Estimate], groups: list[Row], told: dict) -> Tables:
    """`groups` are the rows of group_scores, `told` the reasons against authorities' own scores."""
    hidden = {
        (str(r["authority"]), str(r["kind"]), str(r["group"]), str(r["measure"])): (int(str(r["n"])), r["reason"])
        for r in groups
    }
    between = divergence(case, found, hidden)
    tiers = [row for code in case.codes for row in tier_gaps(case, code, found, hidden)]
    elected = [row for code in case.codes for row in elected_gaps(case, code, found, told)]
    shown = divergence(case, found, hidden, told=True)
    return {
        "divergence": shown if case.coarse else between,
        "tier_gaps": tiers,
        "elected_gaps": elected,
        "sector_inside": sector_inside(case, shown, tiers, elected),
        "sector_tier_gaps": [pooled(case, measure, tiers) for measure in case.instrument.measures],
    }


# Service areas


def divergence(case: Wave, found: dict, hidden: dict, *, told: bool = False) -> list[Row]:
    rows: list[Row] = []
    for code in case.codes:
        for measure in case.instrument.measures:
            parts = []
            for area, persons in case.groups(code, "service_area").items():
                scores = [one.scores[measure] for one in persons if measure in one.scores]
                n, reason = hidden[code, "service_area", area, measure]
                if n >= PEOPLE and (not told or reason is None):
                    parts.append(scores)
            reason = few(found[code, measure].n) or ("too_few_service_areas" if len(parts) < AREAS else None)
            if measure == "overall" and len(case.instrument.shown) < 3:
                reason = "too_few_dimensions"
            n = sum(len(one) for one in parts)
            row: Row = {"authority": code, "measure": measure, "service_areas": len(parts), "n": n, "reason": reason}
            rows.append(row | one_way(parts))
    return rows


def one_way(parts: list[list[float]]) -> Row:
    """The spread between groups and ICC(1), from sums of squares about the means."""
    empty: Row = dict.fromkeys(("sd_between", "icc1", "icc1_lower", "icc1_upper", "omega2"))
    k, n = len(parts), sum(len(one) for one in parts)
    if k < 2:
        return empty
    grand = math.fsum(y for one in parts for y in one) / n
    means = [math.fsum(one) / len(one) for one in parts]
    between = math.fsum(len(one) * (mean - grand) ** 2 for one, mean in zip(parts, means, strict=True))
    within = math.fsum((y - mean) ** 2 for one, mean in zip(parts, means, strict=True) for y in one)
    msb, msw = between / (k - 1), within / (n - k)
    size = (n - sum(len(one) ** 2 for one in parts) / n) / (k - 1)
    found: Row = empty | {"sd_between": math.sqrt(max(0.0, (msb - msw) / size))}
    if msb + msw < 1e-15:
        return found
    found["icc1"] = (msb - msw) / (msb + (size - 1) * msw)
    found["omega2"] = (between - (k - 1) * msw) / (between + within + msw)
    if msw > 1e-15:
        for name, tail in (("icc1_lower", 0.975), ("icc1_upper", 0.025)):
            ratio = msb / msw / float(stats.f.ppf(tail, k - 1, n - k))
            found[name] = (ratio - 1) / (ratio + size - 1)
    return found


# Tiers


def standing(case: Wave, *places: str) -> list[str]:
    """The tiers that stand there in an authority."""
    return [code for place in places for code in case.instrument.standings.get(place, [])]


def of_tiers(case: Wave, code: str, tiers: list[str], measure: str) -> Estimate:
    members: list[Person] = [one for one in case.of(code) if one.tier in tiers]
    return of_people(case, members, measure, None)


def tier_gaps(case: Wave, code: str, found: dict, hidden: dict) -> list[Row]:
    senior, frontline = standing(case, "senior"), standing(case, "frontline")
    rows: dict[str, Row] = {}
    for measure in case.instrument.measures:
        enough = of_tiers(case, code, senior, measure).n >= PEOPLE
        upper = senior if enough else standing(case, "senior", "manager")
        one, other = (of_tiers(case, code, tiers, measure) for tiers in (upper, frontline))
        reason = few(min(one.n, other.n))
        if reason is None and could_be_computed(case, (code, measure), upper, found[code, measure].n, hidden):
            reason = "complement"
        rows[measure] = {"authority": code, "measure": measure, "reason": reason} | apart(one, other)
        rows[measure] |= {"upper_tier": "+".join(upper) or None, "lower_tier": "+".join(frontline) or None}
        rows[measure] |= {"with_managers": not enough}
    return judged(case, rows)


def could_be_computed(case: Wave, at: tuple[str, str], upper: list[str], whole: int, hidden: dict) -> bool:
    """With the shown tiers and the two sides of the gap, are a few people left anywhere?"""
    (code, measure), left, sides = at, whole, {"upper": 0, "lower": 0}
    lower = standing(case, "frontline")
    for tier in case.groups(code, "tier"):
        n, reason = hidden[code, "tier", tier, measure]
        side = "upper" if tier in upper else "lower" if tier in lower else None
        left -= n if reason is None or side else 0
        if reason is not None and side and n:
            if len(upper if side == "upper" else lower) == 1:
                return True
            sides[side] += n
    return any(0 < one < PEOPLE for one in (left, *sides.values()))


def elected_gaps(case: Wave, code: str, found: dict, told: dict) -> list[Row]:
    elected = [one for one in case.people if one.authority == code and one.elected and not one.careless]
    rows: dict[str, Row] = {}
    for measure in case.instrument.measures:
        one, whole = of_people(case, elected, measure, None), found[code, measure]
        rows[measure] = {"authority": code, "measure": measure, "upper_tier": "elected", "lower_tier": "officers"}
        rows[measure] |= apart(one, whole) | {"reason": told[code, measure] or few(one.n)}
    return judged(case, rows)


def apart(one: Estimate, other: Estimate) -> Row:
    """Welch's difference, its interval and p-value."""
    row: Row = {"gap": None, "lower": None, "upper": None, "p_value": None, "n_upper": one.n, "n_lower": other.n}
    if one.score is None or other.score is None:
        return row
    row["gap"] = one.score - other.score
    if one.n > 1 and other.n > 1 and (one.se_comparison or other.se_comparison):
        first, second = (one.se_comparison or 0.0) ** 2, (other.se_comparison or 0.0) ** 2
        se, df = (
            math.sqrt(first + second),
            (first + second) ** 2 / (first**2 / (one.n - 1) + second**2 / (other.n - 1)),
        )
        half = float(stats.t.ppf(0.975, df)) * se
        row |= {"lower": row["gap"] - half, "upper": row["gap"] + half}
        row["p_value"] = float(2 * stats.t.sf(abs(row["gap"]) / se, df))
    return row


def judged(case: Wave, rows: dict[str, Row]) -> list[Row]:
    """Overall with its dimensions; Holm over the dimensions that are shown, the withheld ones among all of them."""
    dimensions, left = case.instrument.dimensions, case.instrument.shown
    for measure, row in rows.items():
        row["reason"] = row["reason"] or unreliable(case, measure)
    if len(left) < 3:
        rows["overall"]["reason"] = "too_few_dimensions"
    elif rows["overall"]["reason"] is None and any(rows[one]["reason"] for one in left):
        rows["overall"]["reason"] = "dimension_withheld"
    for measure, row in rows.items():
        row |= {"p_adjusted": None, "verdict": None}
        row["p_value"] = row["p_value"] if measure in dimensions else None
    tested = {one: float(str(rows[one]["p_value"])) for one in dimensions if rows[one]["p_value"] is not None}
    for family in (tested, {one: p for one, p in tested.items() if rows[one]["reason"] is None}):
        for measure, value in zip(family, holm(list(family.values())), strict=True):
            rows[measure]["p_adjusted"] = value
    for measure in dimensions:
        gap, adjusted = rows[measure]["gap"], rows[measure]["p_adjusted"]
        if isinstance(gap, float):
            rows[measure]["verdict"] = verdict(gap, adjusted if isinstance(adjusted, float) else None)
    return list(rows.values())


# The sector


def sector_inside(case: Wave, divergences: list[Row], tiers: list[Row], elected: list[Row]) -> list[Row]:
    rows: list[Row] = []
    alone, together = ([row for row in tiers if row["with_managers"] is flag] for flag in (False, True))
    for kind, own in (
        ("divergence", divergences), ("tier_gap", alone), ("tier_gap_together", together), ("elected_gap", elected),
    ):  # fmt: skip
        value = "sd_between" if kind == "divergence" else "gap"
        for measure in case.instrument.measures:
            shown = [row for row in own if row["measure"] == measure and row["reason"] is None]
            values = [float(str(row[value])) for row in shown]
            n = len(values)
            low, middle, high = (type7(values, one) if values else None for one in (0.25, 0.5, 0.75))
            above = [row for row in shown if (row["icc1_lower"] or 0) > 0] if kind == "divergence" else None
            if above is None:
                above = [row for row in shown if row["verdict"] == "ABOVE"]
            below = None if kind == "divergence" else len([row for row in shown if row["verdict"] == "BELOW"])
            reason = "no_authorities" if n == 0 else "too_few_authorities" if n < FOR_MEDIAN else None
            reason = reason or ("too_few_for_quartiles" if n < FOR_QUARTILES else None)
            rows.append(
                {"kind": kind, "measure": measure, "n": n, "above": len(above), "below": below, "reason": reason}
                | {"lower_quartile": low, "median": middle, "upper_quartile": high}
            )
    return rows


def pooled(case: Wave, measure: str, tiers: list[Row]) -> Row:
    """Least squares on the tier with a constant for each authority, and an error robust to clusters."""
    parts, concealed = [], []
    senior, frontline = standing(case, "senior"), standing(case, "frontline")
    for code in case.codes:
        one, other = of_tiers(case, code, senior, measure), of_tiers(case, code, frontline, measure)
        if one.n and other.n:
            row = next(row for row in tiers if (row["authority"], row["measure"]) == (code, measure))
            part = (one.n, other.n, float(one.score or 0.0) - float(other.score or 0.0))
            (parts if row["reason"] is None and not row["with_managers"] else concealed).append(part)
    if not any(0 < sum(one[side] for one in concealed) < PEOPLE for side in (0, 1)):
        parts += concealed
    g, n_upper, n_lower = len(parts), sum(one[0] for one in parts), sum(one[1] for one in parts)
    weights = [a * b / (a + b) for a, b, _ in parts]
    gap = math.fsum(w * d for w, (_, _, d) in zip(weights, parts, strict=True)) / sum(weights) if g else None
    lower = upper = None
    if g > 1 and gap is not None:
        squares = math.fsum((w * (d - gap)) ** 2 for w, (_, _, d) in zip(weights, parts, strict=True))
        half = float(stats.t.ppf(0.975, g - 1)) * math.sqrt(g / (g - 1) * squares) / sum(weights)
        lower, upper = gap - half, gap + half
    reason = few(min(n_upper, n_lower)) or ("too_few_authorities" if g < FOR_MEDIAN else None)
    if reason is None and max(weights) > sum(weights) / 2:
        reason = "dominance"
    row: Row = {"measure": measure, "upper_tier": "+".join(senior) or None, "lower_tier": "+".join(frontline) or None}
    row |= {"authorities": g, "n_upper": n_upper, "n_lower": n_lower, "gap": gap}
    return row | {"lower": lower, "upper": upper, "reason": reason}
