"""A member's page of change: the authority in this survey and the one before, on the questions that both asked."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from reports.charts import dots, radar
from survey import change_results, pictures, result_tables
from survey.change_results import Since
from survey.web import context, sending
from survey.web.load_change import ChangePicture

blueprint = Blueprint("compare_change", __name__, url_prefix="/compare")


@blueprint.get("/<code>/<label>/change")
def show(seen: Since) -> str:
    return render_template(
        "compare/change.html",
        seen=seen,
        explained=change_results.EXPLAINED,
        refusal=result_tables.refusal(),
    )


@blueprint.get("/<code>/<label>/change/<any(dots, radar):kind>.svg")
def picture(picture: ChangePicture) -> Response:
    seen, size = picture.seen, picture.size
    draw = radar.radar if picture.kind == "radar" else dots.dots
    beside = seen.comparison
    key = pictures.key(
        seen.release,
        authority=beside.authority,
        peer_group=beside.peer_group.code,
        kind=f"change-{picture.kind}",
        size=size,
    )
    content = pictures.drawn(
        context.settings().data / "pictures", key, lambda: draw(beside.profile, seen.caption, size=size)
    )
    return sending.picture(content, key.etag)
