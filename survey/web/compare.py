"""The members' pages: their authority beside its peers, as a sentence, pictures and tables from the same rows."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from reports.charts import dots, radar
from survey import inside_results, pictures, result_tables
from survey.readings import Comparison
from survey.web import context, sending
from survey.web.load_compare import InsideAuthority, InsidePicture, OneDimension, OwnAuthority, Picture

blueprint = Blueprint("compare", __name__, url_prefix="/compare")


@blueprint.get("/")
def index(authorities: tuple[OwnAuthority, ...]) -> str:
    return render_template("compare/index.html", authorities=authorities)


@blueprint.get("/<code>/<label>/")
def overview(comparison: Comparison) -> str:
    return render_template(
        "compare/overview.html",
        comparison=comparison,
        lines=result_tables.lines(comparison.rows),
        overall=result_tables.lines((comparison.overall,))[0],
        notes=result_tables.notes(comparison, comparison.profile),
        leans=result_tables.leans(comparison.leanings),
        refusal=result_tables.refusal(),
        shown=any(row.score is not None for row in comparison.rows),
        dots_words=dots.alternative(comparison.profile, comparison.caption),
    )


@blueprint.get("/<code>/<label>/dimension/<dimension>")
def dimension(seen: OneDimension) -> str:
    code = seen.dimension.code
    return render_template(
        "compare/dimension.html",
        comparison=seen.comparison,
        dimension=seen.dimension,
        line=next(line for line in result_tables.lines(seen.comparison.rows) if line.measure == code),
        lines=result_tables.lines(seen.comparison.theme_rows(code)),
        alternative=result_tables.theme_caption(seen.comparison, code).sentence,
        notes=result_tables.notes(seen.comparison, seen.comparison.themes[code]),
    )


@blueprint.get("/<code>/<label>/inside")
def inside(seen: InsideAuthority) -> str:
    parts = seen.inside
    kinds = (
        ("areas", parts.service_areas), ("tiers", parts.tiers), ("elected", parts.beside_members), ("cells", parts.cells),
    )  # fmt: skip
    return render_template(
        "compare/inside.html",
        release=seen.release,
        inside=seen.inside,
        groups={kind: result_tables.parts(found) for kind, found in kinds},
        found=seen.found,
        findings=seen.findings,
        explained=inside_results.EXPLAINED,
        areas_explained=inside_results.AREAS_EXPLAINED,
        refusal=result_tables.refusal(),
    )


@blueprint.get("/<code>/<label>/inside/<any(areas, tiers, elected):kind>.svg")
def inside_picture(picture: InsidePicture) -> Response:
    drawn = picture.drawn
    key = pictures.key(picture.release, authority=picture.authority, kind=f"inside-{drawn.kind}", size=picture.size)
    content = pictures.drawn(context.settings().data / "pictures", key, lambda: drawn.draw(picture.size))
    return sending.picture(content, key.etag)


@blueprint.get("/<code>/<label>/<any(dots, radar):kind>.svg")
def picture(picture: Picture) -> Response:
    return _drawn(picture)


@blueprint.get("/<code>/<label>/dimension/<dimension>/dots.svg")
def themes_picture(picture: Picture) -> Response:
    return _drawn(picture)


@blueprint.get("/<code>/<label>/profile.csv")
def table(comparison: Comparison) -> Response:
    content = result_tables.profile_csv(
        comparison.rows,
        release=comparison.release.label,
        method=comparison.release.method_version,
        authority=comparison.authority,
        peer_group=comparison.peer_group.code,
    )
    return sending.file(content, f"{comparison.authority}-{comparison.release.label}.csv", "text/csv")


def _drawn(picture: Picture) -> Response:
    seen, part = picture.comparison, picture.dimension
    profile = seen.themes[part.code] if part else seen.profile
    caption = result_tables.theme_caption(seen, part.code) if part else seen.caption
    draw = radar.radar if picture.kind == "radar" else dots.dots
    kind = f"{picture.kind}-{part.code}" if part else picture.kind
    key = pictures.key(
        seen.release, authority=seen.authority, peer_group=seen.peer_group.code, kind=kind, size=picture.size
    )
    content = pictures.drawn(
        context.settings().data / "pictures", key, lambda: draw(profile, caption, size=picture.size)
    )
    return sending.picture(content, key.etag)
