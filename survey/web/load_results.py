"""What the public pages of results show: published releases only, whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.charts.style import Size
from survey import findings, results, sector_map
from survey.errors import NotFound
from survey.readings import Sector
from survey.sector_map import Foot, Told
from survey.web.access import Asked
from survey.web.load_compare import NOT_THERE, size_of

if TYPE_CHECKING:
    from reports.charts.hexagons import Hexagon
    from reports.documents.finding_tables import Finding
    from survey.models.results import Release


@dataclass(frozen=True, slots=True)
class SectorPage:
    """All authorities together, what was found beside their scores, and who took part by region."""

    sector: Sector
    findings: tuple[Finding, ...]
    regions: Told


@dataclass(frozen=True, slots=True)
class SectorPicture:
    """One picture of the sector, and how wide it is wanted."""

    sector: Sector
    kind: str
    size: Size


@dataclass(frozen=True, slots=True)
class SectorMap:
    """Who took part by region, as hexagons, and how wide the picture is wanted."""

    release: Release
    told: Told
    hexagons: tuple[Hexagon, ...]
    foot: Foot
    size: Size


def released(asked: Asked) -> tuple[Release, ...]:
    return tuple(results.released(asked.session, now=asked.now))


def sector(asked: Asked) -> Sector:
    return results.sector(asked.session, results.get(asked.session, asked.args["label"], now=asked.now))


def page(asked: Asked) -> SectorPage:
    loaded = sector(asked)
    told, _ = sector_map.participation(asked.session, loaded.release, loaded.sizes)
    return SectorPage(loaded, findings.of_sector(asked.session, loaded.release), told)


def regions(asked: Asked) -> SectorMap:
    release = results.get(asked.session, asked.args["label"], now=asked.now)
    told, hexagons = sector_map.participation(asked.session, release, results.sector(asked.session, release).sizes)
    return SectorMap(release, told, hexagons, sector_map.foot(release), size_of(asked))


def picture(asked: Asked) -> SectorPicture:
    found = SectorPicture(sector(asked), asked.args["kind"], size_of(asked))
    if found.kind == "types" and not found.sector.profiles_by_type:
        raise NotFound(NOT_THERE)
    return found
