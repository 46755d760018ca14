"""What a member reads of authorities by name, loaded by who asks: one that did not choose it is not there."""

from __future__ import annotations

from dataclasses import dataclass

from reports.charts.style import Size
from survey import named_results
from survey.errors import NotFound
from survey.named_results import Beside, Map, Named
from survey.web import load_compare
from survey.web.access import Asked

CHOICES = tuple(f"with{number}" for number in range(1, named_results.MOST + 1))


@dataclass(frozen=True, slots=True)
class NamedPicture:
    """One dimension of a comparison by name, and how wide the picture is wanted."""

    seen: Named
    beside: Beside
    size: Size


@dataclass(frozen=True, slots=True)
class MapPicture:
    """A map, and how wide it is wanted."""

    seen: Map
    size: Size


def seen(asked: Asked) -> Named:
    release, name = load_compare.own_release(asked)
    wanted = tuple(asked.query[one] for one in CHOICES if asked.query.get(one))
    try:
        return named_results.of(asked.session, release, asked.args["code"], name=name, wanted=wanted)
    except NotFound:
        raise NotFound(load_compare.NOT_THERE) from None


def picture(asked: Asked) -> NamedPicture:
    loaded = seen(asked)
    for one in loaded.dimensions:
        if one.code == asked.args["dimension"]:
            return NamedPicture(loaded, one, load_compare.size_of(asked))
    raise NotFound(load_compare.NOT_THERE)


def shown_map(asked: Asked) -> Map:
    release, name = load_compare.own_release(asked)
    try:
        return named_results.map_of(
            asked.session, release, asked.args["code"], name=name, measure=asked.query.get("measure")
        )
    except NotFound:
        raise NotFound(load_compare.NOT_THERE) from None


def map_picture(asked: Asked) -> MapPicture:
    return MapPicture(shown_map(asked), load_compare.size_of(asked))
