"""A member's page of the self-assessment: what the authority says of itself beside what its officers see."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from reports.charts import say_do
from survey import pictures, result_tables, say_do_results
from survey.say_do_results import SayDo
from survey.web import context, sending
from survey.web.assess_rows import rows_by_section
from survey.web.load_say_do import SayDoPicture

blueprint = Blueprint("compare_assessment", __name__, url_prefix="/compare")


@blueprint.get("/<code>/<label>/self-assessment")
def show(seen: SayDo) -> str:
    return render_template(
        "compare/self_assessment.html",
        seen=seen,
        lines=[say_do_results.line(row) for row in seen.rows],
        themes=[
            (dimension, [say_do_results.line(row) for row in seen.themes[dimension.code]])
            for dimension in seen.questionnaire.dimensions
            if dimension.themes
        ],
        sections=rows_by_section(seen.assessing) if seen.assessing else [],
        refusal=result_tables.refusal(),
    )


@blueprint.get("/<code>/<label>/self-assessment.svg")
def picture(picture: SayDoPicture) -> Response:
    seen, size = picture.seen, picture.size
    key = pictures.key(seen.release, authority=seen.authority, kind="self-assessment", size=size)
    content = pictures.drawn(
        context.settings().data / "pictures", key, lambda: say_do.say_do(seen.rows, seen.caption, size=size)
    )
    return sending.picture(content, key.etag)
