"""All reports of a release as one file: asked for, made by a worker, fetched by the person who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as Redirect

from survey import documents, produced_files
from survey.web import context, sending
from survey.web.load_documents import Bundles

if TYPE_CHECKING:
    from survey.models import ProducedFile

blueprint = Blueprint("research_documents", __name__, url_prefix="/research")


@blueprint.get("/releases/<label>/documents")
def index(page: Bundles) -> str:
    return render_template("research/documents.html", page=page, release=page.release)


@blueprint.post("/releases/<label>/documents")
def ask(page: Bundles) -> Redirect:
    session = context.session()
    with context.database().write(session):
        documents.ask_for_bundle(session, page.release, by=context.principal(), now=context.now())
        session.commit()
    return redirect(url_for("research_documents.index", label=page.release.label), 303)


@blueprint.post("/files/<file>")
def fetch(file: ProducedFile) -> Response:
    """A file of one's own; each fetching leaves its trace."""
    session, now = context.session(), context.now()
    with context.database().write(session):
        content = produced_files.read(session, context.settings(), file, actor=context.principal().actor, now=now)
        session.commit()
    return sending.file(content, file.name, file.media_type)
