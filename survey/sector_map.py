"""Where the hexagons of a release lie, and how many authorities took part by region."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib import resources

from sqlalchemy.orm import Session

from reports import hexagons, map_reading
from reports.charts.hexagons import Hexagon
from reports.hexagons import Place
from reports.map_reading import Region, Told
from reports.narrative import Foot
from survey import stored_results
from survey.models import Release

__all__ = ["Foot", "Told", "foot", "participation", "places", "published_layout"]
LAYOUT = "hexagons.csv"


def places(session: Session, release: Release) -> dict[str, Place]:
    """Column and row of each authority of the register, on the day when the wave opened."""
    return hexagons.placed(_regions(session, release), published_layout())


def participation(session: Session, release: Release, sizes: Mapping[str, int]) -> tuple[Told, tuple[Hexagon, ...]]:
    """How many authorities of each region took part, and the hexagons of the register in the shade of their region.

    `sizes` are the groups of the release's menu with how many authorities each has.
    """
    of_region = _regions(session, release)
    listed = sorted(Counter(of_region.values()).items())
    rows = [
        Region(name, min(sizes.get(f"region:{name}", sizes.get(f"nation:{name}", 0)), count), count)
        for name, count in listed
    ]
    told = map_reading.participation(rows, of_region)
    place = hexagons.placed(of_region, published_layout())
    return told, tuple(Hexagon(at, told.shades[code]) for code, at in place.items())


def foot(release: Release) -> Foot:
    """What stands below a map."""
    return Foot(release.label, release.method_version, release.wave.demonstration)


@cache
def published_layout() -> dict[str, Place]:
    """Column and row by code, rows counted from the south: Open Innovations, local authority districts 2023."""
    content = resources.files("survey").joinpath("data", LAYOUT).read_text(encoding="utf-8")
    return {row["code"]: (int(row["column"]), int(row["row"])) for row in csv.DictReader(content.splitlines())}


def _regions(session: Session, release: Release) -> dict[str, str]:
    return stored_results.regions(session, release.wave.opens_at.date())
