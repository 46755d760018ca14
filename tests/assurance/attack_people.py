"""An attacker on one person's score: everything published of an authority, solved for each person by programmes and algebra.

The attacker knows who is in which service area and tier and who answered which question, but no answer; it holds every
published figure of every release. It shares no code with the project.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import attack_spread
import numpy as np
import pandas as pd
from attack_spread import Printed
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from second_opinion import Asked, Person, Wave

PINNED = 10.0
HALF = 0.05
STEP = 0.5 + 1e-9  # of a published share, times the number of people, below a thousand
Frames = Mapping[str, pd.DataFrame]
Row = dict[Hashable, Any]  # of a frame, whose columns have types of their own


@dataclass
class Sums:
    """Sums over known people, each in an interval: what the figures say. `of` maps a person to its coefficient."""

    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def add(self, people: Iterable[tuple[int, float]], low: float, high: float) -> None:
        self.rows.append((dict(people), low, high))


# One measure: service areas, tiers, cells, the whole, in one release or several


def told(case: Wave, frames: Frames, code: str, measure: str) -> Sums:
    """Every published mean of the measure over officers of the authority, as an interval of a sum."""
    found = Sums()
    own = [one for one in case.of(code) if measure in one.scores]
    one = row(frames["scores"], authority=code, measure=measure)
    if one is not None:
        mean(found, own, float(one["score"]), [person.raked for person in own])
    for kind, column in (("service_area", "area"), ("tier", "tier")):
        for group in {getattr(person, column) for person in own}:
            inside = [person for person in own if getattr(person, column) == group]
            one = row(frames["group_scores"], authority=code, kind=kind, group=group, measure=measure)
            if one is not None:
                mean(found, inside, float(one["score"]), [person.weight for person in inside])
    for area, tier in {(person.area, person.tier) for person in own}:
        inside = [person for person in own if (person.area, person.tier) == (area, tier)]
        one = row(frames["cell_scores"], authority=code, service_area=area, tier=tier, measure=measure)
        if one is not None:
            mean(found, inside, float(one["score"]), [person.weight for person in inside])
    return found


def mean(found: Sums, people: Sequence[Person], score: float, weights: Sequence[float]) -> None:
    total = math.fsum(weights)
    pairs = [(person.row, weight) for person, weight in zip(people, weights, strict=True)]
    found.add(pairs, (score - HALF - 1e-6) * total, (score + HALF + 1e-6) * total)


def printed(case: Wave, frames: Frames, code: str, measure: str) -> list[Printed]:
    """Every published mean without weights, with its interval."""
    own = [one for one in case.of(code) if measure in one.scores]
    found: list[tuple[Row | None, list[Person]]] = []
    if all(abs(one.raked - 1.0) < 1e-12 for one in own):
        found.append((row(frames["scores"], authority=code, measure=measure), own))
    if not case.weighted:
        for kind, column in (("service_area", "area"), ("tier", "tier")):
            for group in {getattr(one, column) for one in own}:
                keys = {"authority": code, "kind": kind, "group": group, "measure": measure}
                found.append(
                    (row(frames["group_scores"], **keys), [one for one in own if getattr(one, column) == group])
                )
        for area, tier in {(one.area, one.tier) for one in own}:
            keys = {"authority": code, "service_area": area, "tier": tier, "measure": measure}
            inside = [one for one in own if (one.area, one.tier) == (area, tier)]
            found.append((row(frames["cell_scores"], **keys), inside))
    return [
        Printed(
            frozenset(one.row for one in people), *(float(told[name]) for name in ("score", "lower", "upper")), HALF
        )
        for told, people in found
        if told is not None
    ]


def row(frame: pd.DataFrame, **wanted: str) -> Row | None:
    """The row of a published frame, if its figure is shown."""
    found = _looked_up(_Same(frame), tuple(wanted)).get(tuple(wanted.values()))
    shown = found is not None and pd.isna(found["reason"]) and pd.notna(found["score"])
    return found if shown else None


class _Same:
    """A frame as the key of what was made of it."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame

    def __hash__(self) -> int:
        return id(self.frame)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.frame is self.frame


@lru_cache(maxsize=16)
def _looked_up(one: _Same, keys: tuple[str, ...]) -> dict[tuple, Row]:
    return {tuple(row[key] for key in keys): row for row in reversed(one.frame.to_dict("records"))}


