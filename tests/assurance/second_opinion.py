"""The numbers of a wave computed a second time, from the written method alone; it shares no code with the project."""

from __future__ import annotations

import csv
import math
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import second_scales
import second_weights
from scipy import stats

Value = float | int | str | bool | None
Row = dict[str, Value]
Tables = dict[str, list[Row]]
Z = 1.959963984540054
PEOPLE, FOR_MEDIAN, FOR_QUARTILES, POINTS, SMALL_STAFF = 11, 10, 12, 5.0, 50
LARGE_SECTOR, FOR_QUARTILES_THERE = 25, 17  # authorities; decision 56


@dataclass
class Asked:
    """What a questionnaire file says about scoring."""

    items: list[dict] = field(default_factory=list)
    options: dict[str, list[dict]] = field(default_factory=dict)
    dimensions: list[str] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    elected: set[str] = field(default_factory=set)
    standings: dict[str, list[str]] = field(default_factory=dict)  # tiers by where they stand in the authority
    refused: set[str] = field(default_factory=set)  # dimensions of which only the questions are shown

    @property
    def shown(self) -> list[str]:
        return [one for one in self.dimensions if one not in self.refused]

    def is_refused(self, measure: str) -> bool:
        homes = {item["dimension"] for item in self.items if measure in (item["dimension"], item.get("theme"))}
        return bool(homes & self.refused)

    @property
    def measures(self) -> list[str]:
        return ["overall", *self.dimensions, *self.themes]

    def score(self, item: dict, code: str) -> float | None:
        for option in self.options[item["option_set"]]:
            if option["code"] == code and "score" in option:
                return 100.0 - option["score"] if item.get("reverse") else float(option["score"])
        return None


@dataclass
class Person:
    row: int
    authority: str
    area: str
    tier: str
    weight: float
    seconds: float | None
    given: dict[str, str]
    scores: dict[str, float] = field(default_factory=dict)
    careless: bool = False
    elected: bool = False
    raked: float = 1.0  # the weight in the figures of the whole authority
    categories: tuple[int | None, int | None] = (None, None)

    @property
    def counts(self) -> bool:
        return not self.careless and not self.elected


def asked(path: Path) -> Asked:
    file = tomllib.loads(path.read_text("utf-8"))
    found = Asked(options={one["code"]: one["options"] for one in file["option_sets"]})
    for dimension in file["dimensions"]:
        found.dimensions.append(dimension["code"])
        found.themes.extend(theme["code"] for theme in dimension.get("themes", []))
    for section in file["sections"]:
        for page in section["pages"]:
            for item in page["items"]:
                if "dimension" in item:
                    found.items.append(item)
                elif item.get("role") == "tier":
                    options = found.options[item["option_set"]]
                    found.elected = {one["code"] for one in options if one.get("standing") == "elected"}
                    for one in options:
                        found.standings.setdefault(one.get("standing", ""), []).append(one["code"])
    return found


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def people(path: Path, instrument: Asked) -> list[Person]:
    found = []
    for place, row in enumerate(table(path), start=1):
        given = {item["code"]: row.get(item["code"]) or "" for item in instrument.items}
        seconds = float(row["seconds"]) if row.get("seconds") else None
        weight = float(row["weight"]) if row.get("weight") else 1.0
        one = Person(
            place, row["authority"], row.get("service_area") or "", row.get("tier") or "", weight, seconds, given
        )
        one.elected = one.tier in instrument.elected
        _score(one, instrument)
        _judge(one, instrument)
        found.append(one)
    return found


def _score(person: Person, instrument: Asked) -> None:
    for measure in (*instrument.dimensions, *instrument.themes):
        own = [one for one in instrument.items if measure in (one["dimension"], one.get("theme"))]
        points = [instrument.score(one, person.given[one["code"]]) for one in own]
        answered = [one for one in points if one is not None]
        if own and len(answered) >= math.ceil(len(own) / 2):
            person.scores[measure] = math.fsum(answered) / len(answered)
    _overall(person, instrument)


