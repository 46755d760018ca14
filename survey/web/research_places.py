"""Every authority of a release at once, without names: a page of the research team."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from survey import pictures, place_results
from survey.web import context, sending
from survey.web.load_places import PlacePicture, Places

blueprint = Blueprint("research_places", __name__, url_prefix="/research")


@blueprint.get("/releases/<label>/authorities/")
def show(page: Places) -> str:
    return render_template("research/places.html", page=page, release=page.release, explained=place_results.EXPLAINED)


@blueprint.get("/releases/<label>/authorities/<any(caterpillar, types, funnel):kind>.svg")
def picture(picture: PlacePicture) -> Response:
    shown = picture.shown
    key = pictures.key(picture.release, kind=f"research-{shown.kind}", size=picture.size)
    content = pictures.drawn(context.settings().data / "pictures", key, lambda: shown.draw(picture.size))
    return sending.picture(content, key.etag)