def pinned(releases: Sequence[Sums]) -> list[int]:
    """The people whose score all means together pin to a tenth of the scale."""
    rows = [one for sums in releases for one in sums.rows]
    classes: dict[Hashable, list[int]] = defaultdict(list)
    for person in sorted({person for people, _, _ in rows for person in people}):
        classes[tuple(people.get(person, 0.0) for people, _, _ in rows)].append(person)
    keys = list(classes)
    found = []
    for place, key in enumerate(keys):
        size = len(classes[key])
        if size > 2:
            continue
        high = end(rows, keys, classes, place, -1.0)
        if size == 2 and PINNED < high < 200.0 - PINNED:
            continue  # either of the two may have anything between
        low = end(rows, keys, classes, place, 1.0)
        if min(100.0, high) - max(0.0, low - 100.0 * (size - 1)) <= PINNED:
            found += classes[key]
    return found


def end(rows: list, keys: list, classes: Mapping[Hashable, list[int]], place: int, sign: float) -> float:
    """The least, or with the other sign the most, that the people of one class can have together."""
    matrix = np.array([[key[at] for key in keys] for at in range(len(rows))], dtype=np.float64)
    limits = np.concatenate([[high for _, _, high in rows], [-low for _, low, _ in rows]])
    aim = np.zeros(len(keys))
    aim[place] = sign
    result = linprog(
        aim, A_ub=np.vstack([matrix, -matrix]), b_ub=limits, bounds=[(0.0, 100.0 * len(classes[key])) for key in keys]
    )
    return sign * float(result.fun) if result.success else (0.0 if sign > 0 else 100.0 * len(classes[keys[place]]))


def spanned(sums: Sums, people: int) -> list[list[int]]:
    """Row space: the classes of fewer than `people` people whose own sum is a combination of what is told."""
    classes: dict[Hashable, list[int]] = defaultdict(list)
    for person in sorted({person for own, _, _ in sums.rows for person in own}):
        classes[tuple(own.get(person, 0.0) for own, _, _ in sums.rows)].append(person)
    matrix = np.array(list(classes), dtype=np.float64).T
    if not matrix.size:
        return []
    found = []
    for place, members in enumerate(classes.values()):
        unit = np.zeros(matrix.shape[1])
        unit[place] = 1.0
        fit = np.linalg.lstsq(matrix.T, unit, rcond=None)[0]
        if len(members) < people and np.abs(matrix.T @ fit - unit).max() < 1e-8:
            found.append(members)
    return found


# Several measures: an overall less its dimensions, a dimension less its items


def skippers(case: Wave, frames: Frames, code: str) -> list[int]:
    """People whose mean over dimensions follows from the overall and its dimensions, of the authority or a group."""
    found: list[int] = []
    dimensions = case.instrument.shown
    for where, own, weights in groups(case, code):
        scores = {one: row(frames[where["frame"]], **where["keys"], measure=one) for one in (*dimensions, "overall")}
        some = [person for person in own if 0 < sum(one in person.scores for one in dimensions) < len(dimensions)]
        if any(one is None for one in scores.values()) or not some:
            continue
        total = {
            measure: float(scores[measure]["score"])  # type: ignore[index]
            * math.fsum(weights[person.row] for person in own if measure in person.scores)
            for measure in scores
        }
        scale = {
            measure: math.fsum(weights[person.row] for person in own if measure in person.scores) for measure in scores
        }
        sums = math.fsum(total[one] for one in dimensions) - len(dimensions) * total["overall"]
        slack = (HALF + 1e-6) * (math.fsum(scale[one] for one in dimensions) + len(dimensions) * scale["overall"])
        parts = {person.row: weights[person.row] * sum(one in person.scores for one in dimensions) for person in some}
        solved = Sums()
        solved.add(parts.items(), sums - slack, sums + slack)
        found += alone(solved)
    return found


def alone(sums: Sums) -> list[int]:
    """One equation: the interval of each person in it."""
    people, low, high = sums.rows[0]
    found = []
    for person, own in people.items():
        others = [one for other, one in people.items() if other != person]
        most = 100.0 * math.fsum(max(one, 0.0) for one in others)
        least = 100.0 * math.fsum(min(one, 0.0) for one in others)
        ends = sorted([(low - most) / own, (high - least) / own])
        if min(100.0, ends[1]) - max(0.0, ends[0]) <= PINNED:
            found.append(person)
    return found


def groups(case: Wave, code: str) -> Iterable[tuple[dict, list[Person], dict[int, float]]]:
    own = case.of(code)
    yield {"frame": "scores", "keys": {"authority": code}}, own, {one.row: one.raked for one in own}
    for kind, column in (("service_area", "area"), ("tier", "tier")):
        for group in sorted({getattr(one, column) for one in own}):
            inside = [one for one in own if getattr(one, column) == group]
            keys = {"authority": code, "kind": kind, "group": group}
            yield {"frame": "group_scores", "keys": keys}, inside, {one.row: one.weight for one in inside}