def _overall(person: Person, instrument: Asked) -> None:
    person.scores.pop("overall", None)
    if len(instrument.shown) >= 3 and all(one in person.scores for one in instrument.shown):
        person.scores["overall"] = math.fsum(person.scores[one] for one in instrument.shown) / len(instrument.shown)


def _judge(person: Person, instrument: Asked) -> None:
    """Left out only if too fast and the same raw answer all along; the raw answer is the place on the scale."""
    places = []
    for item in instrument.items:
        on_scale = [one["code"] for one in instrument.options[item["option_set"]] if "score" in one]
        if person.given[item["code"]] in on_scale:
            places.append(on_scale.index(person.given[item["code"]]))
    answered = len([code for code in person.given.values() if code])
    too_fast = person.seconds is not None and person.seconds < 2 * answered
    no_spread = len(places) >= 2 and len(set(places)) == 1
    person.careless = too_fast and no_spread
    if person.careless:
        person.scores.clear()


@dataclass
class Estimate:
    n: int
    score: float | None = None
    se: float | None = None
    lower: float | None = None
    upper: float | None = None
    se_comparison: float | None = None
    deff: float | None = None


@cache
def student(df: int) -> float:
    """The quantile that leaves a fortieth above it."""
    return float(stats.t.ppf(0.975, df))


def estimate(
    values: list[float], weights: list[float], invited: float | None, categories: list[list[int] | None] | None = None
) -> Estimate:
    n = len(values)
    if n == 0:
        return Estimate(0)
    w, y = np.array(weights), np.array(values)
    total = math.fsum(weights)
    mean = math.fsum(w * y) / total
    deff = n * math.fsum(w * w) / total**2
    if n == 1 and invited == 1:  # the one who was invited answered: nothing is left to chance
        return Estimate(1, mean, 0.0, mean, mean, deff=deff)
    if n == 1:
        return Estimate(1, mean, deff=deff)
    residual = second_weights.residuals(y, mean, categories or [])
    moved = w * residual
    moved = moved - math.fsum(moved) / n  # nought but for two margins
    variance = n / (n - 1) * math.fsum(moved**2) / total**2
    f = n / invited if invited is not None and n <= invited else 0.0
    if variance < 1e-18:
        variance = 0.0  # the rounding of equal answers is no spread
    se = math.sqrt((1 - f) * variance)
    half = student(n - 1) * se
    return Estimate(n, mean, se, max(0.0, mean - half), min(100.0, mean + half), math.sqrt(variance), deff)


