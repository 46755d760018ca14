"""Who is in the demonstration: made-up authorities, how many officers work where, and who answers in a wave."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]

FOLDER = Path(__file__).parent.parent / "data" / "demonstration"
SEED = 20260504
HOME = "D019"
"""The authority of the demonstration's lead and member: a district that takes part in every wave."""

BIG_COUNTY = "D001"
SMALL_DISTRICT = "D024"
PERSONAL_LINKS = ("D025", "D044")
"""Authorities that invite each officer by name and return no headcounts: N is the number of invitations."""

MERGED: Mapping[str, Sequence[str]] = {"D122": ("D042", "D043")}
"""Authorities that replaced others between the first and the second wave."""

MERGED_ON = date(2025, 4, 1)

TIERS: Mapping[str, float] = {"senior": 0.16, "manager": 0.27, "frontline": 0.57}
ELECTED = "elected"
KEENNESS = np.array([1.5, 1.2, 0.9])
"""How readily senior leaders, managers and the frontline answer, relative to each other."""

_AREAS: Mapping[str, Sequence[str]] = {
    "county": ("adults", "children", "environment", "corporate", "ict"),
    "district": ("housing", "planning", "environment", "customers", "corporate"),
    "unitary": ("adults", "children", "housing", "environment", "corporate"),
    "metropolitan": ("adults", "children", "environment", "customers", "corporate"),
    "city_borough": ("housing", "children", "protection", "customers", "corporate"),
    "combined": ("planning", "environment", "corporate", "ict"),
}
_SHARES = (0.27, 0.23, 0.20, 0.17, 0.13)
_HOME_SHARES = (0.23, 0.20, 0.20, 0.19, 0.18)
_SMALL_AREA, _SMALL_SIZE = "leisure", 9


@dataclass(frozen=True, slots=True)
class Place:
    """A made-up authority, with made-up figures of its place."""

    code: str
    name: str
    type: str
    nation: str
    region: str
    functions: str = ""
    rurality: str = ""
    deprivation_fifth: str = ""
    most_deprived: str = ""
    least_deprived: str = ""
    urban: str = ""
    sparse: str = ""
    density: str = ""
    population_2019: str = ""


@dataclass(frozen=True)
class Staff:
    """The officers of an authority: service area and tier of each, as positions in `areas` and TIERS; its members."""

    place: Place
    areas: tuple[str, ...]
    area: Ints
    tier: Ints
    elected: int
    answer_share: float
    frame: str

    def __len__(self) -> int:
        return len(self.area)

    def headcounts(self) -> list[tuple[str, str, int]]:
        """Rows of service area, tier and staff number, for each cell that has anybody, and the total."""
        cells = [
            (area, tier, int(np.sum((self.area == i) & (self.tier == j))))
            for i, area in enumerate(self.areas)
            for j, tier in enumerate(TIERS)
        ]
        return [("", "", len(self)), *(cell for cell in cells if cell[2])]


def places() -> tuple[Place, ...]:
    """All authorities of the demonstration, by code."""
    with (FOLDER / "authorities.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Place(**row) for row in csv.DictReader(file))


def staff(place: Place, *, seed: int = SEED) -> Staff:
    """The officers of an authority, the same in every wave; of one that replaced others, all of theirs."""
    if place.code in MERGED:
        return _joined(place, [staff(one, seed=seed) for one in places() if one.code in MERGED[place.code]])
    rng = np.random.default_rng([seed, 1, _number(place)])
    answers, share = int(rng.integers(62, 119)), float(rng.uniform(0.45, 0.72))
    if place.code == BIG_COUNTY:
        answers, share = 600, 0.58
    if place.code == SMALL_DISTRICT:
        answers, share = 61, 61 / 90
    if place.code == HOME:
        answers, share = 84, 84 / 131
    total = round(answers / share)
    areas, sizes = _areas(place, total, rng)
    area = np.repeat(np.arange(len(areas), dtype=np.int32), sizes)
    tier = np.concatenate([np.repeat(np.arange(len(TIERS), dtype=np.int32), _tiers(int(size))) for size in sizes])
    return Staff(place, areas, area, tier, _members(place, rng), answers / total, _frame(place))


def takes_part(place: Place, wave: int) -> bool:
    """Whether an authority takes part in a wave (0, 1, 2); each wave misses a few, never the home authority.

    Those that were replaced take part before, the one that replaced them after.
    """
    if place.code in MERGED or any(place.code in some for some in MERGED.values()):
        return (place.code in MERGED) == (wave > 0)
    return place.code == HOME or _number(place) % 25 != wave * 7 + 3


def answering(who: Staff, share: float, rng: np.random.Generator) -> Ints:
    """Positions of the officers who answer: senior leaders readier than the frontline."""
    keen = KEENNESS[who.tier]
    count = min(round(len(who) * share), len(who))
    return np.sort(rng.choice(len(who), count, replace=False, p=keen / keen.sum())).astype(np.int32)


def _joined(place: Place, parts: Sequence[Staff]) -> Staff:
    """Several authorities as one; their services are called alike."""
    answers = sum(len(one) * one.answer_share for one in parts)
    total = sum(len(one) for one in parts)
    return Staff(
        place,
        parts[0].areas,
        np.concatenate([one.area for one in parts]),
        np.concatenate([one.tier for one in parts]),
        sum(one.elected for one in parts),
        answers / total,
        _frame(place),
    )


def _number(place: Place) -> int:
    return int(place.code.removeprefix("D"))


def _frame(place: Place) -> str:
    if place.code in PERSONAL_LINKS:
        return "invited"
    known = _number(place) % 12 != 5 or place.code in {HOME, BIG_COUNTY, SMALL_DISTRICT}
    return "headcount" if known else "unknown"


def _members(place: Place, rng: np.random.Generator) -> int:
    """How many elected members answer: in most authorities too few to be shown."""
    return int(rng.integers(12, 19)) if place.code == HOME or _number(place) % 4 == 0 else int(rng.integers(2, 9))


def _areas(place: Place, total: int, rng: np.random.Generator) -> tuple[tuple[str, ...], Ints]:
    areas = tuple(_AREAS[place.type])
    if place.code == HOME:  # large enough to be shown, but for one small service
        sizes = _parts(total - _SMALL_SIZE, np.array(_HOME_SHARES))
        return (*areas, _SMALL_AREA), np.append(sizes, _SMALL_SIZE).astype(np.int32)
    shares = np.array(_SHARES[: len(areas)]) * rng.uniform(0.85, 1.15, len(areas))
    return areas, _parts(total, rng.permutation(shares))


def _tiers(size: int) -> Ints:
    return _parts(size, np.array(list(TIERS.values())))


def _parts(total: int, shares: NDArray[np.float64]) -> Ints:
    """Whole numbers in these shares that add up to the total."""
    edges: Ints = np.rint(np.cumsum(shares / shares.sum()) * total).astype(np.int32)
    return np.diff(edges, prepend=0).astype(np.int32)