def options(case: Wave, frames: Frames, code: str) -> list[tuple[int, str]]:
    """Single answers that follow from a dimension's score and the distributions of its items, by integer programme."""
    found = []
    own = case.of(code)
    if any(abs(one.raked - 1.0) > 1e-12 for one in own):
        return []  # weighted shares are no counts
    for dimension in case.instrument.shown:
        score = row(frames["scores"], authority=code, measure=dimension)
        items = [one for one in case.instrument.items if one["dimension"] == dimension]
        spread = [distribution(case.instrument, frames, code, one) for one in items]
        if score is None or any(one is None for one in spread):
            continue
        known = math.fsum(one for one in spread if one is not None)
        n = sum(dimension in one.scores for one in own)
        rest = float(score["score"]) * n - known / len(items)
        found += answers(case.instrument, own, items, dimension, (rest, (HALF + 1e-6) * n))
    return found


def distribution(instrument: Asked, frames: Frames, code: str, item: dict) -> float | None:
    """The sum of everybody's scores on an item, from the published shares; None where options are not shown one by one."""
    frame = frames["items"]
    mine = frame[(frame["authority"] == code) & (frame["item"] == item["code"])]
    total = 0.0
    for option in instrument.options[item["option_set"]]:
        score = instrument.score(item, option["code"])
        if score is None:
            continue
        one = mine[mine["option"] == option["code"]]
        if not len(one) or pd.notna(one.iloc[0]["reason"]) or pd.isna(one.iloc[0]["share"]):
            return None
        total += score * round(float(one.iloc[0]["share"]) * int(one.iloc[0]["n"]))
    return total


def answers(
    instrument: Asked, own: list[Person], items: list[dict], dimension: str, known: tuple[float, float]
) -> list[tuple[int, str]]:
    """Integer programme over the answers of those who left some items of the dimension out."""
    cells: list[tuple[int, str, float, list[float]]] = []
    for one in own:
        given = [item for item in items if instrument.score(item, one.given[item["code"]]) is not None]
        if not 0 < len(given) < len(items):
            continue
        share = (1.0 / len(given) if dimension in one.scores else 0.0) - 1.0 / len(items)
        for item in given:
            scale = sorted(
                score
                for option in instrument.options[item["option_set"]]
                if (score := instrument.score(item, option["code"])) is not None
            )
            cells.append((one.row, item["code"], share, scale))
    if not cells or len({person for person, *_ in cells}) > 3:
        return []  # with more people in the sum, nobody's answer is left alone
    places = [(at, value) for at, (_, _, _, scale) in enumerate(cells) for value in scale]
    one_each = np.array([[float(at == cell) for at, _ in places] for cell in range(len(cells))])
    told_sum = np.array([[cells[at][2] * value for at, value in places]])
    rules = [
        LinearConstraint(one_each, 1.0, 1.0),  # type: ignore[arg-type]
        LinearConstraint(told_sum, known[0] - known[1], known[0] + known[1]),  # type: ignore[arg-type]
    ]
    found = []
    for cell, (person, code, _, _) in enumerate(cells):
        aim = np.array([value if at == cell else 0.0 for at, value in places])
        ends = [
            milp(sign * aim, constraints=rules, integrality=np.ones(len(places)), bounds=Bounds(0, 1)).fun
            for sign in (1.0, -1.0)
        ]
        if None not in ends and -ends[1] - ends[0] <= PINNED:
            found.append((person, code))
    return found


# Everything


def everything(case: Wave, frames: Frames) -> list[str]:
    """Every person that the published frames of one release give away, and how."""
    found: list[str] = []
    for code in case.codes:
        for measure in case.instrument.measures:
            sums = told(case, frames, code, measure)
            found += [f"{code} {measure}: row {one}" for one in pinned([sums])]
            spread = attack_spread.pinned(printed(case, frames, code, measure))
            found += [f"{code} {measure}: row {one} by intervals" for one in spread]
            found += [f"{code} {measure}: the sum of {len(one)} people" for one in spanned(sums, 11)]
        found += [f"{code} overall: row {one}" for one in skippers(case, frames, code)]
        found += [f"{code} {item}: row {one}" for one, item in options(case, frames, code)]
    return found


def between(cases: Sequence[Wave], releases: Sequence[Frames]) -> list[str]:
    """The same over several releases of one wave; a person has the same row in each of them."""
    found: list[str] = []
    for code in cases[-1].codes:
        for measure in cases[-1].instrument.measures:
            sums = [told(case, frames, code, measure) for case, frames in zip(cases, releases, strict=True)]
            found += [f"{code} {measure}: row {one}" for one in pinned(sums)]
    return found
