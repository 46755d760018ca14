"""Tiers question by question computed a second time from the written method; it shares no code with the project."""

from __future__ import annotations

import math

from scipy import stats
from second_findings import agrees
from second_inside import could_be_computed, of_tiers, standing
from second_opinion import FOR_MEDIAN, PEOPLE, Person, Row, Tables, Wave, few, wilson


def tables(case: Wave, found: dict, groups: list[Row]) -> Tables:
    """`groups` are the rows of group_scores."""
    hidden = {
        (str(r["authority"]), str(r["kind"]), str(r["group"]), str(r["measure"])): (int(str(r["n"])), r["reason"])
        for r in groups
    }
    items = [one for name in case.instrument.dimensions for one in case.instrument.items if one["dimension"] == name]
    own = [of_item(case, code, item, found, hidden) for code in case.codes for item in items]
    return {"tier_item_gaps": own, "sector_item_gaps": [pooled(case, item, own) for item in items]}


def said(case: Wave, persons: list[Person], item: dict) -> list[tuple[Person, bool]]:
    """Who gave an answer that counts, and whether it agrees."""
    found = [(one, agrees(case, item, one.given[item["code"]])) for one in persons]
    return [(one, agreed) for one, agreed in found if agreed is not None]


def share(answers: list[tuple[Person, bool]]) -> float | None:
    total = math.fsum(one.weight for one, _ in answers)
    return math.fsum(one.weight for one, agreed in answers if agreed) / total if answers else None


def bounds(answers: list[tuple[Person, bool]]) -> tuple[float, float]:
    weights = [one.weight for one, _ in answers]
    n_eff = math.fsum(weights) ** 2 / math.fsum(w * w for w in weights)
    return wilson(float(share(answers) or 0.0), n_eff, 1, None)


def of_one_mind(answers: list[tuple[Person, bool]]) -> bool:
    n, yes = len(answers), len([1 for _, agreed in answers if agreed])
    return n > 0 and (max(yes, n - yes) > 0.9 * n or max(yes, n - yes) >= n - 2)


def of_item(case: Wave, code: str, item: dict, found: dict, hidden: dict) -> Row:
    measure, frontline = item["dimension"], standing(case, "frontline")
    enough = of_tiers(case, code, standing(case, "senior"), measure).n >= PEOPLE
    upper = standing(case, "senior") if enough else standing(case, "senior", "manager")
    everybody = said(case, case.of(code), item)
    one = [pair for pair in everybody if pair[0].tier in upper]
    other = [pair for pair in everybody if pair[0].tier in frontline]
    rest = [pair for pair in everybody if pair[0].tier not in (*upper, *frontline)]
    row: Row = {"authority": code, "item": item["code"], "with_managers": not enough}
    row |= {"upper_tier": "+".join(upper) or None, "lower_tier": "+".join(frontline) or None}
    row |= {"n_upper": len(one), "n_lower": len(other), "share_upper": share(one), "share_lower": share(other)}
    row |= dict.fromkeys(("gap", "lower", "upper"))
    if one and other:
        p, q = float(share(one) or 0.0), float(share(other) or 0.0)
        (l1, u1), (l2, u2) = bounds(one), bounds(other)
        row |= {"gap": p - q, "lower": p - q - math.hypot(p - l1, u2 - q), "upper": p - q + math.hypot(u1 - p, q - l2)}
    sides = [of_tiers(case, code, tiers, measure).n for tiers in (upper, frontline)]
    reason = few(min(len(one), len(other))) or few(min(sides))
    if reason is None and could_be_computed(case, (code, measure), upper, found[code, measure].n, hidden):
        reason = "complement"
    if reason is None and rest and (len(rest) < PEOPLE or of_one_mind(rest)):
        reason = "complement"
    given = [person.given[item["code"]] for person, _ in everybody]
    most = max((given.count(option) for option in set(given)), default=0)
    if reason is None and (of_one_mind(one) or of_one_mind(other) or most > 0.9 * len(given) or most >= len(given) - 2):
        reason = "nearly_everyone"
    return row | {"reason": reason}


def pooled(case: Wave, item: dict, own: list[Row]) -> Row:
    """The weighted mean of the differences inside authorities, each a cluster."""
    senior, frontline = standing(case, "senior"), standing(case, "frontline")
    parts, concealed = [], []
    for row in own:
        if row["item"] == item["code"]:
            everybody = said(case, case.of(str(row["authority"])), item)
            sides = [[one for one in everybody if one[0].tier in tiers] for tiers in (senior, frontline)]
            if all(sides):
                part = (len(sides[0]), len(sides[1]), float(share(sides[0]) or 0.0) - float(share(sides[1]) or 0.0))
                (parts if row["reason"] is None and not row["with_managers"] else concealed).append(part)
    if not any(0 < sum(part[side] for part in concealed) < PEOPLE for side in (0, 1)):
        parts += concealed
    weights = [a * b / (a + b) for a, b, _ in parts]
    row = {"item": item["code"], "upper_tier": "+".join(senior) or None, "lower_tier": "+".join(frontline) or None}
    n = [sum(part[side] for part in parts) for side in (0, 1)]
    row |= {"authorities": len(parts), "n_upper": n[0], "n_lower": n[1], **dict.fromkeys(("gap", "lower", "upper"))}
    if parts:
        row["gap"] = gap = math.fsum(w * part[2] for w, part in zip(weights, parts, strict=True)) / math.fsum(weights)
        if len(parts) > 1:
            squares = math.fsum((w * (part[2] - gap)) ** 2 for w, part in zip(weights, parts, strict=True))
            t = float(stats.t.ppf(0.975, len(parts) - 1))
            half = t * math.sqrt(len(parts) / (len(parts) - 1) * squares) / math.fsum(weights)
            row |= {"lower": gap - half, "upper": gap + half}
    reason = few(min(n)) or ("too_few_authorities" if len(parts) < FOR_MEDIAN else None)
    if reason is None and max(weights) > math.fsum(weights) / 2:
        reason = "dominance"
    return row | {"reason": reason}
