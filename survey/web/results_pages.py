"""The published results of a wave: what all authorities together answered, for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template

from reports.charts import dots, hexagons, radar, small_multiples
from reports.documents import equality_tables
from survey import documents, equality_results, pictures, result_tables
from survey.readings import Sector
from survey.web import context, sending
from survey.web.load_results import SectorMap, SectorPage, SectorPicture

if TYPE_CHECKING:
    from survey.models.results import Release

blueprint = Blueprint("results", __name__, url_prefix="/results")


@blueprint.get("/")
def index(releases: tuple[Release, ...]) -> str:
    return render_template("results/index.html", releases=releases)


@blueprint.get("/<label>/")
def sector(seen: SectorPage) -> str:
    sector = seen.sector
    return render_template(
        "results/sector.html",
        sector=sector,
        lines=result_tables.lines(sector.rows),
        themes=[
            (dimension, result_tables.lines(sector.theme_rows(dimension.code)))
            for dimension in sector.questionnaire.dimensions
            if dimension.themes
        ],
        types=result_tables.group_lines(sector.profiles_by_type),
        refusal=result_tables.refusal(),
        shown=any(row.score is not None for row in sector.rows) or bool(sector.profiles_by_type),
        fewest=sector.fewest_authorities,
        findings=seen.findings,
        regions=seen.regions,
        report=documents.size(context.settings(), sector.release),
        mix=equality_results.tables(context.session(), sector.release),
        mix_words=equality_tables.WORDS,
        mix_sources=equality_tables.sources(),
    )


@blueprint.get("/<label>/<any(dots, radar, types):kind>.svg")
def picture(picture: SectorPicture) -> Response:
    seen = picture.sector
    key = pictures.key(seen.release, kind=f"sector-{picture.kind}", size=picture.size)
    content = pictures.drawn(context.settings().data / "pictures", key, lambda: _draw(picture))
    return sending.picture(content, key.etag, audience="public")


@blueprint.get("/<label>/regions.svg")
def regions(seen: SectorMap) -> Response:
    key = pictures.key(seen.release, kind="sector-regions", size=seen.size)
    caption = seen.told.caption(seen.foot)
    content = pictures.drawn(
        context.settings().data / "pictures", key, lambda: hexagons.hexagons(seen.hexagons, caption, size=seen.size)
    )
    return sending.picture(content, key.etag, audience="public")


@blueprint.get("/<label>/sector.csv")
def table(sector: Sector) -> Response:
    release = sector.release
    content = result_tables.sector_csv(sector.rows, release=release.label, method=release.method_version)
    return sending.file(content, f"sector-{release.label}.csv", "text/csv")


def _draw(picture: SectorPicture) -> bytes:
    seen = picture.sector
    if picture.kind == "types":
        return small_multiples.small_multiples(seen.profiles_by_type, seen.types_caption, size=picture.size)
    draw = radar.radar if picture.kind == "radar" else dots.dots
    return draw(seen.profile, seen.caption, size=picture.size)