def wilson(share: float, n_eff: float, n: int, invited: float | None) -> tuple[float, float]:
    if invited is not None and n == invited:
        return share, share
    known = invited is not None and n < invited
    size = n_eff * (invited - 1) / (invited - n) if known and invited is not None else n_eff
    middle = (share + Z * Z / (2 * size)) / (1 + Z * Z / size)
    half = Z / (1 + Z * Z / size) * math.sqrt(share * (1 - share) / size + Z * Z / (4 * size * size))
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass
class Wave:
    """Everything in a folder: Q.toml, R.csv and, where they are, A.csv and H.csv."""

    instrument: Asked
    people: list[Person]
    authorities: list[dict[str, str]]
    headcounts: list[dict[str, str]] | None
    weighted: bool
    weighting: dict[str, str] = field(default_factory=dict)
    coarse: bool = False  # the published audience: staff below 50 only as the rounded response rate tells them

    @property
    def codes(self) -> list[str]:
        return sorted({one["code"] for one in self.authorities} | {one.authority for one in self.people})

    def of(self, authority: str) -> list[Person]:
        return [one for one in self.people if one.authority == authority and one.counts]

    def invited(self, authority: str) -> float | None:
        """What the interval is corrected with."""
        return self._known(self.headcount(authority), self.of(authority))

    def _known(self, staff: int | None, own: list[Person]) -> float | None:
        answered = len([one for one in own if one.scores])
        if not self.coarse or staff is None or staff >= SMALL_STAFF:
            return staff
        if not 0 < answered <= staff:
            return None
        return answered / min(0.95, max(0.05, round(20 * answered / staff) / 20))

    def headcount(self, authority: str) -> int | None:
        """The total row, or without one the sum of the service area by tier cells; elected members are outside."""
        own = [one for one in self.headcounts or () if one["authority"] == authority]
        total = [int(one["headcount"]) for one in own if not one["service_area"] and not one["tier"]]
        cells = [one for one in own if one["service_area"] and one["tier"]]
        if total:
            return total[0]
        return (
            sum(int(one["headcount"]) for one in cells if one["tier"] not in self.instrument.elected) if cells else None
        )

    def groups(self, authority: str, kind: str) -> dict[str, list[Person]]:
        """The service areas or tiers that somebody gave or that have staff, in the order of their codes."""
        found: dict[str, list[Person]] = {}
        for one in self.headcounts or ():
            if one["authority"] == authority and one[kind] and one["tier"] not in self.instrument.elected:
                found.setdefault(one[kind], [])
        for person in self.of(authority):
            code = person.area if kind == "service_area" else person.tier
            if code:
                found.setdefault(code, []).append(person)
        return dict(sorted(found.items()))

    def staff(self, authority: str, kind: str, group: str) -> float | None:
        """What the interval of one service area or tier is corrected with."""
        return self._known(self.frame(authority, kind, group), self.groups(authority, kind)[group])

    def frame(self, authority: str, kind: str, group: str) -> int | None:
        """The staff of one service area or tier: its own row, or the sum of its cells."""
        other = "tier" if kind == "service_area" else "service_area"
        own = [one for one in self.headcounts or () if one["authority"] == authority and one[kind] == group]
        if kind == "service_area":
            own = [one for one in own if one["tier"] not in self.instrument.elected]
        margin = [int(one["headcount"]) for one in own if not one[other]]
        cells = [int(one["headcount"]) for one in own if one[other]]
        return margin[0] if margin else sum(cells) if cells else None


def wave(folder: Path, *, coarse: bool = False) -> Wave:
    instrument = asked(folder / "Q.toml")
    registered = table(folder / "A.csv") if (folder / "A.csv").is_file() else []
    staff = table(folder / "H.csv") if (folder / "H.csv").is_file() else None
    answers = folder / "R.csv"
    with answers.open(encoding="utf-8") as file:
        weighted = "weight" in file.readline().strip().split(",")
    found = Wave(instrument, people(answers, instrument), registered, staff, weighted, coarse=coarse)
    for code in found.codes:
        found.weighting[code] = _rake(found, code)
    _refuse(found)
    return found


def _refuse(case: Wave) -> None:
    """The overall is over the dimensions that are left."""
    instrument, counting = case.instrument, [one for one in case.people if one.counts]
    for dimension in instrument.dimensions:
        own = [one for one in instrument.items if one["dimension"] == dimension]
        scores = [[instrument.score(item, one.given[item["code"]]) for item in own] for one in counting]
        if own and not second_scales.belongs_together(scores, [one.authority for one in counting]):
            instrument.refused.add(dimension)
    if instrument.refused:
        for one in case.people:
            _overall(one, instrument)


def _rake(case: Wave, code: str) -> str:
    own = [one for one in case.of(code) if one.scores]
    for one in case.of(code):
        one.raked = one.weight * len(own) / math.fsum(each.weight for each in own) if own else 1.0
    staff = tuple(
        {group: known for group in case.groups(code, kind) if (known := case.frame(code, kind, group)) is not None}
        for kind in ("service_area", "tier")
    )
    found, categories, word = second_weights.weights(
        [one.area for one in own], [one.tier for one in own], (staff[0], staff[1]), [one.weight for one in own]
    )
    for place, one in enumerate(own):
        one.raked = found[place]
        one.categories = tuple(None if used is None else used[place] for used in categories)
    return word


def of_people(
    case: Wave, persons: list[Person], measure: str, invited: float | None, *, whole: bool = False
) -> Estimate:
    """Of a whole authority with its weights; of a group inside it as a stratum of its own."""
    scored = [(one.scores[measure], one) for one in persons if measure in one.scores]
    if whole:
        return of_whole(scored, invited)
    return estimate([value for value, _ in scored], [one.weight for _, one in scored], invited)


