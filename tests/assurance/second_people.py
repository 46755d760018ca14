"""Who stands alone between published figures, found a second time from the written rules; it shares no code with the project."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise, product

from second_opinion import PEOPLE, Asked, Estimate, Person

LARGEST, HALF, TOLD = 80, 0.05, 10.0
Unknown = tuple[float, float, float]
"""Of one person: coefficient, true value, and how narrow an interval tells it."""


def pinned(unknowns: Sequence[Unknown], slack: float) -> bool:
    """Whether a sum that is known to within `slack` leaves one of its parts an interval that tells it."""
    total = math.fsum(c * y for c, y, _ in unknowns)
    for at, (c, _, told) in enumerate(unknowns):
        others = [one for place, (one, _, _) in enumerate(unknowns) if place != at]
        least, most = 100 * math.fsum(o for o in others if o < 0), 100 * math.fsum(o for o in others if o > 0)
        ends = sorted([(total - slack - most) / c, (total + slack - least) / c])
        if min(ends[1], 100.0) - max(ends[0], 0.0) <= told + 1e-9:
            return True
    return False


def points(one: Person, instrument: Asked, items: list[dict]) -> dict[str, float]:
    found = {item["code"]: instrument.score(item, one.given[item["code"]]) for item in items}
    return {code: value for code, value in found.items() if value is not None}


def alone(own: list[Person], instrument: Asked, weights: list[float]) -> tuple[bool, set[str], set[str]]:
    """Of a group: whether its overall gives somebody away, which themes must go, and the dimensions of which an item must."""
    themes: set[str] = set()
    items: set[str] = set()
    if not PEOPLE <= len(own) <= LARGEST:
        return False, themes, items
    pairs = list(zip(own, weights, strict=True))
    for dimension in instrument.shown:
        mine = [one for one in instrument.items if one["dimension"] == dimension]
        if of_items(pairs, instrument, dimension, mine):
            items.add(dimension)
        parts = list(dict.fromkeys(one["theme"] for one in mine if one.get("theme")))
        if parts and all(one.get("theme") for one in mine) and of_themes(pairs, instrument, dimension, mine):
            themes.add(min(parts, key=lambda theme: len([one for one in own if theme in one.scores])))
    return len(instrument.shown) >= 3 and of_overall(pairs, instrument), themes, items


def of_overall(pairs: list[tuple[Person, float]], instrument: Asked) -> bool:
    unknowns: list[Unknown] = []
    slack, full = 0.0, len(instrument.shown)
    for one, weight in pairs:
        scored = [one.scores[dimension] for dimension in instrument.shown if dimension in one.scores]
        slack += HALF * weight * (len(scored) + (full if len(scored) == full else 0))
        if 0 < len(scored) < full:
            unknowns.append((weight * len(scored), math.fsum(scored) / len(scored), TOLD))
    return pinned(unknowns, slack)


def of_items(pairs: list[tuple[Person, float]], instrument: Asked, dimension: str, mine: list[dict]) -> bool:
    unknowns: list[Unknown] = []
    slack = 0.0
    given = [points(one, instrument, mine) for one, _ in pairs]
    options = [(item, one["code"]) for item in mine for one in instrument.options[item["option_set"]]]
    values = sorted({value for item, code in options if (value := instrument.score(item, code)) is not None})
    step = min((b - a for a, b in pairwise(values)), default=0.0) - 1e-6
    for (one, weight), answered in zip(pairs, given, strict=True):
        scored = dimension in one.scores
        slack += HALF * weight * scored
        if 0 < len(answered) < len(mine):
            coefficient = weight * (scored - len(answered) / len(mine))
            mean = math.fsum(answered.values()) / len(answered)
            if coefficient:
                unknowns.append((coefficient, mean, max(TOLD, step) if len(answered) == 1 else TOLD))
    return pinned(unknowns, slack)


def of_themes(pairs: list[tuple[Person, float]], instrument: Asked, dimension: str, mine: list[dict]) -> bool:
    unknowns: list[Unknown] = []
    slack = 0.0
    for one, weight in pairs:
        answered = points(one, instrument, mine)
        slack += HALF * weight * (dimension in one.scores)
        for theme in dict.fromkeys(item["theme"] for item in mine):
            codes = [item["code"] for item in mine if item["theme"] == theme]
            own = [answered[code] for code in codes if code in answered]
            share = len(codes) / len(mine)
            in_whole = len(own) / len(answered) if dimension in one.scores else 0.0
            coefficient = weight * (in_whole - (share if theme in one.scores else 0.0))
            slack += HALF * weight * (share if theme in one.scores else 0.0)
            if abs(coefficient) > 1e-9:
                unknowns.append((coefficient, math.fsum(own) / max(len(own), 1), TOLD))
    return pinned(unknowns, slack)


def alike(one: Estimate) -> bool:
    """Whether a mean and its standard error leave somebody at most ten points, by Samuelson's inequality or the scale's ends."""
    if one.n < 2 or one.score is None or one.se_comparison is None or one.deff is None:
        return False
    heaviest = (1 + math.sqrt(max(one.deff - 1, 0.0) * (one.n - 1))) / one.n
    reach = one.se_comparison * (one.n - 1) / one.n / heaviest
    most = min(100.0, one.score + reach, one.score / heaviest)
    least = max(0.0, one.score - reach, 100.0 - (100.0 - one.score) / heaviest)
    return most - least <= TOLD + 1e-9


def few_cut(people: Sequence[tuple[str, str]], areas: set[str], tiers: set[str]) -> bool:
    """Whether sums of shown groups tell a sum about one to ten of these people, each an (area, tier)."""
    edges: dict[tuple[str, str], int] = {}
    for area, tier in people:
        edge = (area if area in areas else "", tier if tier in tiers else "")
        edges[edge] = edges.get(edge, 0) + 1
    rows, columns = (sorted({edge[side] for edge in edges}) for side in (0, 1))
    for sides in product((0, 1), repeat=len(rows) + len(columns)):
        row_side = dict(zip(rows, sides, strict=False))
        column_side = dict(zip(columns, sides[len(rows) :], strict=True))
        crossing = sum(n for (row, column), n in edges.items() if row_side[row] != column_side[column])
        if 0 < crossing < PEOPLE:
            return True
    return False


def both_ways(people: Sequence[tuple[str, str]], areas: set[str], tiers: set[str]) -> tuple[set[str], set[str]]:
    """The shown service areas and tiers that stay: the smallest that mends it goes, else the smallest."""
    areas, tiers = set(areas), set(tiers)
    while few_cut(people, areas, tiers):
        sizes = [(len([one for one in people if one[0] == area]), 0, area) for area in areas]
        sizes += [(len([one for one in people if one[1] == tier]), 1, tier) for tier in tiers]
        if not sizes:
            break
        for _, side, code in sorted(sizes):
            tried = (areas - {code}, tiers) if side == 0 else (areas, tiers - {code})
            if not few_cut(people, *tried):
                break
        else:
            _, side, code = min(sizes)
        (areas, tiers)[side].discard(code)
    return areas, tiers
