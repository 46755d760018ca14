"""What members may read of authorities by name: those that chose it, to those that chose it, in one release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy.orm import Session

from reports import named_reading
from reports.charts.hexagons import Hexagon
from reports.documents.cells import Table
from reports.frames import AGREEMENT, SCORES, STANDINGS
from reports.map_reading import Told, banded
from reports.named_reading import MOST, Beside
from reports.narrative import Foot
from reports.peers import ALL
from reports.rules import Rules
from survey import results, sector_map, stored_results
from survey.errors import NotFound
from survey.models import Release

__all__ = ["MOST", "Beside", "Map", "Named", "map_of", "of"]


@dataclass(frozen=True)
class Named:
    """An authority beside others by name. `others` are those it can choose from; without the own choice there are none."""

    release: Release
    authority: str
    name: str
    is_named: bool
    others: dict[str, str]
    chosen: tuple[str, ...]
    dimensions: tuple[Beside, ...]

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(Table(f"{one.title} in figures", named_reading.HEADINGS, one.body) for one in self.dimensions)

    @property
    def foot(self) -> Foot:
        return sector_map.foot(self.release)


@dataclass(frozen=True)
class Map:
    """One dimension on a map of hexagons: the own one and those that are named have a shade, all others one colour."""

    release: Release
    authority: str
    name: str
    is_named: bool
    measure: str
    measures: tuple[tuple[str, str], ...]
    told: Told
    hexagons: tuple[Hexagon, ...]
    foot: Foot

    @property
    def table(self) -> Table:
        return Table(self.told.title, self.told.headings, self.told.body)


def of(session: Session, release: Release, authority: str, *, name: str, wanted: Sequence[str]) -> Named:
    """An authority beside those wanted. One that is not named reads the same as one that is not there."""
    named = stored_results.named(session, release)
    is_named = authority in named
    others = {code: title for code, title in named.items() if is_named and code != authority}
    chosen = tuple(dict.fromkeys(wanted))
    if len(chosen) > MOST or any(code not in others for code in chosen):
        raise NotFound(results.NO_SUCH_AUTHORITY)
    beside: tuple[Beside, ...] = ()
    if chosen:
        names = {code: title for code, title in named.items() if code in (*chosen, authority)}
        scores = pd.concat([stored_results.rows(session, SCORES, release, authority=code) for code in names])
        beside = named_reading.beside(
            scores, results.questionnaire(release).dimensions, names, authority,
            alike=_alike(session, release), rules=Rules(**release.rules),
        )  # fmt: skip
    return Named(release, authority, name, is_named, others, chosen, beside)


def map_of(session: Session, release: Release, authority: str, *, name: str, measure: str | None) -> Map:
    """The map of one dimension, the first without a wish."""
    dimensions = tuple((one.code, str(one.title)) for one in results.questionnaire(release).dimensions)
    code = measure or dimensions[0][0]
    if code not in dict(dimensions):
        raise NotFound(results.NO_SUCH_AUTHORITY)
    named = stored_results.named(session, release)
    is_named = authority in named
    names = named if is_named else {authority: name}
    standings = stored_results.rows(session, STANDINGS, release, peer_group=ALL, measure=code)
    told = banded(standings, names, own=authority, title=dict(dimensions)[code])
    places = sector_map.places(session, release)
    hexagons = tuple(
        Hexagon(place, told.shades.get(one, "other"), marked=one == authority) for one, place in places.items()
    )
    foot = sector_map.foot(release)
    return Map(release, authority, name, is_named, code, dimensions, told, hexagons, foot)


def _alike(session: Session, release: Release) -> frozenset[str]:
    """Dimensions on which authorities do not differ detectably: the interval of ICC(1) includes 0."""
    found = stored_results.rows(session, AGREEMENT, release)
    return frozenset(found.loc[~(found["icc1_lower"] > 0).fillna(value=False), "measure"].astype(str))
