"""Exports of other tools: uploaded as they are, looked at, corrected where nobody could be certain, brought in whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as Redirect

from survey import import_review, keys, mappings, pending_imports
from survey.errors import BadInput, NotNow
from survey.import_review import Decisions, Review
from survey.web import context, import_choices
from survey.web.load_imports import ImportPage
from survey.web.research_forms import Upload

if TYPE_CHECKING:
    from survey.models import PendingImport, Wave

blueprint = Blueprint("research_responses", __name__, url_prefix="/research/waves/<wave>/responses")


@blueprint.get("/")
def show(page: ImportPage) -> str:
    if page.pending is None:
        return render_template("research/responses.html", page=page, wave=page.wave, form=Upload())
    return _page(page, import_review.review(context.session(), page.wave, page.pending), ())


@blueprint.post("/")
def upload(page: ImportPage) -> Redirect | tuple[str, int]:
    form, session = Upload(request.files), context.session()
    if form.validate():
        try:
            file = import_review.taken_apart(session, page.wave, *_content(form))
            with context.database().write(session):
                person, now = context.principal(), context.now()
                pending_imports.keep(session, page.wave, file, person_id=person.person_id, authority="", now=now)
                session.commit()
            return _back(page)
        except BadInput as refusal:
            form.file.errors = list(refusal.faults or (refusal.sentence,))
    return render_template("research/responses.html", page=page, wave=page.wave, form=form), 422


@blueprint.post("/accept")
def accept(page: ImportPage) -> Redirect | str | tuple[str, int]:
    """Look again with what was chosen, or bring the file in."""
    if page.pending is None:
        return _back(page)
    session = context.session()
    known = import_choices.chosen(import_review.review(session, page.wave, page.pending), request.form)
    review = import_review.review(session, page.wave, page.pending, known)
    if request.form.get("do") == "look":
        return _page(page, review, (), known)
    if review.is_headless or not review.proposal.is_certain:
        return _page(page, review, (), known, is_refused=True), 422
    try:
        _bring_in(page.wave, page.pending, known)
    except BadInput as refusal:
        return _page(page, review, refusal.faults or (refusal.sentence,), known), 422
    except NotNow as refusal:
        return _page(page, review, (refusal.sentence,), known), 409
    return _back(page)


def _bring_in(wave: Wave, pending: PendingImport, known: Decisions) -> None:
    session, person = context.session(), context.principal()
    reading = import_review.bring_in(session, wave, pending, known)
    with context.database().write(session):
        import_review.store(
            session,
            reading,
            person_id=person.person_id,
            link_key=context.settings().link_key,
            new_id=keys.new_id,
            actor=person.actor,
            now=context.now(),
        )
        session.commit()


@blueprint.post("/discard")
def discard(page: ImportPage) -> Redirect:
    """Another file instead, or none."""
    session = context.session()
    with context.database().write(session):
        pending_imports.discard(session, page.wave, person_id=context.principal().person_id)
        session.commit()
    return _back(page)


@blueprint.post("/forget")
def forget(page: ImportPage) -> Redirect:
    """The next file is asked about again."""
    session = context.session()
    with context.database().write(session):
        mappings.forget(session, page.wave.edition.code, actor=context.principal().actor, now=context.now())
        session.commit()
    return _back(page)


def _page(
    page: ImportPage,
    review: Review,
    faults: tuple[str, ...],
    known: Decisions | None = None,
    *,
    is_refused: bool = False,
) -> str:
    return render_template(
        "research/mapping.html",
        page=page,
        wave=page.wave,
        review=review,
        columns=import_choices.columns(review),
        labels=import_choices.labels(review),
        authority=import_choices.authority(review, known.authority if known else ""),
        faults=faults,
        is_refused=is_refused,
    )


def _back(page: ImportPage) -> Redirect:
    return redirect(url_for("research_responses.show", wave=page.wave.code), 303)


def _content(form: Upload) -> tuple[bytes, str]:
    file = form.file.data
    return (file.read(), str(file.filename)) if isinstance(file, FileStorage) else (b"", "")
