"""Exports: the published numbers of a release as files, each download in the audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from survey import downloads
from survey.errors import NotFound
from survey.web import context, sending
from survey.web.research_forms import Export

if TYPE_CHECKING:
    from survey.models import Release

blueprint = Blueprint("research_exports", __name__, url_prefix="/research/exports")
WORKBOOK = "workbook"


@blueprint.get("/")
def index(released: tuple[Release, ...]) -> str:
    return render_template("research/exports.html", form=_form(released), released=released)


@blueprint.post("/")
def download(released: tuple[Release, ...]) -> Response | tuple[str, int]:
    form, session = _form(released), context.session()
    if not form.validate():
        return render_template("research/exports.html", form=form, released=released), 422
    release = next((one for one in released if one.label == form.release.data), None)
    if release is None:
        raise NotFound("There is no such release.")
    content = str(form.content.data)
    if content == WORKBOOK:
        made = downloads.xlsx(session, release, publisher=context.settings().brand)
    else:
        made = downloads.csv(session, release, content)
    with context.database().write(session):
        downloads.record(session, release, made, actor=context.principal().actor, now=context.now())
        session.commit()
    return sending.file(made.content, made.name, made.media_type)


def _form(released: tuple[Release, ...]) -> Export:
    contents = [
        ("benchmarks", _("Benchmarks: medians and quartiles of peer groups (CSV)")),
        ("standings", _("Standings: each authority beside its peer groups (CSV)")),
        ("scores", _("Scores of authorities (CSV)")),
        ("say_do", _("Self-assessments beside what officers see (CSV)")),
        (WORKBOOK, _("All tables in one workbook (XLSX)")),
    ]
    return Export.offering(request.form, [one.label for one in released], contents)
