"""Files of the research team: authorities into the register, staff numbers into a wave; all of a file or nothing."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as Redirect

from survey import editions, participation, register, register_changes, register_words
from survey.errors import BadInput
from survey.web import context
from survey.web.research_forms import Upload

if TYPE_CHECKING:
    from survey.models import Wave
    from survey.register import ImportedAuthorities

blueprint = Blueprint("research_imports", __name__, url_prefix="/research")


@blueprint.get("/authorities")
def authorities() -> str:
    return render_template("research/import_authorities.html", form=Upload(), done=None, new_words=(), told=())


@blueprint.post("/authorities")
def import_authorities() -> str | tuple[str, int]:
    form, session, done = Upload(request.files), context.session(), None
    if form.validate():
        try:
            with context.database().write(session):
                done = register.import_authorities(
                    session, _content(form), on=_today(), now=context.now(), actor=context.principal().actor
                )
                session.commit()
        except BadInput as refusal:
            form.file.errors = list(refusal.faults or (refusal.sentence,))
    told = tuple(register_changes.lines(done.difference)) if done else ()
    page = render_template(
        "research/import_authorities.html", form=form, done=done, new_words=_new_words(done), told=told
    )
    return page if done else (page, 422)


@blueprint.get("/waves/<wave>/headcounts")
def headcounts(wave: Wave) -> str:
    return render_template("research/import_headcounts.html", wave=wave, form=Upload())


@blueprint.post("/waves/<wave>/headcounts")
def import_headcounts(wave: Wave) -> Redirect | tuple[str, int]:
    form, session = Upload(request.files), context.session()
    if form.validate():
        try:
            with tempfile.TemporaryDirectory() as folder, context.database().write(session):
                path = Path(folder) / "headcounts.csv"
                path.write_bytes(_content(form))
                questionnaire = editions.questionnaire_of(
                    session, wave.edition, optional_sections=wave.optional_sections
                )
                participation.import_headcounts(
                    session, wave, questionnaire, path, actor=context.principal().actor, now=context.now()
                )
                session.commit()
            return redirect(url_for("research.wave", wave=wave.code), 303)
        except BadInput as refusal:
            form.file.errors = list(refusal.faults or (refusal.sentence,))
    return render_template("research/import_headcounts.html", wave=wave, form=form), 422


def _new_words(done: ImportedAuthorities | None) -> tuple[str, ...]:
    return register_words.sentences(done.new_words) if done else ()


def _content(form: Upload) -> bytes:
    file = form.file.data
    return file.read() if isinstance(file, FileStorage) else b""


def _today() -> date:
    return context.now().date()
