"""A member's pages by name: authorities that chose to be named, beside each other and on a map."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from reports.charts import dots, hexagons
from survey import pictures, result_tables
from survey.named_results import Map, Named
from survey.web import context, sending
from survey.web.load_named import CHOICES, MapPicture, NamedPicture

blueprint = Blueprint("compare_named", __name__, url_prefix="/compare")


@blueprint.get("/<code>/<label>/named")
def show(seen: Named) -> str:
    return render_template(
        "compare/named.html",
        seen=seen,
        choices=list(zip(CHOICES, (*seen.chosen, *[""] * len(CHOICES)), strict=False)),
        refusal=result_tables.refusal(),
    )


@blueprint.get("/<code>/<label>/named/<dimension>.svg")
def picture(picture: NamedPicture) -> Response:
    seen, beside = picture.seen, picture.beside
    caption = beside.caption(seen.foot)
    kind = f"named-{beside.code}"
    key = pictures.key(
        seen.release, authority=seen.authority, peer_group=" ".join(sorted(seen.chosen)), kind=kind, size=picture.size
    )
    content = pictures.drawn(
        context.settings().data / "pictures", key, lambda: dots.dots(beside.profile, caption, size=picture.size)
    )
    return sending.picture(content, key.etag)


@blueprint.get("/<code>/<label>/map")
def shown_map(seen: Map) -> str:
    return render_template("compare/map.html", seen=seen)


@blueprint.get("/<code>/<label>/map.svg")
def map_picture(picture: MapPicture) -> Response:
    seen = picture.seen
    key = pictures.key(seen.release, authority=seen.authority, kind=f"map-{seen.measure}", size=picture.size)
    caption = seen.told.caption(seen.foot)
    content = pictures.drawn(
        context.settings().data / "pictures", key, lambda: hexagons.hexagons(seen.hexagons, caption, size=picture.size)
    )
    return sending.picture(content, key.etag)
