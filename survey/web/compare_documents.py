"""Documents for members and the public: the report of one's own authority and that of the sector, as PDF."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as Redirect

from survey import documents
from survey.documents import SECTOR
from survey.web import context, sending
from survey.web.load_documents import Documents

blueprint = Blueprint("compare_documents", __name__)


@blueprint.get("/compare/<code>/<label>/documents")
def index(page: Documents) -> str:
    settings, release = context.settings(), page.release
    return render_template(
        "compare/documents.html",
        page=page,
        release=release,
        own=documents.size(settings, release, page.authority),
        sector=documents.size(settings, release),
    )


@blueprint.post("/compare/<code>/<label>/documents")
def ask(page: Documents) -> Redirect:
    """What is missing is made by a worker; asking for what is there changes nothing."""
    session, settings = context.session(), context.settings()
    if not all(documents.is_kept(settings, page.release, code) for code in (page.authority, SECTOR)):
        with context.database().write(session):
            documents.make_all(session, page.release, authority=page.authority, now=context.now())
            session.commit()
    return redirect(url_for("compare_documents.index", code=page.authority, label=page.release.label), 303)


@blueprint.get("/compare/<code>/<label>/report.pdf")
def report(page: Documents) -> Response | Redirect:
    """The authority's report, or where it is still to be made, the page that says so."""
    there = url_for("compare_documents.index", code=page.authority, label=page.release.label)
    return _sent(page, there)


@blueprint.get("/results/<label>/report.pdf")
def sector(page: Documents) -> Response | Redirect:
    return _sent(page, url_for("results.sector", label=page.release.label))


def _sent(page: Documents, otherwise: str) -> Response | Redirect:
    found = documents.kept(context.settings(), page.release, page.authority)
    if found is None:
        return redirect(otherwise, 303)
    return sending.file(found.content, documents.name(page.release, page.authority), documents.PDF)