def of_whole(scored: list[tuple[float, Person]], invited: float | None) -> Estimate:
    """The score of an authority from its weighted people, with the error that goes with raking."""
    categories = [[one.categories[at] for _, one in scored] for at in (0, 1)]
    used = [None if None in one or not one else _numbered(one) for one in categories]
    return estimate([value for value, _ in scored], [one.raked for _, one in scored], invited, used)


def _numbered(categories: list) -> list[int]:
    """0, 1, 2, ... for those that are left among the people scored on a measure."""
    order = sorted(set(categories))
    return [order.index(one) for one in categories]


def estimates(case: Wave) -> dict[tuple[str, str], Estimate]:
    found = {}
    for code in case.codes:
        own, invited = case.of(code), case.invited(code)
        for measure in case.instrument.measures:
            found[code, measure] = of_people(case, own, measure, invited, whole=True)
    return found


def reliability(case: Wave, found: dict[tuple[str, str], Estimate]) -> dict[tuple[str, str], float | None]:
    """tau^2 / (tau^2 + sigma^2 deff / n), from the unweighted scores of everybody who counts."""
    relied: dict[tuple[str, str], float | None] = {}
    for measure in case.instrument.measures:
        made = second_weights.variances(scored_groups(case, measure))
        for code in case.codes:
            one = found[code, measure]
            known = made is not None and one.n > 0
            relied[code, measure] = made[0] / (made[0] + made[1] * one.deff / one.n) if known else None
    return relied


def scored_groups(case: Wave, measure: str) -> list[list[float]]:
    return [[one.scores[measure] for one in case.of(code) if measure in one.scores] for code in case.codes]


def reasons(case: Wave, found: dict[tuple[str, str], Estimate]) -> dict[tuple[str, str], str | None]:
    told: dict[tuple[str, str], str | None] = {}
    for code in case.codes:
        for measure in case.instrument.measures:
            told[code, measure] = few(found[code, measure].n) or unreliable(case, measure)
        hidden = any(told[code, one] for one in case.instrument.shown)
        if len(case.instrument.shown) < 3:
            told[code, "overall"] = "too_few_dimensions"
        elif hidden and not told[code, "overall"]:
            told[code, "overall"] = "dimension_withheld"
    return told


def unreliable(case: Wave, measure: str) -> str | None:
    return "unreliable_scale" if case.instrument.is_refused(measure) else None


def few(n: int) -> str | None:
    return "no_answers" if n == 0 else "too_few_people" if n < PEOPLE else None


def peer_groups(case: Wave) -> list[tuple[str, list[str]]]:
    """All; then nations, regions, types, each sorted; the own authority included."""
    found: list[tuple[str, list[str]]] = [("all", case.codes)]
    for kind in ("nation", "region", "type"):
        members = defaultdict(list)
        for one in case.authorities:
            if one.get(kind):
                members[one[kind]].append(one["code"])
        found.extend((f"{kind}:{name}", sorted(members[name])) for name in sorted(members))
    return found


def type7(values: list[float], probability: float) -> float:
    ordered = sorted(values)
    place = probability * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def holm(p_values: list[float]) -> list[float]:
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted


def verdict(gap: float, p_adjusted: float | None, relied: float | None = 1.0) -> str:
    if relied is None or relied < 0.50:
        return "CANNOT_TELL"
    if p_adjusted is None:
        return "CANNOT_TELL"
    if abs(gap) < POINTS - 1e-9:  # a gap of exactly 5 stays 5 after rounding errors
        return "SIMILAR"
    if p_adjusted < 0.05:
        return "ABOVE" if gap > 0 else "BELOW"
    return "CANNOT_TELL"


def for_quartiles(authorities: int) -> int:
    """How many authorities a peer group needs for quartiles in a sector of so many with a score."""
    return FOR_QUARTILES_THERE if authorities > LARGE_SECTOR else FOR_QUARTILES
