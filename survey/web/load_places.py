"""What the page of every authority of a release shows; the policy has asked for the research team already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.charts.style import Size
from reports.documents.cells import Table
from reports.documents.place_pictures import Shown
from survey import place_results, results
from survey.errors import NotFound
from survey.web import load_compare, load_research
from survey.web.access import Asked

if TYPE_CHECKING:
    from survey.models import Release


@dataclass(frozen=True, slots=True)
class Places:
    """The pictures of a release that show every authority, and how many can be placed in a part of all."""

    release: Release
    shown: tuple[Shown, ...]
    bands: Table | None


@dataclass(frozen=True, slots=True)
class PlacePicture:
    """One of these pictures, and how wide it is wanted."""

    release: Release
    shown: Shown
    size: Size


def page(asked: Asked) -> Places:
    release = _release(asked)
    return Places(release, place_results.of(asked.session, release), place_results.bands(asked.session, release))


def picture(asked: Asked) -> PlacePicture:
    release = _release(asked)
    found = {one.kind: one for one in place_results.of(asked.session, release)}
    if asked.args["kind"] not in found:
        raise NotFound(load_compare.NOT_THERE)
    return PlacePicture(release, found[asked.args["kind"]], load_compare.size_of(asked))


def _release(asked: Asked) -> Release:
    """A release in any state, before it is published too; not one that was replaced: its figures are withdrawn."""
    found = load_research.release(asked)
    if any(one.id == found.id for one in results.replaced(asked.session, now=asked.now)):
        return results.get(asked.session, found.label, now=asked.now)  # refuses, and names what stands in its place
    return found
